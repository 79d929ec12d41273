/* irq.c - cortex_m: handlers named at run time, in a table in RAM
 * SPDX-License-Identifier: MIT
 *
 * Linked where weft_port_irq_setup is called. An interrupt of which the vector
 * table has a handler of its own is the port's or the board's.
 */
#include <stddef.h>

#include "ports/cortex_m/start.h"
#include "weft/error.h"

void weft__irq_unset(void);

static weft_port_irq_fn *handlers[WEFT_CORES][WEFT_IRQS];

/* In place of the weak one. */
void weft__irq(void)
{
    weft_port_irq_fn *handler = handlers[WEFT__THIS_CORE()][weft__ipsr() - 16];

    if (handler == NULL) {
        weft__unexpected();
    }
    handler();
}

int weft_port_irq_setup(unsigned irq, unsigned priority,
                        weft_port_irq_fn *handler)
{
    weft_port_irq_fn **slot;

    if (irq >= WEFT_IRQS ||
        (handler != NULL && (priority < 1 || priority > WEFT_LEVELS))) {
        return WEFT_ERR_INVALID;
    }
    slot = &handlers[WEFT__THIS_CORE()][irq];
    if (weft__vectors.handlers[15 + irq] != weft__irq_unset ||
        (handler != NULL && *slot != NULL)) {
        return WEFT_ERR_BUSY;
    }
    weft_cortex_m_irq_disable(irq);
    *slot = handler;
    if (handler != NULL) {
        weft_cortex_m_irq_enable(irq, priority);
    }
    return WEFT_OK;
}
