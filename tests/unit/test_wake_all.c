/* test_wake_all.c - many waits end at once: bounded steps, and a reset between
 * SPDX-License-Identifier: MIT
 *
 * An interrupt that sets an event with 10 000 waiters does one step, and the
 * home of the first waiter goes on. So the points that one hold of a lock and
 * one interrupt take do not grow with the number of those who wait.
 */
#include <limits.h>

#include "tests/support/cores.h"
#include "tests/support/frames.h"
#include "tests/support/handler.h"

enum {
    FEW = 2 * WEFT_STEP + 3,
    MOST = TEST_IN_SIM ? 10000 : FEW,
    HOLD_MOST = 100,
    HANDLER_MOST = 200
};

static struct waiter waiters[MOST];

static void set_event(void *ctx)
{
    weft_event_set(ctx);
}

/* --- bounded */

static int finished(int count)
{
    int n = 0;

    for (int i = 0; i < count; i++) {
        n += weft_task_finished(&waiters[i].task);
    }
    return n;
}

static void park(weft_executor_t *executor, weft_event_t *event, int count)
{
    memset(waiters, 0, sizeof(waiters));
    for (int i = 0; i < count; i++) {
        waiters[i].event = event;
        CHECK_EQ(weft_spawn(executor, waiter_task(&waiters[i])), 0);
    }
}

#if TEST_IN_SIM
static void set_in_an_interrupt(void *ctx)
{
    int count = *(const int *)ctx;
    weft_manual_t manual;
    weft_event_t event = WEFT_EVENT_INIT;

    weft_manual_init(&manual);
    park(&manual.executor, &event, count);
    CHECK_EQ(weft_manual_drain(&manual), count);
    handle(set_event, &event);
    CHECK(weft_event_is_set(&event));
    CHECK_EQ(weft_manual_run_one(&manual), 1);
    CHECK_EQ(finished(count), 1);
    CHECK_EQ(weft_manual_drain(&manual), count - 1);
    CHECK_EQ(finished(count), count);
}

static weft_sim_stats_t stats_of(int count)
{
    weft_sim_config_t config = {.seed = 1, .calm = UINT_MAX};

    CHECK_EQ(weft_sim_run(&config, set_in_an_interrupt, &count), 0);
    return weft_sim_stats();
}

CASE_ALONE(an_interrupt_that_wakes_10000_takes_one_step)
{
    weft_sim_stats_t few = stats_of(2 * WEFT_STEP);
    weft_sim_stats_t many = stats_of(MOST);

    CHECK_EQ(many.handler_most, few.handler_most);
    CHECK(many.handler_most <= HANDLER_MOST);
}

CASE_ALONE(no_lock_is_held_for_longer_when_10000_are_woken)
{
    weft_sim_stats_t few = stats_of(2 * WEFT_STEP);
    weft_sim_stats_t many = stats_of(MOST);

    CHECK_EQ(many.masked_most, few.masked_most);
    CHECK(many.masked_most <= HOLD_MOST);
}
#endif

/* --- who waits after the reset waits for the next set */

struct two {
    weft_manual_t old;
    weft_manual_t young;
    weft_event_t event;
    struct waiter late;
};

static void two_init(struct two *two)
{
    weft_manual_init(&two->old);
    weft_manual_init(&two->young);
    weft_event_init(&two->event, false);
    two->late = (struct waiter){.event = &two->event};
    park(&two->old.executor, &two->event, FEW);
    CHECK_EQ(weft_manual_drain(&two->old), FEW);
}

static void come_late(struct two *two)
{
    CHECK_EQ(weft_spawn(&two->young.executor, waiter_task(&two->late)), 0);
    CHECK_EQ(weft_manual_drain(&two->young), 1);
    CHECK(!weft_task_finished(&two->late.task));
}

CASE_INTERRUPT(who_waits_after_the_reset_is_not_woken_by_the_set_before_it)
{
    struct two two;

    two_init(&two);
    handle(set_event, &two.event);
    weft_event_reset(&two.event);
    CHECK(!weft_event_is_set(&two.event));
    come_late(&two);
    CHECK_EQ(weft_manual_drain(&two.old), FEW);
    CHECK_EQ(finished(FEW), FEW);
    CHECK_EQ(weft_manual_drain(&two.young), 0);
    weft_event_set(&two.event);
    CHECK_EQ(weft_manual_drain(&two.young), 1);
    CHECK(weft_task_finished(&two.late.task));
}

CASE_INTERRUPT(a_second_set_ends_also_what_the_first_one_left)
{
    struct two two;

    two_init(&two);
    handle(set_event, &two.event);
    weft_event_reset(&two.event);
    come_late(&two);
    weft_event_set(&two.event);
    CHECK_EQ(weft_manual_drain(&two.young), 1);
    CHECK_EQ(weft_manual_drain(&two.old), FEW);
    CHECK_EQ(finished(FEW), FEW);
    CHECK(weft_event_is_set(&two.event));
}

