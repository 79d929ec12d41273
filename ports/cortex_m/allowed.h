/* allowed.h - cortex_m: who may call Weft
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_PORTS_CORTEX_M_ALLOWED_H
#define WEFT_PORTS_CORTEX_M_ALLOWED_H

#include "ports/cortex_m/cortex_m.h"

/* The hardware's priority of an exception; 0, the most urgent, of those whose
 * priority is fixed. */
unsigned weft__exception_priority(uint32_t exception);

/* Panics in an interrupt above the ceiling. */
void weft__check_interrupt(uint32_t exception);

static inline void weft__check_allowed(void)
{
    uint32_t exception = weft__ipsr();

    if (WEFT_ASSERTIONS && exception != 0) {
        weft__check_interrupt(exception);
    }
}

#endif
