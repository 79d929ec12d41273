/* levels.h - riscv: priorities, for what runs in traps
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_PORTS_RISCV_LEVELS_H
#define WEFT_PORTS_RISCV_LEVELS_H

#include "ports/riscv/hart.h"

enum { WEFT__LEVELS = 7 };

/* Runs it at a priority above the threshold, with interrupts on meanwhile:
 * called, and returns, with them off. */
void weft__run_at(unsigned priority, bool in_interrupt, weft_port_level_fn *run,
                  void *ctx);

#endif
