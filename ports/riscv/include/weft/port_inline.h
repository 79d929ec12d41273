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
    uint8_t spins;
};

extern _Thread_local struct weft__own weft__own;

#if WEFT_PORT_INLINE

/* With WEFT_THREAD_LOCAL src/core reaches it without this. */
struct weft_local *weft_port_local(void);

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
    return weft_port_local();
}

WEFT__INLINE bool weft__inline_in_interrupt(void)
{
    return weft__own.in_interrupt != 0;
}

#endif

#endif
