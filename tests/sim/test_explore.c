/* test_explore.c - weft_sim_explore finds every outcome, and each once
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "tests/sim/explore_all.h"
#include "weft/base/atomic.h"
#include "weft/base/spinlock.h"
#include "weft/port.h"

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
