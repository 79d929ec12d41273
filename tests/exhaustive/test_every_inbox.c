/* test_every_inbox.c - a home's inbox and its sleep, a stop, in all schedules
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/explore.h"
#include "tests/support/frames.h"

enum { ENTRIES = 4 };

struct entry {
    weft_runnable_t runnable;
    unsigned order; /* from 1 in the order they ran */
};

static weft_loop_t loop;
static struct entry entries[ENTRIES];
static unsigned ran;
static unsigned expected;

static int run_entry(weft_runnable_t *runnable)
{
    ((struct entry *)(void *)runnable)->order = ++ran;
    if (ran == expected) {
        weft_loop_stop(&loop);
    }
    return 0;
}

static void begin(unsigned count)
{
    weft_loop_init(&loop, NULL);
    ran = 0;
    expected = count;
    for (unsigned i = 0; i < ENTRIES; i++) {
        entries[i] = (struct entry){.runnable = {.run = run_entry}};
    }
}

static int submit(unsigned i)
{
    return weft_submit(&loop.executor, &entries[i].runnable, WEFT_HINT_DEFAULT);
}

static void submit_first(void *ctx)
{
    (void)ctx;
    CHECK_EQ(submit(0), 0);
}

static void submit_second_and_third(void *ctx)
{
    (void)ctx;
    CHECK_EQ(submit(1), 0);
    CHECK_EQ(submit(2), 0);
}

static void submit_second(void *ctx)
{
    (void)ctx;
    CHECK_EQ(submit(1), 0);
}

/* Nobody else wakes it: what is pushed while it falls asleep must. */
EXPLORE(what_two_cores_submit_runs_once_and_wakes_the_loop)
{
    begin(2);
    side(submit_first, NULL);
    side(submit_second, NULL);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(ran, 2);
    weft_loop_deinit(&loop);
    sides_join();
}

EXPLORE(what_one_core_submits_runs_in_order)
{
    begin(2);
    entries[0].order = 1;
    side(submit_second_and_third, NULL);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(entries[1].order, 1);
    CHECK_EQ(entries[2].order, 2);
    weft_loop_deinit(&loop);
    sides_join();
}

EXPLORE_LARGE(what_two_cores_submit_runs_once_and_in_order_of_each, 4)
{
    begin(3);
    side(submit_first, NULL);
    side(submit_second_and_third, NULL);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(ran, 3);
    CHECK(entries[1].order < entries[2].order);
    weft_loop_deinit(&loop);
    sides_join();
}

EXPLORE(the_loop_is_gone_while_the_submit_that_it_waited_for_goes_on)
{
    begin(1);
    side(submit_first, NULL);
    CHECK_EQ(weft_loop_run(&loop), 0);
    weft_loop_deinit(&loop);
    drop(&loop, sizeof(loop));
    drop(entries, sizeof(entries));
    sides_join();
}

static void submit_in_interrupt(void *ctx)
{
    (void)ctx;
    CHECK_EQ(submit(3), 0);
}

EXPLORE(what_an_interrupt_submits_wakes_a_loop_that_sleeps_or_is_about_to)
{
    weft_sim_interrupt_t interrupt = {.handler = submit_in_interrupt,
                                      .times = 1};

    begin(2);
    weft_sim_interrupt_attach(&interrupt);
    side(submit_second, NULL);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(ran, 2);
    weft_sim_interrupt_remove(&interrupt);
    weft_loop_deinit(&loop);
    sides_join();
}

/* --- spawn against stop */

static struct looker looker;
static int spawned;

static void spawn_looker(void *ctx)
{
    (void)ctx;
    spawned = weft_spawn(&loop.executor, looker_task(&looker));
}

static void stop_loop(void *ctx)
{
    (void)ctx;
    weft_loop_stop(&loop);
}

EXPLORE(a_spawn_from_elsewhere_meets_a_stop_and_runs_or_is_refused)
{
    begin(0);
    looker = (struct looker){.enough = 1};
    side(spawn_looker, NULL);
    side(stop_loop, NULL);
    CHECK_EQ(weft_loop_run(&loop), 0);
    sides_join();
    CHECK(spawned == 0 || spawned == WEFT_ERR_STOPPED);
    CHECK_EQ(looker.looks, spawned == 0);
    weft_loop_deinit(&loop);
}

EXPLORE(a_loop_is_gone_when_it_has_run_to_its_stop)
{
    begin(0);
    side(stop_loop, NULL);
    CHECK_EQ(weft_loop_run(&loop), 0);
    weft_loop_deinit(&loop);
    drop(&loop, sizeof(loop));
    sides_join();
}

/* --- wakes of a task that runs, suspends and ends */

static void wake_looker(void *ctx)
{
    (void)ctx;
    weft_task_wake(&looker.task);
}

static void say_enough(void *ctx)
{
    (void)ctx;
    weft_atomic_store_release_u8(&looker.enough, 1);
    weft_task_wake(&looker.task);
}

EXPLORE(a_wake_is_not_lost_before_during_or_after_a_poll)
{
    begin(0);
    looker = (struct looker){.looks = 0};
    CHECK_EQ(weft_spawn(&loop.executor, looker_task(&looker)), 0);
    weft_loop_stop(&loop);
    side(wake_looker, NULL);
    side(say_enough, NULL);
    CHECK_EQ(weft_loop_run(&loop), 0);
    sides_join();
    CHECK_EQ(weft_task_result(&looker.task), 5);
    CHECK(looker.looks >= 1 && looker.looks <= 3);
    weft_loop_deinit(&loop);
}

static void cancel_looker(void *ctx)
{
    (void)ctx;
    weft_task_cancel(&looker.task);
}

/* The loop waits for wakes on their way to it: then its memory may go. */
EXPLORE(a_wake_and_a_cancel_of_a_task_that_ends_leave_nothing_behind)
{
    begin(0);
    looker = (struct looker){.looks = 0};
    CHECK_EQ(weft_spawn(&loop.executor, looker_task(&looker)), 0);
    weft_loop_stop(&loop);
    side(say_enough, NULL);
    side(cancel_looker, NULL);
    CHECK_EQ(weft_loop_run(&loop), 0);
    int rc = weft_task_result(&looker.task);
    CHECK(rc == 5 || rc == WEFT_ERR_CANCELLED);
    weft_loop_deinit(&loop);
    drop(&loop, sizeof(loop));
    sides_join();
}
