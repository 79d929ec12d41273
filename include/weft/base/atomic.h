/* weft/base/atomic.h - atomic operations on plain words
 * SPDX-License-Identifier: MIT
 *
 * Use these on words of public structs, which are plain so that they keep
 * their size and compile as C++17. A word that is touched by these functions
 * while others may reach it is touched by nothing else.
 *
 *     uintptr_t old = 0;
 *     if (weft_atomic_cas_acquire_word(&mutex->word, &old, 1)) {
 *         return 0;
 *     }
 *
 * Names: weft_atomic_<operation>_<order>_<type>. The types are
 *     u8     uint8_t
 *     u32    uint32_t
 *     word   uintptr_t
 *     ptr    void *
 * and the orders are those of C11. Each operation is a scheduling point, the
 * point comes first: so the simulator can put another core in front of it.
 *
 * Context: anywhere. Where a machine lacks an operation (bytes on RISC-V,
 * exchange on Armv6-M) the compiler calls __atomic_exchange_1 and the like,
 * and the port defines them. There is no 64-bit type: few small machines
 * have one.
 */
#ifndef WEFT_BASE_ATOMIC_H
#define WEFT_BASE_ATOMIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weft/base/hooks.h"

/* load    gives the value.
 * store   replaces it.
 * exchange replaces it and gives the old one.
 * cas     where the value is *expected, replaces it and gives true; else
 *         puts the value it found in *expected and gives false. Strong: never
 *         fails without a reason. The order named is that of success; a
 *         failure is acquire, or relaxed for cas_release and cas_relaxed.
 */
#define WEFT__ATOMIC_LOAD(order, ORDER, name, type)                            \
    static inline type weft_atomic_load_##order##_##name(type const *p)        \
    {                                                                          \
        weft__point_at(p, sizeof(*p), WEFT__ACCESS_LOAD, 0);                   \
        return __atomic_load_n(p, ORDER);                                      \
    }

#define WEFT__ATOMIC_STORE(order, ORDER, name, type)                           \
    static inline void weft_atomic_store_##order##_##name(type *p, type v)     \
    {                                                                          \
        weft__point_at(p, sizeof(*p), WEFT__ACCESS_STORE, (uintptr_t)v);       \
        __atomic_store_n(p, v, ORDER);                                         \
    }

#define WEFT__ATOMIC_EXCHANGE(order, ORDER, name, type)                        \
    static inline type weft_atomic_exchange_##order##_##name(type *p, type v)  \
    {                                                                          \
        weft__point_at(p, sizeof(*p), WEFT__ACCESS_STORE, (uintptr_t)v);       \
        return __atomic_exchange_n(p, v, ORDER);                               \
    }

#define WEFT__ATOMIC_CAS(order, ORDER, FAILURE, name, type)                    \
    static inline bool weft_atomic_cas_##order##_##name(                       \
        type *p, type *expected, type desired)                                 \
    {                                                                          \
        weft__point_at(p, sizeof(*p), WEFT__ACCESS_CAS, (uintptr_t)*expected); \
        return __atomic_compare_exchange_n(p, expected, desired, false, ORDER, \
                                           FAILURE);                           \
    }

#define WEFT__ATOMIC_FAMILY(name, type)                                        \
    WEFT__ATOMIC_LOAD(relaxed, __ATOMIC_RELAXED, name, type)                   \
    WEFT__ATOMIC_LOAD(acquire, __ATOMIC_ACQUIRE, name, type)                   \
    WEFT__ATOMIC_LOAD(seq_cst, __ATOMIC_SEQ_CST, name, type)                   \
    WEFT__ATOMIC_STORE(relaxed, __ATOMIC_RELAXED, name, type)                  \
    WEFT__ATOMIC_STORE(release, __ATOMIC_RELEASE, name, type)                  \
    WEFT__ATOMIC_STORE(seq_cst, __ATOMIC_SEQ_CST, name, type)                  \
    WEFT__ATOMIC_EXCHANGE(acquire, __ATOMIC_ACQUIRE, name, type)               \
    WEFT__ATOMIC_EXCHANGE(release, __ATOMIC_RELEASE, name, type)               \
    WEFT__ATOMIC_EXCHANGE(acq_rel, __ATOMIC_ACQ_REL, name, type)               \
    WEFT__ATOMIC_CAS(relaxed, __ATOMIC_RELAXED, __ATOMIC_RELAXED, name, type)  \
    WEFT__ATOMIC_CAS(acquire, __ATOMIC_ACQUIRE, __ATOMIC_ACQUIRE, name, type)  \
    WEFT__ATOMIC_CAS(release, __ATOMIC_RELEASE, __ATOMIC_RELAXED, name, type)  \
    WEFT__ATOMIC_CAS(acq_rel, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE, name, type)

WEFT__ATOMIC_FAMILY(u8, uint8_t)
WEFT__ATOMIC_FAMILY(u32, uint32_t)
WEFT__ATOMIC_FAMILY(word, uintptr_t)
WEFT__ATOMIC_FAMILY(ptr, void *)

/* fetch_add, fetch_sub: change the value, which wraps, and give the old one.
 * There is no fetch_or and no fetch_and: on a word with a lock bit they would
 * change it under the holder's hands. */
#define WEFT__ATOMIC_FETCH(op, order, ORDER, name, type)                       \
    static inline type weft_atomic_fetch_##op##_##order##_##name(type *p,      \
                                                                 type v)       \
    {                                                                          \
        weft__point_at(p, sizeof(*p), WEFT__ACCESS_ADD, (uintptr_t)v);         \
        return __atomic_fetch_##op(p, v, ORDER);                               \
    }

#define WEFT__ATOMIC_COUNTER(name, type)                                       \
    WEFT__ATOMIC_FETCH(add, relaxed, __ATOMIC_RELAXED, name, type)             \
    WEFT__ATOMIC_FETCH(add, acq_rel, __ATOMIC_ACQ_REL, name, type)             \
    WEFT__ATOMIC_FETCH(sub, relaxed, __ATOMIC_RELAXED, name, type)             \
    WEFT__ATOMIC_FETCH(sub, release, __ATOMIC_RELEASE, name, type)             \
    WEFT__ATOMIC_FETCH(sub, acq_rel, __ATOMIC_ACQ_REL, name, type)

WEFT__ATOMIC_COUNTER(u8, uint8_t)
WEFT__ATOMIC_COUNTER(u32, uint32_t)
WEFT__ATOMIC_COUNTER(word, uintptr_t)

/* Orders what comes before it against what comes after it, for all cores:
 * store here, load there, the pattern of going to sleep. */
static inline void weft_atomic_fence_seq_cst(void)
{
    weft__point_at(NULL, 0, WEFT__ACCESS_LOAD, 0);
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
}

#endif
