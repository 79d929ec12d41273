/* test_task.c - stackless tasks: awaits, sleep, yield, join, call, errors
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"
#include "weft/weft.h"

struct sleeper {
    weft_task_t task;
    weft_timer_node_t timer;
    unsigned naps;
    uint64_t woke_us;
};
WEFT_TASK(sleeper)
{
    WEFT_BEGIN;
    while (self->naps > 0) {
        self->naps--;
        WEFT_SLEEP(WEFT_MS(1));
    }
    self->woke_us = weft_now_us();
    return 7;
    WEFT_END;
}

CASE(a_task_sleeps_and_gives_its_result)
{
    static weft_loop_t loop;
    struct sleeper sleeper = {.naps = 3};
    uint64_t start = weft_now_us();

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, sleeper_task(&sleeper)), 7);
    CHECK(sleeper.woke_us >= start + WEFT_MS(3));
    CHECK(weft_task_finished(&sleeper.task));
    CHECK_EQ(weft_task_result(&sleeper.task), 7);
    weft_loop_deinit(&loop);
}

struct counter {
    weft_task_t task;
    weft_await_t await;
    weft_event_t *event;
    unsigned seen;
    unsigned until;
};
WEFT_TASK(counter)
{
    WEFT_BEGIN;
    while (self->seen < self->until) {
        WEFT_AWAIT(weft_event_wait, self->event);
        self->seen++;
    }
    WEFT_END;
}

CASE(an_event_wakes_a_task)
{
    weft_manual_t manual;
    weft_event_t event = WEFT_EVENT_INIT_AUTO;
    struct counter counter = {.event = &event, .until = 2};

    weft_manual_init(&manual);
    CHECK_EQ(weft_spawn(&manual.executor, counter_task(&counter)), 0);
    CHECK_EQ(weft_spawn(&manual.executor, counter_task(&counter)),
             WEFT_ERR_BUSY);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(counter.seen, 0);
    weft_event_set(&event);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(counter.seen, 1);
    weft_event_set(&event);
    weft_event_set(&event);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(counter.seen, 2);
    CHECK(weft_task_finished(&counter.task));
    CHECK_EQ(weft_event_try_wait(&event), 0);
    CHECK_EQ(weft_event_try_wait(&event), WEFT_ERR_EMPTY);
}

struct limited {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_event_t *event;
    uint64_t limit_us;
};
WEFT_TASK(limited)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_UNTIL(rc, weft_deadline(self->limit_us), weft_event_wait,
                     self->event);
    return rc;
    WEFT_END;
}

CASE(a_wait_with_a_limit_times_out_and_consumes_nothing)
{
    static weft_loop_t loop;
    weft_event_t event = WEFT_EVENT_INIT_AUTO;
    struct limited limited = {.event = &event, .limit_us = WEFT_MS(2)};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, limited_task(&limited)),
             WEFT_ERR_TIMEOUT);
    weft_event_set(&event);
    CHECK_EQ(weft_loop_run_task(&loop, limited_task(&limited)), 0);
    CHECK(!weft_event_is_set(&event));
    limited.limit_us = 0;
    CHECK_EQ(weft_loop_run_task(&loop, limited_task(&limited)),
             WEFT_ERR_TIMEOUT);
    weft_event_set(&event);
    CHECK_EQ(weft_loop_run_task(&loop, limited_task(&limited)), 0);
}

struct parent {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t scope;
    struct limited child[3];
    weft_event_t event;
    enum weft_scope_policy policy;
    uint64_t limit_us;
};
WEFT_TASK(parent)
{
    int rc;
    WEFT_BEGIN;
    weft_scope_open(&self->scope, self->policy, weft_deadline(self->limit_us));
    for (int i = 0; i < 3; i++) {
        self->child[i].event = &self->event;
        rc = weft_scope_spawn(&self->scope, limited_task(&self->child[i]));
        if (rc < 0) {
            break;
        }
    }
    WEFT_AWAIT_RC(rc, weft_scope_join, &self->scope);
    return rc;
    WEFT_END;
}

CASE(a_scope_joins_all_and_its_deadline_cancels)
{
    static weft_loop_t loop;
    struct parent parent = {.event = WEFT_EVENT_INIT, .limit_us = WEFT_MS(50)};

    weft_loop_init(&loop, NULL);
    for (int i = 0; i < 3; i++) {
        parent.child[i].limit_us = WEFT_S(1);
    }
    CHECK_EQ(weft_loop_run_task(&loop, parent_task(&parent)), WEFT_ERR_TIMEOUT);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(weft_task_result(&parent.child[i].task), WEFT_ERR_CANCELLED);
    }
    parent.child[1].limit_us = WEFT_MS(1);
    CHECK_EQ(weft_loop_run_task(&loop, parent_task(&parent)), WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_task_result(&parent.child[1].task), WEFT_ERR_TIMEOUT);
    weft_event_set(&parent.event);
    CHECK_EQ(weft_loop_run_task(&loop, parent_task(&parent)), 0);
}

struct joiner {
    weft_task_t task;
    weft_await_t await;
    weft_task_t *other;
};
WEFT_TASK(joiner)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_RC(rc, weft_task_join, self->other);
    return rc;
    WEFT_END;
}

CASE(a_join_gives_the_result_before_and_after_the_end)
{
    static weft_loop_t loop;
    struct sleeper sleeper = {.naps = 1};
    struct joiner joiner = {.other = &sleeper.task};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, joiner_task(&joiner)), WEFT_ERR_INVALID);
    CHECK_EQ(weft_spawn(&loop.executor, sleeper_task(&sleeper)), 0);
    CHECK_EQ(weft_loop_run_task(&loop, joiner_task(&joiner)), 7);
    CHECK_EQ(weft_loop_run_task(&loop, joiner_task(&joiner)), 7);
}

struct caller {
    weft_task_t task;
    struct sleeper inner;
};
WEFT_TASK(caller)
{
    int rc;
    WEFT_BEGIN;
    self->inner.naps = 2;
    WEFT_CALL(rc, sleeper, &self->inner);
    return rc + 1;
    WEFT_END;
}

CASE(a_call_waits_as_part_of_its_caller)
{
    static weft_loop_t loop;
    struct caller caller = {0};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, caller_task(&caller)), 8);
}
