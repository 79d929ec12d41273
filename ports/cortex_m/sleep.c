/* sleep.c - cortex_m: one core sleeps by WFI
 * SPDX-License-Identifier: MIT
 *
 * The look at the word and WFI have all interrupts off by PRIMASK: one that
 * comes in between stays pending, and WFI returns at once for a pending
 * interrupt that would be taken with PRIMASK clear. So no wake is lost. (One
 * that BASEPRI keeps out would not end WFI: it must be 0.) A wake needs to do
 * nothing: whoever changes the word on this core is an interrupt.
 */
#include "ports/cortex_m/cortex_m.h"

#if WEFT_CORES == 1

#include "ports/cortex_m/allowed.h"
#include "ports/cortex_m/nap.h"

void weft_port_sleep(const uintptr_t *word, uintptr_t asleep,
                     uint64_t deadline_us)
{
    weft__check_may_sleep();
    while (weft__nap(word, asleep, deadline_us)) {}
}

void weft_port_wake(const uintptr_t *word)
{
    (void)word;
    weft__check_allowed();
}

#endif
