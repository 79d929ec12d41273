/* no_levels.c - a platform without interrupt levels
 * SPDX-License-Identifier: MIT
 *
 * WEFT__OWN_CEILINGS: whoever includes it has ceilings nevertheless.
 */
#include "weft/error.h"
#include "weft/port.h"

unsigned weft_port_levels(void)
{
    return 0;
}

int weft_port_level_open(weft_port_level_t *level, unsigned priority,
                         weft_port_level_fn *run, void *ctx)
{
    (void)level;
    (void)priority;
    (void)run;
    (void)ctx;
    return WEFT_ERR_UNSUPPORTED;
}

void weft_port_level_close(weft_port_level_t *level)
{
    (void)level;
}

void weft_port_level_pend(uintptr_t pend)
{
    (void)pend;
}

void weft_port_level_alarm(weft_port_level_t *level, uint64_t deadline_us)
{
    (void)level;
    (void)deadline_us;
}

unsigned weft_port_priority(void)
{
    return 0;
}

#ifndef WEFT__OWN_CEILINGS
unsigned weft_port_ceiling_raise(unsigned priority)
{
    (void)priority;
    return 0;
}

void weft_port_ceiling_restore(unsigned key)
{
    (void)key;
}
#endif

int weft_port_irq_setup(unsigned irq, unsigned priority,
                        weft_port_irq_fn *handler)
{
    (void)irq;
    (void)priority;
    (void)handler;
    return WEFT_ERR_UNSUPPORTED;
}
