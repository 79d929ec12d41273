/* limit_registers.c - cortex_m: the stack limits of Armv8-M Mainline
 * SPDX-License-Identifier: MIT
 *
 * An instruction that would set a stack pointer below its limit is a fault,
 * and has not written anything. Tasks and fibers run on the process stack,
 * those of interrupt executors on the main one: each has its limit.
 */
#include "ports/cortex_m/limit.h"

#ifdef WEFT__LIMIT_REGISTERS

#include <stddef.h>

#include "weft/port.h"

#define STACK_OVERFLOW (1u << 20) /* of CFSR */

static const char *names[WEFT_CORES][2]; /* in a task; in an interrupt */

static uintptr_t limit_replaced(bool in_interrupt, uintptr_t low)
{
    uintptr_t before;

    if (in_interrupt) {
        __asm__ volatile("mrs %0, msplim\n\tmsr msplim, %1"
                         : "=&r"(before)
                         : "r"(low)
                         : "memory");
    } else {
        __asm__ volatile("mrs %0, psplim\n\tmsr psplim, %1"
                         : "=&r"(before)
                         : "r"(low)
                         : "memory");
    }
    return before;
}

weft_port_limit_t weft_port_stack_limit(weft_port_limit_t limit)
{
    bool in_interrupt = weft__ipsr() != 0;
    const char **name = &names[WEFT__THIS_CORE()][in_interrupt];
    weft_port_limit_t before = {.name = *name};
    /* The registers leave out the last three bits. */
    uintptr_t low = ((uintptr_t)limit.low + 7u) & ~(uintptr_t)7;

    *name = limit.name;
    before.low = (const void *)limit_replaced(in_interrupt, low);
    return before;
}

void weft__limit_fault(uint32_t status)
{
    const char **both = names[WEFT__THIS_CORE()];
    const char *name = both[1] != NULL ? both[1] : both[0];

    if ((status & STACK_OVERFLOW) != 0 && name != NULL) {
        weft__stack_overflowed(name);
    }
}

#endif
