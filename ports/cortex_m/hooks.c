/* hooks.c - cortex_m: what weft/base/hooks.h asks of a port
 * SPDX-License-Identifier: MIT
 */
#include "weft/base/hooks.h"

#include "ports/cortex_m/allowed.h"
#include "ports/cortex_m/mask.h"

void weft_hook_spin(void)
{
    __asm__ volatile("yield");
}

unsigned weft_hook_mask(void)
{
    weft__check_allowed();
    return weft__mask_raise(WEFT_CEILING_PRIORITY);
}

void weft_hook_unmask(unsigned key)
{
    weft__mask_restore(key);
}
