/* bitlock.h - internal: a lock in one bit of an object's own word
 * SPDX-License-Identifier: MIT
 *
 * The store that unlocks also publishes the new state, so a fast path that
 * reads the word without the lock sees both or none (WAIT rule 12). Nobody
 * changes the word with an or: who meets the bit waits for it (rule 13).
 * Interrupts are off while it is held (rule 22).
 */
#ifndef WEFT_SRC_CORE_BITLOCK_H
#define WEFT_SRC_CORE_BITLOCK_H

#include "weft/base/atomic.h"

#define WEFT__BIT_LOCK ((uint32_t)1)

/* Takes the lock; *state is what the word was. Gives the key for unlock. */
WEFT__INLINE unsigned weft__bit_lock(uint32_t *word, uint32_t *state)
{
    unsigned key = weft__mask();
    uint32_t old = weft_atomic_load_relaxed_u32(word);

    if (WEFT_SINGLE_CORE) {
        *state = old; /* nobody else can be there */
        return key;
    }
    for (;;) {
        if ((old & WEFT__BIT_LOCK) != 0) {
            weft_hook_spin();
            old = weft_atomic_load_relaxed_u32(word);
        } else if (weft_atomic_cas_acquire_u32(word, &old,
                                               old | WEFT__BIT_LOCK)) {
            *state = old;
            return key;
        }
    }
}

/* Publishes state, which lacks the lock's bit. The last touch of the word. */
WEFT__INLINE void weft__bit_unlock(uint32_t *word, uint32_t state, unsigned key)
{
    weft_atomic_store_release_u32(word, state);
    weft__unmask(key);
}

/* The same in a word that holds an address beside. */
static inline unsigned weft__word_lock(uintptr_t *word, uintptr_t *state)
{
    unsigned key = weft__mask();
    uintptr_t old = weft_atomic_load_relaxed_word(word);

    if (WEFT_SINGLE_CORE) {
        *state = old; /* nobody else can be there */
        return key;
    }
    for (;;) {
        if ((old & WEFT__BIT_LOCK) != 0) {
            weft_hook_spin();
            old = weft_atomic_load_relaxed_word(word);
        } else if (weft_atomic_cas_acquire_word(word, &old,
                                                old | WEFT__BIT_LOCK)) {
            *state = old;
            return key;
        }
    }
}

static inline void weft__word_unlock(uintptr_t *word, uintptr_t state,
                                     unsigned key)
{
    weft_atomic_store_release_word(word, state);
    weft__unmask(key);
}

#endif
