/* test_harts.c - riscv: harts that do not come up, and their stacks
 * SPDX-License-Identifier: MIT
 *
 * This program says that there are as many harts as it is linked for; the
 * machine may have fewer.
 */
#include "ports/riscv/hart.h"
#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/base/hooks.h"
#include "weft/error.h"
#include "weft/port.h"
#include "weft/riscv.h"

unsigned weft_riscv_harts(const void *device_tree)
{
    (void)device_tree;
    return WEFT_CORES;
}

static void wait_for_end(void *ctx)
{
    uintptr_t *end = ctx;

    while (weft_atomic_load_acquire_word(end) == 0) {
        weft_port_sleep(end, 0, UINT64_MAX);
    }
}

/* Occupies harts until one does not come up, or none is left. */
CASE(a_hart_that_does_not_come_up_is_an_error_in_time)
{
    weft_port_thread_t threads[WEFT_CORES] = {0};
    uintptr_t end = 0;
    unsigned count = 0;
    uint64_t begin_us;
    int rc;

    CHECK_EQ(weft_port_core_count(), WEFT_CORES);
    do {
        begin_us = weft_port_now_us();
        rc = weft_port_thread_start(&threads[count], wait_for_end, &end);
        count += rc == 0;
    } while (rc == 0);
    if (count == WEFT_CORES - 1) {
        CHECK_EQ(rc, WEFT_ERR_UNSUPPORTED);
    } else {
        CHECK_EQ(rc, WEFT_ERR_TIMEOUT);
        CHECK(weft_port_now_us() >= begin_us + 900000);
        CHECK(weft_port_now_us() < begin_us + 60000000);
        /* Who does not come up is asked again, whichever it was: there are
         * fewer of them than asks. */
        for (unsigned asks = 0; asks < WEFT_CORES; asks++) {
            CHECK_EQ(
                weft_port_thread_start(&threads[count], wait_for_end, &end),
                WEFT_ERR_TIMEOUT);
        }
    }
    weft_atomic_store_release_word(&end, 1);
    weft_port_wake(&end);
    while (count > 0) {
        weft_port_thread_join(&threads[--count]);
    }
}

/* --- one that is dead among others */

static void returns(void *ctx)
{
    (void)ctx;
}

/* So long does a start take. */
static uint64_t start_us(void)
{
    weft_port_thread_t thread = {0};
    uint64_t begin_us = weft_port_now_us();

    CHECK_EQ(weft_port_thread_start(&thread, returns, NULL), 0);
    begin_us = weft_port_now_us() - begin_us;
    weft_port_thread_join(&thread);
    return begin_us;
}

/* Hart 1 plays dead: it waits for what it is given, and says nothing. */
CASE(a_hart_that_is_dead_costs_its_time_once)
{
    uintptr_t *up = &weft__crew[1].up;
    uint64_t limit_us = weft_port_now_us() + 1000000;

    while (WEFT_CORES > 2 &&
           weft_atomic_load_acquire_word(&weft__crew[2].up) == 0 &&
           weft_port_now_us() < limit_us) {}
    if (WEFT_CORES <= 2 || weft__crew[2].up == 0) {
        SKIP(weft_atomic_load_acquire_word(up) == 0
                 ? "needs more than 1 cores"
                 : "needs more than 2 cores");
    }
    CHECK(start_us() < 900000);
    weft_atomic_store_release_word(up, 0);
    CHECK(start_us() >= 900000);
    CHECK(start_us() < 900000);
    weft_atomic_store_release_word(up, 1);
    CHECK(start_us() < 900000);
}

/* --- stacks of harts */

static volatile char sink;

static void overflow(int depth)
{
    volatile char room[256];

    for (unsigned i = 0; i < sizeof(room); i++) {
        room[i] = (char)depth;
    }
    if (depth > 0) {
        overflow(depth - 1);
    }
    sink = room[(unsigned)depth % sizeof(room)];
}

CASE_ALONE(a_stack_of_a_hart_that_overflowed_is_named)
{
    static const uintptr_t word;

    CHECK_DIES(
        {
            overflow(64 * 5);
            weft_port_sleep(&word, 0, 1);
        },
        "stack overflow");
}
