/* counter.h - instructions executed, by a timer of the board MPS2
 * SPDX-License-Identifier: MIT
 *
 * QEMU does not count for a Cortex-M (CYCCNT stays 0), but with -icount
 * shift=6 an instruction takes 64 ns, and this timer counts down at 25 MHz.
 */
#ifndef BENCH_CHIP_CORTEX_M_COUNTER_H
#define BENCH_CHIP_CORTEX_M_COUNTER_H

#include <stdint.h>

static inline uint32_t count_now(void)
{
    return ~*(volatile uint32_t *)0x40001004u;
}

static inline uint32_t count_instructions(uint32_t counted)
{
    return (counted * 5u + 4u) / 8u;
}

#endif
