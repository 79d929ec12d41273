/* irq.c - cortex_m: handlers named at run time, in a table in RAM
 * SPDX-License-Identifier: MIT
 *
 * Linked where weft_port_irq_setup is called. What the vector table has by its
 * name, as weft_irq_5, is called by the hardware itself, and only enabled here.
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

/* Whether it leads to weft__irq, and so to what is set here. */
static bool by_table(unsigned irq)
{
    return weft__vectors.handlers[15 + irq] == weft__irq_unset;
}

/* One that stands in the vector table by its name needs no more than to be
 * enabled, and enabled it has a handler. */
static bool is_free(unsigned irq, weft_port_irq_fn *handler)
{
    return by_table(irq) ? handlers[WEFT__THIS_CORE()][irq] == NULL
                         : weft__vectors.handlers[15 + irq] == handler &&
                               !weft_cortex_m_irq_enabled(irq);
}

int weft_port_irq_setup(unsigned irq, unsigned priority,
                        weft_port_irq_fn *handler)
{
    if (irq >= WEFT_IRQS ||
        (handler != NULL && (priority < 1 || priority > WEFT_LEVELS))) {
        return WEFT_ERR_INVALID;
    }
    if (handler != NULL && !is_free(irq, handler)) {
        return WEFT_ERR_BUSY;
    }
    weft_cortex_m_irq_disable(irq);
    if (by_table(irq)) {
        handlers[WEFT__THIS_CORE()][irq] = handler;
    }
    if (handler != NULL) {
        weft_cortex_m_irq_enable(irq, priority);
    }
    return WEFT_OK;
}
