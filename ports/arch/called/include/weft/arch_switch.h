/* weft/arch_switch.h - where there is no inlined context switch: the called one
 * SPDX-License-Identifier: MIT
 *
 * For targets whose folder of ports/arch has no include/ of its own.
 */
#ifndef WEFT_ARCH_SWITCH_H
#define WEFT_ARCH_SWITCH_H

#ifdef __cplusplus
extern "C" {
#endif

/* See ports/arch/switch.h. */
int weft__context_switch(void **left, void *load, int value);

static inline int weft__context_switch_inline(void **left, void *load,
                                              int value)
{
    return weft__context_switch(left, load, value);
}

#ifdef __cplusplus
}
#endif

#endif
