/* test_explore.c - weft_sim_explore finds every outcome, and repeats one
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/base/spinlock.h"
#include "weft/error.h"
#include "weft/port.h"
#include "weft/sim.h"

/* --- counts that are known */

static uintptr_t word;
static uintptr_t other_word;
static unsigned times;

static void store_word(void *ctx)
{
    (void)ctx;
    for (unsigned i = 0; i < times; i++) {
        weft_atomic_store_release_word(&word, 10 + i);
    }
}

static void store_other(void *ctx)
{
    (void)ctx;
    for (unsigned i = 0; i < times; i++) {
        weft_atomic_store_release_word(&other_word, 10 + i);
    }
}

static void two_writers(void *ctx)
{
    weft_port_thread_fn *const *run = ctx;
    weft_port_thread_t thread = {0};

    word = 0;
    other_word = 0;
    CHECK_EQ(weft_port_thread_start(&thread, *run, NULL), 0);
    for (unsigned i = 0; i < times; i++) {
        weft_atomic_store_release_word(&word, 100 + i);
    }
    weft_port_thread_join(&thread);
}

static weft_sim_explored_t explore_all(weft_sim_fn *program, void *ctx,
                                       unsigned preemptions)
{
    weft_sim_explore_config_t config = {.preemptions_max = preemptions};
    weft_sim_explored_t out;

    CHECK_EQ(weft_sim_explore(&config, program, ctx, &out), 0);
    return out;
}

CASE_ALONE(two_cores_of_four_steps_have_seventy_schedules)
{
    weft_port_thread_fn *run = store_word;
    weft_sim_explored_t out;

    times = 4;
    out = explore_all(two_writers, &run, 0);
    CHECK(out.complete);
    CHECK_EQ(out.schedules, 70);
    CHECK_EQ(out.cut, 0);
    out = explore_all(two_writers, &run, 20);
    CHECK(out.complete);
    CHECK_EQ(out.schedules, 70);
}

CASE_ALONE(steps_that_do_not_meet_have_one_schedule)
{
    weft_port_thread_fn *run = store_other;

    times = 5;
    CHECK_EQ(explore_all(two_writers, &run, 0).schedules, 1);
}

/* Runs run(0) on core 0 and run(1), run(2) .. on others. */
static unsigned core_count;

static void on_all_cores(void *ctx)
{
    weft_port_thread_fn *const *run = ctx;
    weft_port_thread_t threads[3] = {0};

    word = 0;
    other_word = 0;
    for (unsigned i = 1; i < core_count; i++) {
        void *number = (void *)(uintptr_t)i;
        CHECK_EQ(weft_port_thread_start(&threads[i - 1], *run, number), 0);
    }
    (*run)(NULL);
    for (unsigned i = 1; i < core_count; i++) {
        weft_port_thread_join(&threads[i - 1]);
    }
}

static uint64_t schedules_of(weft_port_thread_fn *run, unsigned cores)
{
    weft_sim_explored_t out;

    core_count = cores;
    out = explore_all(on_all_cores, &run, 0);
    CHECK(out.complete);
    CHECK_EQ(out.cores, cores);
    return out.schedules;
}

static void store_and_load_the_other(void *ctx)
{
    uintptr_t *mine = ctx == NULL ? &word : &other_word;

    weft_atomic_store_release_word(mine, 1);
    (void)weft_atomic_load_acquire_word(ctx == NULL ? &other_word : &word);
}

/* Each load comes before or after the other's store; not both before. */
CASE_ALONE(of_store_buffering_three_of_four_are_sequential)
{
    CHECK_EQ(schedules_of(store_and_load_the_other, 2), 3);
}

static void write_or_read(void *ctx)
{
    if (ctx == NULL) {
        weft_atomic_store_release_word(&word, 1);
    } else {
        (void)weft_atomic_load_acquire_word(&word);
    }
}

/* Each reader before or after the writer, in whatever order of their own. */
CASE_ALONE(one_writer_and_three_readers_have_eight_schedules)
{
    CHECK_EQ(schedules_of(write_or_read, 4), 8);
}

