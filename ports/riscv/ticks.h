/* ticks.h - riscv: from a counter of 64 bits to microseconds, and back
 * SPDX-License-Identifier: MIT
 *
 * For a rate that is a constant, a multiple or a fraction of a megahertz: the
 * compiler makes multiplications of the divisions. Counters that wrap are
 * another matter. Knows no platform: tests/port/test_ticks.c runs it on a host.
 */
#ifndef WEFT_PORTS_RISCV_TICKS_H
#define WEFT_PORTS_RISCV_TICKS_H

#include <stdint.h>

#include "ports/common/rate.h"

/* Rounded down: a moment that is over. Right up to 2^64 / 10^6 ticks at odd
 * rates, centuries, and to the end of the counter at whole megahertz. */
static inline uint64_t weft__ticks_to_us(uint64_t ticks, uint32_t hz)
{
    uint32_t common = WEFT__HZ_DIVISOR(hz);
    uint32_t up = 1000000 / common;
    uint32_t down = hz / common;

    return weft__divide(ticks * up, down);
}

/* Rounded up, so that the moment has come when the counter shows it; the end
 * of the counter for what lies beyond it, and for UINT64_MAX. */
static inline uint64_t weft__us_to_ticks(uint64_t us, uint32_t hz)
{
    uint32_t common = WEFT__HZ_DIVISOR(hz);
    uint32_t up = hz / common;
    uint32_t down = 1000000 / common;

    if (us > (UINT64_MAX - down) / up) {
        return UINT64_MAX;
    }
    return weft__divide(us * up + (down - 1), down);
}

#endif
