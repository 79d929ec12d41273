/* isr.h - the executor of an interrupt priority: its tasks preempt all below
 * SPDX-License-Identifier: MIT
 *
 * When to use it: where a task must run within microseconds whatever else the
 * core is at: motor control above a protocol above the rest. It stands in an
 * interrupt that software pends, so its tasks preempt those of the core's loop
 * and of executors with a lower priority, and wait for nobody but who is above.
 * Where a loop is quick enough take a loop: what preempts must share with care
 * (weft/ceiling.h).
 *
 * Example:
 *
 *     static struct blink led = { .pin = 13 };
 *     static weft_isr_t urgent;
 *     weft_isr_config_t config = { .priority = 2 };
 *     if (weft_isr_init(&urgent, &config) == 0) {
 *         weft_spawn(&urgent.executor, blink_task(&led));
 *     }
 *
 * Its tasks and fibers are as everywhere: they sleep, and await any object,
 * together with tasks of loops, of other priorities and cores, with fibers and
 * threads; weft_port_in_interrupt() is false in them. A fiber runs on its own
 * stack, and needs room there for the interrupts above it; where that is pooled
 * the pool has memory of the caller's, as its growing may be what is preempted.
 *
 * A wake of a higher one runs at once, inside of the call that woke it; a wake
 * of a lower one when nothing above is left to run. In its turn it takes what
 * has come, fires what is due, runs at most WEFT_LOOP_BATCH entries, and asks
 * for its next turn, so that interrupts of the same priority get in between.
 *
 * Context: init and deinit at task level of the core that it is to run on, all
 * else from anywhere. Memory: the caller's, until deinit.
 */
#ifndef WEFT_ISR_H
#define WEFT_ISR_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/config.h"
#include "weft/executor.h"
#include "weft/port.h"
#include "weft/scheduler.h"
#include "weft/task.h"
#include "weft/timer.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_isr_config {
    unsigned priority; /* 1, the least urgent, to weft_port_levels() */
    weft_scheduler_t *scheduler; /* borrows; NULL: first in, first out */
    weft_kick_fn *stopped; /* called there when stop was asked and the last
                              task has ended; it may set an event */
    void *stopped_ctx;
} weft_isr_config_t;

typedef struct weft_isr {
    weft_executor_t executor; /* spawn and submit here */
    /* private */
    weft_home_t home;
    weft_timer_queue_t timers;
    weft_runnable_t stop_post;
    weft_port_level_t level;
    weft_local_t *local;
    uint64_t alarm_us; /* set in the port; WEFT_FOREVER: none */
    weft_kick_fn *on_stopped;
    void *stopped_ctx;
    uint32_t runs;
    uint32_t stopped; /* atomic */
} weft_isr_t;

/* Copies config. WEFT_ERR_INVALID: no such priority; WEFT_ERR_BUSY: this core
 * has an executor of that priority; WEFT_ERR_UNSUPPORTED: the port has none. */
int weft_isr_init(weft_isr_t *isr, const weft_isr_config_t *config);

/* It must have stopped, or nothing have lived on it: an assertion. */
void weft_isr_deinit(weft_isr_t *isr);

/* Takes no new tasks from now on (WEFT_ERR_STOPPED); those alive go on. */
void weft_isr_stop(weft_isr_t *isr);

/* Whether stop was asked and nothing lives on it any more. */
bool weft_isr_stopped(const weft_isr_t *isr);

/* As weft_loop_look. */
weft_look_t weft_isr_look(const weft_isr_t *isr);

#ifdef __cplusplus
}
#endif

#endif
