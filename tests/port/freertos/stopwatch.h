/* stopwatch.h - time by a timer of the board that the port knows nothing of
 * SPDX-License-Identifier: MIT
 *
 * The second CMSDK timer of the MPS2 boards: 32 bits at 25 MHz, so up to 171 s.
 */
#ifndef WEFT_TEST_STOPWATCH_H
#define WEFT_TEST_STOPWATCH_H

#include <stdint.h>

#define STOPWATCH_TIMER ((volatile uint32_t *)0x40001000)

/* Counts down; the difference of two. */
static inline uint32_t stopwatch_now(void)
{
    if (STOPWATCH_TIMER[0] == 0) {
        STOPWATCH_TIMER[2] = UINT32_MAX; /* reload */
        STOPWATCH_TIMER[1] = UINT32_MAX;
        STOPWATCH_TIMER[0] = 1;
    }
    return STOPWATCH_TIMER[1];
}

static inline uint32_t stopwatch_us(uint32_t from)
{
    return (from - stopwatch_now()) / 25;
}

#endif
