/* scope.c - scopes: open, adopt, cancel by steps, leave, join
 * SPDX-License-Identifier: MIT
 *
 * count holds the scope: children until they have settled, and the walk of a
 * cancel until it is done. The join's node is taken out, under the lock, by
 * whoever brings count to 0, and pushed after the unlock, which is the last
 * touch of the scope. With that node the scope is no longer open: no cancel
 * and no spawn, from an interrupt say, may count itself in any more.
 */
#include "core/scope.h"
#include "core/timers.h"
#include "core/wait.h"

static int walk(weft_runnable_t *runnable);
static bool level_at(weft_scope_t *scope, weft_waiter_t *waiter, bool self);

static const struct weft__scope_ops scope_ops = {
    .adopt = weft__scope_adopt,
    .child_ended = weft__scope_child_ended,
    .leave = weft__scope_leave,
    .level = level_at,
    .join_cancelled = weft__scope_join_cancelled,
    .end = weft__scope_end,
    .late = weft__scope_late,
};

static void init(weft_scope_t *scope, weft_home_t *home)
{
    *scope = (weft_scope_t){
        .ops = &scope_ops,
        .home = home,
        .walk = {.run = walk},
        .state = WEFT__SCOPE_OPEN,
    };
    weft_list_init(&scope->children);
    weft_list_init(&scope->told);
}

void weft__scope_init_root(weft_scope_t *scope, weft_home_t *home)
{
    init(scope, home);
    scope->policy = WEFT_SCOPE_SUPERVISE;
}

static void open_in(weft_waiter_t *opener, weft_scope_t *scope,
                    enum weft_scope_policy policy, uint64_t deadline_us)
{
    init(scope, weft__home_of(opener));
    scope->policy = (uint8_t)policy;
    scope->opener = opener;
    scope->parent = opener->scope;
    opener->scope = scope;
    if (weft__kind(opener) == WEFT_WAITER_THREAD) {
        scope->deadline.place.key = deadline_us;
    } else if (deadline_us != WEFT_FOREVER) {
        weft__timer_arm(scope->home, &scope->deadline, deadline_us,
                        (uintptr_t)scope | WEFT__OWNER_SCOPE);
    }
}

void weft_scope_open(weft_scope_t *scope, enum weft_scope_policy policy,
                     uint64_t deadline_us)
{
    weft_waiter_t *opener = weft__waiter_running();
    bool cancelled = weft__cancelled(opener);

    open_in(opener, scope, policy, deadline_us);
    if (cancelled) {
        scope->level = WEFT__SCOPE_CANCELLED;
    }
}

void weft_scope_open_shielded(weft_scope_t *scope,
                              enum weft_scope_policy policy, uint64_t bound_us)
{
    WEFT_ASSERT(bound_us != WEFT_FOREVER, "a shield without a bound");
    open_in(weft__waiter_running(), scope, policy, bound_us);
    scope->shield = 1;
}

int weft_scope_spawn(weft_scope_t *scope, weft_task_t *task)
{
    WEFT_ASSERT(scope->home->executor != NULL,
                "a scope of a thread has no executor: weft_scope_spawn_on");
    return weft__spawn(scope->home, scope, task);
}

int weft_scope_spawn_on(weft_scope_t *scope, weft_executor_t *executor,
                        weft_task_t *task)
{
    return weft__spawn(executor->home, scope, task);
}

weft_spawner_t weft_scope_spawner(weft_scope_t *scope,
                                  weft_executor_t *executor)
{
    return (weft_spawner_t){executor, scope};
}

/* Under the lock. Atomic for weft_scope_count, which takes no lock. */
static uint32_t change_count(weft_scope_t *scope, uint32_t by)
{
    uint32_t count = scope->count + by;

    weft_atomic_store_relaxed_u32(&scope->count, count);
    return count;
}

bool weft__scope_chain_cancelled(const weft_scope_t *scope)
{
    for (; scope != NULL; scope = scope->parent) {
        if (weft_scope_cancelled(scope)) {
            return true;
        }
        if (scope->shield != 0) {
            return false;
        }
    }
    return false;
}

/* LOOK only says that it is worth looking; the level lives in the scopes. A
 * shield hides what is outside of it, its opener's own SELF too. What is
 * cancelled goes down to each scope that the waiter has open: it may be long
 * until it joins them. Recurses once for each of these. */
static bool level_at(weft_scope_t *scope, weft_waiter_t *waiter, bool self)
{
    bool above;

    if (scope == NULL || scope->opener != waiter) {
        return self || weft__scope_chain_cancelled(scope);
    }
    above = level_at(scope->parent, waiter, self);
    weft__scope_look(scope);
    if (above && scope->shield == 0) {
        weft_scope_cancel(scope);
        return true;
    }
    return weft_scope_cancelled(scope);
}

