/* test_isr.c - an executor of an interrupt priority
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/levels.h"

/* --- tasks, times, the end */

CASE_LEVELS(a_task_of_a_priority_is_spawned_awaited_and_joined, 1)
{
    struct bench *bench = bench_start(1);
    weft_event_t event = WEFT_EVENT_INIT;
    struct waiter waiter = {.event = &event};

    CHECK_EQ(weft_spawn(bench_executor(bench, 1), waiter_task(&waiter)), 0);
    weft_event_set(&event);
    CHECK_EQ(bench_join(bench, &waiter.task), 0);
    bench_stop(bench);
}

CASE_LEVELS(its_tasks_sleep_and_time_out_never_early, 1)
{
    struct bench *bench = bench_start(1);
    weft_event_t never = WEFT_EVENT_INIT;
    struct sleeper sleepers[3];
    struct waiter waiter = {.event = &never,
                            .deadline_us = weft_deadline(WEFT_MS(2))};

    for (int i = 0; i < 3; i++) {
        sleepers[i] = (struct sleeper){
            .deadline_us = weft_deadline(WEFT_US(500) * (unsigned)(3 - i))};
        CHECK_EQ(
            weft_spawn(bench_executor(bench, 1), sleeper_task(&sleepers[i])),
            0);
    }
    CHECK_EQ(weft_spawn(bench_executor(bench, 1), waiter_task(&waiter)), 0);
    CHECK_EQ(bench_join(bench, &waiter.task), WEFT_ERR_TIMEOUT);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(bench_join(bench, &sleepers[i].task), 7);
        CHECK(sleepers[i].woke_us >= sleepers[i].deadline_us);
    }
    bench_stop(bench);
}

/* Only the simulator counts them. */
static uint64_t interrupts_taken(void)
{
#if TEST_IN_SIM
    return weft_sim_stats().interrupts;
#else
    return 0;
#endif
}

CASE_LEVELS(a_sleep_that_is_cancelled_leaves_no_alarm, 1)
{
    struct bench *bench = bench_start(1);
    struct sleeper sleeper = {.deadline_us = weft_deadline(WEFT_MS(500))};
    uint64_t interrupts;

    CHECK_EQ(weft_spawn(bench_executor(bench, 1), sleeper_task(&sleeper)), 0);
    bench_pause(bench, WEFT_MS(1));
    weft_task_cancel(&sleeper.task);
    CHECK_EQ(bench_join(bench, &sleeper.task), WEFT_ERR_CANCELLED);
    interrupts = interrupts_taken();
    bench_pause(bench, WEFT_MS(600));
    CHECK_EQ(interrupts_taken(), interrupts);
    bench_stop(bench);
}

/* Takes its time, in the same turn in which the sleep before it began. */
struct slow {
    weft_task_t task;
    uint64_t until_us;
};
WEFT_TASK(slow)
{
    WEFT_BEGIN;
    stand_until(self->until_us);
    return 0;
    WEFT_END;
}

CASE_LEVELS(a_sleep_that_is_over_before_the_turn_ends_has_another_one, 1)
{
    struct bench *bench = bench_start(1);
    struct sleeper sleeper = {.deadline_us = weft_deadline(WEFT_US(500))};
    struct slow slow = {.until_us = sleeper.deadline_us + WEFT_US(500)};
    unsigned key = weft_port_ceiling_raise(1);

    CHECK_EQ(weft_spawn(bench_executor(bench, 1), sleeper_task(&sleeper)), 0);
    CHECK_EQ(weft_spawn(bench_executor(bench, 1), slow_task(&slow)), 0);
    weft_port_ceiling_restore(key);
    CHECK_EQ(bench_join(bench, &sleeper.task), 7);
    CHECK_EQ(bench_join(bench, &slow.task), 0);
    bench_stop(bench);
}

CASE_LEVELS(a_priority_that_is_not_there_is_an_error, 1)
{
    static weft_isr_t isr[2];
    weft_isr_config_t config = {.priority = 0};

    CHECK_EQ(weft_isr_init(&isr[0], &config), WEFT_ERR_INVALID);
    config.priority = weft_port_levels() + 1;
    CHECK_EQ(weft_isr_init(&isr[0], &config), WEFT_ERR_INVALID);
    config.priority = weft_port_levels();
    CHECK_EQ(weft_isr_init(&isr[0], &config), 0);
    CHECK_EQ(weft_isr_init(&isr[1], &config), WEFT_ERR_BUSY);
    weft_isr_deinit(&isr[0]);
    CHECK_EQ(weft_isr_init(&isr[1], &config), 0);
    weft_isr_deinit(&isr[1]);
}

CASE_LEVELS(after_a_stop_it_takes_no_more_and_says_when_the_last_has_ended, 1)
{
    struct bench *bench = bench_start(1);
    struct looker looker = {.looks = 0};
    struct looker late = {.enough = 1};

    CHECK_EQ(weft_spawn(bench_executor(bench, 1), looker_task(&looker)), 0);
    weft_isr_stop(&bench->isr[0]);
    weft_isr_stop(&bench->isr[0]);
    CHECK_EQ(weft_spawn(bench_executor(bench, 1), looker_task(&late)),
             WEFT_ERR_STOPPED);
    bench_pause(bench, WEFT_MS(1));
    CHECK(!weft_isr_stopped(&bench->isr[0]));
    CHECK(!weft_event_is_set(&bench->stopped[0]));
    weft_atomic_store_release_u8(&looker.enough, 1);
    weft_task_wake(&looker.task);
    CHECK_EQ(bench_join(bench, &looker.task), 5);
    bench_stop(bench);
}

