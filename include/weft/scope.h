/* scope.h - a group of tasks that ends together: cancel, deadline, first error
 * SPDX-License-Identifier: MIT
 *
 * When to use it: whenever a task starts others. A scope owns what is spawned
 * in it, and join is its only exit: it waits for all of them, always, also
 * after a cancel or an error, so nothing outlives its memory.
 *
 * Example:
 *
 *     struct all { weft_task_t task; weft_await_t await; weft_scope_t scope;
 *                  struct probe probe[3]; };
 *     WEFT_TASK(all)
 *     {
 *         int rc;
 *         WEFT_BEGIN;
 *         weft_scope_open(&self->scope, WEFT_SCOPE_FAIL_FAST,
 *                         weft_deadline(WEFT_S(2)));
 *         for (int i = 0; i < 3; i++) {
 *             weft_scope_spawn(&self->scope, probe_task(&self->probe[i]));
 *         }
 *         WEFT_AWAIT_RC(rc, weft_scope_join, &self->scope);
 *         return rc;
 *         WEFT_END;
 *     }
 *
 * Cancelling is a level, not an edge: every wait of every child, and of the
 * opener between open and join, returns WEFT_ERR_CANCELLED from then on, once
 * each for what had not completed. It goes down to the scopes that a child has
 * open as soon as the child runs. A deadline cancels when it passes. Between
 * open and join use WEFT_AWAIT_RC: an await that leaves the task on error
 * would leave the scope without join, which is an assertion.
 *
 * Context: open, join, close by the opener (a task); spawn from any thread or
 * core; cancel from anywhere, interrupts too, while the scope is open.
 * Memory: the opener's, until join has returned. Cost: cancel tells WEFT_STEP
 * children in one hold of the scope's lock.
 */
#ifndef WEFT_SCOPE_H
#define WEFT_SCOPE_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/base/list.h"
#include "weft/base/spinlock.h"
#include "weft/executor.h"
#include "weft/timer.h"
#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

enum weft_scope_policy {
    /* The first child that fails cancels the others; join returns its
     * error. WEFT_ERR_CANCELLED is no failure. */
    WEFT_SCOPE_FAIL_FAST = 0,
    /* Each failure is told to on_failure; the others go on. */
    WEFT_SCOPE_SUPERVISE = 1,
    /* The first child that ends without an error cancels the others; join
     * returns its result, or the first error when all failed. */
    WEFT_SCOPE_FIRST_SUCCESS = 2,
};

/* Runs where the child ended, before it leaves the scope; may not wait. */
typedef void weft_scope_failure_fn(weft_scope_t *scope, weft_task_t *task,
                                   int rc, void *ctx);

/* What a scope does for its children and its opener: whoever opens none does
 * not link it. */
struct weft__scope_ops;

struct weft_scope {
    /* Set after open, before the first spawn. */
    weft_scope_failure_fn *on_failure;
    void *on_failure_ctx;
    int *failures;         /* room for the errors of children, or NULL */
    uint16_t failures_max; /* how many fit there */
    /* Read after join. */
    uint16_t failure_count; /* how many failed; stays at 65535 */
    int first_error;
    /* private */
    const struct weft__scope_ops *ops;
    int success;
    weft_scope_t *parent;
    weft_waiter_t *opener;
    weft_home_t *home;
    weft_list_t children; /* not yet told of a cancel */
    weft_list_t told;
    weft_node_t *joiner;
    uint32_t count; /* atomic: children, and walks, that have not ended */
    weft_spinlock_t lock;
    uint8_t policy;
    uint8_t level; /* atomic: WEFT__SCOPE_x */
    uint8_t state;
    uint8_t shield; /* constant, so that children may read it */
    weft_runnable_t walk;
    weft_timer_node_t deadline;
};
WEFT_SIZE_ASSERT(weft_scope_t, 136, WEFT_TIMER_WHEEL ? 216 : 232);

/* Opens a scope in the running task. deadline_us: when it is cancelled by
 * itself; WEFT_FOREVER: never. Context: a task (or before any runs, for a
 * root scope given to a loop's configuration, which the loop opens). */
void weft_scope_open(weft_scope_t *scope, enum weft_scope_policy policy,
                     uint64_t deadline_us);

/* The same for cleaning up: waits inside it, and its children, do not see a
 * cancel from outside until bound_us has passed. A bound is asked for:
 * WEFT_FOREVER is an assertion. */
void weft_scope_open_shielded(weft_scope_t *scope,
                              enum weft_scope_policy policy, uint64_t bound_us);

/* Starts a task in the scope, on the opener's executor or on another. On an
 * error the task never runs: WEFT_ERR_CANCELLED, WEFT_ERR_CLOSED,
 * WEFT_ERR_STOPPED, WEFT_ERR_BUSY. */
int weft_scope_spawn(weft_scope_t *scope, weft_task_t *task);
int weft_scope_spawn_on(weft_scope_t *scope, weft_executor_t *executor,
                        weft_task_t *task);

/* A handle by which others start tasks here; valid while the scope is. */
weft_spawner_t weft_scope_spawner(weft_scope_t *scope,
                                  weft_executor_t *executor);

/* Asks all to stop: wakes every waiting child. Does not wait. */
void weft_scope_cancel(weft_scope_t *scope);

/* Whether it was cancelled, by whom or what ever. Any context. */
bool weft_scope_cancelled(const weft_scope_t *scope);

/* No more spawns: WEFT_ERR_CLOSED. Twice is no error. */
void weft_scope_close(weft_scope_t *scope);

/* Children that have not ended, at this moment. */
unsigned weft_scope_count(const weft_scope_t *scope);

/* WEFT_AWAIT_RC(rc, weft_scope_join, &scope): waits for all children and ends
 * the scope. A cancel does not end this wait, it is passed down. The result
 * by policy; WEFT_ERR_TIMEOUT if the scope's own deadline had cancelled it;
 * WEFT_ERR_CANCELLED if something else had; else 0. */
int weft_scope_join_begin(weft_await_t *await, weft_scope_t *scope);

/* The same in a fiber or a thread, which it blocks. */
int weft_scope_join(weft_scope_t *scope);

#ifdef __cplusplus
}
#endif

#endif
