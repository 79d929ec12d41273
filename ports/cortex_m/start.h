/* start.h - cortex_m: reset, vectors, faults
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_PORTS_CORTEX_M_START_H
#define WEFT_PORTS_CORTEX_M_START_H

#include "ports/cortex_m/cortex_m.h"

typedef void weft__handler(void);

/* The table: the stack of interrupts, then the handlers. */
struct weft__vectors {
    uint32_t *stack;
    weft__handler *handlers[15 + WEFT_IRQS];
};

extern const struct weft__vectors weft__vectors;

/* Where the core starts, on the stack of interrupts. */
__attribute__((noreturn)) void weft__reset(void);

/* Leaves the stack of interrupts for the other one, on which run never
 * returns. */
__attribute__((noreturn)) void weft__enter_thread_mode(uint32_t *top,
                                                       void (*run)(void));

/* Writes below the stacks of core 0 are faults from now on, where they can
 * be; whether the last fault was one. */
void weft__guard_stacks(void);
bool weft__fault_in_guard(void);

/* A fault: finds out which, and where. */
void weft__fault(void);

/* Says so, and ends by 133. pc 0: it is not known. */
__attribute__((noreturn)) void weft__fault_end(const char *what, uint32_t pc);

/* An interrupt that nobody handles: panics. */
void weft__unexpected(void);

/* What goes there if nobody defines it: for external ones, what
 * weft_port_irq_setup set. */
void weft__irq(void);

#endif
