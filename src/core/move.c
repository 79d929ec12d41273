/* move.c - a task or fiber goes on at another home
 * SPDX-License-Identifier: MIT
 *
 * The move itself is done by the home that is left, when the run that asked
 * for it has ended: only then a fiber's registers are saved. It does nothing
 * where a wake is on its way to the waiter, which then asks again (rule 27).
 */
#include "weft/executor.h"

#include "core/lane.h"
#include "core/scope.h"
#include "core/wait.h"

/* It stands still now, so it may go on elsewhere. Its own ticket keeps others
 * from pushing it meanwhile; where a wake is in flight that one has it asked
 * to move again. */
static bool leave(weft_home_t *home, weft_waiter_t *waiter)
{
    weft_local_t *local = weft__local();
    weft_home_t *to = local->move;
    weft_inbox_t *inbox;

    local->move = NULL;
    local->leave = NULL;
    if (weft__ticket_take(waiter)) {
        return false;
    }
    inbox = weft__inbox_for(waiter, to);
    weft_atomic_store_release_ptr(&waiter->home, inbox);
    weft__home_push(&to->inbox, &waiter->runnable.link, WEFT_TAG_WAKE);
    weft__home_leave(home);
    return true;
}

static int poll(weft_await_t *await)
{
    weft_home_t *to = (weft_home_t *)await->node[0].object;
    weft_local_t *local = weft__local();

    if (weft__home_of(await->wait.waiter) == to) {
        return WEFT_OK;
    }
    weft__armed(true);
    local->move = to;
    local->leave = leave;
    return WEFT_PENDING;
}

int weft_switch_to_begin(weft_await_t *await, weft_executor_t *executor)
{
    weft_home_t *to = executor->home;
    int rc = weft__wait_enter(await);
    weft_waiter_t *waiter = await->wait.waiter;

    WEFT_ASSERT(to != NULL, "a task on an executor that runs none");
    WEFT_ASSERT(waiter->scope == NULL || waiter->scope->opener != waiter,
                "weft_switch_to with a scope open");
    if (rc < 0) {
        return rc;
    }
    if (weft__kind(waiter) == WEFT_WAITER_THREAD ||
        (to->lanes && !weft__has_lane(waiter))) {
        return weft__wait_ready(await, WEFT_ERR_INVALID);
    }
    if (weft__home_of(waiter) == to) {
        return weft__wait_ready(await, WEFT_OK);
    }
    rc = weft__home_enter(to);
    if (rc < 0) {
        return weft__wait_ready(await, rc);
    }
    await->node[0].kind = WEFT__NODE_MOVE;
    await->node[0].object = to;
    await->node[0].buffer = (uintptr_t)poll;
    return poll(await);
}
