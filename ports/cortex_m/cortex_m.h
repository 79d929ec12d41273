/* cortex_m.h - cortex_m: what its files share: configuration, core, registers
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_PORTS_CORTEX_M_CORTEX_M_H
#define WEFT_PORTS_CORTEX_M_CORTEX_M_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/base/hooks.h"
#include "weft/cortex_m.h"
#include "weft/port.h"

/* --- configuration, by -D in board.mk */

/* How many cores run Weft. Of two, WEFT_CPU_ID is the address of a register
 * that reads 0 on one and 1 on the other. */
#ifndef WEFT_CORES
#define WEFT_CORES 1
#endif

#if WEFT_CORES > 1
#define WEFT__THIS_CORE() (*(volatile const uint32_t *)WEFT_CPU_ID)
#else
#define WEFT__THIS_CORE() 0u
#endif

/* The handler of an interrupt whose number is a macro. */
#define WEFT__IRQ_NAME(irq) WEFT__IRQ_PASTE(irq)
#define WEFT__IRQ_PASTE(irq) weft_irq_##irq

/* --- one core */

struct weft__locals {
    weft_local_t of_core[WEFT_CORES];
};
extern struct weft__locals weft__locals;

/* The exception whose code is no interrupt, that of a level; 0: none. */
extern uint32_t weft__exception_of_level[WEFT_CORES];

/* Starts what each core has of its own: priorities, alarm. */
void weft__core_init(void);

/* --- instructions */

static inline uint32_t weft__ipsr(void)
{
    uint32_t value;

    __asm__ volatile("mrs %0, ipsr" : "=r"(value));
    return value;
}

static inline uint32_t weft__primask_raise(void)
{
    uint32_t key;

    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(key)::"memory");
    return key;
}

static inline void weft__primask_restore(uint32_t key)
{
    __asm__ volatile("msr primask, %0" ::"r"(key) : "memory");
}

/* An interrupt that is pending is taken before this returns. */
static inline void weft__barrier(void)
{
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

/* --- time */

void weft__clock_start(void);

/* Of a core that waits for another one to start, again and again, and of that
 * one, before its first thread, until it is true: from there they count the
 * same. */
void weft__clock_hand_over(void);
bool weft__clock_take_over(void);

/* Sets this core's alarm, all interrupts off: for its levels, the counter's
 * wraps, and deadline_us. False: that one has passed. */
bool weft__clock_arm(uint64_t deadline_us);

/* Pends the levels of this core whose alarm is due; the next one's time. */
uint64_t weft__level_alarms(uint64_t now_us);

/* A thread starts on this core: its room is all zero. */
void weft__room_clear(void);

#endif
