/* test_sim.c - the simulator keeps what weft/sim.h promises
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
#include "weft/base/spinlock.h"
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

/* --- time */

CASE(time_stands_still_while_somebody_runs)
{
    uintptr_t word = 0;
    uint64_t start = weft_port_now_us();

    for (int i = 0; i < 1000; i++) {
        (void)weft_atomic_load_acquire_word(&word);
    }
    CHECK(weft_port_now_us() == start);
}

CASE(time_jumps_to_the_next_deadline)
{
    uint64_t start = weft_port_now_us();

    weft_sim_sleep_until(start + UINT64_C(86400000000));
    CHECK(weft_port_now_us() == start + UINT64_C(86400000000));
}

static void spend_30(void *ctx)
{
    uint64_t *end = ctx;

    weft_sim_spend(30);
    *end = weft_port_now_us();
}

CASE(two_cores_spend_time_side_by_side)
{
    weft_port_thread_t thread = {0};
    uint64_t start = weft_port_now_us();
    uint64_t ends[2];

    CHECK_EQ(weft_port_thread_start(&thread, spend_30, &ends[0]), 0);
    spend_30(&ends[1]);
    weft_port_thread_join(&thread);
    CHECK_EQ(ends[0] - start, 30);
    CHECK_EQ(ends[1] - start, 30);
}

static void set_after_a_second(void *ctx)
{
    weft_sim_sleep_until(weft_port_now_us() + 1000000);
    weft_atomic_store_release_word(ctx, 1);
}

CASE(time_goes_on_for_a_core_that_spins_alone)
{
    weft_port_thread_t thread = {0};
    uintptr_t word = 0;

    CHECK_EQ(weft_port_thread_start(&thread, set_after_a_second, &word), 0);
    while (weft_atomic_load_acquire_word(&word) == 0) {
        weft_hook_spin();
    }
    weft_port_thread_join(&thread);
}

static void read_clock_until_it_moved(void *ctx)
{
    uint64_t start = weft_port_now_us();

    (void)ctx;
    while (weft_port_now_us() < start + 100) {}
}

CASE_ALONE(drift_moves_the_clock_for_who_only_looks_at_it)
{
    weft_sim_config_t config = {.seed = 1, .drift = 10};

    CHECK_EQ(weft_sim_run(&config, read_clock_until_it_moved, NULL), 0);
}

/* --- interrupts */

struct source {
    weft_sim_interrupt_t interrupt;
    const uintptr_t *masked; /* while it is not 0 the handler must not run */
    uintptr_t *word;         /* stored 1 and woken */
    unsigned core;
    int taken;
};

static void handle(void *ctx)
{
    struct source *source = ctx;

    CHECK(weft_port_in_interrupt());
    CHECK_EQ(weft_port_core(), source->core);
    CHECK(source->masked == NULL || *source->masked == 0);
    source->taken++;
    if (source->word != NULL) {
        weft_atomic_store_release_word(source->word, 1);
        weft_port_wake(source->word);
    }
}

static void source_attach(struct source *source)
{
    source->interrupt.handler = handle;
    source->interrupt.ctx = source;
    source->interrupt.core = source->core;
    weft_sim_interrupt_attach(&source->interrupt);
}

CASE(interrupts_come_between_any_two_steps_but_not_while_masked)
{
    uintptr_t masked = 0;
    uintptr_t word = 0;
    struct source source = {.masked = &masked};

    source.interrupt.times = 20;
    source.interrupt.one_in = 3;
    source_attach(&source);
    for (int i = 0; i < 300; i++) {
        unsigned key = weft_hook_mask();
        masked = 1;
        (void)weft_atomic_fetch_add_acq_rel_word(&word, 1);
        unsigned inner = weft_hook_mask();
        (void)weft_atomic_fetch_add_acq_rel_word(&word, 1);
        weft_hook_unmask(inner);
        (void)weft_atomic_fetch_add_acq_rel_word(&word, 1);
        masked = 0;
        weft_hook_unmask(key);
        (void)weft_atomic_fetch_add_acq_rel_word(&word, 1);
    }
    weft_sim_interrupt_remove(&source.interrupt);
    CHECK(!weft_port_in_interrupt());
    CHECK(source.taken > 0);
    CHECK_EQ(source.taken + (int)source.interrupt.times, 20);
}

