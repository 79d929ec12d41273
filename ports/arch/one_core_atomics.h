/* one_core_atomics.h - atomic operations where a core has none, by its mask
 * SPDX-License-Identifier: MIT
 *
 * gcc calls these functions, which bare metal has in no library. An atomics.c
 * of ports/arch defines mask() and unmask(key) before it includes this, and so
 * gets all of them that Weft uses. Each keeps the interrupts out for a few
 * instructions, which holds on one core: a chip with several has a lock in its
 * hardware for this, and its port defines these names by that.
 */
#ifndef WEFT_PORTS_ARCH_ONE_CORE_ATOMICS_H
#define WEFT_PORTS_ARCH_ONE_CORE_ATOMICS_H

#include <stdbool.h>
#include <stdint.h>

/* The names are gcc's own; some compilers let nobody define them in C. */
#define OPERATION(name, size, type, value)                                     \
    type weft__##name##_##size(volatile void *at, type operand,                \
                               int order) __asm__("__atomic_" #name            \
                                                  "_" #size);                  \
    type weft__##name##_##size(volatile void *at, type operand, int order)     \
    {                                                                          \
        volatile type *word = at;                                              \
        uint32_t key = mask();                                                 \
        type old = *word;                                                      \
                                                                               \
        (void)order;                                                           \
        *word = (type)(value);                                                 \
        unmask(key);                                                           \
        return old;                                                            \
    }

#define COMPARE_EXCHANGE(size, type)                                           \
    bool weft__compare_exchange_##size(                                        \
        volatile void *at, void *expected, type desired, int success,          \
        int failure) __asm__("__atomic_compare_exchange_" #size);              \
    bool weft__compare_exchange_##size(volatile void *at, void *expected,      \
                                       type desired, int success, int failure) \
    {                                                                          \
        volatile type *word = at;                                              \
        type wanted = *(type *)expected;                                       \
        uint32_t key = mask();                                                 \
        type old = *word;                                                      \
                                                                               \
        (void)success;                                                         \
        (void)failure;                                                         \
        if (old == wanted) {                                                   \
            *word = desired;                                                   \
        }                                                                      \
        unmask(key);                                                           \
        *(type *)expected = old;                                               \
        return old == wanted;                                                  \
    }

#define FAMILY(size, type)                                                     \
    OPERATION(exchange, size, type, operand)                                   \
    OPERATION(fetch_add, size, type, old + operand)                            \
    OPERATION(fetch_sub, size, type, old - operand)                            \
    COMPARE_EXCHANGE(size, type)

FAMILY(1, uint8_t)
FAMILY(2, uint16_t)
FAMILY(4, uint32_t)

#endif
