/* handler.h - calls a function in an interrupt of this core
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TEST_HANDLER_H
#define WEFT_TEST_HANDLER_H

#include "tests/support/test.h"

#if TEST_IN_SIM
#include "weft/port.h"
#include "weft/sim.h"

/* Returns when the handler has. */
static inline void handle(weft_sim_fn *handler, void *ctx)
{
    weft_sim_interrupt_t interrupt = {.handler = handler, .ctx = ctx};
    uint64_t before = weft_sim_stats().interrupts;

    weft_sim_interrupt_attach(&interrupt);
    weft_sim_interrupt_raise(&interrupt);
    while (weft_sim_stats().interrupts == before) {
        weft_hook_spin();
    }
    weft_sim_interrupt_remove(&interrupt);
}
#endif

#endif
