/* task.c - stackless tasks: spawn, sleep, yield, join, cancel
 * SPDX-License-Identifier: MIT
 */
#include "weft/task.h"

#include "core/lane.h"
#include "core/scope.h"
#include "core/timers.h"
#include "core/wait.h"

void weft__bad_label(void)
{
    WEFT_ASSERT(false, "bad label: an await inside a switch of the body's own,"
                       " or a task run without spawn");
}

/* Of one frame by several spawners at once, too: nobody else changes the
 * attributes of a task that is not marked. */
void weft__pool_task_mark(weft_waiter_t *waiter)
{
    uint8_t seen = weft_atomic_load_relaxed_u8(&waiter->attributes);

    while ((seen & WEFT__KIND_MASK) == 0 &&
           !weft_atomic_cas_relaxed_u8(
               &waiter->attributes, &seen,
               (uint8_t)(seen | WEFT_WAITER_POOL_TASK << WEFT__KIND_SHIFT))) {}
}

/* Once it was spawned a task has a home for good; before, nobody may wake it:
 * its ticket is what spawners compete for. */
WEFT__INLINE bool spawned(const weft_task_t *task)
{
    void *const *home = &task->waiter.home;
    return weft_atomic_load_acquire_ptr(home) != NULL;
}

/* The first spawn claims a task by its ticket. */
static bool claim_first(weft_task_t *task)
{
    weft_waiter_t *waiter = &task->waiter;

    if (weft__ticket_take(waiter)) {
        return false;
    }
    if (!spawned(task)) {
        return true;
    }
    /* Another core has just spawned it: what we took is a wake. */
    weft__home_push(weft__inbox_of(waiter), &waiter->runnable.link,
                    WEFT_TAG_WAKE);
    return false;
}

/* A later one claims it by its last result. False: it is live, or another
 * spawn has it. Not live yet: nobody's cancel of the new run is lost. */
static bool claim_again(weft_task_t *task, uintptr_t *end)
{
    *end = weft_atomic_load_acquire_word(&task->waiter.end);
    return (*end & 1u) != 0 &&
           weft_atomic_cas_acq_rel_word(&task->waiter.end, end, WEFT__CLAIMED);
}

/* Makes the task ours to start, its ticket taken; false while it is live.
 * *end is its last result, if it has one. */
static bool claim(weft_task_t *task, uintptr_t *end)
{
    weft_waiter_t *waiter = &task->waiter;

    *end = 0;
    if (spawned(task) ? !claim_again(task, end) : !claim_first(task)) {
        return false;
    }
    weft_atomic_store_relaxed_u8(&waiter->cancel, WEFT__CANCEL_NONE);
    waiter->label = 0;
    waiter->attributes &= WEFT__LEVEL_MASK | WEFT__KIND_MASK;
    waiter->scope = NULL;
    return true;
}

/* It may not start: as it was before. */
static void unclaim(weft_task_t *task, uintptr_t end)
{
    if (!spawned(task)) {
        weft_atomic_store_release_u8(&task->waiter.woken, 0);
    } else {
        weft_atomic_store_release_word(&task->waiter.end, end);
    }
}

/* From here on it is live: it has a home and no result. */
static void publish(weft_waiter_t *waiter, weft_home_t *home)
{
    weft_inbox_t *inbox = weft__inbox_for(waiter, home);

    weft_atomic_store_release_ptr(&waiter->home, inbox);
    if (weft_atomic_load_relaxed_word(&waiter->end) == WEFT__CLAIMED) {
        weft_atomic_store_release_word(&waiter->end, 0);
    }
    weft__home_push(&home->inbox, &waiter->runnable.link, WEFT_TAG_WAKE);
}

/* The scope counts it first: then nothing that has been entered in a home is
 * ever taken back from outside, where the home might just have ended. */
