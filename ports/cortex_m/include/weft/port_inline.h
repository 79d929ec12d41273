/* weft/port_inline.h - Cortex-M: what is called most, in line, on one core
 * SPDX-License-Identifier: MIT
 *
 * weft/base/hooks.h includes it with WEFT_PORT_INLINE.
 */
#ifndef WEFT_PORT_INLINE_H
#define WEFT_PORT_INLINE_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/cortex_m.h"

struct weft_local;
struct weft__locals;

/* private */

/* The compiler knows its alignment, as it does not see the struct. */
extern struct weft__locals weft__locals __attribute__((aligned(8)));
extern uint32_t weft__exception_of_level[];
void weft__check_interrupt(uint32_t exception);
unsigned weft_port_priority(void);

WEFT__INLINE uint32_t weft__inline_ipsr(void)
{
    uint32_t value;

    __asm__ volatile("mrs %0, ipsr" : "=r"(value));
    return value;
}

#if defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__)

WEFT__INLINE unsigned weft__inline_mask(void)
{
    unsigned key;

    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(key)::"memory");
    return key;
}

WEFT__INLINE void weft__inline_unmask(unsigned key)
{
    __asm__ volatile("msr primask, %0" ::"r"(key) : "memory");
}

/* One mask for all; a ceiling of 0 keeps out nothing. */
WEFT__INLINE unsigned weft__inline_ceiling_raise(unsigned priority)
{
    unsigned key;

    if (priority != 0) {
        return weft__inline_mask();
    }
    __asm__ volatile("mrs %0, primask" : "=r"(key)::"memory");
    return key;
}

#else

/* basepri_max never lets in what was kept out. */
WEFT__INLINE unsigned weft__inline_raise(unsigned hardware)
{
    unsigned key;

    __asm__ volatile("mrs %0, basepri\n\tmsr basepri_max, %1"
                     : "=&r"(key)
                     : "r"(hardware)
                     : "memory");
    return key;
}

WEFT__INLINE unsigned weft__inline_mask(void)
{
    return weft__inline_raise(WEFT_CEILING_PRIORITY);
}

/* To write 0 to basepri_max changes nothing. */
WEFT__INLINE unsigned weft__inline_ceiling_raise(unsigned priority)
{
    unsigned least = priority < WEFT_LEVELS ? priority : WEFT_LEVELS;

    return weft__inline_raise(WEFT_HARDWARE_PRIORITY(least) & 0xff);
}

WEFT__INLINE void weft__inline_unmask(unsigned key)
{
    __asm__ volatile("msr basepri, %0" ::"r"(key) : "memory");
}

#endif

WEFT__INLINE void weft__inline_ceiling_restore(unsigned key)
{
    weft__inline_unmask(key);
}

WEFT__INLINE unsigned weft__inline_priority(void)
{
    return weft__inline_ipsr() == 0 ? 0 : weft_port_priority();
}

WEFT__INLINE struct weft_local *weft__inline_local(void)
{
    return (struct weft_local *)(void *)&weft__locals;
}

WEFT__INLINE bool weft__inline_in_interrupt(void)
{
    uint32_t exception = weft__inline_ipsr();

    if (exception == 0 || exception == weft__exception_of_level[0]) {
        return false;
    }
    if (WEFT_ASSERTIONS) {
        weft__check_interrupt(exception);
    }
    return true;
}

#endif