CASE(a_raised_interrupt_waits_for_the_unmask)
{
    struct source source = {0};

    source_attach(&source);
    weft_sim_interrupt_raise(&source.interrupt);
    CHECK_EQ(source.taken, 1);
    unsigned key = weft_hook_mask();
    weft_sim_interrupt_raise(&source.interrupt);
    weft_sim_interrupt_raise(&source.interrupt);
    CHECK_EQ(source.taken, 1);
    weft_hook_unmask(key);
    CHECK_EQ(source.taken, 2);
    weft_sim_interrupt_remove(&source.interrupt);
}

CASE(an_interrupt_comes_at_its_time)
{
    uintptr_t word = 0;
    struct source source = {.word = &word};
    uint64_t start = weft_port_now_us();

    source.interrupt.at_us = start + 500;
    source_attach(&source);
    while (weft_atomic_load_acquire_word(&word) == 0) {
        weft_port_sleep(&word, 0, UINT64_MAX);
    }
    CHECK_EQ(weft_port_now_us() - start, 500);
    CHECK_EQ(source.taken, 1);
    weft_sim_sleep_until(start + 5000);
    CHECK_EQ(source.taken, 1);
    weft_sim_interrupt_remove(&source.interrupt);
}

CASE(a_random_interrupt_ends_a_sleep_that_nothing_else_ends)
{
    uintptr_t word = 0;
    struct source source = {.word = &word};

    source.interrupt.times = 1;
    source_attach(&source);
    while (weft_atomic_load_acquire_word(&word) == 0) {
        weft_port_sleep(&word, 0, UINT64_MAX);
    }
    CHECK_EQ(source.taken, 1);
    weft_sim_interrupt_remove(&source.interrupt);
}

static int handlers_inside;

static void handle_alone(void *ctx)
{
    uintptr_t word = 0;

    (void)ctx;
    CHECK_EQ(handlers_inside, 0);
    handlers_inside++;
    for (int i = 0; i < 10; i++) {
        (void)weft_atomic_load_acquire_word(&word);
    }
    unsigned key = weft_hook_mask();
    weft_hook_unmask(key);
    handlers_inside--;
}

CASE(handlers_of_a_core_do_not_nest)
{
    weft_sim_interrupt_t sources[2] = {
        {.handler = handle_alone, .times = 10, .one_in = 2},
        {.handler = handle_alone, .times = 10, .one_in = 2},
    };
    uintptr_t word = 0;

    handlers_inside = 0;
    weft_sim_interrupt_attach(&sources[0]);
    weft_sim_interrupt_attach(&sources[1]);
    for (int i = 0; i < 100; i++) {
        (void)weft_atomic_load_acquire_word(&word);
    }
    weft_sim_interrupt_remove(&sources[0]);
    weft_sim_interrupt_remove(&sources[1]);
}

struct cross {
    struct source source;
    uintptr_t ready;
};

static void wait_for_interrupt(void *ctx)
{
    struct cross *cross = ctx;

    cross->source.core = weft_port_core();
    source_attach(&cross->source);
    weft_atomic_store_release_word(&cross->ready, 1);
    while (weft_atomic_load_acquire_word(cross->source.word) == 0) {
        weft_port_sleep(cross->source.word, 0, UINT64_MAX);
    }
    weft_sim_interrupt_remove(&cross->source.interrupt);
}

CASE(one_core_interrupts_another)
{
    weft_port_thread_t thread = {0};
    uintptr_t word = 0;
    struct cross cross = {.source = {.word = &word}};

    CHECK_EQ(weft_port_thread_start(&thread, wait_for_interrupt, &cross), 0);
    while (weft_atomic_load_acquire_word(&cross.ready) == 0) {
        weft_hook_spin();
    }
    weft_sim_interrupt_raise(&cross.source.interrupt);
    weft_port_thread_join(&thread);
    CHECK_EQ(cross.source.taken, 1);
}

static void handle_longer(void *ctx)
{
    uintptr_t *inside = ctx;

    weft_atomic_store_release_word(inside, 1);
    for (int i = 0; i < 20; i++) {
        (void)weft_atomic_load_acquire_word(inside);
    }
    weft_atomic_store_release_word(inside, 0);
}

static void stay_awake(void *ctx)
{
    while (weft_atomic_load_acquire_word(ctx) == 0) {
        weft_hook_spin();
    }
}

CASE(remove_waits_for_the_handler_on_another_core)
{
    weft_port_thread_t thread = {0};
    uintptr_t inside = 0;
    uintptr_t stop = 0;
    weft_sim_interrupt_t source = {
        .handler = handle_longer, .ctx = &inside, .core = 1, .times = 5};

    CHECK_EQ(weft_port_thread_start(&thread, stay_awake, &stop), 0);
    weft_sim_interrupt_attach(&source);
    weft_sim_interrupt_raise(&source);
    weft_sim_interrupt_remove(&source);
    CHECK_EQ(inside, 0);
    weft_atomic_store_release_word(&stop, 1);
    weft_port_thread_join(&thread);
}

