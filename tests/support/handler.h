/* handler.h - calls a function in an interrupt of this core
 * SPDX-License-Identifier: MIT
 *
 *     CASE_INTERRUPT(an_interrupt_sets_it)
 *     {
 *         handle(set, &event);
 *     }
 *
 * In the simulator an interrupt source of its own, on a board its button. A
 * host has no interrupts, and no cases with them.
 */
#ifndef WEFT_TEST_HANDLER_H
#define WEFT_TEST_HANDLER_H

#include "tests/support/test.h"
#include "weft/base/hooks.h"

typedef void test_handler_fn(void *ctx);

#if TEST_IN_SIM
#include "weft/port.h"
#include "weft/sim.h"

/* Returns when the handler has. */
static inline void handle(test_handler_fn *handler, void *ctx)
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
#elif TEST_ON_BOARD
#include "boards/board.h"
#include "weft/base/atomic.h"
#include "weft/port.h"

static test_handler_fn *handler__fn;
static void *handler__ctx;
static uint8_t handler__done; /* atomic */

static inline void handler__pressed(void)
{
    CHECK(weft_port_in_interrupt());
    handler__fn(handler__ctx);
    weft_atomic_store_release_u8(&handler__done, 1);
}

static inline void handle(test_handler_fn *handler, void *ctx)
{
    handler__fn = handler;
    handler__ctx = ctx;
    weft_atomic_store_release_u8(&handler__done, 0);
    board_button_on_press(handler__pressed);
    board_press();
    while (weft_atomic_load_acquire_u8(&handler__done) == 0) {
        weft_hook_spin();
    }
    board_button_on_press(NULL);
}
#else
static inline void handle(test_handler_fn *handler, void *ctx)
{
    (void)handler;
    (void)ctx;
    FAIL("a host has no interrupts");
}
#endif

#endif
