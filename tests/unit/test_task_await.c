/* test_task_await.c - awaits in a body: placement, budget, order, misuse
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/frames.h"
#include "tests/support/handler.h"

/* --- where an await may stand */

/* clang-format off */
struct line {
    weft_task_t task;
    weft_await_t await;
    weft_event_t *event;
    int rc;
    unsigned done;
    unsigned loops;
};
WEFT_TASK(line)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_event_wait, self->event); self->done++; WEFT_YIELD();
    WEFT_YIELD(); WEFT_AWAIT_RC(self->rc, weft_event_wait, self->event);
    for (self->loops = 0; self->loops < 3; self->loops++) {
        if (self->loops > 0) { WEFT_YIELD(); } else { WEFT_YIELD(); }
    }
    WEFT_END;
}
/* clang-format on */

CASE(two_awaits_on_one_line_and_awaits_in_loops_and_conditions)
{
    weft_manual_t manual;
    weft_event_t event = WEFT_EVENT_INIT_AUTO;
    struct line line = {.event = &event, .rc = 1};

    weft_manual_init(&manual);
    CHECK_EQ(weft_spawn(&manual.executor, line_task(&line)), 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(line.done, 0);
    weft_event_set(&event);
    CHECK_EQ(weft_manual_drain(&manual), 3);
    CHECK_EQ(line.done, 1);
    CHECK(line.rc != 0);
    weft_event_set(&event);
    CHECK_EQ(weft_manual_drain(&manual), 4);
    CHECK_EQ(line.rc, 0);
    CHECK_EQ(line.loops, 3);
    CHECK_EQ(weft_task_result(&line.task), 0);
}

struct switcher {
    weft_task_t task;
    int state;
};
WEFT_TASK(switcher)
{
    WEFT_BEGIN;
    switch (self->state) {
    case 300: WEFT_YIELD(); break;
    }
    WEFT_END;
}

static void drain_one(weft_task_t *task)
{
    weft_manual_t manual;

    weft_manual_init(&manual);
    (void)weft_spawn(&manual.executor, task);
    (void)weft_manual_drain(&manual);
}

CASE(an_await_in_a_switch_of_the_bodys_own_is_an_assertion)
{
    struct switcher switcher = {.state = 300};

    CHECK_DIES(drain_one(switcher_task(&switcher)), "bad label");
    switcher.state = 0;
    drain_one(switcher_task(&switcher));
    CHECK_EQ(weft_task_result(&switcher.task), 0);
}

struct twice {
    weft_task_t task;
    weft_await_t await;
    weft_event_t *event;
    int what;
};

/* A poll function by hand, which breaks the rules. */
static int twice_run(weft_runnable_t *runnable)
{
    struct twice *self = (struct twice *)(void *)runnable;

    switch (self->what) {
    case 0: return WEFT_PENDING;
    case 1: (void)weft_event_wait_begin(&self->await, self->event); return 0;
    case 2: return INT_MIN + 1;
    }
    return 0;
}

static void drain_twice(int what)
{
    weft_event_t event = WEFT_EVENT_INIT;
    struct twice twice = {.event = &event, .what = what};

    twice.task.waiter.runnable.run = twice_run;
    drain_one(&twice.task);
}

CASE(pending_with_nothing_armed_or_done_with_a_wait_armed_is_an_assertion)
{
    CHECK_DIES(drain_twice(0),
               "a task returned WEFT_PENDING with nothing to wake it");
    CHECK_DIES(drain_twice(1), "a task ended with a wait armed");
    drain_twice(3);
}

CASE(a_task_that_its_function_has_not_made_is_an_assertion)
{
    struct looker looker = {.looks = 0};

    CHECK_DIES(drain_one(&looker.task),
               "spawn of a task that NAME_task() has not made");
}

WEFT_TASK_DEFINE(looker, defined, .enough = 1);

CASE(a_defined_task_is_ready_to_be_spawned)
{
    defined.looks = 0;
    drain_one(&defined.task);
    CHECK_EQ(weft_task_result(&defined.task), 5);
    CHECK_EQ(defined.looks, 1);
}

/* --- sleep, yield, cancel */

CASE(a_cancel_ends_a_sleep_at_once_and_leaves_no_timer)
{
    weft_loop_t loop;
    struct sleeper sleeper = {.deadline_us = weft_deadline(WEFT_S(100))};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, sleeper_task(&sleeper)), 0);
    CHECK(weft_loop_step(&loop) == sleeper.deadline_us);
    weft_task_cancel(&sleeper.task);
    CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
    CHECK_EQ(weft_task_result(&sleeper.task), WEFT_ERR_CANCELLED);
    weft_loop_deinit(&loop);
}

