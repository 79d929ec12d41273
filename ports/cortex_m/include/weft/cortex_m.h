/* weft/cortex_m.h - Cortex-M: priorities, interrupts, the vector table
 * SPDX-License-Identifier: MIT
 *
 * For board files, and for handlers that are there from the start. An external
 * interrupt's handler is any function of the name weft_irq_0 to weft_irq_63; it
 * stands in the vector table by itself. Enable it with a priority of Weft's,
 * from 1, the least urgent, to WEFT_LEVELS:
 *
 *     void weft_irq_5(void)
 *     {
 *         weft_event_set(&received);
 *     }
 *
 *     weft_cortex_m_irq_enable(5, 2);
 *
 * weft_port_irq_setup does the same, and takes handlers of other names, for 4
 * bytes of RAM an interrupt and some instructions at each.
 *
 * Configured by -D in board.mk: WEFT_PRIORITY_BITS, WEFT_LEVELS, WEFT_LEVEL_IRQ
 * (the first of WEFT_LEVELS lines that no device uses), WEFT_IRQS,
 * WEFT_CEILING_PRIORITY. docs/internals/ports.md tells more.
 */
#ifndef WEFT_CORTEX_M_H
#define WEFT_CORTEX_M_H

#include <stdint.h>

#include "weft/config.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Bits of a priority that the chip has. With no more than three, a step of
 * priority leaves room for a chip with as few. */
#ifndef WEFT_PRIORITY_BITS
#if defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__)
#define WEFT_PRIORITY_BITS 2
#else
#define WEFT_PRIORITY_BITS 3
#endif
#endif
#define WEFT_PRIORITY_STEP (1u << (8 - WEFT_PRIORITY_BITS))

/* Interrupt levels: all priorities but the most urgent one. */
#ifndef WEFT_LEVELS
#define WEFT_LEVELS ((1 << WEFT_PRIORITY_BITS) - 1)
#endif

/* As the hardware counts: interrupts of a smaller number may not call Weft
 * and are never masked by it. Without BASEPRI all are, and all may. */
#ifndef WEFT_CEILING_PRIORITY
#define WEFT_CEILING_PRIORITY (256u - WEFT_LEVELS * WEFT_PRIORITY_STEP)
#endif

/* External interrupts that the vector table has room for, up to 64. */
#ifndef WEFT_IRQS
#define WEFT_IRQS 32
#endif

/* The hardware's number of a priority of Weft's. */
#define WEFT_HARDWARE_PRIORITY(priority)                                       \
    (256u - (unsigned)(priority)*WEFT_PRIORITY_STEP)

WEFT_STATIC_ASSERT(WEFT_PRIORITY_BITS >= 2 && WEFT_PRIORITY_BITS <= 8,
                   "WEFT_PRIORITY_BITS is 2 to 8");
WEFT_STATIC_ASSERT(WEFT_LEVELS >= 1 && WEFT_LEVELS < 1 << WEFT_PRIORITY_BITS,
                   "one priority is left above WEFT_LEVELS");
WEFT_STATIC_ASSERT(WEFT_CEILING_PRIORITY > 0 &&
                       WEFT_CEILING_PRIORITY <=
                           WEFT_HARDWARE_PRIORITY(WEFT_LEVELS),
                   "the ceiling is above all levels and not 0");
WEFT_STATIC_ASSERT(WEFT_IRQS >= 1 && WEFT_IRQS <= 64, "WEFT_IRQS is 1 to 64");

#define WEFT__REGISTER(address) (*(volatile uint32_t *)(address))

static inline void weft_cortex_m_irq_priority(unsigned irq, unsigned hardware)
{
    volatile uint32_t *word = (volatile uint32_t *)0xe000e400u + irq / 4;
    unsigned shift = irq % 4 * 8;

    *word = (*word & ~(0xffu << shift)) | (uint32_t)hardware << shift;
}

/* What its handler finds was stored before. */
static inline void weft_cortex_m_irq_enable(unsigned irq, unsigned priority)
{
    __asm__ volatile("dmb" ::: "memory");
    weft_cortex_m_irq_priority(irq, WEFT_HARDWARE_PRIORITY(priority));
    WEFT__REGISTER(0xe000e100u + irq / 32 * 4) = 1u << irq % 32;
}

static inline int weft_cortex_m_irq_enabled(unsigned irq)
{
    return (WEFT__REGISTER(0xe000e100u + irq / 32 * 4) >> irq % 32 & 1u) != 0;
}

/* It does not run any more when this returns. */
static inline void weft_cortex_m_irq_disable(unsigned irq)
{
    WEFT__REGISTER(0xe000e180u + irq / 32 * 4) = 1u << irq % 32;
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

/* It is taken before this returns, if nothing keeps it out. */
static inline void weft_cortex_m_irq_pend(unsigned irq)
{
    __asm__ volatile("dmb" ::: "memory");
    WEFT__REGISTER(0xe000e200u + irq / 32 * 4) = 1u << irq % 32;
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

static inline void weft_cortex_m_irq_unpend(unsigned irq)
{
    WEFT__REGISTER(0xe000e280u + irq / 32 * 4) = 1u << irq % 32;
    __asm__ volatile("dsb" ::: "memory");
}

/* Starts the chip again; memory in section .noinit keeps its content. */
__attribute__((noreturn)) static inline void weft_cortex_m_reset(void)
{
    __asm__ volatile("dsb" ::: "memory");
    WEFT__REGISTER(0xe000ed0cu) = 0x05fa0004u;
    for (;;) {
        __asm__ volatile("dsb" ::: "memory");
    }
}

/* How often the timer has interrupted a core; wraps. Idle that is once in each
 * three quarters of a wrap of the counter. */
uint32_t weft_cortex_m_alarms(unsigned core);

/* --- two cores: a board of several defines these
 *
 * core_start lets `core` start with this vector table; core_interrupt raises
 * interrupt WEFT_CORES_IRQ on another core, which core_quiet, called there,
 * takes back. How often a core was woken from a sleep by another one: kicks. */
void weft_cortex_m_core_start(unsigned core, const void *vectors);
void weft_cortex_m_core_interrupt(unsigned core);
void weft_cortex_m_core_quiet(void);
uint32_t weft_cortex_m_kicks(unsigned core);

/* The handlers. Those that nobody defines end the program by a line that
 * names the number. */
void weft_systick(void);
void weft_pendsv(void);
void weft_svcall(void);
void weft_nmi(void);

#ifdef __cplusplus
}
#endif

#endif
