/* sleep.h - posix: what both ways to sleep share: slots found by address
 * SPDX-License-Identifier: MIT
 *
 * A sleeper does not wait on the user's word but on a slot of the port's own
 * that the word's address selects:
 *
 *     sleep: sleepers++; seen = turn; *word == asleep? wait while turn == seen
 *     wake:  turn++; sleepers > 0? wake those who wait
 *
 * Why not on the word itself. A futex compares 32 bits; a pushed pointer whose
 * low half equals that of the asleep value (a node at a multiple of 4 GiB with
 * tag 1) would be taken for it, and the sleep would miss its wake. Here the
 * whole word is compared, by us, after `turn` was read; whoever changes the
 * word turns the slot afterwards. So either we see the new word, or the slot
 * has turned since. And a wake touches no memory of the sleeper's, which may
 * be gone by then.
 *
 * Counting sleepers spares the system call when nobody sleeps. It is Dekker's
 * pattern: sleepers++ before reading turn, turn++ before reading sleepers, all
 * sequentially consistent, so at least one side sees the other.
 *
 * Two words may share a slot: then a wake ends a sleep too early, which a
 * sleep may do at any time.
 */
#ifndef WEFT_PORTS_POSIX_SLEEP_H
#define WEFT_PORTS_POSIX_SLEEP_H

#include <stdint.h>

enum { WEFT__SLOT_BITS = 6, WEFT__SLOTS = 1 << WEFT__SLOT_BITS };

/* Fibonacci hashing: the top bits of address times 2^64 / golden ratio. */
static inline uint64_t weft__slot_hash(const uintptr_t *word)
{
    return (uint64_t)(uintptr_t)word * UINT64_C(0x9e3779b97f4a7c15);
}

static inline unsigned weft__slot_index(uint64_t hash)
{
    return (unsigned)(hash >> (64 - WEFT__SLOT_BITS));
}

#endif
