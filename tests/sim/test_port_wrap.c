/* test_port_wrap.c - the simulated port with its clock near the wrap
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/error.h"
#include "weft/port.h"
#include "weft/sim.h"

#define SECOND_US UINT64_C(1000000)
#define START_US (UINT64_MAX - 10 * SECOND_US)

static void wake_at(void *ctx)
{
    uintptr_t *word = ctx;

    weft_sim_sleep_until(START_US + 3 * SECOND_US);
    weft_atomic_store_release_word(word, 1);
    weft_port_wake(word);
}

static void wait_without_limit(uintptr_t *word)
{
    while (weft_atomic_load_acquire_word(word) == 0) {
        weft_port_sleep(word, 0, UINT64_MAX);
    }
}

static void near_the_wrap(void *ctx)
{
    weft_port_thread_t thread = {0};
    uintptr_t word = 0;

    (void)ctx;
    CHECK(weft_port_now_us() == START_US);
    weft_sim_sleep_until(START_US + SECOND_US);
    CHECK(weft_port_now_us() == START_US + SECOND_US);
    CHECK_EQ(weft_port_thread_start(&thread, wake_at, &word), 0);
    wait_without_limit(&word);
    CHECK(weft_port_now_us() == START_US + 3 * SECOND_US);
    weft_port_thread_join(&thread);
    weft_sim_spend(100 * SECOND_US);
    CHECK(weft_port_now_us() == UINT64_MAX - 1);
    weft_sim_spend(1);
    CHECK(weft_port_now_us() == UINT64_MAX - 1);
}

CASE_ALONE(the_clock_stops_before_the_value_that_means_no_limit)
{
    for (uint64_t seed = 0; seed < 50; seed++) {
        weft_sim_config_t config = {.seed = seed, .start_us = START_US};
        CHECK_EQ(weft_sim_run(&config, near_the_wrap, NULL), 0);
    }
}
