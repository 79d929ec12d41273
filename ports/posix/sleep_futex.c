/* sleep_futex.c - posix on Linux: sleep and wake by futex
 * SPDX-License-Identifier: MIT
 *
 * sleep.h says how it works. The futex's bit set, also taken from the address,
 * keeps most sleepers that share a slot from being woken for each other.
 */
#define _GNU_SOURCE
#include "weft/port.h"

#ifdef __linux__

#include <limits.h>
#include <linux/futex.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "ports/posix/sleep.h"

/* A cache line each: cores that use different slots do not disturb another. */
struct slot {
    uint32_t turn;
    uint32_t sleepers;
    char apart[56];
};

static _Alignas(64) struct slot slots[WEFT__SLOTS];

static long futex(uint32_t *word, int op, uint32_t value,
                  const struct timespec *until, uint32_t bits)
{
    return syscall(SYS_futex, word, op | FUTEX_PRIVATE_FLAG, value, until, NULL,
                   bits);
}

static uint32_t bit_of(uint64_t hash)
{
    return UINT32_C(1) << (hash >> (64 - WEFT__SLOT_BITS - 5) & 31u);
}

/* FUTEX_WAIT_BITSET takes absolute CLOCK_MONOTONIC time and ends no earlier:
   a whole microsecond is a whole number of its nanoseconds. */
static void wait_turn(struct slot *slot, uint32_t seen, uint64_t deadline_us,
                      uint32_t bits)
{
    struct timespec until = {
        .tv_sec = (time_t)(deadline_us / 1000000u),
        .tv_nsec = (long)(deadline_us % 1000000u) * 1000,
    };

    (void)futex(&slot->turn, FUTEX_WAIT_BITSET, seen,
                deadline_us == UINT64_MAX ? NULL : &until, bits);
}

void weft_port_sleep(const uintptr_t *word, uintptr_t asleep,
                     uint64_t deadline_us)
{
    uint64_t hash = weft__slot_hash(word);
    struct slot *slot = &slots[weft__slot_index(hash)];

    (void)__atomic_fetch_add(&slot->sleepers, 1, __ATOMIC_SEQ_CST);
    uint32_t seen = __atomic_load_n(&slot->turn, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(word, __ATOMIC_SEQ_CST) == asleep) {
        wait_turn(slot, seen, deadline_us, bit_of(hash));
    }
    (void)__atomic_fetch_sub(&slot->sleepers, 1, __ATOMIC_RELEASE);
}

void weft_port_wake(const uintptr_t *word)
{
    uint64_t hash = weft__slot_hash(word);
    struct slot *slot = &slots[weft__slot_index(hash)];

    (void)__atomic_fetch_add(&slot->turn, 1, __ATOMIC_SEQ_CST);
    if (__atomic_load_n(&slot->sleepers, __ATOMIC_SEQ_CST) != 0) {
        (void)futex(&slot->turn, FUTEX_WAKE_BITSET, INT_MAX, NULL,
                    bit_of(hash));
    }
}

#endif
