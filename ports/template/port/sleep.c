/* sleep.c - CHIP: interrupts kept out, and a sleep that misses none
 * SPDX-License-Identifier: MIT
 */
#include "ports/CHIP/chip.h"

#error "fill in: interrupts"

/* Interrupts are off between the look at the word and the instruction that
 * stops the core, which goes on all the same when one is pending: no wake
 * falls in between. Its handler runs at the unmask. */
void weft_port_sleep(const uintptr_t *word, uintptr_t asleep,
                     uint64_t deadline_us)
{
    unsigned key = weft_hook_mask();
    uint64_t now_us = weft_port_now_us();

    if (*(const volatile uintptr_t *)word == asleep && deadline_us > now_us) {
        if (deadline_us != UINT64_MAX) {
            clock_alarm(deadline_us - now_us);
        }
        wait_for_interrupt();
        clock_alarm_off();
    }
    weft_hook_unmask(key);
}

/* On one core only an interrupt can call this while somebody sleeps, and that
 * interrupt has ended the sleep. */
void weft_port_wake(const uintptr_t *word)
{
    (void)word;
}
