/* stack_registers.h - the stack limit registers of Armv8-M Mainline
 * SPDX-License-Identifier: MIT
 *
 * An instruction that would set a stack pointer below its limit is a fault,
 * and has not written anything. PSPLIM is the process stack's, on which tasks
 * and fibers run, MSPLIM the main one's, of interrupts and interrupt executors.
 */
#ifndef WEFT_PORTS_COMMON_STACK_REGISTERS_H
#define WEFT_PORTS_COMMON_STACK_REGISTERS_H

#if defined(__ARM_ARCH_8M_MAIN__) || defined(__ARM_ARCH_8_1M_MAIN__)
#define WEFT__STACK_REGISTERS 1

#include <stdbool.h>
#include <stdint.h>

/* Sets the one in use, 0: no limit, and gives what it was. The registers leave
 * out the last three bits. */
static inline uintptr_t weft__stack_register(bool in_interrupt, uintptr_t low)
{
    uintptr_t before;

    low = (low + 7u) & ~(uintptr_t)7;
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

#endif
#endif
