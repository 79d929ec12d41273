/* switch.h - the context switch that each folder of ports/arch provides
 * SPDX-License-Identifier: MIT
 *
 * A context is a stack pointer; all that a call must preserve lies on the
 * stack it points to. Only src/coro uses this.
 */
#ifndef WEFT_PORTS_ARCH_SWITCH_H
#define WEFT_PORTS_ARCH_SWITCH_H

#include <stdbool.h>

/* Stacks are aligned to this, and a new context needs so much of one. */
#define WEFT__STACK_ALIGN 16u
#define WEFT__CONTEXT_SIZE 128u

typedef void weft__context_fn(void *arg);

/* A context that calls entry(arg) on the stack below top when it is first
 * switched to. top is aligned. entry never returns. */
void *weft__context_make(void *top, weft__context_fn *entry, void *arg);

/* Saves the running context in *save and goes on in `load`, where the switch
 * that saved it returns value. Returns when somebody switches to what was
 * saved. save may be where load came from. */
bool weft__context_switch(void **save, void *load, bool value);

#endif
