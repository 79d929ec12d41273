/* test_spinlock.c - one holder at a time, on two threads or cores
 * SPDX-License-Identifier: MIT
 *
 * The two forms are not mixed on one lock: where threads preempt each other on
 * one core, who waits with interrupts off keeps out a holder of the plain form.
 */
#include "tests/support/test.h"

#include "weft/base/spinlock.h"
#include "weft/port.h"

#define ROUNDS (TEST_IN_SIM ? 50 : 100000)

static struct {
    weft_spinlock_t lock;
    uint32_t inside;   /* holders, touched by atomics to be seen at all */
    uint32_t arrived;  /* threads that are ready: they start together */
    unsigned plain[2]; /* written by the holder, without atomics */
} shared;

static void enter_and_leave(void)
{
    CHECK_EQ(weft_atomic_fetch_add_relaxed_u32(&shared.inside, 1), 0);
    CHECK_EQ(shared.plain[0], shared.plain[1]);
    shared.plain[0]++;
    weft__point();
    shared.plain[1]++;
    CHECK_EQ(weft_atomic_fetch_sub_relaxed_u32(&shared.inside, 1), 1);
}

static void meet(void)
{
    weft_atomic_fetch_add_acq_rel_u32(&shared.arrived, 1);
    while (weft_atomic_load_acquire_u32(&shared.arrived) < 2) {
        weft_hook_spin();
    }
}

static void hammer_masked(void *ctx)
{
    (void)ctx;
    meet();
    for (int i = 0; i < ROUNDS; i++) {
        unsigned key = weft_lock_mask(&shared.lock);

        enter_and_leave();
        weft_unlock_mask(&shared.lock, key);
    }
}

static void hammer_plain(void *ctx)
{
    (void)ctx;
    meet();
    for (int i = 0; i < ROUNDS; i++) {
        if (weft_spinlock_try_lock(&shared.lock)) {
            enter_and_leave();
            weft_spinlock_unlock(&shared.lock);
        }
        weft_spinlock_lock(&shared.lock);
        enter_and_leave();
        weft_spinlock_unlock(&shared.lock);
    }
}

CASE(locks_and_unlocks)
{
    weft_spinlock_t lock = WEFT_SPINLOCK_INIT;

    CHECK(weft_spinlock_try_lock(&lock));
    CHECK(!weft_spinlock_try_lock(&lock));
    weft_spinlock_unlock(&lock);
    weft_spinlock_lock(&lock);
    CHECK(!weft_spinlock_try_lock(&lock));
    weft_spinlock_unlock(&lock);
    weft_unlock_mask(&lock, weft_lock_mask(&lock));
    CHECK(weft_spinlock_try_lock(&lock));
    weft_spinlock_init(&lock);
    CHECK(weft_spinlock_try_lock(&lock));
}

static void hammer_with_two(weft_port_thread_fn *hammer)
{
    static weft_port_thread_t threads[2];

    weft_spinlock_init(&shared.lock);
    shared.inside = shared.arrived = 0;
    shared.plain[0] = shared.plain[1] = 0;
    for (int i = 0; i < 2; i++) {
        CHECK_STARTED(weft_port_thread_start(&threads[i], hammer, NULL));
    }
    for (int i = 0; i < 2; i++) {
        weft_port_thread_join(&threads[i]);
    }
    CHECK_EQ(shared.plain[0], shared.plain[1]);
    CHECK(shared.plain[0] >= 2 * (unsigned)ROUNDS);
}

CASE(lets_one_in_at_a_time)
{
    hammer_with_two(hammer_plain);
}

CASE(lets_one_in_at_a_time_with_interrupts_off)
{
    hammer_with_two(hammer_masked);
}

CASE_REAL_ONLY(dies_when_unlocked_twice, "CHECK_DIES forks")
{
    weft_spinlock_t lock = WEFT_SPINLOCK_INIT;

    CHECK_DIES(weft_spinlock_unlock(&lock), "spin lock that is not locked");
}
