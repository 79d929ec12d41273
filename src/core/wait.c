/* wait.c - the owner's half of a wait: entry, budget, poll, withdrawal
 * SPDX-License-Identifier: MIT
 */
#include "core/wait.h"
#include "core/scope.h"
#include "core/timers.h"

bool weft__cancel_level(weft_waiter_t *waiter, bool self)
{
    weft_scope_t *scope = waiter->scope;

    return scope == NULL ? self : scope->ops->level(scope, waiter, self);
}

/* A canceller sets the level first and LOOK second, we clear LOOK first and
 * look at the levels second: one of us sees the other. */
void weft__cancel_refresh(weft_waiter_t *waiter)
{
    uint8_t expected = WEFT__CANCEL_LOOK;

    if (weft_atomic_cas_acq_rel_u8(&waiter->cancel, &expected,
                                   WEFT__CANCEL_NONE) &&
        weft__cancel_level(waiter, false)) {
        expected = WEFT__CANCEL_NONE;
        (void)weft_atomic_cas_acq_rel_u8(&waiter->cancel, &expected,
                                         WEFT__CANCEL_LOOK);
    }
}

int weft__wait_enter(weft_await_t *await)
{
    weft_waiter_t *waiter = weft__waiter_running();

    weft__wait_prepare(await, waiter);
    return weft__cancelled(waiter) ? weft__wait_ready(await, WEFT_ERR_CANCELLED)
                                   : WEFT_OK;
}

int weft__wait_ready(weft_await_t *await, int result)
{
    weft_local_t *local = weft__local();

    if (--local->budget > 0) {
        return result;
    }
    await->wait.flags = WEFT__WAIT_ENDED;
    await->node[0].kind = WEFT__NODE_JOIN;
    await->node[0].buffer = (uintptr_t)(intptr_t)result;
    weft__armed(true);
    weft__wake(await->wait.waiter);
    return WEFT_PENDING;
}

int weft__wait_aside(weft_await_t *await, void *object, uintptr_t buffer)
{
    weft_node_t *node = &await->node[0];

    await->wait.flags = WEFT__WAIT_ENDED;
    node->kind = WEFT__NODE_TURN;
    node->object = object;
    node->buffer = buffer;
    node->linked = 0;
    weft__armed(true);
    weft__wake(await->wait.waiter);
    return WEFT_PENDING;
}

/* Its turn has come. */
static int again(weft_await_t *await)
{
    return (*(const weft_object_turn_ops_t *const *)await->node[0].object)
        ->again(await);
}

static weft_await_t *await_of(weft_node_t *node)
{
    return WEFT_CONTAINER_OF(node, weft_await_t, node);
}

static const weft__select_ops_t *select_ops(const weft_node_t *node)
{
    return (const weft__select_ops_t *)node->object;
}

/* Takes the node out for this reason; false: its end is coming. */
static bool withdraw(weft_node_t *node, int reason)
{
    if (node->kind == WEFT__NODE_SELECT) {
        return select_ops(node)->withdraw(await_of(node));
    }
    if (node->kind == WEFT__NODE_JOIN) {
        uintptr_t expected = (uintptr_t)node;
        weft_task_t *task = (weft_task_t *)node->object;
        return weft_atomic_cas_acq_rel_word(&task->waiter.end, &expected, 0);
    }
    /* linked == 0 is no end: a peer has taken the node out and will push it.
     * Then the object may be gone. */
    if (weft_atomic_load_acquire_u8(&node->linked) == 0) {
        return false;
    }
    if (node->kind == WEFT__NODE_SCOPE) {
        weft_scope_t *scope = (weft_scope_t *)node->object;
        scope->ops->join_cancelled(scope, reason);
        return false;
    }
    return (*(const weft_object_ops_t *const *)node->object)
        ->withdraw(node, reason);
}

static int scope_end(weft_scope_t *scope)
{
    return scope->ops->end(scope);
}

static int end_result(weft_await_t *await)
{
    weft_node_t *node = &await->node[0];

    switch (node->kind) {
    case WEFT__NODE_JOIN:
    case WEFT__NODE_RESULT: return (int)(intptr_t)node->buffer;
    case WEFT__NODE_SCOPE: return scope_end((weft_scope_t *)node->object);
    case WEFT__NODE_SELECT: return select_ops(node)->end(await);
    default: return await->wait.result;
    }
}

/* What the wait gives if it is late by now, else WEFT_PENDING. */
static int lateness(const weft_await_t *await, bool timed)
{
    const weft_node_t *node = &await->node[0];
    int rc = node->kind == WEFT__NODE_SELECT ? select_ops(node)->late(await)
                                             : WEFT_PENDING;

    return rc == WEFT_PENDING && timed ? WEFT_ERR_TIMEOUT : rc;
}

/* The order of these tests is the rule for ties: completed, cancelled, timed
 * out. */
static int poll(weft_await_t *await, bool timed)
{
    weft_node_t *node = &await->node[0];
    int late;

    if ((await->wait.flags & WEFT__WAIT_ENDED) != 0) {
        int rc;

        await->wait.flags = 0;
        if (node->kind != WEFT__NODE_TURN) {
            return end_result(await);
        }
        rc = again(await);
        if (rc != WEFT_PENDING || !timed) {
            return rc;
        }
    }
    if (node->kind == WEFT__NODE_MOVE) {
        return ((weft__move_poll_fn *)node->buffer)(await);
    }
    weft__armed(true);
    if (weft__cancelled(await->wait.waiter) &&
        withdraw(node, WEFT_ERR_CANCELLED)) {
        weft__armed(false);
        return WEFT_ERR_CANCELLED;
    }
    late = lateness(await, timed);
    if (late != WEFT_PENDING && withdraw(node, WEFT_ERR_TIMEOUT)) {
        weft__armed(false);
        return late;
    }
    return WEFT_PENDING;
}

int weft__await_poll_timed(weft_await_t *await, bool timed)
{
    return poll(await, timed);
}

int weft_await_poll(weft_await_t *await)
{
    /* By far the most common, without a frame. */
    if ((await->wait.flags & WEFT__WAIT_ENDED) != 0 &&
        await->node[0].kind == WEFT__NODE_OBJECT) {
        await->wait.flags = 0;
        return await->wait.result;
    }
    return poll(await, false);
}

int weft__await_poll_limit(weft_await_t *await, weft_timer_node_t *timer)
{
    weft_home_t *home = weft__home_of(await->wait.waiter);
    int rc = poll(await, !weft__timer_pending(home, timer));

    if (rc != WEFT_PENDING) {
        weft__timer_disarm(home, timer);
    }
    return rc;
}

/* The wait is linked; now its limit. Linked last, taken out first. A move
 * has none: it is soon over, and the timer would stay behind. */
int weft__await_limit(weft_await_t *await, weft_timer_node_t *timer,
                      uint64_t deadline_us, int begun)
{
    const weft_node_t *node = &await->node[0];

    if (begun != WEFT_PENDING || node->kind == WEFT__NODE_MOVE ||
        ((await->wait.flags & WEFT__WAIT_ENDED) != 0 &&
         node->kind != WEFT__NODE_TURN)) {
        return begun;
    }
    if (deadline_us <= weft_port_now_us()) {
        int rc = poll(await, true);
        return rc == WEFT_PENDING ? rc : weft__wait_ready(await, rc);
    }
    weft__timer_arm(weft__home_of(await->wait.waiter), timer, deadline_us,
                    (uintptr_t)await->wait.waiter);
    return WEFT_PENDING;
}
