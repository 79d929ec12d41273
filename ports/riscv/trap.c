/* trap.c - riscv: what a trap is for
 * SPDX-License-Identifier: MIT
 *
 * Called by start.S with interrupts off, on the stack for traps.
 */
#include <stddef.h>

#include "ports/riscv/hart.h"
#include "weft/riscv.h"

enum { SOFTWARE = 3, TIMER = 7, EXTERNAL = 11 };

void weft__trapped(uintptr_t cause, uintptr_t pc);

/* The bit is cleared before anybody looks at what it stands for. */
static void software(void)
{
    weft__interrupt_clear();
    if (WEFT_CORES > 1 && weft__own.hart->kept != 0) {
        weft__riscv_on.kept();
    }
    if (weft__riscv_on.software != NULL) {
        weft__riscv_on.software();
    }
}

static void timer(void)
{
    if (weft__riscv_on.timer != NULL) {
        weft__riscv_on.timer();
    } else {
        weft__comparator_set(UINT64_MAX);
    }
}

__attribute__((noinline)) static _Noreturn void fault(uintptr_t cause,
                                                      uintptr_t pc)
{
    uintptr_t address = WEFT__CSR_READ(mtval);

    if (weft__limit_fault != NULL) {
        weft__limit_fault(cause, address);
    }
    weft_riscv_fault(cause, pc, address);
}

void weft__trapped(uintptr_t cause, uintptr_t pc)
{
    if ((intptr_t)cause >= 0) {
        fault(cause, pc);
    }
    weft__own.hart->interrupts++;
    switch (cause & 0xff) {
    case SOFTWARE: software(); break;
    case TIMER: timer(); break;
    default: weft__riscv_on.external();
    }
}
