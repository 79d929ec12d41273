/* loop.h - the executor of one thread or core: tasks, timers, sleep when idle
 * SPDX-License-Identifier: MIT
 *
 * When to use it: nearly always: one loop for each thread or core.
 *
 * Example:
 *
 *     int main(void)
 *     {
 *         static weft_loop_t loop;
 *         static struct blink led = { .pin = 13 };
 *         weft_loop_init(&loop, NULL);
 *         return weft_loop_run_task(&loop, blink_task(&led));
 *     }
 *
 * Inside a host's own main loop, call weft_loop_step instead of run; it never
 * sleeps, says when it wants to be called again, and calls kick when work
 * arrives earlier.
 *
 * First in, first out, or as the scheduler says; a task that wakes itself
 * does not starve others, timers or the inbox.
 *
 * Context: init, run, step, deinit on the thread that owns the loop; stop and
 * cancel from anywhere, interrupts too. Memory: the caller's.
 */
#ifndef WEFT_LOOP_H
#define WEFT_LOOP_H

#include <stdint.h>

#include "weft/config.h"
#include "weft/executor.h"
#include "weft/scheduler.h"
#include "weft/scope.h"
#include "weft/task.h"
#include "weft/timer.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef void weft_loop_left_fn(void *ctx, weft_task_t *task);

/* All zero is the default. */
typedef struct weft_loop_config {
    weft_scheduler_t *scheduler; /* borrows; NULL: first in, first out */
    weft_kick_fn *kick; /* called, from anywhere, when work comes for a loop
                           that is stepped; it may not call the loop */
    void *kick_ctx;
    weft_scope_t *root;      /* memory for a scope that lists every task spawned
                           without one: loop_cancel and stop reach them */
    uint64_t stop_limit_us;  /* how long tasks may live on after stop; 0: as
                                long as they like */
    weft_loop_left_fn *left; /* is told each listed task that did, each time
                                the limit passes; may not call the loop */
    void *left_ctx;
} weft_loop_config_t;

typedef struct weft_loop {
    weft_executor_t executor; /* spawn and submit here */
    /* private */
    weft_home_t home;
    weft_heap_key_t stop_limit_us; /* without padding on 32 bits */
    weft_heap_key_t stop_deadline_us;
    weft_timer_queue_t timers;
    weft_runnable_t stop_post;
    int (*check_limit)(struct weft_loop *loop); /* NULL: a stop has none */
    weft_loop_left_fn *left;
    void *left_ctx;
    struct weft_local *local;
    uint32_t runs;
} weft_loop_t;

void weft__loop_init(weft_loop_t *loop);
int weft__loop_configure(weft_loop_t *loop, const weft_loop_config_t *config);

/* Copies config; NULL: defaults, and what only a configuration can ask for is
 * not linked. Always 0. */
static inline int weft_loop_init(weft_loop_t *loop,
                                 const weft_loop_config_t *config)
{
    weft__loop_init(loop);
    return config == NULL ? WEFT_OK : weft__loop_configure(loop, config);
}

/* The loop must be idle: not running, no task alive, nothing posted to it: an
 * assertion. Turn off first what posts from interrupts or other threads. */
void weft_loop_deinit(weft_loop_t *loop);

/* Runs until stop was asked and no task lives: 0. WEFT_ERR_TIMEOUT: tasks
 * outlived stop_limit_us; they are as they were, and run or step may be called
 * again. */
int weft_loop_run(weft_loop_t *loop);

/* Spawns task, runs the loop until it has ended, gives its result. Other
 * tasks stay as they are then; the limit of a stop does not apply. Errors of
 * weft_spawn. */
int weft_loop_run_task(weft_loop_t *loop, weft_task_t *task);

/* Runs what is ready and due, at most a batch, and never sleeps. The time
 * when it wants to be called again: now or earlier when there is more,
 * WEFT_FOREVER when only a kick can bring work. */
uint64_t weft_loop_step(weft_loop_t *loop);

/* When the first timer or sleep on the loop is due, or shortly before, when
 * that is far off; WEFT_FOREVER: there is none. On the loop's own thread. */
uint64_t weft_loop_next(const weft_loop_t *loop);

/* What the loop is at: a watchdog's interrupt, another thread or core looks
 * every so often, and two looks that are weft_look_same have found one run that
 * does not end. The waiter's memory is its owner's: only to be compared, or
 * shown (weft_fiber_of), where it is known to last. Context: any. */
weft_look_t weft_loop_look(const weft_loop_t *loop);

/* Takes no new tasks from now on (WEFT_ERR_STOPPED); run returns when those
 * alive have ended. To end them early cancel first. */
void weft_loop_stop(weft_loop_t *loop);

/* Cancels every task listed in the configured root scope, for good: later
 * spawns are WEFT_ERR_CANCELLED. Without a root scope an assertion. */
void weft_loop_cancel(weft_loop_t *loop);

/* The loop whose task, callback or runnable is running here, or NULL. */
weft_loop_t *weft_loop_current(void);

#ifdef __cplusplus
}
#endif

#endif