struct order {
    weft_task_t task;
    weft_timer_node_t timer;
    char *names;
    char name;
    bool sleep;
};
WEFT_TASK(order)
{
    WEFT_BEGIN;
    self->names[strlen(self->names)] = self->name;
    if (self->sleep) {
        WEFT_SLEEP_UNTIL(0);
    } else {
        WEFT_YIELD();
    }
    self->names[strlen(self->names)] = self->name;
    WEFT_END;
}

CASE(a_yield_and_a_sleep_that_has_passed_let_the_others_run_once)
{
    weft_loop_t loop;
    char names[8] = "";
    struct order orders[3] = {{.name = 'a', .names = names, .sleep = false},
                              {.name = 'b', .names = names, .sleep = true},
                              {.name = 'c', .names = names, .sleep = false}};

    weft_loop_init(&loop, NULL);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(weft_spawn(&loop.executor, order_task(&orders[i])), 0);
    }
    (void)weft_loop_step(&loop);
    CHECK_STR_EQ(names, "abcabc");
    weft_loop_deinit(&loop);
}

struct stubborn {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_event_t *event;
    int rcs[3];
};
WEFT_TASK(stubborn)
{
    WEFT_BEGIN;
    WEFT_AWAIT_RC(self->rcs[0], weft_event_wait, self->event);
    WEFT_AWAIT_RC(self->rcs[1], weft_event_wait, self->event);
    WEFT_SLEEP_RC(self->rcs[2], 0);
    CHECK(weft_task_current() == &self->task);
    return weft_task_checkpoint();
    WEFT_END;
}

CASE(a_cancel_is_a_level_every_later_wait_returns_it_too)
{
    weft_loop_t loop;
    weft_event_t event = WEFT_EVENT_INIT;
    struct stubborn stubborn = {.event = &event};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, stubborn_task(&stubborn)), 0);
    (void)weft_loop_step(&loop);
    weft_event_set(&event);
    weft_task_cancel(&stubborn.task);
    (void)weft_loop_step(&loop);
    CHECK_EQ(stubborn.rcs[0], 0);
    CHECK_EQ(stubborn.rcs[1], WEFT_ERR_CANCELLED);
    CHECK_EQ(stubborn.rcs[2], WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_task_result(&stubborn.task), WEFT_ERR_CANCELLED);
    CHECK(weft_task_current() == NULL);
    weft_loop_deinit(&loop);
}

/* --- calls */

struct outer {
    weft_task_t task;
    struct waiter inner;
    int rcs[2];
};
WEFT_TASK(outer)
{
    WEFT_BEGIN;
    WEFT_CALL(self->rcs[0], waiter, &self->inner);
    WEFT_CALL(self->rcs[1], waiter, &self->inner);
    WEFT_END;
}

