/* test_explore_ends.c - what ends a search, what repeats it, and bad input
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/error.h"
#include "weft/port.h"
#include "weft/sim.h"

static uintptr_t word;
static uintptr_t flag;

static void load_and_store(void *ctx)
{
    (void)ctx;
    uintptr_t seen = weft_atomic_load_acquire_word(&word);
    weft_atomic_store_release_word(&word, seen + 1);
}

/* Waits for ever where an update is lost. */
static void lose_update(void *ctx)
{
    weft_port_thread_t thread = {0};

    (void)ctx;
    word = 0;
    flag = 0;
    CHECK_EQ(weft_port_thread_start(&thread, load_and_store, NULL), 0);
    load_and_store(NULL);
    weft_port_thread_join(&thread);
    if (word != 2) {
        weft_port_sleep(&flag, 0, UINT64_MAX);
    }
}

static void check_repeats(unsigned preemptions)
{
    weft_sim_explore_config_t config = {.preemptions_max = preemptions};
    weft_sim_explored_t out;
    char schedule[100];

    CHECK_EQ(weft_sim_explore(&config, lose_update, NULL, &out),
             WEFT_ERR_DEADLOCK);
    (void)weft_sim_schedule(schedule, sizeof(schedule));
    config.schedule = schedule;
    CHECK_EQ(weft_sim_explore(&config, lose_update, NULL, &out),
             WEFT_ERR_DEADLOCK);
    CHECK_EQ(out.schedules, 1);
    config.schedule = "-";
    CHECK_EQ(weft_sim_explore(&config, lose_update, NULL, &out), 0);
}

CASE_ALONE(a_schedule_that_failed_is_repeated_by_its_text)
{
    check_repeats(0);
    check_repeats(3);
}

static void spin_for_ever(void *ctx)
{
    (void)ctx;
    flag = 0;
    while (weft_atomic_load_acquire_word(&flag) == 0) {
        weft_hook_spin();
    }
}

CASE_ALONE(who_spins_and_nobody_can_end_it_is_a_livelock)
{
    weft_sim_explore_config_t config = {0};
    weft_sim_explored_t out;

    CHECK_EQ(weft_sim_explore(&config, spin_for_ever, NULL, &out),
             WEFT_ERR_TIMEOUT);
    config.preemptions_max = 1;
    CHECK_EQ(weft_sim_explore(&config, spin_for_ever, NULL, &out),
             WEFT_ERR_TIMEOUT);
}

/* --- bad input */

static void explore_inside(void *ctx)
{
    weft_sim_explore_config_t config = {0};
    weft_sim_explored_t out;

    CHECK_EQ(weft_sim_explore(&config, explore_inside, ctx, &out),
             WEFT_ERR_BUSY);
}

CASE_ALONE(a_search_takes_no_bad_input)
{
    weft_sim_explore_config_t config = {0};
    weft_sim_explored_t out;

    CHECK_EQ(weft_sim_explore(NULL, explore_inside, NULL, &out),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_sim_explore(&config, NULL, NULL, &out), WEFT_ERR_INVALID);
    CHECK_EQ(weft_sim_explore(&config, explore_inside, NULL, NULL),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_sim_explore(&config, explore_inside, NULL, &out), 0);
}

static unsigned runs;

static void differ(void *ctx)
{
    (void)ctx;
    if (weft_sim_choose(3 + runs++ % 2) == 0) {
        weft_sim_choose(2);
    }
}

static void explore_what_differs(void)
{
    weft_sim_explore_config_t config = {0};
    weft_sim_explored_t out;

    (void)weft_sim_explore(&config, differ, NULL, &out);
}

CASE_ALONE(a_program_that_differs_from_run_to_run_is_found_out)
{
    CHECK_DIES(explore_what_differs(), "does not do the same in each run");
}