/* --- a batch, then others */

struct busy {
    weft_task_t task;
    int left;
};
WEFT_TASK(busy)
{
    WEFT_BEGIN;
    while (self->left-- > 0) {
        WEFT_YIELD();
    }
    return 0;
    WEFT_END;
}

CASE_LEVELS(what_is_ready_beyond_a_batch_runs_in_the_next_turn, 1)
{
    struct bench *bench = bench_start(1);
    struct busy busy = {.left = 3 * WEFT_LOOP_BATCH};

    CHECK_EQ(weft_spawn(bench_executor(bench, 1), busy_task(&busy)), 0);
    CHECK_EQ(bench_join(bench, &busy.task), 0);
    bench_stop(bench);
}

CASE_LEVELS(more_timers_than_a_batch_of_one_time_all_fire, 1)
{
    enum { MANY = WEFT_LOOP_BATCH + 10 };
    static struct sleeper sleepers[MANY];
    struct bench *bench = bench_start(1);
    uint64_t deadline_us = weft_deadline(WEFT_MS(1));

    for (int i = 0; i < MANY; i++) {
        sleepers[i] = (struct sleeper){.deadline_us = deadline_us};
        CHECK_EQ(
            weft_spawn(bench_executor(bench, 1), sleeper_task(&sleepers[i])),
            0);
    }
    for (int i = 0; i < MANY; i++) {
        CHECK_EQ(bench_join(bench, &sleepers[i].task), 7);
    }
    bench_stop(bench);
}

struct named {
    weft_task_t task;
    struct diary *diary;
    char name;
};
WEFT_TASK(named)
{
    WEFT_BEGIN;
    note(self->diary, self->name);
    WEFT_END;
}

CASE_LEVELS(a_scheduler_orders_what_is_ready_on_one_priority, 1)
{
    static weft_isr_t isr;
    static weft_priority_scheduler_t order;
    struct diary diary = {.next = 0};
    struct named named[3];
    static const unsigned levels[3] = {1, 7, 3};
    weft_isr_config_t config = {.priority = 1, .scheduler = &order.scheduler};
    unsigned key;

    weft_priority_scheduler_init(&order);
    CHECK_EQ(weft_isr_init(&isr, &config), 0);
    key = weft_port_ceiling_raise(1);
    for (int i = 0; i < 3; i++) {
        named[i] = (struct named){.diary = &diary, .name = (char)('a' + i)};
        CHECK_EQ(weft_task_set_priority(named_task(&named[i]), levels[i]), 0);
        CHECK_EQ(weft_spawn(&isr.executor, &named[i].task), 0);
    }
    weft_isr_stop(&isr);
    weft_port_ceiling_restore(key);
    while (!weft_isr_stopped(&isr)) {
        weft_hook_spin();
    }
    CHECK_STR_EQ(diary.text, "bca");
    weft_isr_deinit(&isr);
}

/* --- what may not be done */

struct wrong {
    weft_task_t task;
    weft_event_t *event;
    struct bench *bench;
    int what;
};
WEFT_TASK(wrong)
{
    WEFT_BEGIN;
    if (self->what == 0) {
        (void)weft_event_wait(self->event);
    } else {
        weft_isr_deinit(&self->bench->isr[0]);
    }
    return 0;
    WEFT_END;
}

static int wait_in_a_runnable(weft_runnable_t *runnable)
{
    (void)runnable;
    return weft_sleep(WEFT_MS(1));
}

static void run_wrong(int what)
{
    struct bench *bench = bench_start(1);
    weft_event_t event = WEFT_EVENT_INIT;
    struct wrong wrong = {.event = &event, .bench = bench, .what = what};

    CHECK_EQ(weft_spawn(bench_executor(bench, 1), wrong_task(&wrong)), 0);
    bench_pause(bench, WEFT_MS(1));
}

CASE_LEVELS(a_blocking_call_in_a_task_of_a_priority_is_an_assertion, 1)
{
    CHECK_DIES(run_wrong(0), "a blocking call in a task");
}

CASE_LEVELS(a_blocking_call_outside_of_its_tasks_is_an_assertion, 1)
{
    weft_runnable_t runnable = {.run = wait_in_a_runnable};

    CHECK_DIES(
        {
            struct bench *bench = bench_start(1);
            (void)weft_submit(bench_executor(bench, 1), &runnable,
                              WEFT_HINT_DEFAULT);
            bench_pause(bench, WEFT_MS(1));
        },
        "a waiting call outside of a task, on an executor's thread");
}

CASE_LEVELS(deinit_in_a_task_of_a_priority_is_an_assertion, 1)
{
    CHECK_DIES(run_wrong(1), "above task level");
}

CASE_LEVELS(deinit_with_live_tasks_is_an_assertion, 1)
{
    struct looker looker = {.looks = 0};

    CHECK_DIES(
        {
            struct bench *bench = bench_start(1);
            (void)weft_spawn(bench_executor(bench, 1), looker_task(&looker));
            weft_isr_deinit(&bench->isr[0]);
        },
        "deinit of an interrupt executor with live tasks");
}
