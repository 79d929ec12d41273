/* levels.h - riscv: priorities, for what runs in traps
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_PORTS_RISCV_LEVELS_H
#define WEFT_PORTS_RISCV_LEVELS_H

#include "ports/riscv/hart.h"

enum { WEFT__LEVELS = 7 };

/* What runs at a priority above the threshold, with interrupts on meanwhile:
 * called, and returns, with them off. */
struct weft__run {
    weft_port_level_fn *run;
    void *ctx;
    uint8_t priority;
    uint8_t in_interrupt;
};

void weft__run_at(struct weft__run run);

#endif
