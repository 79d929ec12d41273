/* test_every_isr.c - an executor of an interrupt priority, in all schedules
 * SPDX-License-Identifier: MIT
 *
 * Its turns come between any two steps of the core that they interrupt.
 */
#include <limits.h>

#include "tests/support/explore.h"
#include "tests/support/frames.h"

enum { ENTRIES = 3 };

struct entry {
    weft_runnable_t runnable;
    unsigned order; /* from 1 in the order they ran */
};

static weft_loop_t loop;
static weft_isr_t isr;
static struct entry entries[ENTRIES];
static unsigned ran;
static unsigned expected;

/* In the level: the loop sleeps, or is about to. */
static int run_entry(weft_runnable_t *runnable)
{
    ((struct entry *)(void *)runnable)->order = ++ran;
    if (ran == expected) {
        weft_loop_stop(&loop);
    }
    return 0;
}

static void stop_loop(void *ctx)
{
    (void)ctx;
    weft_loop_stop(&loop);
}

static void begin(unsigned count, weft_kick_fn *stopped)
{
    weft_isr_config_t config = {.priority = 1, .stopped = stopped};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_isr_init(&isr, &config), 0);
    ran = 0;
    expected = count;
    for (unsigned i = 0; i < ENTRIES; i++) {
        entries[i] = (struct entry){.runnable = {.run = run_entry}};
    }
}

static void end(void)
{
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(ran, expected);
    weft_isr_deinit(&isr);
    weft_loop_deinit(&loop);
}

static void submit(unsigned i)
{
    CHECK_EQ(
        weft_submit(&isr.executor, &entries[i].runnable, WEFT_HINT_DEFAULT), 0);
}

static void submit_first(void *ctx)
{
    (void)ctx;
    submit(0);
}

static void submit_second(void *ctx)
{
    (void)ctx;
    submit(1);
}

EXPLORE(what_an_interrupt_submits_at_any_moment_has_a_turn)
{
    weft_sim_interrupt_t interrupt = {.handler = submit_second, .times = 1};

    begin(2, NULL);
    weft_sim_interrupt_attach(&interrupt);
    submit(0);
    end();
    weft_sim_interrupt_remove(&interrupt);
}

EXPLORE(what_another_core_submits_in_a_turn_or_after_it_has_one)
{
    begin(2, NULL);
    side(submit_first, NULL);
    submit(1);
    end();
    sides_join();
}

EXPLORE_LARGE(what_two_cores_and_its_own_submit_runs_once, 3)
{
    begin(3, NULL);
    side(submit_first, NULL);
    side(submit_second, NULL);
    submit(2);
    end();
    sides_join();
}

/* --- its end */

static struct looker looker;

static void wake_looker(void *ctx)
{
    (void)ctx;
    weft_atomic_store_release_u8(&looker.enough, 1);
    weft_task_wake(&looker.task);
}

/* The level is pended from here too, as an alarm of its own would. */
EXPLORE(it_has_gone_while_the_wake_that_ended_its_last_task_goes_on)
{
    uintptr_t pend;

    begin(0, stop_loop);
    pend = isr.level.pend;
    looker = (struct looker){.looks = 0};
    CHECK_EQ(weft_spawn(&isr.executor, looker_task(&looker)), 0);
    weft_isr_stop(&isr);
    side(wake_looker, NULL);
    weft_port_level_pend(pend);
    end();
    drop(&isr, sizeof(isr));
    CHECK_EQ(weft_task_result(&looker.task), 5);
    sides_join();
}

static void submit_or_not(void *ctx)
{
    int rc =
        weft_submit(&isr.executor, &entries[0].runnable, WEFT_HINT_DEFAULT);

    (void)ctx;
    CHECK(rc == 0 || rc == WEFT_ERR_STOPPED);
    expected = rc == 0;
}

EXPLORE(a_stop_lets_in_or_refuses_what_another_core_submits)
{
    begin(UINT_MAX, stop_loop);
    side(submit_or_not, NULL);
    weft_isr_stop(&isr);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK(weft_isr_stopped(&isr));
    sides_join();
    CHECK_EQ(ran, expected);
    weft_isr_deinit(&isr);
    weft_loop_deinit(&loop);
}