static void claim(void *ctx)
{
    uintptr_t nobody = 0;

    (void)weft_atomic_cas_acq_rel_word(&word, &nobody, (uintptr_t)ctx + 1);
}

/* Who fails changes nothing: only who was first counts. */
CASE_ALONE(of_four_that_claim_a_word_any_may_be_first)
{
    CHECK_EQ(schedules_of(claim, 4), 4);
}

CASE_ALONE(a_bound_on_preemptions_leaves_schedules_out_and_says_so)
{
    weft_port_thread_fn *run = store_word;
    weft_sim_explored_t out;

    times = 4;
    out = explore_all(two_writers, &run, 2);
    CHECK(!out.complete);
    CHECK_EQ(out.preemptions, 2);
    CHECK(out.schedules > 2 && out.schedules < 70);
}

static weft_spinlock_t lock;
static unsigned inside;

static void count_locked(void *ctx)
{
    (void)ctx;
    for (unsigned i = 0; i < times; i++) {
        weft_spinlock_lock(&lock);
        inside++;
        weft_spinlock_unlock(&lock);
    }
}

static void three_lockers(void *ctx)
{
    weft_port_thread_t threads[2] = {0};

    (void)ctx;
    weft_spinlock_init(&lock);
    inside = 0;
    CHECK_EQ(weft_port_thread_start(&threads[0], count_locked, NULL), 0);
    CHECK_EQ(weft_port_thread_start(&threads[1], count_locked, NULL), 0);
    count_locked(NULL);
    weft_port_thread_join(&threads[0]);
    weft_port_thread_join(&threads[1]);
    CHECK_EQ(inside, 3 * times);
}

/* 6! / (2! 2! 2!) orders of who has the lock; spinning adds none. */
CASE_ALONE(three_cores_that_lock_twice_have_ninety_schedules)
{
    times = 2;
    CHECK_EQ(explore_all(three_lockers, NULL, 0).schedules, 90);
}

/* --- random programs: the same outcomes with the reduction as without */

enum { CORES = 3, OPS = 4, WORDS = 2, OUTCOMES_MAX = 20000 };

struct op {
    uint8_t what;
    uint8_t word;
    uint8_t value;
};

struct random_program {
    struct op op[CORES][OPS];
    unsigned cores;
    unsigned ops;
    uintptr_t words[WORDS];
    uintptr_t inbox;
    uintptr_t locked;
    weft_spinlock_t lock;
    uint64_t seen[CORES];
    struct op handler;
    bool interrupted; /* core 0 is, once */
};

struct outcomes {
    uint64_t hash[OUTCOMES_MAX];
    unsigned count;
};

static struct random_program at_random;
static struct outcomes with, without;
static struct outcomes *outcomes;

static void see(unsigned core, uint64_t value)
{
    uint64_t *seen = &at_random.seen[core];

    *seen = (*seen ^ (value + 1)) * UINT64_C(0x100000001b3);
    *seen ^= *seen >> 29;
}

static void add_locked(unsigned core, unsigned by)
{
    weft_spinlock_lock(&at_random.lock);
    see(core, at_random.locked);
    at_random.locked = at_random.locked * 3 + by;
    weft_spinlock_unlock(&at_random.lock);
}

/* As a home sleeps, until somebody has written; and as who wakes it. */
static void sleep_once(unsigned core)
{
    uintptr_t empty = 0;

    if (weft_atomic_cas_acq_rel_word(&at_random.inbox, &empty, 1)) {
        weft_port_sleep(&at_random.inbox, 1, weft_port_now_us() + 10);
        see(core, weft_port_now_us() != 0);
    }
    see(core, weft_atomic_exchange_acquire_word(&at_random.inbox, 0));
}

static void wake_once(unsigned value)
{
    if (weft_atomic_exchange_acq_rel_word(&at_random.inbox, value + 1u) == 1) {
        weft_port_wake(&at_random.inbox);
    }
}

