/* counter.h - instructions executed, by a timer of the board MPS2
 * SPDX-License-Identifier: MIT
 *
 * QEMU does not count for a Cortex-M (CYCCNT stays 0), but with -icount
 * shift=6 an instruction takes 64 ns, and this timer counts down at 25 MHz.
 */
#ifndef BENCH_CHIP_CORTEX_M_COUNTER_H
#define BENCH_CHIP_CORTEX_M_COUNTER_H

#include <stdint.h>

#include "weft/cortex_m.h"
#include "weft/hardware.h"

/* Timer 1 of the CMSDK, which nobody else uses, counts; the dual timer gives
 * the interrupt. */
#define COUNT_REGISTER(address) (*(volatile uint32_t *)(address))

enum { COUNT_IRQ = 10 };

static void (*count_handler)(void);

void weft_irq_10(void);
void weft_irq_10(void)
{
    COUNT_REGISTER(0x4000200cu) = 1;
    count_handler();
}

static inline void count_start(void)
{
    COUNT_REGISTER(0x40001008u) = 0xffffffffu;
    COUNT_REGISTER(0x40001004u) = 0xffffffffu;
    COUNT_REGISTER(0x40001000u) = 1;
}

static inline void count_on_interrupt(void (*handler)(void))
{
    count_handler = handler;
    weft_cortex_m_irq_enable(COUNT_IRQ, 2);
}

/* When the core has long gone to sleep. */
static inline void count_interrupt_soon(void)
{
    COUNT_REGISTER(0x40002008u) = 0;
    COUNT_REGISTER(0x40002000u) = 20000;
    COUNT_REGISTER(0x40002008u) = 0xa3; /* on, interrupt, 32 bits, once */
}

/* Stands in the vector table. */
enum { COUNT_PENDED = 11 };
#define COUNT_HARDWARE_TASK() WEFT_HARDWARE_TASK(weft_irq_11, COUNT_PENDED, 1)
#define count_hardware_start() weft_port_irq_setup(COUNT_PENDED, 1, weft_irq_11)

static inline void count_hardware_pend(void)
{
    weft_cortex_m_irq_pend(COUNT_PENDED);
}

static inline uint32_t count_now(void)
{
    return ~*(volatile uint32_t *)0x40001004u;
}

static inline uint32_t count_instructions(uint32_t counted)
{
    return (counted * 5u + 4u) / 8u;
}

#endif
