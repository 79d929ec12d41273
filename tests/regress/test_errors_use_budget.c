/* test_errors_use_budget.c - a waiting call that fails at once counts too
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"
#include "weft/weft.h"

enum { CALLS_MAX = 100000 };

static bool other_ran;

struct other {
    weft_task_t task;
};
WEFT_TASK(other)
{
    WEFT_BEGIN;
    other_ran = true;
    WEFT_END;
}

struct caller {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_event_t event;
    weft_task_t *never_spawned;
    int calls;
};

WEFT_TASK(caller)
{
    int rc;
    WEFT_BEGIN;
    while (!other_ran && self->calls++ < CALLS_MAX) {
        WEFT_AWAIT_UNTIL(rc, 0, weft_event_wait, &self->event);
        CHECK_EQ(rc, WEFT_ERR_TIMEOUT);
    }
    WEFT_END;
}

struct joiner {
    weft_task_t task;
    weft_await_t await;
    weft_task_t *never_spawned;
    int calls;
};
WEFT_TASK(joiner)
{
    int rc;
    WEFT_BEGIN;
    while (!other_ran && self->calls++ < CALLS_MAX) {
        WEFT_AWAIT_RC(rc, weft_task_join, self->never_spawned);
        CHECK_EQ(rc, WEFT_ERR_INVALID);
    }
    WEFT_END;
}

struct ignorer {
    weft_task_t task;
    weft_timer_node_t timer;
    int calls;
};
WEFT_TASK(ignorer)
{
    int rc;
    WEFT_BEGIN;
    weft_task_cancel(&self->task);
    while (!other_ran && self->calls++ < CALLS_MAX) {
        WEFT_SLEEP_RC(rc, WEFT_FOREVER);
        CHECK_EQ(rc, WEFT_ERR_CANCELLED);
    }
    WEFT_END;
}

static void beside_other(weft_task_t *task, const int *calls)
{
    weft_loop_t loop;
    struct other other = {0};

    other_ran = false;
    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, task), 0);
    CHECK_EQ(weft_spawn(&loop.executor, other_task(&other)), 0);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK(*calls <= 2 * WEFT_BUDGET);
}

CASE(a_limit_that_has_passed_starves_nobody)
{
    struct caller caller = {.event = WEFT_EVENT_INIT};
    beside_other(caller_task(&caller), &caller.calls);
}

CASE(a_join_that_fails_starves_nobody)
{
    struct other never = {0};
    struct joiner joiner = {.never_spawned = other_task(&never)};
    beside_other(joiner_task(&joiner), &joiner.calls);
}

CASE(a_task_that_ignores_its_cancel_starves_nobody)
{
    struct ignorer ignorer = {0};
    beside_other(ignorer_task(&ignorer), &ignorer.calls);
}