static void do_op(unsigned core, const struct op *op)
{
    uintptr_t *at = &at_random.words[op->word];
    uintptr_t expected = op->value;

    switch (op->what) {
    case 0: see(core, weft_atomic_load_acquire_word(at)); break;
    case 1: weft_atomic_store_release_word(at, op->value); break;
    case 2:
        see(core, weft_atomic_cas_acq_rel_word(at, &expected, op->value + 1u));
        see(core, expected);
        break;
    case 3: see(core, weft_atomic_exchange_acq_rel_word(at, op->value)); break;
    case 4: see(core, weft_atomic_fetch_add_acq_rel_word(at, op->value)); break;
    case 5: add_locked(core, op->value); break;
    case 6: sleep_once(core); break;
    case 7: wake_once(op->value); break;
    case 8: see(core, weft_sim_choose(2)); break;
    default: FAIL("no such operation");
    }
}

static void run_core(void *ctx)
{
    unsigned core = (unsigned)(uintptr_t)ctx;

    for (unsigned i = 0; i < at_random.ops; i++) {
        do_op(core, &at_random.op[core][i]);
    }
}

/* It locks nothing and waits for nothing. */
static void handle(void *ctx)
{
    (void)ctx;
    see(0, 1000);
    do_op(0, &at_random.handler);
}

static void note_outcome(void)
{
    for (unsigned i = 0; i < WORDS; i++) {
        see(0, at_random.words[i]);
    }
    see(0, at_random.locked);
    for (unsigned i = 1; i < at_random.cores; i++) {
        see(0, at_random.seen[i]);
    }
    for (unsigned i = 0; i < outcomes->count; i++) {
        if (outcomes->hash[i] == at_random.seen[0]) {
            return;
        }
    }
    CHECK(outcomes->count < OUTCOMES_MAX);
    outcomes->hash[outcomes->count++] = at_random.seen[0];
}

static void run_random(void *ctx)
{
    weft_port_thread_t threads[CORES] = {0};
    weft_sim_interrupt_t interrupt = {.handler = handle, .times = 1};

    (void)ctx;
    memset(at_random.words, 0, sizeof(at_random.words));
    memset(at_random.seen, 0, sizeof(at_random.seen));
    at_random.inbox = 0;
    at_random.locked = 0;
    weft_spinlock_init(&at_random.lock);
    for (unsigned i = 1; i < at_random.cores; i++) {
        void *core = (void *)(uintptr_t)i;
        CHECK_EQ(weft_port_thread_start(&threads[i], run_core, core), 0);
    }
    if (at_random.interrupted) {
        weft_sim_interrupt_attach(&interrupt);
    }
    run_core(NULL);
    weft_sim_interrupt_remove(&interrupt);
    for (unsigned i = 1; i < at_random.cores; i++) {
        weft_port_thread_join(&threads[i]);
    }
    note_outcome();
}

static uint64_t random_state;

static unsigned below(unsigned n)
{
    random_state = random_state * UINT64_C(6364136223846793005) + 1442695041u;
    return (unsigned)(random_state >> 33) % n;
}

static struct op random_op(unsigned kinds)
{
    return (struct op){(uint8_t)below(kinds), (uint8_t)below(WORDS),
                       (uint8_t)below(3)};
}

static void make_random(unsigned cores, unsigned ops, unsigned kinds)
{
    at_random.cores = cores;
    at_random.ops = ops;
    for (unsigned i = 0; i < cores; i++) {
        for (unsigned j = 0; j < ops; j++) {
            at_random.op[i][j] = random_op(kinds);
        }
    }
    at_random.handler = random_op(5);
    if (below(5) == 0) {
        at_random.handler.what = 7;
    }
}

static void check_same_outcomes(unsigned number)
{
    outcomes = &with;
    with.count = 0;
    CHECK(explore_all(run_random, NULL, 0).complete);
    outcomes = &without;
    without.count = 0;
    CHECK(explore_all(run_random, NULL, 100).complete);
    for (unsigned i = 0; i < without.count; i++) {
        bool found = false;
        for (unsigned j = 0; j < with.count; j++) {
            found = found || with.hash[j] == without.hash[i];
        }
        if (!found) {
            FAIL("program %u: an outcome was missed", number);
        }
    }
    CHECK_EQ(with.count, without.count);
}

