/* test_cancel_goes_down.c - a cancel reaches what a shielded child has open
 * SPDX-License-Identifier: MIT
 *
 * root opens a scope with the task middle; middle opens a scope with the task
 * leaf, and then cleans up in a shield for 300 ms. The root's scope is
 * cancelled at 20 ms: leaf is told then, not when middle joins.
 */
#include "tests/support/test.h"
#include "weft/weft.h"

static weft_event_t never = WEFT_EVENT_INIT;
static uint64_t started_us;

struct leaf {
    weft_task_t task;
    weft_await_t await;
    uint64_t ended_us;
};
WEFT_TASK(leaf)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_RC(rc, weft_event_wait, &never);
    self->ended_us = weft_now_us() - started_us;
    return rc;
    WEFT_END;
}

struct middle {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_scope_t scope;
    weft_scope_t shield;
    struct leaf leaf;
    struct leaf late;
    int late_rc;
};
WEFT_TASK(middle)
{
    int rc;
    WEFT_BEGIN;
    weft_scope_open(&self->scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    CHECK_EQ(weft_scope_spawn(&self->scope, leaf_task(&self->leaf)), 0);
    weft_scope_open_shielded(&self->shield, WEFT_SCOPE_FAIL_FAST,
                             weft_deadline(WEFT_S(10)));
    WEFT_SLEEP_RC(rc, weft_deadline(WEFT_MS(300)));
    CHECK_EQ(rc, 0);
    WEFT_AWAIT_RC(rc, weft_scope_join, &self->shield);
    self->late_rc = weft_scope_spawn(&self->scope, leaf_task(&self->late));
    WEFT_AWAIT_RC(rc, weft_scope_join, &self->scope);
    return rc;
    WEFT_END;
}

struct root {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_scope_t scope;
    struct middle middle;
};
WEFT_TASK(root)
{
    int rc;
    WEFT_BEGIN;
    weft_scope_open(&self->scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    CHECK_EQ(weft_scope_spawn(&self->scope, middle_task(&self->middle)), 0);
    WEFT_SLEEP_RC(rc, weft_deadline(WEFT_MS(20)));
    weft_scope_cancel(&self->scope);
    WEFT_AWAIT_RC(rc, weft_scope_join, &self->scope);
    return rc;
    WEFT_END;
}

CASE_SIM_ONLY(a_cancel_reaches_grandchildren_at_once, "asks for exact times")
{
    weft_loop_t loop;
    static struct root root;

    root = (struct root){0};
    started_us = weft_now_us();
    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, root_task(&root)), WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_task_result(&root.middle.leaf.task), WEFT_ERR_CANCELLED);
    CHECK_EQ(root.middle.leaf.ended_us, WEFT_MS(20));
    CHECK_EQ(root.middle.late_rc, WEFT_ERR_CANCELLED);
    CHECK(!weft_task_live(&root.middle.late.task));
}
