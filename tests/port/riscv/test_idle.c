/* test_idle.c - riscv: what idle harts take in interrupts: none
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "weft/riscv.h"

/* Ten seconds where the clock is one of instructions: there an idle second
 * costs nothing that others could miss. */
static uint64_t idle_us(void)
{
    return weft_port_core_count() == 1 ? WEFT_S(10) : WEFT_S(1);
}

struct idler {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_event_t never;
    uint64_t until_us;
};
WEFT_TASK(idler)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_UNTIL(rc, self->until_us, weft_event_wait, &self->never);
    return rc;
    WEFT_END;
}

/* A loop on each hart: one with a limit far away, the others with nothing. */
CASE(idle_loops_take_no_interrupt)
{
    enum { MOST = 4 };
    static struct core cores[MOST];
    static struct idler idler;
    static weft_loop_t loop;
    uint32_t taken[MOST];
    unsigned count = weft_port_core_count();

    for (unsigned i = 1; i < count; i++) {
        core_start(&cores[i]);
    }
    weft_loop_init(&loop, NULL);
    weft_sleep(WEFT_MS(20));
    for (unsigned i = 0; i < count; i++) {
        taken[i] = weft_riscv_interrupts(i);
    }
    idler = (struct idler){.never = WEFT_EVENT_INIT,
                           .until_us = weft_deadline(idle_us())};
    CHECK_EQ(weft_loop_run_task(&loop, idler_task(&idler)), WEFT_ERR_TIMEOUT);
    for (unsigned i = 0; i < count; i++) {
        CHECK_EQ(weft_riscv_interrupts(i), taken[i]);
    }
    for (unsigned i = 1; i < count; i++) {
        core_stop(&cores[i]);
    }
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    weft_loop_deinit(&loop);
}
