/* test_hart_sleep.c - riscv: no wake is lost, none is sent in vain
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/base/hooks.h"
#include "weft/port.h"
#include "weft/riscv.h"

enum { STORM = 100000 };

struct words {
    uintptr_t word;
    uintptr_t other;
    uintptr_t last;
};

static void set(uintptr_t *word, uintptr_t value)
{
    weft_atomic_store_release_word(word, value);
    weft_port_wake(word);
}

static uintptr_t get(const uintptr_t *word)
{
    return weft_atomic_load_acquire_word(word);
}

static void sleep_until(uint64_t deadline_us)
{
    static const uintptr_t word;

    while (weft_port_now_us() < deadline_us) {
        weft_port_sleep(&word, 0, deadline_us);
    }
}

/* --- no wake is lost */

static void storm(void *ctx)
{
    struct words *words = ctx;

    for (uintptr_t i = 1; i <= words->last; i++) {
        set(&words->word, i);
    }
}

/* Each sleep is on the newest value, so the last one must end it. */
CASE(a_storm_of_wakes_loses_none)
{
    struct words words = {.last = STORM};
    weft_port_thread_t thread = {0};
    uintptr_t seen = 0;

    CHECK_STARTED(weft_port_thread_start(&thread, storm, &words));
    while (seen != STORM) {
        weft_port_sleep(&words.word, seen, UINT64_MAX);
        CHECK(get(&words.word) >= seen);
        seen = get(&words.word);
    }
    weft_port_thread_join(&thread);
}

static void echo(void *ctx)
{
    struct words *words = ctx;

    for (uintptr_t i = 1; i <= words->last; i++) {
        while (get(&words->word) != i) {
            weft_port_sleep(&words->word, i - 1, UINT64_MAX);
        }
        set(&words->other, i);
    }
}

/* Each sleep is wanted and races the wake that ends it. At most one interrupt
   for each sleep, in either direction; the last ones may still be on their
   way. */
CASE(a_sleep_is_interrupted_once_at_most)
{
    struct words words = {.last = STORM};
    weft_port_thread_t thread = {0};
    uint32_t sleeps = 0;

    CHECK_STARTED(weft_port_thread_start(&thread, echo, &words));
    uint32_t before = weft_riscv_kicks(0);
    for (uintptr_t i = 1; i <= STORM; i++) {
        set(&words.word, i);
        while (get(&words.other) != i) {
            weft_port_sleep(&words.other, i - 1, UINT64_MAX);
            sleeps++;
        }
    }
    uint32_t kicks = weft_riscv_kicks(0) - before;
    weft_port_thread_join(&thread);
    CHECK(kicks <= sleeps);
}

/* --- none is sent in vain */

static void wake_in_vain(void *ctx)
{
    struct words *words = ctx;

    for (uintptr_t i = 1; i <= words->last; i++) {
        weft_atomic_store_release_word(&words->word, i);
        weft_port_wake(&words->word);
    }
    weft_atomic_store_release_word(&words->other, 1);
}

CASE(a_hart_that_is_awake_is_not_interrupted)
{
    struct words words = {.last = 1000};
    weft_port_thread_t thread = {0};

    CHECK_STARTED(weft_port_thread_start(&thread, wake_in_vain, &words));
    uint32_t kicks = weft_riscv_kicks(0);
    uint32_t interrupts = weft_riscv_interrupts(0);
    while (get(&words.other) == 0) {}
    CHECK_EQ(weft_riscv_kicks(0), kicks);
    CHECK_EQ(weft_riscv_interrupts(0), interrupts);
    weft_port_thread_join(&thread);
}

CASE(a_sleep_on_another_word_is_not_interrupted)
{
    struct words words = {.last = 1000};
    weft_port_thread_t thread = {0};

    CHECK_STARTED(weft_port_thread_start(&thread, wake_in_vain, &words));
    uint32_t kicks = weft_riscv_kicks(0);
    sleep_until(weft_port_now_us() + 2000);
    CHECK_EQ(weft_riscv_kicks(0), kicks);
    weft_port_thread_join(&thread);
}

/* What ends a sleep is cleared before interrupts are on again. */
CASE(a_sleep_takes_no_interrupt)
{
    uint64_t second_us = 1000000;
    uint32_t before = weft_riscv_interrupts(0);

    for (int i = 0; i < 100; i++) {
        sleep_until(weft_port_now_us() + 100);
    }
    sleep_until(weft_port_now_us() + second_us);
    CHECK_EQ(weft_riscv_interrupts(0), before);
}

/* --- with interrupts off, or in one */

CASE_ALONE(a_sleep_with_interrupts_masked_is_an_assertion)
{
    static const uintptr_t word;

    CHECK_DIES(
        {
            (void)weft_hook_mask();
            weft_port_sleep(&word, 0, 1);
        },
        "interrupts masked");
}

CASE_ALONE(a_sleep_with_a_raised_ceiling_is_an_assertion)
{
    static const uintptr_t word;

    CHECK_DIES(
        {
            (void)weft_port_ceiling_raise(1);
            weft_port_sleep(&word, 0, 1);
        },
        "ceiling");
}

static void sleep_there(void *ctx)
{
    weft_port_sleep(ctx, 0, 1);
}

CASE_ALONE(a_sleep_in_a_level_is_an_assertion)
{
    static uintptr_t word;
    weft_port_level_t level;

    CHECK_EQ(weft_port_level_open(&level, 1, sleep_there, &word), 0);
    CHECK_DIES(weft_port_level_pend(level.pend), "sleep in an interrupt");
    weft_port_level_close(&level);
}

/* --- harts as threads */

static void count_up(void *ctx)
{
    (void)weft_atomic_fetch_add_acq_rel_word(ctx, 1);
}

CASE(a_hart_is_used_again_and_again)
{
    weft_port_thread_t thread = {0};
    uintptr_t count = 0;

    for (int i = 0; i < 2000; i++) {
        CHECK_STARTED(weft_port_thread_start(&thread, count_up, &count));
        weft_port_thread_join(&thread);
    }
    CHECK_EQ(count, 2000);
}

static void return_masked(void *ctx)
{
    (void)ctx;
    (void)weft_hook_mask();
}

CASE_ALONE(a_thread_that_returns_with_interrupts_masked_is_an_assertion)
{
    weft_port_thread_t thread = {0};

    CHECK_DIES(
        {
            CHECK_STARTED(weft_port_thread_start(&thread, return_masked, NULL));
            weft_port_thread_join(&thread);
        },
        "returned with interrupts masked");
}
