/* no_levels.c - freertos: where there are no levels
 * SPDX-License-Identifier: MIT
 */
#include "ports/freertos/kernel.h"

#if !WEFT__HAS_LEVELS

#include "ports/common/no_levels.c"

bool weft_port_in_interrupt(void)
{
    if (!weft__kernel_in_interrupt()) {
        return false;
    }
    weft__kernel_check_interrupt();
    return true;
}

#endif