static int enter(weft_waiter_t *waiter, weft_home_t *home, weft_scope_t *scope)
{
    int rc = scope == NULL ? WEFT_OK : scope->ops->adopt(scope, waiter);

    if (rc < 0) {
        return rc;
    }
    rc = weft__home_enter(home);
    if (rc < 0 && scope != NULL) {
        scope->ops->child_ended(scope, waiter, WEFT_ERR_CANCELLED);
        scope->ops->leave(scope);
    }
    return rc;
}

int weft__spawn(weft_home_t *home, weft_scope_t *scope, weft_task_t *task)
{
    weft_waiter_t *waiter = &task->waiter;
    uintptr_t end;
    int rc;

    WEFT_ASSERT(home != NULL, "a task on an executor that runs none");
    WEFT_ASSERT(waiter->runnable.run != NULL,
                "spawn of a task that NAME_task() has not made");
    if (home->lanes && !weft__has_lane(waiter)) {
        return WEFT_ERR_INVALID;
    }
    if (!claim(task, &end)) {
        return WEFT_ERR_BUSY;
    }
    rc = enter(waiter, home, scope);
    if (rc < 0) {
        unclaim(task, end);
        return rc;
    }
    publish(waiter, home);
    return WEFT_OK;
}

int weft_spawn(weft_executor_t *executor, weft_task_t *task)
{
    weft_home_t *home = executor->home;

    return weft__spawn(home, home == NULL ? NULL : home->root, task);
}

int weft_spawner_spawn(weft_spawner_t spawner, weft_task_t *task)
{
    if (spawner.scope == NULL) {
        return weft_spawn(spawner.executor, task);
    }
    return weft__spawn(spawner.executor->home, spawner.scope, task);
}

void weft_task_wake(weft_task_t *task)
{
    if (spawned(task)) {
        weft__wake(&task->waiter);
    }
}

void weft_task_cancel(weft_task_t *task)
{
    weft_atomic_store_release_u8(&task->waiter.cancel, WEFT__CANCEL_SELF);
    weft_task_wake(task);
}

bool weft_task_finished(const weft_task_t *task)
{
    return (weft_atomic_load_acquire_word(&task->waiter.end) & 1u) != 0;
}

bool weft_task_live(const weft_task_t *task)
{
    uintptr_t end = weft_atomic_load_acquire_word(&task->waiter.end);

    return spawned(task) && (end & 1u) == 0 && end != WEFT__CLAIMED;
}

int weft_task_result(const weft_task_t *task)
{
    WEFT_ASSERT(weft_task_finished(task),
                "the result of a task that has not finished");
    return weft__result_decode(
        weft_atomic_load_acquire_word(&task->waiter.end));
}

int weft_task_set_priority(weft_task_t *task, unsigned level)
{
    weft_waiter_t *waiter = &task->waiter;
    weft_home_t *home = weft_task_live(task) ? weft__home_of(waiter) : NULL;
    unsigned old = waiter->attributes & WEFT__LEVEL_MASK;

    if (level >= WEFT_PRIORITIES) {
        return WEFT_ERR_INVALID;
    }
    WEFT_ASSERT(home == NULL || weft__local()->home == home,
                "the priority of a live task, set away from its home");
    if (level == old) {
        return WEFT_OK;
    }
    waiter->attributes =
        (uint8_t)((waiter->attributes & ~(unsigned)WEFT__LEVEL_MASK) | level);
    if (home != NULL && home->scheduler != NULL) {
        home->scheduler->ops->move(home->scheduler, waiter, old, level);
    }
    return WEFT_OK;
}

/* A task or fiber of which nobody has asked to look for a cancel. */
static bool runs_uncancelled(void)
{
    const weft_waiter_t *waiter = weft__local()->waiter;

    return !WEFT_ASSERTIONS && waiter != NULL &&
           weft_atomic_load_relaxed_u8(&waiter->cancel) == WEFT__CANCEL_NONE;
}

weft_task_t *weft_task_current(void)
{
    return weft__in_interrupt() ? NULL
                                : (weft_task_t *)(void *)weft__local()->waiter;
}

