/* counter.h - instructions executed, by the processor's own counter
 * SPDX-License-Identifier: MIT
 *
 * Under QEMU's -icount shift=6 it counts nanoseconds, 64 each.
 */
#ifndef BENCH_CHIP_RISCV_COUNTER_H
#define BENCH_CHIP_RISCV_COUNTER_H

#include <stdint.h>

#include "weft/port.h"

/* The machine's clock of the day has an alarm, in nanoseconds. */
#define COUNT_RTC ((volatile uint32_t *)0x101000)

enum {
    COUNT_IRQ = 11,
    COUNT_TIME = 0,
    COUNT_ALARM = 2,
    COUNT_ENABLE = 4,
    COUNT_CLEAR = 7,
};

static void (*count_handler)(void);

static void count_interrupt(void)
{
    COUNT_RTC[COUNT_CLEAR] = 1;
    count_handler();
}

static inline void count_start(void)
{
}

static inline void count_on_interrupt(void (*handler)(void))
{
    count_handler = handler;
    COUNT_RTC[COUNT_ENABLE] = 1;
    (void)weft_port_irq_setup(COUNT_IRQ, 1, count_interrupt);
}

/* When the core has long gone to sleep. */
static inline void count_interrupt_soon(void)
{
    uint32_t low = COUNT_RTC[COUNT_TIME];
    uint32_t high = COUNT_RTC[COUNT_TIME + 1];
    uint64_t at = ((uint64_t)high << 32 | low) + 1000000;

    COUNT_RTC[COUNT_ALARM + 1] = (uint32_t)(at >> 32);
    COUNT_RTC[COUNT_ALARM] = (uint32_t)at;
}

/* Software can pend levels alone. */
static weft_port_level_t count_level;
#define COUNT_HARDWARE_TASK()                                                  \
    void count_pended(__attribute__((unused)) void *ctx)
void count_pended(void *ctx);

static inline int count_hardware_start(void)
{
    return weft_port_level_open(&count_level, 1, count_pended, NULL);
}

static inline void count_hardware_pend(void)
{
    weft_port_level_pend(count_level.pend);
}

static inline uint32_t count_now(void)
{
    uint32_t now;

    __asm__ volatile("csrr %0, minstret" : "=r"(now)::"memory");
    return now;
}

static inline uint32_t count_instructions(uint32_t counted)
{
    return counted / 64u;
}

#endif
