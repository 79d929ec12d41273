/* counter.h - cortex_m: 64-bit microseconds out of a narrow counter
 * SPDX-License-Identifier: MIT
 *
 * A counter of 1 to 32 bits counts up at any rate and wraps. Whoever reads it
 * at least once in each wrap knows how far it went since, and adds that to
 * microseconds and a remainder, so nothing is lost by rounding: after any
 * number of reads it is what one exact division of all counts would give. A
 * read that comes a whole wrap too late (a debugger held the core while the
 * counter went on) makes time stand still for that wrap; it never goes back.
 *
 * Knows no platform: tests/port/test_counter.c runs it on a host. Who calls it
 * keeps others out.
 */
#ifndef WEFT_PORTS_CORTEX_M_COUNTER_H
#define WEFT_PORTS_CORTEX_M_COUNTER_H

#include <stdint.h>

#include "ports/common/rate.h"

struct weft__counter {
    uint64_t us;   /* at the last read */
    uint32_t part; /* and so many counts * num, less than den */
    uint32_t last; /* the counter, then */
};

/* A count lasts num / den microseconds, in lowest terms. mask: its bits. */
struct weft__counter_rate {
    uint32_t mask;
    uint32_t num;
    uint32_t den;
};

#define WEFT__COUNTER_RATE(bits, hz)                                           \
    {                                                                          \
        .mask = UINT32_MAX >> (32 - (bits)),                                   \
        .num = 1000000u / WEFT__HZ_DIVISOR(hz),                                \
        .den = (hz) / WEFT__HZ_DIVISOR(hz),                                    \
    }

/* Microseconds now, when the counter shows `count`. */
static inline uint64_t weft__counter_read(struct weft__counter *counter,
                                          struct weft__counter_rate rate,
                                          uint32_t count)
{
    uint32_t passed = (count - counter->last) & rate.mask;
    uint64_t scaled = (uint64_t)passed * rate.num + counter->part;

    counter->last = count;
    if (scaled <= UINT32_MAX) { /* mostly: no division of 64 bits */
        counter->us += (uint32_t)scaled / rate.den;
        counter->part = (uint32_t)scaled % rate.den;
    } else {
        uint64_t us = weft__divide(scaled, rate.den);
        counter->us += us;
        counter->part = (uint32_t)(scaled - us * rate.den);
    }
    return counter->us;
}

/* How far ahead an alarm may be at most: the rest of the wrap is for the
 * interrupt to come in time to read the counter. */
static inline uint32_t weft__counter_most(struct weft__counter_rate rate)
{
    return rate.mask - rate.mask / 4;
}

/* Counts from the last read until deadline_us is reached, never fewer; 0: it
 * is reached; at most weft__counter_most, when it is farther away. */
static inline uint32_t weft__counter_until(const struct weft__counter *counter,
                                           struct weft__counter_rate rate,
                                           uint64_t deadline_us)
{
    uint64_t most = (uint64_t)weft__counter_most(rate) * rate.num / rate.den;
    uint64_t left_us = deadline_us - counter->us;

    if (deadline_us <= counter->us) {
        return 0;
    }
    if (left_us >= most) {
        return weft__counter_most(rate);
    }
    uint64_t scaled = left_us * rate.den - counter->part;
    return (uint32_t)weft__divide(scaled + rate.num - 1, rate.num);
}

#endif