/* Apart, so that the common case below has no frame. */
__attribute__((noinline)) static int checkpoint(void)
{
    return weft__cancelled(weft__waiter_running()) ? WEFT_ERR_CANCELLED
                                                   : WEFT_OK;
}

int weft_task_checkpoint(void)
{
    return runs_uncancelled() ? WEFT_OK : checkpoint();
}

/* end: 0 -> node is the joiner's, node -> 0 its withdrawal, anything ->
 * result the task's, in weft__waiter_end(). The first look is a load: most
 * often the task has finished. */
int weft_task_join_begin(weft_await_t *await, weft_task_t *task)
{
    weft_node_t *node;
    uintptr_t end = 0;
    int rc = weft__wait_enter(await);

    if (rc < 0) {
        return rc;
    }
    WEFT_ASSERT(await->wait.waiter != &task->waiter, "a task joins itself");
    if (!spawned(task)) {
        return weft__wait_ready(await, WEFT_ERR_INVALID);
    }
    end = weft_atomic_load_acquire_word(&task->waiter.end);
    if ((end & 1u) != 0) {
        return weft__wait_ready(await, weft__result_decode(end));
    }
    end = 0;
    node = weft__wait_arm(await, task, 0, WEFT__NODE_JOIN);
    if (weft_atomic_cas_acq_rel_word(&task->waiter.end, &end,
                                     (uintptr_t)node)) {
        return WEFT_PENDING;
    }
    weft__armed(false);
    return weft__wait_ready(await, (end & 1u) == 0 ? WEFT_ERR_BUSY
                                                   : weft__result_decode(end));
}

/* A cancelled call ends at once while there is budget left. Without, it waits
 * for its next turn like any other, so a loop over it starves nobody. */
static bool budget_left(void)
{
    return --weft__local()->budget > 0;
}

int weft__sleep_begin(weft_timer_node_t *timer, uint64_t deadline_us)
{
    weft_waiter_t *waiter = weft__waiter_running();
    bool cancelled = weft__cancelled(waiter);
    bool now = deadline_us <= weft_port_now_us();

    if (cancelled && budget_left()) {
        return WEFT_ERR_CANCELLED;
    }
    weft__armed(true);
    if (!now) {
        weft__timer_arm(weft__home_of(waiter), timer, deadline_us,
                        (uintptr_t)waiter);
    }
    if (now || cancelled) {
        weft__wake(waiter);
    }
    return WEFT_PENDING;
}

int weft__sleep_poll(weft_timer_node_t *timer)
{
    weft_local_t *local = weft__local();

    if (!weft__timer_pending(weft__home_of(local->waiter), timer)) {
        return WEFT_OK;
    }
    if (weft__cancelled(local->waiter)) {
        weft__timer_disarm(weft__home_of(local->waiter), timer);
        return WEFT_ERR_CANCELLED;
    }
    weft__armed(true);
    return WEFT_PENDING;
}

static int yield(weft_waiter_t *waiter)
{
    weft__armed(true);
    if (WEFT_SMALL) {
        return weft__wake_called(waiter);
    }
    weft__wake(waiter);
    return WEFT_PENDING;
}

int weft__suspend_begin(void)
{
    weft_waiter_t *waiter = weft__waiter_running();

    if (weft__cancelled(waiter)) {
        return budget_left() ? WEFT_ERR_CANCELLED : yield(waiter);
    }
    weft__armed(true);
    return WEFT_PENDING;
}

__attribute__((noinline)) static int yield_looked(void)
{
    weft_waiter_t *waiter = weft__waiter_running();

    return weft__cancelled(waiter) && budget_left() ? WEFT_ERR_CANCELLED
                                                    : yield(waiter);
}

int weft__yield_begin(void)
{
    return runs_uncancelled() ? yield(weft__local()->waiter) : yield_looked();
}

int weft__yield_poll(void)
{
    return weft_task_checkpoint();
}
