/* no_levels.c - freertos: where there are no levels
 * SPDX-License-Identifier: MIT
 */
#include "ports/freertos/kernel.h"

#if !WEFT__HAS_LEVELS

#define WEFT__OWN_CEILINGS
#include "ports/common/no_levels.c"

bool weft_port_in_interrupt(void)
{
    if (!weft__kernel_in_interrupt()) {
        return false;
    }
    weft__kernel_check_interrupt();
    return true;
}

/* The kernel's tasks preempt each other, so that a ceiling of task level needs
 * a mask too; and of interrupts nobody says here which has what priority. */
unsigned weft_port_ceiling_raise(unsigned priority)
{
    (void)priority;
    return weft__kernel_mask();
}

void weft_port_ceiling_restore(unsigned key)
{
    weft__kernel_unmask(key);
}

#endif
