/* test_second_core.c - a core that does not come up, wakes between two
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/base/hooks.h"
#include "weft/cortex_m.h"
#include "weft/error.h"
#include "weft/port.h"

/* Of the board, where it has two cores. */
__attribute__((weak)) void board_core_release(unsigned core,
                                              const void *vectors);

static bool held;
static const void *held_vectors;

/* In place of the board's. */
void weft_cortex_m_core_start(unsigned core, const void *vectors)
{
    held_vectors = vectors;
    if (!held) {
        board_core_release(core, vectors);
    }
}

static void count_up(void *ctx)
{
    (void)weft_atomic_fetch_add_acq_rel_word(ctx, 1);
}

CASE(a_core_that_does_not_come_up_is_an_error_and_one_that_comes_late_none)
{
    weft_port_thread_t thread = {0};
    uintptr_t count = 0;
    int rc;

    held = true;
    rc = weft_port_thread_start(&thread, count_up, &count);
    if (weft_port_core_count() == 1) {
        CHECK_EQ(rc, WEFT_ERR_UNSUPPORTED);
        return;
    }
    CHECK_EQ(rc, WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_port_thread_start(&thread, count_up, &count),
             WEFT_ERR_TIMEOUT);
    CHECK_EQ(count, 0);
    held = false;
    board_core_release(1, held_vectors);
    uint64_t until_us = weft_port_now_us() + 20000;
    while (weft_port_now_us() < until_us) {
        weft_hook_spin();
    }
    CHECK_EQ(count, 0);
    CHECK_STARTED(weft_port_thread_start(&thread, count_up, &count));
    weft_port_thread_join(&thread);
    CHECK_EQ(weft_atomic_load_acquire_word(&count), 1);
}

static uintptr_t word;   /* what the other core sleeps on, counted up here */
static uintptr_t answer; /* what it has seen */
static uintptr_t sleeps; /* it begins to sleep */

static void sleep_again_and_again(void *ctx)
{
    uintptr_t rounds = *(uintptr_t *)ctx;
    uintptr_t seen = 0;

    while (seen < rounds) {
        (void)weft_atomic_fetch_add_acq_rel_word(&sleeps, 1);
        weft_port_sleep(&word, seen, UINT64_MAX);
        seen = weft_atomic_load_acquire_word(&word);
        weft_atomic_store_release_word(&answer, seen);
    }
}

/* Woken three times for each round, and once more when it is awake. */
CASE(a_core_is_interrupted_at_most_once_a_sleep)
{
    weft_port_thread_t thread = {0};
    uintptr_t rounds = 3000;

    word = answer = sleeps = 0;
    CHECK_STARTED(
        weft_port_thread_start(&thread, sleep_again_and_again, &rounds));
    uint32_t before = weft_cortex_m_kicks(1);
    for (uintptr_t i = 1; i <= rounds; i++) {
        weft_atomic_store_release_word(&word, i);
        weft_port_wake(&word);
        weft_port_wake(&word);
        weft_port_wake(&word);
        while (weft_atomic_load_acquire_word(&answer) != i) {
            weft_hook_spin();
        }
    }
    CHECK(weft_cortex_m_kicks(1) - before <= sleeps + 1);
    weft_port_thread_join(&thread);
}

static void stay_awake(void *ctx)
{
    weft_atomic_store_release_word(&answer, 1);
    while (weft_atomic_load_acquire_word(ctx) == 0) {
        weft_hook_spin();
    }
}

CASE(a_core_that_is_awake_is_not_interrupted)
{
    weft_port_thread_t thread = {0};

    word = answer = 0;
    CHECK_STARTED(weft_port_thread_start(&thread, stay_awake, &word));
    while (weft_atomic_load_acquire_word(&answer) == 0) {
        weft_hook_spin();
    }
    uint32_t before = weft_cortex_m_kicks(1);
    for (int i = 0; i < 1000; i++) {
        weft_port_wake(&word);
        weft_port_wake(&answer);
    }
    CHECK_EQ(weft_cortex_m_kicks(1), before);
    weft_atomic_store_release_word(&word, 1);
    weft_port_thread_join(&thread);
}

/* --- levels of the other core */

static weft_port_level_t level;
static uintptr_t runs;
static uintptr_t ran_on;

static void run_there(void *ctx)
{
    (void)ctx;
    weft_atomic_store_release_word(&ran_on, weft_port_core());
    (void)weft_atomic_fetch_add_acq_rel_word(&runs, 1);
}

static void open_and_sleep(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_port_level_open(&level, 2, run_there, NULL), 0);
    weft_atomic_store_release_word(&answer, 1);
    while (weft_atomic_load_acquire_word(&word) == 0) {
        weft_port_sleep(&word, 0, UINT64_MAX);
    }
    weft_port_level_close(&level);
}

CASE(a_level_of_another_core_is_pended_and_runs_there)
{
    weft_port_thread_t thread = {0};

    word = answer = runs = ran_on = 0;
    CHECK_STARTED(weft_port_thread_start(&thread, open_and_sleep, NULL));
    while (weft_atomic_load_acquire_word(&answer) == 0) {
        weft_hook_spin();
    }
    for (uintptr_t i = 1; i <= 500; i++) {
        weft_port_level_pend(level.pend);
        while (weft_atomic_load_acquire_word(&runs) < i) {
            weft_hook_spin();
        }
    }
    CHECK_EQ(weft_atomic_load_acquire_word(&ran_on), 1);
    weft_atomic_store_release_word(&word, 1);
    weft_port_wake(&word);
    weft_port_thread_join(&thread);
}
