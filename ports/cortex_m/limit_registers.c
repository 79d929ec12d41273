/* limit_registers.c - cortex_m: the stack limits of Armv8-M Mainline
 * SPDX-License-Identifier: MIT
 */
#include "ports/cortex_m/limit.h"

#ifdef WEFT__LIMIT_REGISTERS

#include <stddef.h>

#include "ports/common/stack_registers.h"
#include "weft/port.h"

#define STACK_OVERFLOW (1u << 20) /* of CFSR */

static const char *names[WEFT_CORES][2]; /* in a task; in an interrupt */

weft_port_limit_t weft_port_stack_limit(weft_port_limit_t limit)
{
    bool in_interrupt = weft__ipsr() != 0;
    const char **name = &names[WEFT__THIS_CORE()][in_interrupt];
    weft_port_limit_t before = {.name = *name};

    *name = limit.name;
    before.low =
        (const void *)weft__stack_register(in_interrupt, (uintptr_t)limit.low);
    return before;
}

void weft__limit_fault(uint32_t status)
{
    const char **both = names[WEFT__THIS_CORE()];
    const char *name = both[1] != NULL ? both[1] : both[0];

    if ((status & STACK_OVERFLOW) != 0 && name != NULL) {
        weft__stack_overflowed(name);
    }
}

#endif