static void sleep_inside(void *ctx)
{
    weft_port_sleep(ctx, 0, UINT64_MAX);
}

static void change_local(void *ctx)
{
    (void)ctx;
    weft_port_local()->budget++;
}

static void run_sleeping_handler(void *ctx)
{
    uintptr_t word = 0;
    weft_sim_interrupt_t source = {.handler = sleep_inside, .ctx = &word};

    (void)ctx;
    weft_sim_interrupt_attach(&source);
    weft_sim_interrupt_raise(&source);
}

static void run_changing_handler(void *ctx)
{
    weft_sim_interrupt_t source = {.handler = change_local};

    (void)ctx;
    weft_sim_interrupt_attach(&source);
    weft_sim_interrupt_raise(&source);
}

static void run_masked_sleep(void *ctx)
{
    (void)weft_hook_mask();
    sleep_inside(ctx);
}

CASE_ALONE(misuse_is_named_with_the_seed)
{
    weft_sim_config_t config = {.seed = 77};
    uintptr_t word = 0;

    CHECK_DIES(weft_sim_run(&config, run_sleeping_handler, NULL),
               "sleep in an interrupt");
    CHECK_DIES(weft_sim_run(&config, run_sleeping_handler, NULL), "seed 77");
    CHECK_DIES(weft_sim_run(&config, run_masked_sleep, &word),
               "sleep with interrupts masked");
    CHECK_DIES(weft_sim_run(&config, run_changing_handler, NULL),
               "an interrupt changed its core's local record");
}

/* --- locks, choices, counts */

struct guarded {
    weft_spinlock_t lock;
    int inside;
    int count;
};

static void guarded_add(void *ctx)
{
    struct guarded *guarded = ctx;
    uintptr_t word = 0;

    unsigned key = weft_lock_mask(&guarded->lock);
    CHECK_EQ(guarded->inside, 0);
    guarded->inside++;
    (void)weft_atomic_load_acquire_word(&word);
    guarded->count++;
    guarded->inside--;
    weft_unlock_mask(&guarded->lock, key);
}

static void guarded_add_10(void *ctx)
{
    for (int i = 0; i < 10; i++) {
        guarded_add(ctx);
    }
}

CASE(a_masking_lock_keeps_cores_and_interrupts_out)
{
    weft_port_thread_t threads[2] = {0};
    struct guarded guarded = {.lock = WEFT_SPINLOCK_INIT};
    weft_sim_interrupt_t source = {
        .handler = guarded_add, .ctx = &guarded, .times = 10, .one_in = 4};

    weft_sim_interrupt_attach(&source);
    CHECK_EQ(weft_port_thread_start(&threads[0], guarded_add_10, &guarded), 0);
    CHECK_EQ(weft_port_thread_start(&threads[1], guarded_add_10, &guarded), 0);
    guarded_add_10(&guarded);
    weft_port_thread_join(&threads[0]);
    weft_port_thread_join(&threads[1]);
    weft_sim_interrupt_remove(&source);
    CHECK_EQ(guarded.count, 40 - (int)source.times);
}

static void lock_without_mask(void *ctx)
{
    struct guarded *guarded = ctx;
    uintptr_t word = 0;

    for (int i = 0; i < 100; i++) {
        weft_spinlock_lock(&guarded->lock);
        (void)weft_atomic_load_acquire_word(&word);
        weft_spinlock_unlock(&guarded->lock);
    }
}

static void run_lock_without_mask(void *ctx)
{
    weft_sim_interrupt_t source = {
        .handler = lock_without_mask, .ctx = ctx, .times = 5, .one_in = 4};

    weft_sim_interrupt_attach(&source);
    lock_without_mask(ctx);
    weft_sim_interrupt_remove(&source);
}

CASE_ALONE(a_lock_that_does_not_mask_hangs_with_some_seed)
{
    int hangs = 0;

    for (uint64_t seed = 0; seed < 5; seed++) {
        weft_sim_config_t config = {.seed = seed};
        struct guarded guarded = {.lock = WEFT_SPINLOCK_INIT};
        hangs += weft_sim_run(&config, run_lock_without_mask, &guarded) ==
                 WEFT_ERR_TIMEOUT;
    }
    CHECK(hangs > 0);
}

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
