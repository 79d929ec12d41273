/* futures.h - who awaits a future, for tests
 * SPDX-License-Identifier: MIT
 *
 *     struct asker asker = {.future = &future};
 *     weft_spawn(&manual.executor, asker_task(&asker));
 *     ...
 *     CHECK_EQ(weft_task_result(&asker.task), WEFT_OK);
 */
#ifndef WEFT_TEST_FUTURES_H
#define WEFT_TEST_FUTURES_H

#include "weft/weft.h"

/* Awaits once; with a limit if that is not 0. Its result is that of the await.
 * Where it came in at is `came`, counted in *turn. */
struct asker {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_future_t *future;
    uint64_t deadline_us;
    int *turn;
    int came;
};
WEFT_TASK(asker)
{
    int rc;
    WEFT_BEGIN;
    if (self->deadline_us == 0) {
        WEFT_AWAIT_RC(rc, weft_future_await, self->future);
    } else {
        WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_future_await,
                         self->future);
    }
    if (self->turn != NULL) {
        self->came = ++*self->turn;
    }
    return rc;
    WEFT_END;
}

/* Selects once from a future and an event; the index, or the error. */
struct picker {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_case_t cases[2];
    uint64_t deadline_us;
};
WEFT_TASK(picker)
{
    int rc;
    WEFT_BEGIN;
    if (self->deadline_us == 0) {
        WEFT_AWAIT_RC(rc, weft_select, self->cases, 2, WEFT_SELECT_ORDERED);
    } else {
        WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_select, self->cases, 2,
                         WEFT_SELECT_ORDERED);
    }
    return rc;
    WEFT_END;
}

#endif
