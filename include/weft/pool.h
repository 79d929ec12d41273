/* pool.h - an executor of several threads that share one queue
 * SPDX-License-Identifier: MIT
 *
 * When to use it: to have work done on all cores, and for calls that block
 * the thread. What runs on a pool may run on any of its threads, each task and
 * fiber on one at a time. Where tasks share data without locks, put a strand
 * (weft/strand.h) on the pool, or take a loop.
 *
 * Example:
 *
 *     static int count_words(weft_runnable_t *runnable);
 *     static weft_runnable_t job = {.run = count_words};
 *     ...
 *     static weft_pool_t pool;
 *     static weft_pool_worker_t workers[4];
 *     weft_pool_init(&pool, &(weft_pool_config_t){.workers = workers,
 *                                                 .count = 4});
 *     weft_pool_start(&pool, 4);
 *
 *     weft_submit(&pool.executor, &job, WEFT_HINT_DEFAULT);
 *
 *     weft_pool_stop(&pool);
 *     weft_pool_join(&pool);
 *     weft_pool_deinit(&pool);
 *
 * First in, first out; each worker takes a fair share of what is ready, and an
 * idle one takes from that share of a busy one. A task of a pool has a
 * `weft_pool_task_t task` in its frame (a fiber has it already); one with a
 * plain weft_task_t is WEFT_ERR_INVALID. A plain runnable may block its
 * thread: waiting calls of Weft are allowed in it, as in any thread. What is
 * submitted with WEFT_HINT_LIFO runs next on this very worker, however long
 * that takes.
 *
 * Timers: sleeps, limits and deadlines of scopes work on a pool. A scope's
 * deadline wakes the opener, which cancels the others: one that computes and
 * looks at nothing does it late. A weft_timer_t is for loops.
 *
 * Context: submit, spawn and stop from anywhere, interrupts too; the others as
 * said. Memory: the caller's.
 */
#ifndef WEFT_POOL_H
#define WEFT_POOL_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/base/list.h"
#include "weft/base/queue.h"
#include "weft/base/spinlock.h"
#include "weft/config.h"
#include "weft/executor.h"
#include "weft/loop.h"
#include "weft/scope.h"
#include "weft/thread.h"
#include "weft/timer.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_pool weft_pool_t;

/* One thread of a pool, and the share of the work that it has taken. */
typedef struct weft_pool_worker {
    /* private */
    weft_pool_t *pool;
    weft_port_thread_t thread;
    weft_list_node_t idle; /* in a list of the pool while it sleeps, or spare */
    uintptr_t parked;      /* atomic: 1: sleeps, until it is made 0 */
    weft_credit_t credit;
    unsigned ran; /* since it last looked at the timers */
    bool own_thread;
    weft_queue_t front; /* comes before the batch */
    uint32_t span;      /* atomic: where the batch begins, and ends << 16 */
    weft_link_t *batch[WEFT_POOL_BATCH];
    uint8_t apart[WEFT_APART];
} weft_pool_worker_t;

/* All zero is the default, but for the workers. */
typedef struct weft_pool_config {
    weft_pool_worker_t *workers; /* keeps; one for each thread */
    unsigned count;              /* of them */
    bool sleep_at_once;          /* an idle worker does not spin before */
    weft_scope_t *root;          /* memory for a scope that lists every task
                             spawned without one: cancel and join reach them,
                             cancel also those who went elsewhere */
    uint64_t stop_limit_us;  /* how long join waits; 0: as long as it takes */
    weft_loop_left_fn *left; /* join tells it who is left then */
    void *left_ctx;
} weft_pool_config_t;

struct weft_pool {
    weft_executor_t executor; /* spawn and submit here */
    /* private */
    weft_home_t home;
    weft_pool_worker_t *workers;
    unsigned count;
    bool spins;
    uint8_t apart[WEFT_APART];
    /* under lock */
    weft_spinlock_t lock;
    uint32_t queued; /* entries in ready */
    weft_queue_t ready;
    weft_list_t idle;           /* workers that sleep, the keeper last */
    weft_pool_worker_t *keeper; /* sleeps until the first timer is due */
    int owed;                   /* kicks to come for what was taken already */
    unsigned running;           /* workers */
    unsigned used;              /* of the workers array */
    weft_list_t spare;          /* of these, whose thread did not start */
    bool announced;             /* the inbox is asleep, or was until a push */
    bool collecting;            /* somebody puts what has come in order */
    bool spinning;              /* somebody looks at the inbox */
    /* not */
    uintptr_t over; /* atomic: 1: the last worker leaves */
    weft_runnable_t stop_post;
    uint64_t stop_limit_us;
    weft_loop_left_fn *left;
    void *left_ctx;
    weft_timer_sharing_t sharing;
    weft_timer_queue_t timers;
};

/* Copies config. WEFT_ERR_INVALID: no workers. */
int weft_pool_init(weft_pool_t *pool, const weft_pool_config_t *config);

/* Starts so many threads, each as a worker of its own. WEFT_ERR_FULL: more
 * than there are workers left. Errors of the port: those that came up work, and
 * the others may be started later, or the pool be stopped, joined and
 * deinitialised as ever. Context: task level, not during join. */
int weft_pool_start(weft_pool_t *pool, unsigned threads);

/* Makes the calling thread one more worker, until the pool has stopped: 0.
 * WEFT_ERR_FULL: no worker is left. Context: a thread that is no executor's. */
int weft_pool_run(weft_pool_t *pool);

/* Takes no new work from now on (WEFT_ERR_STOPPED). Those alive go on, and
 * their wakes and waits work. To end them early cancel first. */
void weft_pool_stop(weft_pool_t *pool);

/* Cancels every task listed in the configured root scope, for good. Without
 * one an assertion. */
void weft_pool_cancel(weft_pool_t *pool);

/* After stop: blocks until nothing lives and all workers have left: 0.
 * WEFT_ERR_TIMEOUT: tasks outlived stop_limit_us; they are as they were, join
 * again. Where no worker ever came up: 0 if nothing lives, else an assertion;
 * weft_pool_run instead does what is left. Context: one thread, that is no
 * worker of it. */
int weft_pool_join(weft_pool_t *pool);

/* The pool must have been joined, or no worker of it been started. One of its
 * root scope that ended elsewhere, by weft_switch_to, has left that scope when
 * the executor there was joined. */
void weft_pool_deinit(weft_pool_t *pool);

/* The pool on which the caller runs, maybe in a strand of it, or NULL. */
weft_pool_t *weft_pool_current(void);

#ifdef __cplusplus
}
#endif

#endif
