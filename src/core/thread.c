/* thread.c - a thread as a waiter: a small home in the thread's own memory
 * SPDX-License-Identifier: MIT
 *
 * Its run function does nothing: what an entry says is in the flags of the
 * wait and in the ticket, and the thread itself looks at them when it is back
 * from weft__thread_wait. A pusher touches nothing of the home after its push
 * but the address of the word, so the thread may be gone by then.
 */
#include "core/thread.h"

#include "core/scope.h"
#include "core/timers.h"
#include "core/wait.h"

static int look(weft_runnable_t *runnable)
{
    (void)runnable;
    weft__armed(true);
    return WEFT_PENDING;
}

static weft_thread_t *enter(weft_local_t *local)
{
    weft_thread_t *thread =
        (weft_thread_t *)weft_port_thread_room(sizeof(*thread));

    WEFT_ASSERT(thread != NULL, "this thread has no room to wait");
    weft__home_init(&thread->home, NULL);
    thread->waiter = (weft_waiter_t){
        .runnable = {.run = look},
        .home = &thread->home.inbox,
        .attributes = WEFT_WAITER_THREAD << WEFT__KIND_SHIFT,
    };
    local->thread = thread;
    return thread;
}

weft_waiter_t *weft__thread_running(void)
{
    weft_local_t *local = weft__local();

    WEFT_ASSERT(local->home == NULL && local->waiter == NULL,
                "a waiting call outside of a task, on an executor's thread");
    return local->thread != NULL ? &local->thread->waiter
                                 : &enter(local)->waiter;
}

weft_thread_t *weft_thread_self(void)
{
    WEFT_ASSERT(!weft__in_interrupt(), "weft_thread_self in an interrupt");
    return WEFT_CONTAINER_OF(weft__thread_running(), weft_thread_t, waiter);
}

/* Held by a cancel between the flag and the ticket. In no thread's memory: who
 * has seen the flag may leave, and end, at once. */
static weft_spinlock_t cancelling;

void weft_thread_cancel(weft_thread_t *thread)
{
    weft_waiter_t *waiter = &thread->waiter;
    unsigned key = weft_lock_mask(&cancelling);
    bool ours;

    weft_atomic_store_release_u8(&waiter->cancel, WEFT__CANCEL_SELF);
    ours = !weft__ticket_take(waiter);
    weft_unlock_mask(&cancelling, key);
    if (ours) {
        weft__home_push(weft__inbox_of(waiter), &waiter->runnable.link,
                        WEFT_TAG_WAKE);
    }
}

/* What has come, if anything has. */
static bool take(weft_thread_t *thread)
{
    weft_local_t outer = weft__home_entered(&thread->home);
    weft_link_t *entry;
    bool any = false;

    weft__home_collect(&thread->home);
    while ((entry = weft__home_next(&thread->home)) != NULL) {
        (void)weft__home_dispatch(&thread->home, entry);
        any = true;
    }
    weft__home_left(outer);
    if (any) {
        weft__local()->budget = WEFT_BUDGET;
    }
    return any;
}

/* The deadlines of the scopes it has open are nobody else's to watch: ends
 * those that are late, and gives the next one. */
static uint64_t watch_scopes(weft_thread_t *thread, uint64_t now_us)
{
    weft_waiter_t *waiter = &thread->waiter;
    weft_scope_t *scope = waiter->scope;
    uint64_t next_us = WEFT_FOREVER;

    for (; scope != NULL && scope->opener == waiter; scope = scope->parent) {
        uint64_t due_us = weft__scope_deadline(scope);

        if (due_us <= now_us) {
            weft__scope_late(scope);
        } else if (due_us < next_us) {
            next_us = due_us;
        }
    }
    return next_us;
}

/* The scopes come first: where something is there each time, or the deadline
 * has passed each time, they would never have their turn. */
void weft__thread_wait(weft_thread_t *thread, uint64_t deadline_us)
{
    weft_inbox_t *inbox = &thread->home.inbox;

    for (;;) {
        uint64_t now_us = weft_port_now_us();
        uint64_t scope_us = watch_scopes(thread, now_us);

        if (take(thread) || deadline_us <= now_us) {
            return;
        }
        if (!weft__home_spin(&thread->home) && weft__inbox_announce(inbox)) {
            weft_port_sleep(&inbox->word, WEFT__ASLEEP,
                            scope_us < deadline_us ? scope_us : deadline_us);
            weft__home_slept(&thread->home, now_us);
        }
    }
}

void weft_thread_leave(void)
{
    weft_local_t *local = weft__local();
    weft_thread_t *thread = local->thread;
    unsigned key;

    WEFT_ASSERT(!weft__in_interrupt(), "weft_thread_leave in an interrupt");
    WEFT_ASSERT(local->home == NULL && local->waiter == NULL,
                "weft_thread_leave on an executor's thread");
    if (thread == NULL) {
        return;
    }
    WEFT_ASSERT(thread->waiter.scope == NULL,
                "a thread left a scope without join");
    /* The ticket, for good; where a wake is in flight it comes first. */
    while (weft__ticket_take(&thread->waiter)) {
        weft__thread_wait(thread, WEFT_FOREVER);
    }
    key = weft_lock_mask(&cancelling);
    weft_unlock_mask(&cancelling, key);
    local->thread = NULL;
}
