/* limit.c - freertos: where the stack in use ends, on Armv8-M Mainline
 * SPDX-License-Identifier: MIT
 *
 * The kernel's ports for it set PSPLIM to the end of each task's stack, and
 * save it with the task. A fiber may lie below that end: with WEFT_STACK_LIMIT
 * each resume puts the fiber's own end there, and each way back the task's. An
 * overflow is then a UsageFault, whose handler is the program's.
 */
#include "ports/freertos/kernel.h"
#include "weft/port.h"

#include "ports/common/stack_registers.h"

#ifdef WEFT__STACK_REGISTERS

#if !WEFT_STACK_LIMIT
#error "Weft on Armv8-M Mainline with FreeRTOS needs -DWEFT_STACK_LIMIT=1"
#endif

weft_port_limit_t weft_port_stack_limit(weft_port_limit_t limit)
{
    uintptr_t before =
        weft__stack_register(weft__kernel_in_interrupt(), (uintptr_t)limit.low);

    return (weft_port_limit_t){.low = (const void *)before};
}

#endif
