/* limit_none.c - cortex_m: cores on which nothing watches the end of a stack
 * SPDX-License-Identifier: MIT
 */
#include "ports/cortex_m/limit.h"

#include <stddef.h>

#include "weft/port.h"

#if !defined(WEFT__LIMIT_MPU) && !defined(WEFT__LIMIT_REGISTERS)

weft_port_limit_t weft_port_stack_limit(weft_port_limit_t limit)
{
    limit = (weft_port_limit_t){.name = NULL};
    return limit;
}

#endif
