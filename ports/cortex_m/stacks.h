/* stacks.h - cortex_m: the stacks that link.ld lays out, and their ends
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_PORTS_CORTEX_M_STACKS_H
#define WEFT_PORTS_CORTEX_M_STACKS_H

#include <stdint.h>

#include "ports/cortex_m/cortex_m.h"

#define WEFT__CANARY 0x5afe57acu

extern uint32_t weft__stack_end[];           /* lowest word: main's */
extern uint32_t weft__interrupt_stack_end[]; /* and that of interrupts */

#if WEFT_CORES > 1

/* Words of each stack of a core after the first. */
#ifndef WEFT_CORE_STACK_SIZE
#define WEFT_CORE_STACK_SIZE 4096
#endif
#define WEFT__CORE_WORDS (WEFT_CORE_STACK_SIZE / 4)

struct weft__core_stacks {
    uint32_t main[WEFT__CORE_WORDS];
    uint32_t interrupts[WEFT__CORE_WORDS];
};
extern struct weft__core_stacks weft__core_stacks[WEFT_CORES - 1];

static inline void weft__check_core_stacks(unsigned core)
{
    const struct weft__core_stacks *stacks = &weft__core_stacks[core - 1];

    WEFT_ASSERT(core == 0 || stacks->main[0] == WEFT__CANARY,
                "stack overflow of a core's thread (WEFT_CORE_STACK_SIZE)");
    WEFT_ASSERT(core == 0 || stacks->interrupts[0] == WEFT__CANARY,
                "stack overflow of a core's interrupts (WEFT_CORE_STACK_SIZE)");
    (void)stacks;
}

#else

static inline void weft__check_core_stacks(unsigned core)
{
    (void)core;
}

#endif

static inline void weft__check_stacks(void)
{
    weft__check_core_stacks(WEFT__THIS_CORE());
    WEFT_ASSERT(weft__stack_end[0] == WEFT__CANARY,
                "stack overflow of main (WEFT_STACK_SIZE)");
    WEFT_ASSERT(weft__interrupt_stack_end[0] == WEFT__CANARY,
                "stack overflow of interrupts (WEFT_INTERRUPT_STACK_SIZE)");
}

#endif
