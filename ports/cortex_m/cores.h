/* cores.h - cortex_m: what one core asks of another
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_PORTS_CORTEX_M_CORES_H
#define WEFT_PORTS_CORTEX_M_CORES_H

#include <stdint.h>

/* What weft_port_level_pend takes: a priority from 1, and a core. */
static inline uintptr_t weft__pend_value(unsigned core, unsigned priority)
{
    return core << 8 | priority;
}

static inline unsigned weft__pend_core(uintptr_t pend)
{
    return (unsigned)(pend >> 8);
}

static inline unsigned weft__pend_priority(uintptr_t pend)
{
    return (unsigned)(pend & 0xff);
}

/* Pends a level of another core, from there. */
void weft__core_request(uintptr_t pend);

/* This core takes requests and wakes from now on. */
void weft__cores_listen(void);

#endif
