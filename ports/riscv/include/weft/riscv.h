/* weft/riscv.h - what a board of the RISC-V port may say and ask
 * SPDX-License-Identifier: MIT
 *
 * For boards and tests; programs do not need it. docs/internals/ports.md tells
 * what the port does with it.
 *
 *     unsigned weft_riscv_harts(const void *device_tree)
 *     {
 *         return 2;
 *     }
 *
 * Context: any, where not said otherwise.
 */
#ifndef WEFT_RISCV_H
#define WEFT_RISCV_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* How many harts there are, from hart 0; called once, by hart 0, before main,
 * with what the boot code passed in a1. A board that does not define it has
 * as many as the program was linked for (WEFT_CORES). More are left asleep. */
unsigned weft_riscv_harts(const void *device_tree);

/* What a fault of a hart leads to: says in one line what, where, at which
 * address and on which hart, and ends the program with status 133. A program
 * may define it itself, to keep a note in .noinit and start again: cause and
 * address are mcause and mtval. On the stack for traps, interrupts off. */
__attribute__((noreturn)) void weft_riscv_fault(uintptr_t cause, uintptr_t pc,
                                                uintptr_t address);

/* Interrupts that a hart has taken, and how often it was woken from a sleep by
 * another one, since it started. They wrap. */
uint32_t weft_riscv_interrupts(unsigned hart);
uint32_t weft_riscv_kicks(unsigned hart);

#ifdef __cplusplus
}
#endif

#endif
