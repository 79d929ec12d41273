/* weft/base/spinlock.h - the lock that guards an object for a few instructions
 * SPDX-License-Identifier: MIT
 *
 * For a bounded handful of instructions on memory that several cores share:
 * aim at 150 on a microcontroller. What is O(n) works in steps of at most 8
 * and lets go between them. While the lock is held call nothing that may wait,
 * no callback, no port function, and take no other spin lock. For anything
 * longer take a mutex.
 *
 *     unsigned key = weft_lock_mask(&object->lock);
 *     weft_list_push_back(&object->waiters, &node->list);
 *     weft_unlock_mask(&object->lock, key);
 *
 * Every object lock is taken with the _mask pair. Where interrupts or
 * preemption exist (WEFT_INTERRUPTS) it keeps them out: an interrupt that
 * needs a lock held by the code it interrupted would spin for ever. The plain
 * form is for locks that no interrupt takes and no preempted holder matters.
 * A lock is used by one form or the other, not by both.
 *
 * All zero is an unlocked lock. Not fair, not recursive. What one holder wrote
 * the next one sees. Context: anywhere, interrupts by the _mask pair only.
 */
#ifndef WEFT_BASE_SPINLOCK_H
#define WEFT_BASE_SPINLOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/base/atomic.h"

/* A word and not a byte: RISC-V and others exchange no bytes. */
typedef struct weft_spinlock {
    /* private */
    uint32_t held;
} weft_spinlock_t;

#define WEFT_SPINLOCK_INIT                                                     \
    {                                                                          \
        0                                                                      \
    }

static inline void weft_spinlock_init(weft_spinlock_t *lock)
{
    lock->held = 0;
}

/* Locks where that needs no waiting, and says whether it did. */
static inline bool weft_spinlock_try_lock(weft_spinlock_t *lock)
{
    return weft_atomic_exchange_acquire_u32(&lock->held, 1) == 0;
}

static inline void weft_spinlock_lock(weft_spinlock_t *lock)
{
    while (!weft_spinlock_try_lock(lock)) {
        /* Wait by reading: exchanges would take the line from its holder. */
        do {
            weft_hook_spin();
        } while (weft_atomic_load_relaxed_u32(&lock->held) != 0);
    }
}

static inline void weft_spinlock_unlock(weft_spinlock_t *lock)
{
    WEFT_ASSERT(weft_atomic_load_relaxed_u32(&lock->held) != 0,
                "unlock of a spin lock that is not locked");
    weft_atomic_store_release_u32(&lock->held, 0);
}

/* Locks with this core's interrupts off. Give the key to the unlock. On a
 * single core nobody else is left, and the word stays as it is. */
static inline unsigned weft_lock_mask(weft_spinlock_t *lock)
{
    unsigned key = weft__mask();

    if (!WEFT_SINGLE_CORE) {
        weft_spinlock_lock(lock);
    }
    return key;
}

static inline void weft_unlock_mask(weft_spinlock_t *lock, unsigned key)
{
    if (!WEFT_SINGLE_CORE) {
        weft_spinlock_unlock(lock);
    }
    weft__unmask(key);
}

#endif
