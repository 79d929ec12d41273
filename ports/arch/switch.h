/* switch.h - the context switch that each folder of ports/arch provides
 * SPDX-License-Identifier: MIT
 *
 * A context is a stack pointer. On top of the stack it points to lies the
 * address where it goes on, and the code there knows what else lies there: who
 * switches needs to know nothing of how the other side went. So the two forms
 * of the switch mix freely:
 *
 *     called    weft__context_switch below: a function, with its registers
 *               saved by the calling convention
 *     inlined   weft__context_switch_inline of weft/arch_switch.h: the
 *               compiler saves what it needs, and nothing else
 *
 * Only src/coro uses this. Beside its switch a folder has atomics.c where gcc
 * calls functions for atomic operations that no library has.
 */
#ifndef WEFT_PORTS_ARCH_SWITCH_H
#define WEFT_PORTS_ARCH_SWITCH_H

#include <stdbool.h>

/* Stacks are aligned to this, and a new context needs so much of one. */
#define WEFT__STACK_ALIGN 16u
#define WEFT__CONTEXT_SIZE 64u

/* left is the context that was left to come here for the first time. */
typedef void weft__context_fn(void *arg, void *left);

/* A context that calls entry(arg, left) on the stack below top when it is
 * first switched to. top is aligned. entry never returns. */
void *weft__context_make(void *top, weft__context_fn *entry, void *arg);

/* Leaves the running context and goes on in `load`, whose switch returns
 * value. Returns what the switch that comes back passes; by then *left is the
 * context that was left to come back. left may be where load came from, and
 * is written only here, when all of the other side's registers are saved. */
int weft__context_switch(void **left, void *load, int value);

/* The same code where the values are 0 and 1 only: to end a function that
 * returns bool in a jump, a conversion must not come after the switch. */
bool weft__context_switch_bool(void **left, void *load, int value);

#endif
