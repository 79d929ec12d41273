/* test_sim.c - runs of the simulator: seeds, results, choices and the trace
 * SPDX-License-Identifier: MIT
 *
 * Cases that start simulations of their own stand alone; the others run under
 * many seeds inside the one that the runner starts.
 */
#include "weft/sim.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/error.h"
#include "weft/port.h"

/* --- a small program with two cores: what it does depends on the schedule */

struct race {
    uintptr_t word;
    char order[64];
    unsigned count;
};

static void racer(struct race *race, char name)
{
    for (int i = 0; i < 10; i++) {
        (void)weft_atomic_fetch_add_acq_rel_word(&race->word, 1);
        race->order[race->count++] = name;
    }
}

static void other_racer(void *ctx)
{
    racer(ctx, 'b');
}

static void run_race(void *ctx)
{
    weft_port_thread_t thread = {0};

    CHECK_EQ(weft_port_thread_start(&thread, other_racer, ctx), 0);
    racer(ctx, 'a');
    weft_port_thread_join(&thread);
}

static uint64_t race_digest(uint64_t seed, struct race *race)
{
    weft_sim_config_t config = {.seed = seed, .cores = 2, .calm = 4};

    *race = (struct race){0};
    CHECK_EQ(weft_sim_run(&config, run_race, race), 0);
    CHECK_EQ(race->word, 20);
    return weft_sim_stats().digest;
}

CASE_ALONE(the_same_seed_gives_the_same_run)
{
    for (uint64_t seed = 0; seed < 100; seed++) {
        struct race first;
        struct race second;
        uint64_t digest = race_digest(seed, &first);
        CHECK(race_digest(seed, &second) == digest);
        CHECK_STR_EQ(second.order, first.order);
    }
}

CASE_ALONE(different_seeds_give_different_runs)
{
    enum { SEEDS = 200 };
    static uint64_t digests[SEEDS];
    struct race race;
    int distinct = 0;

    for (int i = 0; i < SEEDS; i++) {
        digests[i] = race_digest((uint64_t)i, &race);
        bool seen = false;
        for (int j = 0; j < i; j++) {
            seen = seen || digests[j] == digests[i];
        }
        distinct += !seen;
    }
    CHECK(distinct > SEEDS * 3 / 4);
}

CASE_ALONE(equal_digests_mean_equal_orders)
{
    enum { SEEDS = 300 };
    static struct race races[SEEDS];
    static uint64_t digests[SEEDS];

    for (int i = 0; i < SEEDS; i++) {
        digests[i] = race_digest((uint64_t)i, &races[i]);
        for (int j = 0; j < i; j++) {
            CHECK(digests[i] != digests[j] ||
                  strcmp(races[i].order, races[j].order) == 0);
        }
    }
}

CASE_ALONE(calm_without_end_switches_only_where_it_must)
{
    weft_sim_config_t config = {.seed = 1, .cores = 2, .calm = UINT_MAX};
    struct race race = {0};

    CHECK_EQ(weft_sim_run(&config, run_race, &race), 0);
    CHECK_STR_EQ(race.order, "aaaaaaaaaabbbbbbbbbb");
}

/* Adds without any atomicity: the simulator must find the lost update. */
static void add_badly(void *ctx)
{
    struct race *race = ctx;

    for (int i = 0; i < 5; i++) {
        uintptr_t seen = weft_atomic_load_acquire_word(&race->word);
        weft_atomic_store_release_word(&race->word, seen + 1);
    }
}

static void run_lost_update(void *ctx)
{
    weft_port_thread_t thread = {0};

    CHECK_EQ(weft_port_thread_start(&thread, add_badly, ctx), 0);
    add_badly(ctx);
    weft_port_thread_join(&thread);
}

CASE_ALONE(a_lost_update_is_found_by_some_seed_but_not_by_all)
{
    int lost = 0;

    for (uint64_t seed = 0; seed < 100; seed++) {
        struct race race = {0};
        CHECK_EQ(weft_sim_run(&(weft_sim_config_t){.seed = seed},
                              run_lost_update, &race),
                 0);
        lost += race.word != 10;
    }
    CHECK(lost > 5);
    CHECK(lost < 100);
}

/* --- results of a run */

static void sleep_for_ever(void *ctx)
{
    static const uintptr_t word;

    (void)ctx;
    for (;;) {
        weft_port_sleep(&word, 0, UINT64_MAX);
    }
}

static void spin_for_ever(void *ctx)
{
    (void)ctx;
    for (;;) {
        weft_hook_spin();
    }
}

static void two_spin_for_ever(void *ctx)
{
    weft_port_thread_t thread = {0};

    (void)weft_port_thread_start(&thread, spin_for_ever, ctx);
    spin_for_ever(ctx);
}

