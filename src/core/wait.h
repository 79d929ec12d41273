/* wait.h - internal: how a waiting operation begins and ends at its owner
 * SPDX-License-Identifier: MIT
 *
 * An operation's _begin looks like this (see src/sync/signal.c):
 *
 *     int rc = weft__wait_enter(await);       cancelled? wrong context?
 *     if (rc < 0) { return rc; }
 *     lock; is it there? unlock, return weft__wait_ready(await, 0);
 *     weft__wait_link(await, object); link the node; unlock
 *     return WEFT_PENDING;
 */
#ifndef WEFT_SRC_CORE_WAIT_H
#define WEFT_SRC_CORE_WAIT_H

#include "weft/wait.h"

#include "core/home.h"

/* Works out from the waiter's scopes, and its own cancel, if it is to stop. */
bool weft__cancel_level(weft_waiter_t *waiter, bool self);

/* Whether the waiter is to stop. Acquire: to see the levels that were set
 * before it was told to look at them. */
WEFT__INLINE bool weft__cancelled(weft_waiter_t *waiter)
{
    uint8_t cancel = weft_atomic_load_acquire_u8(&waiter->cancel);

    return cancel != WEFT__CANCEL_NONE &&
           weft__cancel_level(waiter, cancel == WEFT__CANCEL_SELF);
}

/* After a scope of its chain has gone: clears LOOK if nothing is left. */
void weft__cancel_refresh(weft_waiter_t *waiter);

/* The calling thread as a waiter; an assertion where it works for a home. */
weft_waiter_t *weft__thread_running(void);

/* The waiter that runs here; an assertion in interrupts, and in callbacks. */
WEFT__INLINE weft_waiter_t *weft__waiter_running(void)
{
    weft_waiter_t *waiter;

    WEFT_ASSERT(!weft__in_interrupt(), "a waiting call in an interrupt");
    waiter = weft__local()->waiter;
    WEFT_ASSERT(waiter != NULL || WEFT_THREADS,
                "a thread that waits, without WEFT_THREADS");
    return waiter != NULL || !WEFT_THREADS ? waiter : weft__thread_running();
}

/* Makes a wait of one node ready for use. Field by field: of the bytes
 * compilers make one store; of a struct's padding and all they make three, and
 * the next atomic operation waits for each. */
WEFT__INLINE void weft__wait_prepare(weft_await_t *await, weft_waiter_t *waiter)
{
    await->wait.waiter = waiter;
    await->wait.word = 0;
    await->wait.count = 1;
    await->wait.flags = 0;
    await->wait.result = 0;
}

/* The owner's half of a wait whose nodes are elsewhere, see src/sync/select.c:
 * here, so that who does not select does not link it. */
typedef struct weft__select_ops {
    int (*end)(weft_await_t *await);       /* a peer has ended it: its result */
    bool (*withdraw)(weft_await_t *await); /* false: a peer has claimed it */
    /* What it gives now that its time has come; WEFT_PENDING: it has not. */
    int (*late)(const weft_await_t *await);
} weft__select_ops_t;

/* Of a weft_switch_to, in node->buffer: whether the waiter is there. */
typedef int weft__move_poll_fn(weft_await_t *await);

/* weft_await_poll; timed: its limit has passed. */
int weft__await_poll_timed(weft_await_t *await, bool timed);

/* Starts a waiting call: 0 with the wait prepared; below 0 what to return:
 * WEFT_ERR_CANCELLED, or WEFT_PENDING if that comes later. */
int weft__wait_enter(weft_await_t *await);

/* The operation need not wait: its result, an error too, unless the budget of
 * this run is used up: then it comes after the others had their turn. */
int weft__wait_ready(weft_await_t *await, int result);

/* weft__wait_enter, for operations that prepare the wait only when they park:
 * 0 with the waiter; below 0 what to return. */
WEFT__INLINE int weft__wait_enter_waiter(weft_await_t *await,
                                         weft_waiter_t **waiter)
{
    *waiter = weft__waiter_running();
    return weft_atomic_load_relaxed_u8(&(*waiter)->cancel) == WEFT__CANCEL_NONE
               ? WEFT_OK
               : weft__wait_enter(await);
}

/* weft__wait_ready where the wait is not yet prepared. */
static inline int weft__wait_done(weft_await_t *await, weft_waiter_t *waiter,
                                  int result)
{
    weft_local_t *local = weft__local();

    if (local->budget > 1) {
        local->budget--;
        return result;
    }
    weft__wait_prepare(await, waiter);
    return weft__wait_ready(await, result);
}

/* It stands aside: the object's again() is called in its next turn, and finds
 * object and buffer in the node. WEFT_PENDING. */
int weft__wait_aside(weft_await_t *await, void *object, uintptr_t buffer);

/* Before an operation takes what others may want: 0; WEFT_PENDING: the turn is
 * over (see weft_object_turn_ops_t). */
static inline int weft__wait_turn(weft_await_t *await, void *object,
                                  uintptr_t buffer)
{
    return --weft__local()->budget > 0
               ? WEFT_OK
               : weft__wait_aside(await, object, buffer);
}

/* The most common case, before anything is prepared: who runs here, if it may
 * take at once what it finds, which takes one from the budget. NULL: look
 * closer. */
WEFT__INLINE weft_waiter_t *weft__waiter_at_once(void)
{
    weft_local_t *local = weft__local();
    weft_waiter_t *self = local->waiter;

    return self != NULL && !(WEFT_ASSERTIONS && weft__in_interrupt()) &&
                   local->budget > 1 &&
                   weft_atomic_load_acquire_u8(&self->cancel) ==
                       WEFT__CANCEL_NONE
               ? self
               : NULL;
}

/* Prepares the node for object and marks the run as armed. Called under the
 * object's lock, just before the node is linked. */
WEFT__INLINE weft_node_t *weft__wait_arm(weft_await_t *await, void *object,
                                         uintptr_t buffer, uint8_t kind)
{
    weft_node_t *node = await->node;
    node->wait = &await->wait;
    node->object = object;
    node->buffer = buffer;
    node->kind = kind;
    node->spare = 0;
    weft__armed(true);
    return node;
}

#endif
