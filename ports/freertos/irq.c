/* irq.c - freertos: interrupt lines by number, where the vectors lead here
 * SPDX-License-Identifier: MIT
 */
#include "ports/freertos/nvic.h"

#if WEFT__HAS_LEVELS

#include "weft/base/atomic.h"
#include "weft/error.h"
#include "weft/port.h"

static uintptr_t handlers[WEFT_FREERTOS_IRQS];

static bool is_level(unsigned irq)
{
    return irq - WEFT_FREERTOS_LEVEL_IRQ < WEFT_FREERTOS_LEVELS;
}

void weft_freertos_irq(void)
{
    unsigned irq = (unsigned)weft__nvic_exception() - 16u;
    weft_port_irq_fn *handler = NULL;

    if (is_level(irq)) {
        weft__level_irq(irq);
        return;
    }
    if (irq < WEFT_FREERTOS_IRQS) {
        handler =
            (weft_port_irq_fn *)weft_atomic_load_acquire_word(&handlers[irq]);
    }
    if (handler != NULL) {
        handler();
    } else {
        WEFT__NVIC_DISABLE(irq) = weft__nvic_bit(irq);
    }
}

/* Whether the vector table leads that line to us. */
static bool is_ours(unsigned irq)
{
    uintptr_t table = WEFT__VTOR;

    return ((weft_port_irq_fn *const *)table)[16 + irq] == weft_freertos_irq;
}

static void off(unsigned irq)
{
    WEFT__NVIC_DISABLE(irq) = weft__nvic_bit(irq);
    WEFT__NVIC_UNPEND(irq) = weft__nvic_bit(irq);
    weft_atomic_store_release_word(&handlers[irq], 0);
}

int weft_port_irq_setup(unsigned irq, unsigned priority,
                        weft_port_irq_fn *handler)
{
    uintptr_t nobody = 0;

    if (irq >= WEFT_FREERTOS_IRQS || !is_ours(irq)) {
        return WEFT_ERR_INVALID;
    }
    if (is_level(irq)) {
        return WEFT_ERR_BUSY;
    }
    if (handler == NULL) {
        off(irq);
        return WEFT_OK;
    }
    if (priority < 1 || priority > weft_port_levels()) {
        return WEFT_ERR_INVALID;
    }
    if (!weft_atomic_cas_acq_rel_word(&handlers[irq], &nobody,
                                      (uintptr_t)handler)) {
        return WEFT_ERR_BUSY;
    }
    WEFT__NVIC_PRIORITY[irq] = weft__nvic_priority(priority);
    WEFT__NVIC_ENABLE(irq) = weft__nvic_bit(irq);
    return WEFT_OK;
}

#endif