int weft__scope_adopt(weft_scope_t *scope, weft_waiter_t *waiter)
{
    unsigned key = weft_lock_mask(&scope->lock);
    int rc = WEFT_OK;

    if (weft__scope_chain_cancelled(scope)) {
        rc = WEFT_ERR_CANCELLED;
    } else if ((scope->state & WEFT__SCOPE_OPEN) == 0 ||
               (scope->state & WEFT__SCOPE_CLOSED) != 0) {
        rc = WEFT_ERR_CLOSED;
    } else {
        waiter->scope = scope;
        (void)change_count(scope, 1);
        weft_list_push_back(&scope->children, &waiter->sibling);
    }
    weft_unlock_mask(&scope->lock, key);
    return rc;
}

/* Under the lock of the scope where it is listed, or of the timers that hold
 * the deadline of one it has open. */
bool weft__tell(weft_waiter_t *waiter)
{
    uint8_t seen = WEFT__CANCEL_NONE;

    /* Written also where it is set: who clears it after us sees the level. */
    while (!weft_atomic_cas_acq_rel_u8(
        &waiter->cancel, &seen,
        seen == WEFT__CANCEL_NONE ? WEFT__CANCEL_LOOK : seen)) {}
    return !weft__ticket_take(waiter);
}

/* Tells at most WEFT_STEP children in one hold; gives those whose wake is
 * ours, chained by their links. No cursor: always the first child. */
static weft_link_t *tell_step(weft_scope_t *scope, bool *more)
{
    weft_link_t *chain = NULL;
    unsigned key = weft_lock_mask(&scope->lock);
    int left;

    for (left = WEFT_STEP; left > 0; left--) {
        weft_list_node_t *node = weft_list_pop(&scope->children);
        weft_waiter_t *child;
        if (node == NULL) {
            break;
        }
        child = WEFT_CONTAINER_OF(node, weft_waiter_t, sibling);
        weft_list_push_back(&scope->told, node);
        if (weft__tell(child)) {
            child->runnable.link.next = chain;
            chain = &child->runnable.link;
        }
    }
    *more = !weft_list_empty(&scope->children);
    weft_unlock_mask(&scope->lock, key);
    return weft_link_reverse(chain);
}

static int walk(weft_runnable_t *runnable)
{
    weft_scope_t *scope = WEFT_CONTAINER_OF(runnable, weft_scope_t, walk);
    bool more;

    if (scope->opener != NULL && weft__tell(scope->opener)) {
        scope->opener->runnable.link.next = NULL;
        weft__push_wakes(&scope->opener->runnable.link);
    }
    do {
        weft__push_wakes(tell_step(scope, &more));
    } while (more);
    weft__scope_leave(scope);
    return 0;
}

/* Sets the level, once, and has the walk done: here, or in an interrupt by
 * the scope's executor. The walk counts, so the scope stays for it. */
static void cancel(weft_scope_t *scope, uint8_t level)
{
    unsigned key = weft_lock_mask(&scope->lock);
    bool first = scope->level == WEFT__SCOPE_ALIVE &&
                 (scope->state & WEFT__SCOPE_OPEN) != 0;

    if (first) {
        weft_atomic_store_release_u8(&scope->level, level);
        (void)change_count(scope, 1);
    }
    weft_unlock_mask(&scope->lock, key);
    if (!first) {
        return;
    }
    if (weft__in_interrupt()) {
        weft__home_submit(scope->home, &scope->walk);
    } else {
        (void)walk(&scope->walk);
    }
}

uint64_t weft__scope_deadline(const weft_scope_t *scope)
{
    return weft_scope_cancelled(scope) ? WEFT_FOREVER
                                       : weft__timer_deadline(&scope->deadline);
}

void weft_scope_cancel(weft_scope_t *scope)
{
    cancel(scope, WEFT__SCOPE_CANCELLED);
}

void weft__scope_late(weft_scope_t *scope)
{
    cancel(scope, WEFT__SCOPE_LATE);
}

void weft__scope_look(weft_scope_t *scope)
{
    if (scope->deadline.owner != 0 && !weft_scope_cancelled(scope) &&
        !weft__timer_pending(scope->home, &scope->deadline)) {
        weft__scope_late(scope);
    }
}

bool weft_scope_cancelled(const weft_scope_t *scope)
{
    return weft_atomic_load_acquire_u8(&scope->level) != WEFT__SCOPE_ALIVE;
}

void weft_scope_close(weft_scope_t *scope)
{
    unsigned key = weft_lock_mask(&scope->lock);

    scope->state |= WEFT__SCOPE_CLOSED;
    weft_unlock_mask(&scope->lock, key);
}

