/* stacks.h - cortex_m: the stacks that link.ld lays out, and their ends
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_PORTS_CORTEX_M_STACKS_H
#define WEFT_PORTS_CORTEX_M_STACKS_H

#include <stdint.h>

#include "weft/base/hooks.h"

#define WEFT__CANARY 0x5afe57acu

extern uint32_t weft__stack_end[];           /* lowest word: main's */
extern uint32_t weft__interrupt_stack_end[]; /* and that of interrupts */

static inline void weft__check_stacks(void)
{
    WEFT_ASSERT(weft__stack_end[0] == WEFT__CANARY,
                "stack overflow of main (WEFT_STACK_SIZE)");
    WEFT_ASSERT(weft__interrupt_stack_end[0] == WEFT__CANARY,
                "stack overflow of interrupts (WEFT_INTERRUPT_STACK_SIZE)");
}

#endif
