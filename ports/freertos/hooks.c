/* hooks.c - freertos: what weft/base/hooks.h asks of a port
 * SPDX-License-Identifier: MIT
 */
#include "weft/base/hooks.h"

#include "ports/freertos/kernel.h"

/* Who holds up the caller may be a task of its own priority. On a Cortex-M the
 * switch is only pended, and waits until interrupts are on again; elsewhere
 * the next tick does it. */
void weft_hook_spin(void)
{
#if WEFT__CORTEX_M
    if (xTaskGetTickCountFromISR() > 0) {
        portYIELD();
    }
#endif
}

unsigned weft_hook_mask(void)
{
    return weft__kernel_mask();
}

void weft_hook_unmask(unsigned key)
{
    weft__kernel_unmask(key);
}
