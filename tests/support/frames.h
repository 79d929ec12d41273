/* frames.h - the small tasks that several tests of the core share
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TEST_FRAMES_H
#define WEFT_TEST_FRAMES_H

#include "weft/weft.h"

/* Waits once for an event; with a deadline if that is not 0. Its result is
 * that of the wait. */
struct waiter {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_event_t *event;
    uint64_t deadline_us;
};
WEFT_TASK(waiter)
{
    int rc;
    WEFT_BEGIN;
    if (self->deadline_us == 0) {
        WEFT_AWAIT_RC(rc, weft_event_wait, self->event);
    } else {
        WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_event_wait, self->event);
    }
    return rc;
    WEFT_END;
}

/* Joins another task; with a deadline if that is not 0. */
struct joiner {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_task_t *other;
    uint64_t deadline_us;
};
WEFT_TASK(joiner)
{
    int rc;
    WEFT_BEGIN;
    if (self->deadline_us == 0) {
        WEFT_AWAIT_RC(rc, weft_task_join, self->other);
    } else {
        WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_task_join, self->other);
    }
    return rc;
    WEFT_END;
}

/* Suspends until wakes have come to look, and `enough` is set or it is
 * cancelled. */
struct looker {
    weft_task_t task;
    unsigned looks;
    uint8_t enough; /* atomic */
};
WEFT_TASK(looker)
{
    WEFT_BEGIN;
    for (;;) {
        self->looks++;
        if (weft_atomic_load_acquire_u8(&self->enough) != 0) {
            break;
        }
        WEFT_SUSPEND();
    }
    return 5;
    WEFT_END;
}

/* Sleeps once until a time. */
struct sleeper {
    weft_task_t task;
    weft_timer_node_t timer;
    uint64_t deadline_us;
    uint64_t woke_us;
};
WEFT_TASK(sleeper)
{
    WEFT_BEGIN;
    WEFT_SLEEP_UNTIL(self->deadline_us);
    self->woke_us = weft_now_us();
    return 7;
    WEFT_END;
}

#endif
