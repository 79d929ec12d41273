/* scope.h - internal: what tasks and waits need of a scope
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_SRC_CORE_SCOPE_H
#define WEFT_SRC_CORE_SCOPE_H

#include "weft/scope.h"

#include "core/home.h"

/* scope->level, written once, under the lock */
enum {
    WEFT__SCOPE_ALIVE = 0,
    WEFT__SCOPE_CANCELLED = 1,
    WEFT__SCOPE_LATE = 2, /* cancelled by its own deadline */
};

/* scope->state, under the lock */
enum {
    WEFT__SCOPE_OPEN = 1,
    WEFT__SCOPE_CLOSED = 2,
    WEFT__SCOPE_SUCCESS = 4, /* scope->success is set */
};

/* See the functions below; level: weft__cancel_level of who is in the scope. */
struct weft__scope_ops {
    int (*adopt)(weft_scope_t *scope, weft_waiter_t *waiter);
    void (*child_ended)(weft_scope_t *scope, weft_waiter_t *waiter, int rc);
    void (*leave)(weft_scope_t *scope);
    bool (*level)(weft_scope_t *scope, weft_waiter_t *waiter, bool self);
    void (*join_cancelled)(weft_scope_t *scope, int reason);
    int (*end)(weft_scope_t *scope);
    void (*late)(weft_scope_t *scope);
};

/* A scope without an opener: the root scope of a home. */
void weft__scope_init_root(weft_scope_t *scope, weft_home_t *home);

/* The level of a chain of scopes from scope outwards, up to a shield. */
bool weft__scope_chain_cancelled(const weft_scope_t *scope);

/* Has a waiter look at its scopes, which cannot go away meanwhile. True: its
 * wake is the caller's to push. */
bool weft__tell(weft_waiter_t *waiter);

/* Makes waiter a child: CANCELLED, CLOSED. */
int weft__scope_adopt(weft_scope_t *scope, weft_waiter_t *waiter);

/* The child's poll gave rc: takes it off the lists, acts on the policy. It is
 * still counted. At the child's home. */
void weft__scope_child_ended(weft_scope_t *scope, weft_waiter_t *waiter,
                             int rc);

/* A child, or a walk, has settled. The last touch of the scope. */
void weft__scope_leave(weft_scope_t *scope);

/* Of a scope that a thread has open: when it is late, unless it was cancelled
 * already. */
uint64_t weft__scope_deadline(const weft_scope_t *scope);

/* Its deadline has passed. At the opener's home. */
void weft__scope_late(weft_scope_t *scope);

/* Looks if the deadline has fired elsewhere. By the opener. */
void weft__scope_look(weft_scope_t *scope);

/* Its join, linked, is asked to end for this reason: it does not. A cancel is
 * passed down; a limit is the scope's own deadline, not the join's. */
void weft__scope_join_cancelled(weft_scope_t *scope, int reason);

/* After join: closes the scope at its opener, gives join's result. */
int weft__scope_end(weft_scope_t *scope);

/* Starts a task, in a scope if it is not NULL. */
int weft__spawn(weft_home_t *home, weft_scope_t *scope, weft_task_t *task);

#endif
