/* test_every_lock.c - the locks under everything, in all schedules
 * SPDX-License-Identifier: MIT
 */
#include "core/bitlock.h"
#include "tests/support/explore.h"
#include "weft/base/spinlock.h"

enum { ONE = 2 }; /* in a word beside its lock's bit */

static weft_spinlock_t lock;
static uintptr_t inside; /* who is in; read and written in two steps */
static unsigned entered;
static uint32_t word;

static void begin(void)
{
    weft_spinlock_init(&lock);
    inside = 0;
    entered = 0;
    word = 0;
}

static void come_and_go(void)
{
    CHECK_EQ(weft_atomic_load_relaxed_word(&inside), 0);
    weft_atomic_store_relaxed_word(&inside, 1);
    entered++;
    weft_atomic_store_relaxed_word(&inside, 0);
}

static void enter_plain(void *ctx)
{
    (void)ctx;
    weft_spinlock_lock(&lock);
    come_and_go();
    weft_spinlock_unlock(&lock);
}

static void try_to_enter(void *ctx)
{
    (void)ctx;
    if (weft_spinlock_try_lock(&lock)) {
        come_and_go();
        weft_spinlock_unlock(&lock);
    }
}

static void enter_masked(void *ctx)
{
    unsigned key = weft_lock_mask(&lock);

    (void)ctx;
    come_and_go();
    weft_unlock_mask(&lock, key);
}

static void enter_by_bit(void *ctx)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&word, &state);

    (void)ctx;
    come_and_go();
    weft__bit_unlock(&word, state + ONE, key);
}

EXPLORE(a_spin_lock_lets_one_of_three_in)
{
    begin();
    side(enter_plain, NULL);
    side(enter_plain, NULL);
    enter_plain(NULL);
    enter_plain(NULL);
    sides_join();
    CHECK_EQ(entered, 4);
    CHECK_EQ(lock.held, 0);
}

EXPLORE(a_spin_lock_is_tried_while_another_has_it)
{
    begin();
    side(enter_plain, NULL);
    side(try_to_enter, NULL);
    try_to_enter(NULL);
    sides_join();
    CHECK(entered >= 1 && entered <= 3);
}

EXPLORE(a_spin_lock_is_taken_by_an_interrupt_of_its_holder)
{
    weft_sim_interrupt_t interrupt = {.handler = enter_masked, .times = 1};

    begin();
    side(enter_masked, NULL);
    weft_sim_interrupt_attach(&interrupt);
    enter_masked(NULL);
    enter_masked(NULL);
    unsigned came = 1 - interrupt.times;
    weft_sim_interrupt_remove(&interrupt);
    sides_join();
    CHECK_EQ(entered, 3 + came);
}

EXPLORE(a_lock_in_a_word_publishes_what_its_holder_left)
{
    begin();
    side(enter_by_bit, NULL);
    side(enter_by_bit, NULL);
    enter_by_bit(NULL);
    enter_by_bit(NULL);
    sides_join();
    CHECK_EQ(word, 4 * ONE);
}

EXPLORE(a_lock_in_a_word_is_taken_by_an_interrupt_of_its_holder)
{
    weft_sim_interrupt_t interrupt = {.handler = enter_by_bit, .times = 1};

    begin();
    side(enter_by_bit, NULL);
    weft_sim_interrupt_attach(&interrupt);
    enter_by_bit(NULL);
    enter_by_bit(NULL);
    unsigned came = 1 - interrupt.times;
    weft_sim_interrupt_remove(&interrupt);
    sides_join();
    CHECK_EQ(word, (3 + came) * ONE);
}
