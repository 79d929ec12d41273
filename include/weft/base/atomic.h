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
 * and the port defines them; on a single core see weft/base/single.h. There
 * is no 64-bit type: few small machines have one.
 */
#ifndef WEFT_BASE_ATOMIC_H
#define WEFT_BASE_ATOMIC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weft/base/hooks.h"

/* The operation itself: `name` is a type's, for single.h. */
#if WEFT_SINGLE_CORE
#include "weft/base/single.h"
#else
#define WEFT__LOAD(name, p, ORDER) __atomic_load_n(p, ORDER)
#define WEFT__STORE(name, p, v, ORDER) __atomic_store_n(p, v, ORDER)
#define WEFT__EXCHANGE(name, p, v, ORDER) __atomic_exchange_n(p, v, ORDER)
#define WEFT__CAS(name, p, expected, v, ORDER, FAILURE)                        \
    __atomic_compare_exchange_n(p, expected, v, false, ORDER, FAILURE)
#define WEFT__FETCH(op, name, p, v, ORDER) __atomic_fetch_##op(p, v, ORDER)
#define WEFT__FETCH_OR(p, v) __atomic_fetch_or(p, v, __ATOMIC_ACQ_REL)
#endif

/* load    gives the value.
 * store   replaces it.
 * exchange replaces it and gives the old one.
 * cas     where the value is *expected, replaces it and gives true; else
 *         puts the value it found in *expected and gives false. Strong: never
 *         fails without a reason. The order named is that of success; a
 *         failure is acquire, or relaxed for cas_release and cas_relaxed.
 */
#define WEFT__ATOMIC_LOAD(order, ORDER, name, type)                            \
    WEFT__INLINE type weft_atomic_load_##order##_##name(type const *p)         \
    {                                                                          \
        weft__point_at(p, sizeof(*p), WEFT__ACCESS_LOAD, 0);                   \
        return WEFT__LOAD(name, p, ORDER);                                     \
    }

#define WEFT__ATOMIC_STORE(order, ORDER, name, type)                           \
    WEFT__INLINE void weft_atomic_store_##order##_##name(type *p, type v)      \
    {                                                                          \
        weft__point_at(p, sizeof(*p), WEFT__ACCESS_STORE, (uintptr_t)v);       \
        WEFT__STORE(name, p, v, ORDER);                                        \
    }

#define WEFT__ATOMIC_EXCHANGE(order, ORDER, name, type)                        \
    WEFT__INLINE type weft_atomic_exchange_##order##_##name(type *p, type v)   \
    {                                                                          \
        weft__point_at(p, sizeof(*p), WEFT__ACCESS_STORE, (uintptr_t)v);       \
        return WEFT__EXCHANGE(name, p, v, ORDER);                              \
    }

#define WEFT__ATOMIC_CAS(order, ORDER, FAILURE, name, type)                    \
    WEFT__INLINE bool weft_atomic_cas_##order##_##name(                        \
        type *p, type *expected, type desired)                                 \
    {                                                                          \
        weft__point_at(p, sizeof(*p), WEFT__ACCESS_CAS, (uintptr_t)*expected); \
        return WEFT__CAS(name, p, expected, desired, ORDER, FAILURE);          \
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
    WEFT__INLINE type weft_atomic_fetch_##op##_##order##_##name(type *p,       \
                                                                type v)        \
    {                                                                          \
        weft__point_at(p, sizeof(*p), WEFT__ACCESS_ADD, (uintptr_t)v);         \
        return WEFT__FETCH(op, name, p, v, ORDER);                             \
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

/* Sets a byte that is 0 or 1 to 1; whether it was. Where only words can be
 * changed, and the least byte comes first, it is the first of one. */
typedef uint32_t __attribute__((may_alias)) weft__word_of_bytes_t;

WEFT__INLINE bool weft_atomic_set_acq_rel_u8(uint8_t *p)
{
    if (WEFT_ATOMIC_LEAST == 4) {
        weft__point_at(p, sizeof(*p), WEFT__ACCESS_STORE, 1);
        return (WEFT__FETCH_OR((weft__word_of_bytes_t *)(void *)p, 1u) & 1u) !=
               0;
    }
    return weft_atomic_exchange_acq_rel_u8(p, 1) != 0;
}

/* Orders what comes before it against what comes after it, for all cores:
 * store here, load there, the pattern of going to sleep. */
WEFT__INLINE void weft_atomic_fence_seq_cst(void)
{
    weft__point_at(NULL, 0, WEFT__ACCESS_LOAD, 0);
    if (WEFT_SINGLE_CORE) {
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
    } else {
        __atomic_thread_fence(__ATOMIC_SEQ_CST);
    }
}

#endif
