/* test_sim_time.c - the simulator's clock, and who spends time
 * SPDX-License-Identifier: MIT
 */
#include "weft/sim.h"

#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/port.h"

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
