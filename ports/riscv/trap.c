/* trap.c - riscv: what a trap is for; faults
 * SPDX-License-Identifier: MIT
 *
 * Called by start.S with interrupts off, on the stack for traps.
 */
#include <stddef.h>

#include "boards/board.h"
#include "ports/riscv/hart.h"
#include "weft/base/hooks.h"

enum { SOFTWARE = 3, TIMER = 7, EXTERNAL = 11, STATUS_FAULT = 133 };

void weft__trapped(uintptr_t cause, uintptr_t pc);

/* The bit is cleared before anybody looks at what it stands for. */
static void software(void)
{
    weft__interrupt_clear();
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

void weft__trapped(uintptr_t cause, uintptr_t pc)
{
    if ((intptr_t)cause >= 0) {
        weft__fault(cause, pc);
    }
    weft__own.hart->interrupts++;
    weft__stack_check();
    switch (cause & 0xff) {
    case SOFTWARE: software(); break;
    case TIMER: timer(); break;
    default: weft__riscv_on.external();
    }
}

void weft__fault(uintptr_t cause, uintptr_t pc)
{
    (void)weft_hook_mask();
    if (weft__limit_fault != NULL) {
        weft__limit_fault(cause, WEFT__CSR_READ(mtval));
    }
    weft__say("weft: fault: cause ");
    weft__say_number((unsigned)cause);
    weft__say(" at ");
    weft__say_address(pc);
    weft__say(", address ");
    weft__say_address(WEFT__CSR_READ(mtval));
    weft__say(", hart ");
    weft__say_number((unsigned)WEFT__CSR_READ(mhartid));
    weft__say("\n");
    board_exit(STATUS_FAULT);
}
