/* clock.c - riscv: mtime and the comparator, without a periodic tick
 * SPDX-License-Identifier: MIT
 */
#include "ports/riscv/hart.h"
#include "ports/riscv/ticks.h"
#include "weft/base/hooks.h"

#define MTIME ((volatile uint32_t *)(WEFT_CLINT + 0xbff8u))
#define MTIMECMP ((volatile uint32_t *)(WEFT_CLINT + 0x4000u))

enum { LOW = 0, HIGH = 1, REST_TICKS = 1 + WEFT_CLOCK_HZ / 1000000 };

/* Where a word has 32 bits: the high half again, in case the low one has just
   come round. */
uint64_t weft__ticks(void)
{
    uint32_t high, low;

    if (sizeof(uintptr_t) >= 8) {
        return *(volatile uint64_t *)(uintptr_t)MTIME;
    }
    do {
        high = MTIME[HIGH];
        low = MTIME[LOW];
    } while (MTIME[HIGH] != high);
    return (uint64_t)high << 32 | low;
}

uint64_t weft__ticks_at(uint64_t us)
{
    return weft__us_to_ticks(us, WEFT_CLOCK_HZ);
}

const uint32_t weft_port_clock_step_us = 0;

uint64_t weft_port_now_us(void)
{
    return weft__ticks_to_us(weft__ticks(), WEFT_CLOCK_HZ);
}

/* The high half first takes the alarm away: no moment in between is earlier
   than both. */
void weft__comparator_set(uint64_t ticks)
{
    volatile uint32_t *at = MTIMECMP + (uintptr_t)2 * weft__hart_index();

    at[HIGH] = UINT32_MAX;
    if (ticks != UINT64_MAX) {
        at[LOW] = (uint32_t)ticks;
        at[HIGH] = (uint32_t)(ticks >> 32);
    }
}

void weft__rest(void)
{
    unsigned key = weft_hook_mask();
    uint64_t until = weft__ticks() + REST_TICKS;

    if (until < weft__own.hart->alarm) {
        weft__comparator_set(until);
    }
    weft__wait_for_interrupt();
    weft__comparator_set(weft__own.hart->alarm);
    weft_hook_unmask(key);
}
