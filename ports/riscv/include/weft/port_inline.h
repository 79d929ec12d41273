/* port_inline.h - riscv: what Weft asks most, without a call
 * SPDX-License-Identifier: MIT
 *
 * See weft/base/hooks.h. The hart's own record is reached through tp, in one
 * instruction.
 *
 *     unsigned key = weft__inline_mask();
 *
 * Context: any. Memory: none.
 */
#ifndef WEFT_PORT_INLINE_H
#define WEFT_PORT_INLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/config.h"

struct weft_local;
struct weft__hart;

/* Of this hart. The address of a hart's is taken by nobody else. */
struct weft__own {
    struct weft__hart *hart;
    uint8_t in_interrupt;
    uint8_t priority;  /* of what runs */
    uint8_t threshold; /* what is kept out: that, or a ceiling */
    uint8_t waits;     /* 1: the threshold may keep something out */
};

/* C++17's own keyword would have it looked up by a function. */
#ifdef __cplusplus
extern __thread struct weft__own weft__own;
#else
extern _Thread_local struct weft__own weft__own;
#endif

enum { WEFT__LEVELS = 7 };

/* Lets in what the threshold does not keep out any more. */
void weft__lowered(void);

/* A byte of it by tp, anew each time: between two looks a fiber may have gone
 * on at another hart, and the compiler takes an address that it knows by tp for
 * a constant. The linker makes one instruction of the three where the offset is
 * small. */
#define WEFT__OWN_LOAD(to, member)                                             \
    __asm__ volatile("lui %0, %%tprel_hi(weft__own + %1)\n\t"                  \
                     "add %0, %0, tp, %%tprel_add(weft__own + %1)\n\t"         \
                     "lbu %0, %%tprel_lo(weft__own + %1)(%0)"                  \
                     : "=r"(to)                                                \
                     : "i"(__builtin_offsetof(struct weft__own, member))       \
                     : "memory")
#define WEFT__OWN_STORE(member, from)                                          \
    __extension__({                                                            \
        uintptr_t weft__at;                                                    \
        __asm__ volatile("lui %0, %%tprel_hi(weft__own + %1)\n\t"              \
                         "add %0, %0, tp, %%tprel_add(weft__own + %1)\n\t"     \
                         "sb %2, %%tprel_lo(weft__own + %1)(%0)"               \
                         : "=&r"(weft__at)                                     \
                         : "i"(__builtin_offsetof(struct weft__own, member)),  \
                           "r"(from)                                           \
                         : "memory");                                          \
    })

WEFT__INLINE unsigned weft__inline_priority(void)
{
    unsigned priority;

    WEFT__OWN_LOAD(priority, priority);
    return priority;
}

/* A trap in between leaves the threshold as it was. */
WEFT__INLINE unsigned weft__inline_ceiling_raise(unsigned priority)
{
    const unsigned most = WEFT__LEVELS;
    unsigned least = priority < most ? priority : most;
    unsigned key;

    WEFT__OWN_LOAD(key, threshold);
    if (least > key) {
        WEFT__OWN_STORE(threshold, least);
    }
    return key;
}

/* What comes after the threshold was lowered is not kept out; of what came
 * before, a trap or a pend on this hart has told in `waits`. */
WEFT__INLINE void weft__inline_ceiling_restore(unsigned key)
{
    unsigned waits;

    WEFT__OWN_STORE(threshold, key);
    WEFT__OWN_LOAD(waits, waits);
    if (waits != 0) {
        weft__lowered();
    }
}

#if WEFT_PORT_INLINE

WEFT__INLINE unsigned weft__inline_mask(void)
{
    uintptr_t before;

    __asm__ volatile("csrrci %0, mstatus, 8" : "=r"(before)::"memory");
    return (unsigned)before & 8u;
}

WEFT__INLINE void weft__inline_unmask(unsigned key)
{
    __asm__ volatile("csrs mstatus, %0" ::"r"((uintptr_t)key) : "memory");
}

WEFT__INLINE struct weft_local *weft__inline_local(void)
{
    struct weft_local *at;

    __asm__ volatile("lui %0, %%tprel_hi(weft__port_local)\n\t"
                     "add %0, %0, tp, %%tprel_add(weft__port_local)\n\t"
                     "addi %0, %0, %%tprel_lo(weft__port_local)"
                     : "=r"(at));
    return at;
}

WEFT__INLINE bool weft__inline_in_interrupt(void)
{
    unsigned is;

    WEFT__OWN_LOAD(is, in_interrupt);
    return is != 0;
}

#endif

#endif
