/* test_cycles.c - many cycles of spawn, cancel and join on two cores
 * SPDX-License-Identifier: MIT
 *
 * A scope with children on both loops is opened, cancelled or ended by an
 * event, and joined, again and again. What is left behind shows at the end:
 * the loops could not be stopped, or a timer would still be there.
 */
#include "tests/support/cores.h"
#include "tests/support/frames.h"

enum { CYCLES = 20000, PAIRS = 2 };

struct cycle {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t scope;
    weft_executor_t *elsewhere;
    struct waiter waiter[2 * PAIRS];
    struct looker looker[2 * PAIRS];
    weft_event_t event;
    unsigned left;
    int rc;
};

static void spawn_children(struct cycle *self)
{
    weft_executor_t *here = &weft_loop_current()->executor;

    for (int i = 0; i < 2 * PAIRS; i++) {
        weft_executor_t *executor = i % 2 == 0 ? here : self->elsewhere;
        self->waiter[i].event = &self->event;
        self->waiter[i].deadline_us = weft_deadline(WEFT_S(1000));
        self->looker[i].enough = 1;
        CHECK_EQ(weft_scope_spawn_on(&self->scope, executor,
                                     waiter_task(&self->waiter[i])),
                 0);
        CHECK_EQ(weft_scope_spawn_on(&self->scope, executor,
                                     looker_task(&self->looker[i])),
                 0);
    }
}

WEFT_TASK(cycle)
{
    WEFT_BEGIN;
    for (; self->left > 0; self->left--) {
        weft_scope_open(&self->scope, WEFT_SCOPE_FAIL_FAST,
                        weft_deadline(WEFT_S(1000)));
        spawn_children(self);
        if (self->left % 3 == 0) {
            weft_event_set(&self->event);
        } else {
            weft_scope_cancel(&self->scope);
        }
        WEFT_AWAIT_RC(self->rc, weft_scope_join, &self->scope);
        CHECK_EQ(self->rc, self->left % 3 == 0 ? 0 : WEFT_ERR_CANCELLED);
        weft_event_reset(&self->event);
    }
    WEFT_END;
}

CASE(many_children_on_two_cores_leave_nothing_behind)
{
    struct core core;
    weft_loop_t loop;
    struct cycle *cycle = frame_new(sizeof(*cycle));

    cycle->left = CYCLES;
    weft_event_init(&cycle->event, false);
    core_start(&core);
    cycle->elsewhere = &core.loop.executor;
    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, cycle_task(cycle)), 0);
    frame_drop(cycle, sizeof(*cycle));
    CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    weft_loop_deinit(&loop);
    core_stop(&core);
}