CASE(a_called_body_is_cancelled_as_part_of_its_caller_and_may_be_called_again)
{
    weft_manual_t manual;
    weft_event_t event = WEFT_EVENT_INIT_AUTO;
    struct outer outer = {.inner.event = &event, .rcs = {1, 1}};

    weft_manual_init(&manual);
    CHECK_EQ(weft_spawn(&manual.executor, outer_task(&outer)), 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    weft_event_set(&event);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(outer.rcs[0], 0);
    weft_task_cancel(&outer.task);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(outer.rcs[1], WEFT_ERR_CANCELLED);
    CHECK(weft_task_finished(&outer.task));
}

/* --- budget */

struct greedy {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_event_t *event;
    unsigned done;
    unsigned until;
    bool limited;
};
WEFT_TASK(greedy)
{
    WEFT_BEGIN;
    while (self->done < self->until) {
        int rc;
        if (self->limited) {
            WEFT_AWAIT_UNTIL(rc, weft_deadline(WEFT_S(1)), weft_event_wait,
                             self->event);
        } else {
            WEFT_AWAIT_RC(rc, weft_event_wait, self->event);
        }
        CHECK_EQ(rc, 0);
        self->done++;
    }
    WEFT_END;
}

CASE(a_loop_of_ready_operations_lets_the_others_run)
{
    for (int limited = 0; limited < 2; limited++) {
        weft_loop_t loop;
        weft_event_t event = WEFT_EVENT_INIT;
        struct greedy greedy = {
            .event = &event, .until = 10 * WEFT_BUDGET, .limited = limited};
        struct looker looker = {.enough = 1};

        weft_loop_init(&loop, NULL);
        weft_event_set(&event);
        CHECK_EQ(weft_spawn(&loop.executor, greedy_task(&greedy)), 0);
        CHECK_EQ(weft_loop_run_task(&loop, looker_task(&looker)), 5);
        CHECK(greedy.done <= WEFT_BUDGET);
        CHECK(greedy.done >= WEFT_BUDGET - 1);
        CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
        CHECK_EQ(greedy.done, greedy.until);
        CHECK(weft_task_finished(&greedy.task));
        weft_loop_deinit(&loop);
    }
}

CASE(an_operation_completed_at_the_end_of_the_budget_survives_a_cancel)
{
    weft_manual_t manual;
    weft_event_t event = WEFT_EVENT_INIT;
    struct greedy greedy = {.event = &event, .until = WEFT_BUDGET};

    weft_manual_init(&manual);
    weft_event_set(&event);
    CHECK_EQ(weft_spawn(&manual.executor, greedy_task(&greedy)), 0);
    CHECK_EQ(weft_manual_run_one(&manual), 1);
    CHECK_EQ(greedy.done, WEFT_BUDGET - 1);
    weft_task_cancel(&greedy.task);
    (void)weft_manual_drain(&manual);
    CHECK_EQ(greedy.done, WEFT_BUDGET);
}

struct collector {
    weft_task_t task;
    weft_await_t await;
    weft_task_t *other;    /* joined again and again; */
    weft_signal_t *signal; /* or NULL, and this is set and taken */
    unsigned value;
    unsigned done;
};
WEFT_TASK(collector)
{
    int rc;
    WEFT_BEGIN;
    for (; self->done < 10 * WEFT_BUDGET; self->done++) {
        if (self->other != NULL) {
            WEFT_AWAIT_RC(rc, weft_task_join, self->other);
            CHECK_EQ(rc, 5);
        } else {
            weft_signal_set(self->signal, &self->done);
            WEFT_AWAIT_RC(rc, weft_signal_wait, self->signal, &self->value);
            CHECK_EQ(rc, 0);
            CHECK_EQ(self->value, self->done);
        }
    }
    WEFT_END;
}

static void share_with(struct collector *collector, struct looker *finished)
{
    weft_loop_t loop;
    struct looker looker = {.enough = 1};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, looker_task(finished)), 5);
    CHECK_EQ(weft_spawn(&loop.executor, collector_task(collector)), 0);
    CHECK_EQ(weft_loop_run_task(&loop, looker_task(&looker)), 5);
    CHECK(collector->done <= WEFT_BUDGET);
    CHECK(collector->done >= WEFT_BUDGET - 1);
    CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
    CHECK_EQ(collector->done, 10 * WEFT_BUDGET);
    weft_loop_deinit(&loop);
}

CASE(a_loop_of_joins_of_a_finished_task_lets_the_others_run)
{
    struct looker finished = {.enough = 1};
    struct collector collector = {.other = &finished.task};

    share_with(&collector, &finished);
}

CASE(a_loop_of_ready_signals_lets_the_others_run)
{
    struct {
        weft_signal_t signal;
        unsigned value;
    } box;
    struct looker finished = {.enough = 1};
    struct collector collector = {.signal = &box.signal};

    weft_signal_init(&box.signal, &box.value, sizeof(box.value));
    share_with(&collector, &finished);
}

/* --- in an interrupt */

static void wait_here(void *ctx)
{
    weft_await_t await;

    (void)weft_event_wait_begin(&await, ctx);
}

static void start_timer_here(void *ctx)
{
    weft_timer_start(ctx, 1);
}

CASE_INTERRUPT(a_wait_or_a_timer_start_in_an_interrupt_is_an_assertion)
{
    weft_event_t event = WEFT_EVENT_INIT;
    weft_loop_t loop;
    weft_timer_t timer;

    weft_loop_init(&loop, NULL);
    weft_timer_init(&timer, &loop, NULL, NULL);
    CHECK_DIES(handle(wait_here, &event), "a waiting call in an interrupt");
    CHECK_DIES(handle(start_timer_here, &timer), "use weft_timer_post_start");
}