static void do_nothing(void *ctx)
{
    (void)ctx;
}

static void run_again(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_sim_run(&(weft_sim_config_t){0}, do_nothing, NULL),
             WEFT_ERR_BUSY);
}

CASE_ALONE(a_deadlock_is_a_result_and_the_next_run_is_fresh)
{
    weft_sim_config_t config = {.seed = 3};

    for (int i = 0; i < 3; i++) {
        CHECK_EQ(weft_sim_run(&config, sleep_for_ever, NULL),
                 WEFT_ERR_DEADLOCK);
        CHECK_EQ(weft_sim_run(&config, do_nothing, NULL), 0);
    }
}

CASE_ALONE(a_livelock_ends_by_steps_max)
{
    weft_sim_config_t config = {.seed = 3, .steps_max = 10000};

    CHECK_EQ(weft_sim_run(&config, two_spin_for_ever, NULL), WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_sim_stats().points, 10000);
}

CASE_ALONE(a_lone_core_that_spins_for_ever_is_a_livelock)
{
    CHECK_EQ(weft_sim_run(&(weft_sim_config_t){0}, spin_for_ever, NULL),
             WEFT_ERR_TIMEOUT);
}

CASE_ALONE(bad_calls_are_errors)
{
    weft_sim_config_t config = {.cores = WEFT_SIM_CORES_MAX + 1};

    CHECK_EQ(weft_sim_run(&config, do_nothing, NULL), WEFT_ERR_INVALID);
    CHECK_EQ(weft_sim_run(NULL, do_nothing, NULL), WEFT_ERR_INVALID);
    config.cores = 1;
    CHECK_EQ(weft_sim_run(&config, NULL, NULL), WEFT_ERR_INVALID);
    CHECK_EQ(weft_sim_run(&config, run_again, NULL), 0);
}

CASE_ALONE(outside_of_a_run_there_is_one_core_and_a_clock_that_jumps)
{
    static const uintptr_t word;
    weft_port_thread_t thread = {0};
    uint64_t start = weft_port_now_us();

    CHECK(!weft_sim_running());
    weft_port_sleep(&word, 0, start + 1000);
    CHECK_EQ(weft_port_now_us() - start, 1000);
    weft_sim_spend(5);
    weft_sim_sleep_until(start + 1010);
    CHECK_EQ(weft_port_now_us() - start, 1010);
    CHECK_EQ(weft_port_thread_start(&thread, do_nothing, NULL),
             WEFT_ERR_UNSUPPORTED);
    CHECK_EQ(weft_sim_choose(10), 0);
    CHECK(!weft_sim_fail(1));
    CHECK_EQ(weft_port_core_count(), 1);
}

/* --- choices, counts, the trace */

CASE(choices_stay_below_their_bound_and_reach_each_value)
{
    int seen[5] = {0};
    int fails = 0;

    for (int i = 0; i < 500; i++) {
        uint64_t choice = weft_sim_choose(5);
        CHECK(choice < 5);
        seen[choice]++;
        fails += weft_sim_fail(10);
        CHECK(!weft_sim_fail(0));
    }
    for (int i = 0; i < 5; i++) {
        CHECK(seen[i] > 40);
    }
    CHECK(fails > 10 && fails < 120);
    CHECK(weft_sim_choose(UINT64_MAX) < UINT64_MAX);
}

CASE(the_seed_and_the_counts_can_be_asked)
{
    weft_sim_stats_t before = weft_sim_stats();
    uintptr_t word = 0;

    CHECK(weft_sim_running());
    CHECK(weft_sim_seed() != 0);
    (void)weft_atomic_load_acquire_word(&word);
    weft_sim_sleep_until(weft_port_now_us() + 1);
    weft_sim_stats_t after = weft_sim_stats();
    CHECK(after.points > before.points);
    CHECK(after.switches > before.switches);
    CHECK(after.digest != before.digest);
}

CASE_ALONE(the_trace_names_seed_cores_and_deadlock)
{
    char text[8192] = "";
    FILE *out = tmpfile();

    CHECK(out != NULL);
    CHECK_EQ(
        weft_sim_run(&(weft_sim_config_t){.seed = 42}, sleep_for_ever, NULL),
        WEFT_ERR_DEADLOCK);
    weft_sim_trace_print(out);
    rewind(out);
    size_t length = fread(text, 1, sizeof(text) - 1, out);
    text[length] = '\0';
    (void)fclose(out);
    CHECK(strstr(text, "seed 42") != NULL);
    CHECK(strstr(text, "sleeps, core 0") != NULL);
    CHECK(strstr(text, "deadlock") != NULL);
}
