/* test_wake.c - wakes: before the sleep, during the poll, late, many at once
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/frames.h"

static void looker_start(weft_manual_t *manual, struct looker *looker)
{
    weft_manual_init(manual);
    *looker = (struct looker){.looks = 0};
    CHECK_EQ(weft_spawn(&manual->executor, looker_task(looker)), 0);
}

CASE(a_wake_before_the_first_poll_is_that_poll)
{
    weft_manual_t manual;
    struct looker looker;

    looker_start(&manual, &looker);
    weft_task_wake(&looker.task);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(looker.looks, 1);
}

CASE(many_wakes_of_a_sleeping_task_are_one_poll)
{
    weft_manual_t manual;
    struct looker looker;

    looker_start(&manual, &looker);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    for (int i = 0; i < 5; i++) {
        weft_task_wake(&looker.task);
        CHECK_EQ(weft_manual_count(&manual), 1);
    }
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(looker.looks, 2);
    CHECK_EQ(weft_manual_drain(&manual), 0);
}

struct selfish {
    weft_task_t task;
    unsigned polls;
    unsigned wakes;
};
WEFT_TASK(selfish)
{
    WEFT_BEGIN;
    for (;;) {
        self->polls++;
        if (self->wakes == 0) {
            break;
        }
        self->wakes--;
        weft_task_wake(&self->task);
        weft_task_wake(&self->task);
        WEFT_SUSPEND();
    }
    WEFT_END;
}

CASE(a_wake_during_the_poll_is_one_more_poll)
{
    weft_manual_t manual;
    struct selfish selfish = {.wakes = 3};

    weft_manual_init(&manual);
    CHECK_EQ(weft_spawn(&manual.executor, selfish_task(&selfish)), 0);
    CHECK_EQ(weft_manual_drain(&manual), 4);
    CHECK_EQ(selfish.polls, 4);
    CHECK(weft_task_finished(&selfish.task));
}

struct parting {
    weft_task_t task;
    weft_await_t await;
};
WEFT_TASK(parting)
{
    WEFT_BEGIN;
    weft_task_wake(&self->task);
    return 3;
    WEFT_END;
}

CASE(a_task_with_a_wake_in_flight_is_finished_when_that_was_taken)
{
    weft_manual_t manual;
    struct parting parting = {0};

    weft_manual_init(&manual);
    CHECK_EQ(weft_spawn(&manual.executor, parting_task(&parting)), 0);
    CHECK_EQ(weft_manual_run_one(&manual), 1);
    CHECK(!weft_task_finished(&parting.task));
    CHECK(weft_task_live(&parting.task));
    CHECK_EQ(weft_spawn(&manual.executor, &parting.task), WEFT_ERR_BUSY);
    CHECK_EQ(weft_manual_run_one(&manual), 1);
    CHECK(weft_task_finished(&parting.task));
    CHECK_EQ(weft_task_result(&parting.task), 3);
}

CASE(a_wake_or_cancel_of_a_finished_task_does_nothing)
{
    weft_manual_t manual;
    struct looker looker;

    looker_start(&manual, &looker);
    looker.enough = 1;
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(weft_task_result(&looker.task), 5);
    weft_task_wake(&looker.task);
    weft_task_cancel(&looker.task);
    CHECK_EQ(weft_manual_count(&manual), 0);
    CHECK_EQ(looker.looks, 1);
    CHECK_EQ(weft_spawn(&manual.executor, &looker.task), 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(weft_task_result(&looker.task), 5);
}

CASE(a_wake_or_cancel_before_the_first_spawn_does_nothing)
{
    weft_manual_t manual;
    struct looker looker = {.enough = 1};

    weft_manual_init(&manual);
    weft_task_wake(looker_task(&looker));
    weft_task_cancel(&looker.task);
    CHECK(!weft_task_live(&looker.task));
    CHECK(!weft_task_finished(&looker.task));
    CHECK_EQ(weft_spawn(&manual.executor, &looker.task), 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(weft_task_result(&looker.task), 5);
}

CASE(a_wake_does_not_end_a_wait_a_sleep_or_a_join)
{
    static weft_loop_t loop;
    weft_event_t event = WEFT_EVENT_INIT;
    struct waiter waiter = {.event = &event};
    struct sleeper sleeper = {.deadline_us = weft_deadline(WEFT_S(100))};
    struct joiner joiner = {.other = &waiter.task};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, waiter_task(&waiter)), 0);
    CHECK_EQ(weft_spawn(&loop.executor, sleeper_task(&sleeper)), 0);
    CHECK_EQ(weft_spawn(&loop.executor, joiner_task(&joiner)), 0);
    (void)weft_loop_step(&loop);
    for (int i = 0; i < 3; i++) {
        weft_task_wake(&waiter.task);
        weft_task_wake(&sleeper.task);
        weft_task_wake(&joiner.task);
        (void)weft_loop_step(&loop);
        CHECK(weft_task_live(&waiter.task));
        CHECK(weft_task_live(&sleeper.task));
        CHECK(weft_task_live(&joiner.task));
    }
    weft_event_set(&event);
    weft_task_cancel(&sleeper.task);
    (void)weft_loop_step(&loop);
    (void)weft_loop_step(&loop);
    CHECK_EQ(weft_task_result(&waiter.task), 0);
    CHECK_EQ(weft_task_result(&joiner.task), 0);
    CHECK_EQ(weft_task_result(&sleeper.task), WEFT_ERR_CANCELLED);
    CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
    weft_loop_deinit(&loop);
}

CASE(a_suspended_task_is_woken_by_a_cancel_which_it_is_told)
{
    weft_manual_t manual;
    struct looker looker;

    looker_start(&manual, &looker);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    weft_task_cancel(&looker.task);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(weft_task_result(&looker.task), WEFT_ERR_CANCELLED);
    CHECK_EQ(looker.looks, 1);
}