CASE_INTERRUPT(the_last_of_those_who_are_due_leaves_after_a_reset)
{
    struct two two;

    two_init(&two);
    handle(set_event, &two.event);
    weft_event_reset(&two.event);
    come_late(&two);
    weft_task_cancel(&waiters[FEW - 1].task);
    weft_task_cancel(&waiters[FEW - 2].task);
    /* These two look before the relay comes, or after it. */
    (void)weft_manual_drain(&two.old);
    CHECK_EQ(finished(FEW), FEW);
    CHECK_EQ(weft_manual_drain(&two.young), 0);
    CHECK(!weft_task_finished(&two.late.task));
    weft_event_set(&two.event);
    CHECK_EQ(weft_manual_drain(&two.young), 1);
}

/* Its home looks before that of the relay: it completes all by itself. */
CASE_INTERRUPT(who_is_due_and_leaves_has_waited_with_success)
{
    weft_manual_t others;
    static weft_loop_t loop;
    weft_event_t event = WEFT_EVENT_INIT;
    struct waiter last = {.event = &event};

    weft_manual_init(&others);
    weft_loop_init(&loop, NULL);
    park(&others.executor, &event, FEW);
    CHECK_EQ(weft_manual_drain(&others), FEW);
    CHECK_EQ(weft_spawn(&loop.executor, waiter_task(&last)), 0);
    (void)weft_loop_step(&loop);
    handle(set_event, &event);
    weft_task_cancel(&last.task);
    (void)weft_loop_step(&loop);
    (void)weft_loop_step(&loop);
    CHECK(weft_task_finished(&last.task));
    CHECK_EQ(weft_task_result(&last.task), 0);
    CHECK_EQ(weft_manual_drain(&others), FEW);
    CHECK_EQ(finished(FEW), FEW);
    weft_loop_deinit(&loop);
}

/* --- the same with a set on another core */

struct race {
    struct two two;
    weft_port_thread_t thread;
};

static void set_race(void *ctx)
{
    weft_event_set(ctx);
}

CASE(who_waits_after_a_reset_in_the_middle_of_a_set_stays)
{
    struct race race;
    struct two *two = &race.two;

    two_init(two);
    thread_start(&race.thread, set_race, &two->event);
    while (!weft_event_is_set(&two->event)) {
        weft_hook_spin();
    }
    weft_event_reset(&two->event);
    come_late(two);
    weft_port_thread_join(&race.thread);
    CHECK_EQ(weft_manual_drain(&two->young), 0);
    CHECK_EQ(weft_manual_drain(&two->old), FEW);
    CHECK_EQ(finished(FEW), FEW);
    weft_event_set(&two->event);
    CHECK_EQ(weft_manual_drain(&two->young), 1);
}

/* All the others have left: who is told to go on may free the event. */
struct last {
    weft_task_t task;
    weft_await_t await;
    weft_event_t *event;
};
WEFT_TASK(last)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_event_wait, self->event);
    frame_drop(self->event, sizeof(*self->event));
    WEFT_END;
}

CASE_INTERRUPT(who_goes_on_for_the_others_does_so_before_it_may_free_all)
{
    weft_manual_t old;
    weft_manual_t young;
    struct last last = {.event = frame_new(sizeof(weft_event_t))};

    weft_event_init(last.event, false);
    weft_manual_init(&old);
    weft_manual_init(&young);
    CHECK_EQ(weft_spawn(&old.executor, last_task(&last)), 0);
    CHECK_EQ(weft_manual_drain(&old), 1);
    park(&young.executor, last.event, FEW);
    CHECK_EQ(weft_manual_drain(&young), FEW);
    handle(set_event, last.event);
    weft_event_reset(last.event);
    for (int i = 0; i < FEW; i++) {
        weft_task_cancel(&waiters[i].task);
    }
    (void)weft_manual_drain(&young);
    CHECK_EQ(finished(FEW), FEW);
    CHECK_EQ(weft_manual_drain(&old), 1);
    CHECK_EQ(weft_task_result(&last.task), 0);
}

#if TEST_IN_SIM
/* The waiters of an event that was set in an interrupt free it. */
CASE_SIM_ONLY(an_event_goes_when_the_last_of_its_waits_has_returned,
              "an interrupt of any core")
{
    struct core core[2];
    weft_event_t *event = frame_new(sizeof(*event));
    weft_sim_interrupt_t interrupt = {
        .handler = set_event, .ctx = event, .times = 1};

    weft_event_init(event, false);
    memset(waiters, 0, FEW * sizeof(waiters[0]));
    core_start(&core[0]);
    core_start(&core[1]);
    for (int i = 0; i < FEW; i++) {
        waiters[i].event = event;
        CHECK_EQ(
            weft_spawn(&core[some(2)].loop.executor, waiter_task(&waiters[i])),
            0);
    }
    interrupt.core = (unsigned)some(3);
    weft_sim_interrupt_attach(&interrupt);
    weft_sim_interrupt_raise(&interrupt);
    for (int i = 0; i < FEW; i++) {
        spin_until_finished(&waiters[i].task);
    }
    frame_drop(event, sizeof(*event));
    weft_sim_interrupt_remove(&interrupt);
    core_stop(&core[0]);
    core_stop(&core[1]);
}
#endif
