/* levels.h - riscv: priorities, for what runs in traps
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_PORTS_RISCV_LEVELS_H
#define WEFT_PORTS_RISCV_LEVELS_H

#include "ports/riscv/hart.h"

static inline void weft__controller_lowered(const struct weft__hart *hart,
                                            unsigned threshold)
{
    if (hart->controller > threshold) {
        weft__riscv_on.lowered();
    }
}

/* Runs it at a priority above the threshold, with interrupts on meanwhile:
 * called, and returns, with them off, on the hart where the trap began. */
static inline void weft__run_at(unsigned priority, bool in_interrupt,
                                weft_port_level_fn *run, void *ctx)
{
    struct weft__own *own = &weft__own;
    uint8_t outer_priority = own->priority;
    uint8_t outer_threshold = own->threshold;
    uint8_t outer_interrupt = own->in_interrupt;

    own->priority = (uint8_t)priority;
    own->threshold = (uint8_t)priority;
    own->in_interrupt = in_interrupt;
    WEFT__CSR_SET(mstatus, WEFT__MSTATUS_MIE);
    run(ctx);
    WEFT__CSR_CLEAR(mstatus, WEFT__MSTATUS_MIE);
    own->priority = outer_priority;
    own->threshold = outer_threshold;
    own->in_interrupt = outer_interrupt;
    weft__controller_lowered(own->hart, outer_threshold);
}

#endif
