/* weft/base/single.h - atomic operations where Weft has one core for itself
 * SPDX-License-Identifier: MIT
 *
 * Part of weft/base/atomic.h with WEFT_SINGLE_CORE. Who may come between is an
 * interrupt of the same core, which sees memory in the order of the program:
 * the compiler must keep that order, and no fence is needed. What is smaller
 * than WEFT_ATOMIC_LEAST is changed with interrupts off. Loads and stores are
 * volatile: gcc 12 makes an exchange of an atomic store on RISC-V.
 *
 *     old = weft_atomic_exchange_acq_rel_u8(&waiter->woken, 1);
 *
 * Context: as weft/base/atomic.h.
 */
#ifndef WEFT_BASE_SINGLE_H
#define WEFT_BASE_SINGLE_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/base/hooks.h"

#define WEFT__LOAD(name, p, ORDER) weft__single_load_##name(p, ORDER)
#define WEFT__STORE(name, p, v, ORDER) weft__single_store_##name(p, v, ORDER)
#define WEFT__EXCHANGE(name, p, v, ORDER) weft__single_exchange_##name(p, v)
#define WEFT__CAS(name, p, expected, v, ORDER, FAILURE)                        \
    weft__single_cas_##name(p, expected, v)
#define WEFT__FETCH(op, name, p, v, ORDER) weft__single_##op##_##name(p, v)
#define WEFT__FETCH_OR(p, v) weft__single_or(p, v)

/* Keeps the compiler's order; no instruction. */
WEFT__INLINE void weft__single_fence(int order)
{
    if (order != __ATOMIC_RELAXED) {
        __atomic_signal_fence(__ATOMIC_SEQ_CST);
    }
}

#define WEFT__SINGLE_FAMILY(name, type)                                        \
    WEFT__INLINE type weft__single_load_##name(type const *p, int order)       \
    {                                                                          \
        type value = *(type const volatile *)p;                                \
                                                                               \
        weft__single_fence(order);                                             \
        return value;                                                          \
    }                                                                          \
    WEFT__INLINE void weft__single_store_##name(type *p, type v, int order)    \
    {                                                                          \
        weft__single_fence(order);                                             \
        *(type volatile *)p = v;                                               \
        weft__single_fence(order);                                             \
    }                                                                          \
    WEFT__INLINE type weft__single_exchange_##name(type *p, type v)            \
    {                                                                          \
        type old;                                                              \
                                                                               \
        weft__single_fence(__ATOMIC_SEQ_CST);                                  \
        if (sizeof(type) >= WEFT_ATOMIC_LEAST) {                               \
            old = __atomic_exchange_n(p, v, __ATOMIC_RELAXED);                 \
        } else {                                                               \
            unsigned key = weft__mask();                                       \
            old = *p;                                                          \
            *p = v;                                                            \
            weft__unmask(key);                                                 \
        }                                                                      \
        weft__single_fence(__ATOMIC_SEQ_CST);                                  \
        return old;                                                            \
    }                                                                          \
    WEFT__INLINE bool weft__single_cas_##name(type *p, type *expected, type v) \
    {                                                                          \
        bool same;                                                             \
                                                                               \
        weft__single_fence(__ATOMIC_SEQ_CST);                                  \
        if (sizeof(type) >= WEFT_ATOMIC_LEAST) {                               \
            same = __atomic_compare_exchange_n(                                \
                p, expected, v, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED);    \
        } else {                                                               \
            unsigned key = weft__mask();                                       \
            type old = *p;                                                     \
            same = old == *expected;                                           \
            if (same) {                                                        \
                *p = v;                                                        \
            }                                                                  \
            weft__unmask(key);                                                 \
            *expected = old;                                                   \
        }                                                                      \
        weft__single_fence(__ATOMIC_SEQ_CST);                                  \
        return same;                                                           \
    }

#define WEFT__SINGLE_COUNTER(name, type)                                       \
    WEFT__INLINE type weft__single_add_##name(type *p, type v)                 \
    {                                                                          \
        type old;                                                              \
                                                                               \
        weft__single_fence(__ATOMIC_SEQ_CST);                                  \
        if (sizeof(type) >= WEFT_ATOMIC_LEAST) {                               \
            old = __atomic_fetch_add(p, v, __ATOMIC_RELAXED);                  \
        } else {                                                               \
            unsigned key = weft__mask();                                       \
            old = *p;                                                          \
            *p = (type)(old + v);                                              \
            weft__unmask(key);                                                 \
        }                                                                      \
        weft__single_fence(__ATOMIC_SEQ_CST);                                  \
        return old;                                                            \
    }                                                                          \
    WEFT__INLINE type weft__single_sub_##name(type *p, type v)                 \
    {                                                                          \
        return weft__single_add_##name(p, (type)(0u - v));                     \
    }

/* Of bytes in it, where the processor changes words alone. */
typedef uint32_t __attribute__((may_alias)) weft__single_bytes_t;

WEFT__INLINE uint32_t weft__single_or(weft__single_bytes_t *p, uint32_t v)
{
    uint32_t old;

    weft__single_fence(__ATOMIC_SEQ_CST);
    old = __atomic_fetch_or(p, v, __ATOMIC_RELAXED);
    weft__single_fence(__ATOMIC_SEQ_CST);
    return old;
}

typedef void *weft__single_ptr_t;

WEFT__SINGLE_FAMILY(u8, uint8_t)
WEFT__SINGLE_FAMILY(u32, uint32_t)
WEFT__SINGLE_FAMILY(word, uintptr_t)
WEFT__SINGLE_FAMILY(ptr, weft__single_ptr_t)
WEFT__SINGLE_COUNTER(u8, uint8_t)
WEFT__SINGLE_COUNTER(u32, uint32_t)
WEFT__SINGLE_COUNTER(word, uintptr_t)

#endif
