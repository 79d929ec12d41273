/* nvic.h - freertos: interrupt lines and priorities of a Cortex-M
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_PORTS_FREERTOS_NVIC_H
#define WEFT_PORTS_FREERTOS_NVIC_H

#include "ports/freertos/kernel.h"

#define WEFT__NVIC(offset, irq)                                                \
    (*((volatile uint32_t *)(0xe000e100 + (offset)) + (irq) / 32))
#define WEFT__NVIC_ENABLE(irq) WEFT__NVIC(0x000, irq)
#define WEFT__NVIC_DISABLE(irq) WEFT__NVIC(0x080, irq)
#define WEFT__NVIC_PEND(irq) WEFT__NVIC(0x100, irq)
#define WEFT__NVIC_UNPEND(irq) WEFT__NVIC(0x180, irq)
#define WEFT__NVIC_PRIORITY ((volatile uint8_t *)0xe000e400)
#define WEFT__VTOR (*(volatile uint32_t *)0xe000ed08)

static inline uint32_t weft__nvic_bit(unsigned irq)
{
    return UINT32_C(1) << irq % 32;
}

/* The kernel's own priority is that of level 1. */
enum {
    WEFT__PRIORITY_STEP = 1 << (8 - WEFT_FREERTOS_PRIORITY_BITS),
    WEFT__PRIORITY_LOWEST = 256 - WEFT__PRIORITY_STEP,
};

static inline uint8_t weft__nvic_priority(unsigned priority)
{
    return (uint8_t)(WEFT__PRIORITY_LOWEST -
                     (priority - 1u) * WEFT__PRIORITY_STEP);
}

/* The exception that runs, 0: a task; numbers from 16 are lines. */
static inline uint32_t weft__nvic_exception(void)
{
    uint32_t exception;

    __asm__ volatile("mrs %0, ipsr" : "=r"(exception));
    return exception;
}

/* Where an interrupt line is a level: runs it. */
void weft__level_irq(unsigned irq);

#endif
