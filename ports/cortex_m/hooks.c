/* hooks.c - cortex_m: what weft/base/hooks.h asks of a port
 * SPDX-License-Identifier: MIT
 */
#include "weft/base/hooks.h"
#include "weft/port.h"

#include "ports/cortex_m/mask.h"

void weft_hook_spin(void)
{
    __asm__ volatile("yield");
}

void weft_port_pause(void)
{
    weft_hook_spin();
}

/* Also in an interrupt above the ceiling, which is about to panic for it. */
unsigned weft_hook_mask(void)
{
    return weft__mask_raise(WEFT_CEILING_PRIORITY);
}

void weft_hook_unmask(unsigned key)
{
    weft__mask_restore(key);
}