static unsigned programs(unsigned usually)
{
    const char *text = getenv("WEFT_PROGRAMS");

    return text != NULL ? (unsigned)strtoul(text, NULL, 10) : usually;
}

CASE_ALONE(the_reduction_misses_no_outcome_of_two_cores)
{
    random_state = 1;
    for (unsigned i = 0; i < programs(80); i++) {
        make_random(2, OPS, 9);
        check_same_outcomes(i);
    }
}

CASE_ALONE(the_reduction_misses_no_outcome_of_three_cores)
{
    random_state = 2;
    for (unsigned i = 0; i < programs(20); i++) {
        make_random(3, 2, 9);
        check_same_outcomes(i);
    }
}

CASE_ALONE(the_reduction_misses_no_outcome_of_an_interrupt)
{
    random_state = 3;
    at_random.interrupted = true;
    for (unsigned i = 0; i < programs(50); i++) {
        make_random(2, 3, 9);
        check_same_outcomes(i);
    }
    at_random.interrupted = false;
}

/* --- what ends a search */

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

/* --- interrupts */

static unsigned interrupted_at[4];

static void note_word(void *ctx)
{
    (void)ctx;
    interrupted_at[weft_atomic_load_acquire_word(&word)]++;
}

static void three_steps(void *ctx)
{
    weft_sim_interrupt_t interrupt = {.handler = note_word, .times = 1};

    (void)ctx;
    word = 0;
    weft_sim_interrupt_attach(&interrupt);
    weft_atomic_store_release_word(&word, 1);
    weft_atomic_store_release_word(&word, 2);
    unsigned key = weft_hook_mask();
    weft_atomic_store_release_word(&word, 3);
    weft_hook_unmask(key);
    weft_sim_interrupt_remove(&interrupt);
}

CASE_ALONE(an_interrupt_comes_between_any_two_steps_but_not_while_masked)
{
    memset(interrupted_at, 0, sizeof(interrupted_at));
    CHECK(explore_all(three_steps, NULL, 0).complete);
    CHECK_EQ(interrupted_at[0], 1);
    CHECK_EQ(interrupted_at[1], 1);
    CHECK_EQ(interrupted_at[2], 1);
}

static uintptr_t awake[2];
static unsigned came[2];
static bool combined[3][3];

static void note_time(void *ctx)
{
    *(unsigned *)ctx = weft_port_now_us() < 10 ? 1 : 2;
}

static void sleep_until_told(void *ctx)
{
    uintptr_t *told = ctx;

    while (weft_atomic_load_acquire_word(told) == 0) {
        weft_port_sleep(told, 0, UINT64_MAX);
    }
}

static void tell(uintptr_t *sleeper)
{
    weft_atomic_store_release_word(sleeper, 1);
    weft_port_wake(sleeper);
}

static void interrupts_and_the_clock(void *ctx)
{
    weft_sim_interrupt_t interrupts[2];
    weft_port_thread_t threads[2] = {0};

    (void)ctx;
    for (unsigned i = 0; i < 2; i++) {
        awake[i] = 0;
        came[i] = 0;
        CHECK_EQ(
            weft_port_thread_start(&threads[i], sleep_until_told, &awake[i]),
            0);
        interrupts[i] = (weft_sim_interrupt_t){
            .handler = note_time, .ctx = &came[i], .core = 1 + i, .times = 1};
        weft_sim_interrupt_attach(&interrupts[i]);
    }
    weft_sim_sleep_until(10);
    for (unsigned i = 0; i < 2; i++) {
        tell(&awake[i]);
        weft_port_thread_join(&threads[i]);
        weft_sim_interrupt_remove(&interrupts[i]);
    }
    combined[came[0]][came[1]] = true;
}

CASE_ALONE(an_interrupt_comes_before_and_after_the_clock_moves_and_never)
{
    memset(combined, 0, sizeof(combined));
    CHECK(explore_all(interrupts_and_the_clock, NULL, 0).complete);
    for (unsigned i = 0; i < 9; i++) {
        CHECK(combined[i / 3][i % 3]);
    }
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
