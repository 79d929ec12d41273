/* test_task_join.c - join of a task: results, busy, cancel, limit; many cycles
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/frames.h"

struct pair {
    weft_loop_t loop;
    struct looker looker;
    struct joiner joiner[2];
};

static void pair_start(struct pair *pair)
{
    memset(pair, 0, sizeof(*pair));
    weft_loop_init(&pair->loop, NULL);
    for (int i = 0; i < 2; i++) {
        pair->joiner[i].other = &pair->looker.task;
    }
    CHECK_EQ(weft_spawn(&pair->loop.executor, looker_task(&pair->looker)), 0);
    CHECK_EQ(weft_spawn(&pair->loop.executor, joiner_task(&pair->joiner[0])),
             0);
    (void)weft_loop_step(&pair->loop);
}

static void pair_end(struct pair *pair)
{
    pair->looker.enough = 1;
    weft_task_wake(&pair->looker.task);
    (void)weft_loop_step(&pair->loop);
    CHECK_EQ(weft_task_result(&pair->looker.task), 5);
}

CASE(a_second_joiner_is_told_busy_and_the_first_is_served)
{
    struct pair pair;

    pair_start(&pair);
    CHECK_EQ(weft_loop_run_task(&pair.loop, joiner_task(&pair.joiner[1])),
             WEFT_ERR_BUSY);
    pair_end(&pair);
    CHECK_EQ(weft_task_result(&pair.joiner[0].task), 5);
    weft_loop_deinit(&pair.loop);
}

CASE(a_cancelled_join_leaves_the_task_and_room_for_another_joiner)
{
    struct pair pair;

    pair_start(&pair);
    weft_task_cancel(&pair.joiner[0].task);
    (void)weft_loop_step(&pair.loop);
    CHECK_EQ(weft_task_result(&pair.joiner[0].task), WEFT_ERR_CANCELLED);
    CHECK(weft_task_live(&pair.looker.task));
    CHECK_EQ(weft_spawn(&pair.loop.executor, joiner_task(&pair.joiner[1])), 0);
    (void)weft_loop_step(&pair.loop);
    pair_end(&pair);
    CHECK_EQ(weft_task_result(&pair.joiner[1].task), 5);
    weft_loop_deinit(&pair.loop);
}

CASE(a_join_with_a_limit_times_out_and_the_task_goes_on)
{
    struct pair pair;

    pair_start(&pair);
    weft_task_cancel(&pair.joiner[0].task);
    pair.joiner[1].deadline_us = weft_deadline(WEFT_MS(1));
    CHECK_EQ(weft_loop_run_task(&pair.loop, joiner_task(&pair.joiner[1])),
             WEFT_ERR_TIMEOUT);
    CHECK(weft_now_us() >= pair.joiner[1].deadline_us);
    pair_end(&pair);
    CHECK(weft_loop_step(&pair.loop) == WEFT_FOREVER);
    weft_loop_deinit(&pair.loop);
}

CASE(a_join_that_was_served_keeps_its_result_when_a_cancel_comes_then)
{
    struct pair pair;

    pair_start(&pair);
    pair.looker.enough = 1;
    weft_task_wake(&pair.looker.task);
    weft_task_wake(&pair.looker.task);
    weft_task_cancel(&pair.joiner[0].task);
    (void)weft_loop_step(&pair.loop);
    /* The looker ran first: its end was sent before the joiner looked. */
    CHECK_EQ(weft_task_result(&pair.joiner[0].task), 5);
    weft_loop_deinit(&pair.loop);
}

struct self_joiner {
    weft_task_t task;
    weft_await_t await;
};
WEFT_TASK(self_joiner)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_RC(rc, weft_task_join, &self->task);
    return rc;
    WEFT_END;
}

static void join_self(void)
{
    weft_manual_t manual;
    struct self_joiner joiner = {0};

    weft_manual_init(&manual);
    (void)weft_spawn(&manual.executor, self_joiner_task(&joiner));
    (void)weft_manual_drain(&manual);
}

CASE(a_task_that_joins_itself_or_has_no_result_yet_is_an_assertion)
{
    struct pair pair;

    CHECK_DIES(join_self(), "a task joins itself");
    pair_start(&pair);
    CHECK_DIES(weft_task_result(&pair.looker.task),
               "the result of a task that has not finished");
    pair_end(&pair);
}

struct returner {
    weft_task_t task;
    int result;
};
WEFT_TASK(returner)
{
    WEFT_BEGIN;
    return self->result;
    WEFT_END;
}

CASE(a_result_may_be_any_number_but_pending)
{
    static const int results[] = {0,       1,       -1,         WEFT_ERR_USER,
                                  INT_MAX, -100000, INT_MIN + 1};

    for (unsigned i = 0; i < sizeof(results) / sizeof(results[0]); i++) {
        weft_loop_t loop;
        struct returner returner = {.result = results[i]};

        weft_loop_init(&loop, NULL);
        if (sizeof(void *) > sizeof(int)) {
            CHECK_EQ(weft_loop_run_task(&loop, returner_task(&returner)),
                     results[i]);
        }
        weft_loop_deinit(&loop);
    }
}

/* --- cycles: nothing grows, whatever way a task ends */

struct cycle {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_scope_t scope;
    struct waiter waiter;
    struct sleeper sleeper;
    struct looker looker;
    weft_event_t event;
    unsigned left;
    int rc;
};

static void cycle_spawn(struct cycle *self)
{
    weft_scope_open(&self->scope, WEFT_SCOPE_SUPERVISE,
                    weft_deadline(WEFT_S(9)));
    self->waiter.event = &self->event;
    self->waiter.deadline_us = weft_deadline(WEFT_S(5));
    self->sleeper.deadline_us = weft_deadline(WEFT_S(5));
    self->looker.enough = 1;
    CHECK_EQ(weft_scope_spawn(&self->scope, waiter_task(&self->waiter)), 0);
    CHECK_EQ(weft_scope_spawn(&self->scope, sleeper_task(&self->sleeper)), 0);
    CHECK_EQ(weft_scope_spawn(&self->scope, looker_task(&self->looker)), 0);
    if (self->left % 3 == 0) {
        weft_task_cancel(&self->looker.task);
    }
}

WEFT_TASK(cycle)
{
    WEFT_BEGIN;
    for (; self->left > 0; self->left--) {
        cycle_spawn(self);
        WEFT_AWAIT_RC(self->rc, weft_task_join, &self->looker.task);
        CHECK_EQ(self->rc, 5);
        if (self->left % 2 == 0) {
            weft_event_set(&self->event);
            weft_task_cancel(&self->sleeper.task);
        } else {
            weft_scope_cancel(&self->scope);
        }
        WEFT_AWAIT_RC(self->rc, weft_scope_join, &self->scope);
        CHECK_EQ(self->rc, self->left % 2 == 0 ? 0 : WEFT_ERR_CANCELLED);
        CHECK_EQ(weft_task_result(&self->waiter.task), self->rc);
        CHECK_EQ(weft_task_result(&self->sleeper.task), WEFT_ERR_CANCELLED);
        weft_event_reset(&self->event);
    }
    WEFT_END;
}

CASE(many_cycles_of_spawn_cancel_and_join_leave_nothing_behind)
{
    weft_loop_t loop;
    struct cycle cycle = {.event = WEFT_EVENT_INIT,
                          .left = TEST_IN_SIM ? 60 : 333334};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, cycle_task(&cycle)), 0);
    CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    weft_loop_deinit(&loop);
}