unsigned weft_scope_count(const weft_scope_t *scope)
{
    return weft_atomic_load_relaxed_u32(&scope->count);
}

/* Under the lock: books a failure; true: the policy cancels the others. */
static bool book_failure(weft_scope_t *scope, int rc)
{
    if (scope->failure_count == 0) {
        scope->first_error = rc;
    }
    if (scope->failures != NULL && scope->failure_count < scope->failures_max) {
        scope->failures[scope->failure_count] = rc;
    }
    if (scope->failure_count < UINT16_MAX) {
        scope->failure_count++;
    }
    return scope->policy == WEFT_SCOPE_FAIL_FAST;
}

static bool book_success(weft_scope_t *scope, int rc)
{
    if (scope->policy != WEFT_SCOPE_FIRST_SUCCESS ||
        (scope->state & WEFT__SCOPE_SUCCESS) != 0) {
        return false;
    }
    scope->state |= WEFT__SCOPE_SUCCESS;
    scope->success = rc;
    return true;
}

void weft__scope_child_ended(weft_scope_t *scope, weft_waiter_t *waiter, int rc)
{
    bool failed = rc < 0 && rc != WEFT_ERR_CANCELLED;
    bool cancel_others = false;
    unsigned key = weft_lock_mask(&scope->lock);

    weft_list_remove(&waiter->sibling);
    if (failed) {
        cancel_others = book_failure(scope, rc);
    } else if (rc >= 0) {
        cancel_others = book_success(scope, rc);
    }
    weft_unlock_mask(&scope->lock, key);
    if (failed && scope->on_failure != NULL) {
        scope->on_failure(scope, (weft_task_t *)(void *)waiter, rc,
                          scope->on_failure_ctx);
    }
    if (cancel_others) {
        weft_scope_cancel(scope);
    }
}

void weft__scope_leave(weft_scope_t *scope)
{
    unsigned key = weft_lock_mask(&scope->lock);
    weft_node_t *joiner = NULL;

    if (change_count(scope, (uint32_t)-1) == 0) {
        joiner = scope->joiner;
        scope->joiner = NULL;
        if (joiner != NULL) {
            /* Decided: nothing may count itself in before the opener runs. */
            scope->state &= (uint8_t)~WEFT__SCOPE_OPEN;
            weft_atomic_store_release_u8(&joiner->linked, 0);
        }
    }
    weft_unlock_mask(&scope->lock, key);
    if (joiner != NULL) {
        weft__deliver(joiner, 0);
    }
}

static int result(const weft_scope_t *scope)
{
    if ((scope->state & WEFT__SCOPE_SUCCESS) != 0) {
        return scope->success;
    }
    if (scope->failure_count > 0 && scope->policy != WEFT_SCOPE_SUPERVISE) {
        return scope->first_error;
    }
    if (scope->level == WEFT__SCOPE_LATE) {
        return WEFT_ERR_TIMEOUT;
    }
    return scope->level == WEFT__SCOPE_CANCELLED ? WEFT_ERR_CANCELLED : WEFT_OK;
}

int weft__scope_end(weft_scope_t *scope)
{
    weft_waiter_t *opener = scope->opener;

    if (scope->deadline.owner != 0) {
        weft__timer_disarm(scope->home, &scope->deadline);
    }
    opener->scope = scope->parent;
    weft__cancel_refresh(opener);
    return result(scope);
}

void weft__scope_join_cancelled(weft_scope_t *scope, int reason)
{
    if (reason == WEFT_ERR_CANCELLED) {
        weft_scope_cancel(scope);
    }
}

static bool park(weft_scope_t *scope, weft_await_t *await)
{
    unsigned key = weft_lock_mask(&scope->lock);
    bool parked = scope->count != 0;

    if (parked) {
        weft_node_t *node = weft__wait_arm(await, scope, 0, WEFT__NODE_SCOPE);
        scope->joiner = node;
        weft_atomic_store_relaxed_u8(&node->linked, 1);
    } else {
        scope->state &= (uint8_t)~WEFT__SCOPE_OPEN;
    }
    weft_unlock_mask(&scope->lock, key);
    return parked;
}

int weft_scope_join_begin(weft_await_t *await, weft_scope_t *scope)
{
    weft_waiter_t *waiter = weft__waiter_running();

    WEFT_ASSERT(scope->opener == waiter, "a scope joined by another task");
    WEFT_ASSERT(waiter->scope == scope,
                "a scope joined while one opened later is open, or twice");
    weft__wait_prepare(await, waiter);
    (void)weft__cancelled(waiter); /* which passes a cancel down */
    return park(scope, await) ? WEFT_PENDING
                              : weft__wait_ready(await, weft__scope_end(scope));
}
