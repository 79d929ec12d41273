/* task.h - stackless tasks: functions that wait without a stack of their own
 * SPDX-License-Identifier: MIT
 *
 * When to use it: for everything that waits. A task costs its frame, a few
 * dozen bytes, on every target. It reads as sequential code; what must live
 * across an await is a member of the frame, not a local variable.
 *
 * Example:
 *
 *     struct blink {
 *         weft_task_t task;         // always, first
 *         weft_timer_node_t timer;  // if it sleeps or sets a limit
 *         int pin;                  // its own state
 *     };
 *     WEFT_TASK(blink)
 *     {
 *         WEFT_BEGIN;
 *         for (;;) {
 *             led_toggle(self->pin);
 *             WEFT_SLEEP(WEFT_MS(500));
 *         }
 *         WEFT_END;
 *     }
 *     ...
 *     static struct blink led = { .pin = 13 };
 *     weft_spawn(&loop.executor, blink_task(&led));
 *
 * The frame is a struct of the body's name with members of fixed names: task,
 * first, a weft_task_t, or a weft_pool_task_t if it may run on a pool; `await`
 * if it awaits objects; `timer` if it sleeps or sets a limit. All zero is
 * idle. An await may not stand inside a switch of the body's own
 (an assertion: bad label), but in loops and conditions. At most 254 awaits
 * in one body. `return rc` ends the task with rc.
 *
 * Context: awaits in the body of a task only; cancel, wake and finished from
 * anywhere, interrupts too.
 * Memory: the frame is the task's until it was joined, or its scope was, or
 * weft_task_finished() says so and no join of it is under way. A wake or cancel
 * must not come later.
 * Results: any int but WEFT_PENDING; on 32-bit targets from -2^30 to 2^30 - 1.
 */
#ifndef WEFT_TASK_H
#define WEFT_TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weft/base/hooks.h"
#include "weft/executor.h"
#include "weft/time.h"
#include "weft/timer.h"
#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

struct weft_task {
    weft_waiter_t waiter;
};

/* Begins the body of a task whose frame is `struct name`; the body sees it as
 * `self`. Also makes `name_task(struct name *)`, which gives the task to
 * spawn. */
#define WEFT_TASK(name)                                                        \
    static int name##_body(struct name *self);                                 \
    static int name##_run(weft_runnable_t *runnable)                           \
    {                                                                          \
        return name##_body((struct name *)(void *)runnable);                   \
    }                                                                          \
    WEFT__MAYBE_UNUSED static inline weft_task_t *name##_task(                 \
        struct name *self)                                                     \
    {                                                                          \
        WEFT_STATIC_ASSERT(offsetof(struct name, task) == 0,                   \
                           "`weft_task_t task` must be the first member");     \
        self->task.waiter.runnable.run = name##_run;                           \
        if (sizeof(self->task) == sizeof(weft_pool_task_t)) {                  \
            weft__pool_task_mark(&self->task.waiter);                          \
        }                                                                      \
        return (weft_task_t *)(void *)&self->task;                             \
    }                                                                          \
    static int name##_body(struct name *self)

/* First and last statement of the body. Falling off the end returns 0. */
#define WEFT_BEGIN                                                             \
    enum { weft__first_label = __COUNTER__ };                                  \
    switch (self->task.waiter.label) {                                         \
    default: weft__bad_label(); return WEFT_ERR_INVALID;                       \
    case 0:

#define WEFT_END                                                               \
    }                                                                          \
    return 0

/* Awaits an operation: WEFT_AWAIT(weft_event_wait, &pressed). An error, a
 * cancel too, ends the task with it. */
#define WEFT_AWAIT(operation, ...)                                             \
    do {                                                                       \
        int weft__rc;                                                          \
        WEFT_AWAIT_RC(weft__rc, operation, __VA_ARGS__);                       \
        if (weft__rc < 0) {                                                    \
            return weft__rc;                                                   \
        }                                                                      \
    } while (0)

/* The same, and keeps the result in rc, a variable. */
#define WEFT_AWAIT_RC(rc, operation, ...)                                      \
    WEFT__AWAIT(rc, operation##_begin(&self->await, __VA_ARGS__),              \
                weft_await_poll(&self->await))

/* The same with a limit: rc may be WEFT_ERR_TIMEOUT. Needs `timer`. */
#define WEFT_AWAIT_UNTIL(rc, deadline_us, operation, ...)                      \
    WEFT__AWAIT(                                                               \
        rc,                                                                    \
        weft__await_limit(&self->await, &self->timer, (deadline_us),           \
                          operation##_begin(&self->await, __VA_ARGS__)),       \
        weft__await_poll_limit(&self->await, &self->timer))

/* Sleeps for so many microseconds or until a time; leaves on error, which
 * can be a cancel only. Needs `timer`. A time that has passed lets others
 * run once. */
#define WEFT_SLEEP(us) WEFT_SLEEP_UNTIL(weft_deadline(us))
#define WEFT_SLEEP_UNTIL(deadline_us)                                          \
    do {                                                                       \
        int weft__rc;                                                          \
        WEFT_SLEEP_RC(weft__rc, deadline_us);                                  \
        if (weft__rc < 0) {                                                    \
            return weft__rc;                                                   \
        }                                                                      \
    } while (0)
#define WEFT_SLEEP_RC(rc, deadline_us)                                         \
    WEFT__AWAIT(rc, weft__sleep_begin(&self->timer, (deadline_us)),            \
                weft__sleep_poll(&self->timer))

/* Lets what is ready run first; leaves on a cancel. */
#define WEFT_YIELD()                                                           \
    do {                                                                       \
        int weft__rc;                                                          \
        WEFT__AWAIT(weft__rc, weft__yield_begin(), weft__yield_poll());        \
        if (weft__rc < 0) {                                                    \
            return weft__rc;                                                   \
        }                                                                      \
    } while (0)

/* Waits until somebody calls weft_task_wake on this task; leaves on a cancel.
 * A wake may come for other reasons: look and suspend again. */
#define WEFT_SUSPEND()                                                         \
    do {                                                                       \
        int weft__rc;                                                          \
        WEFT__AWAIT(weft__rc, weft__suspend_begin(), weft__yield_poll());      \
        if (weft__rc < 0) {                                                    \
            return weft__rc;                                                   \
        }                                                                      \
    } while (0)

/* Runs the body of another task as an asynchronous subroutine of this one:
 * WEFT_CALL(rc, measure, &self->measure). Its frame is a member of ours; it
 * waits, and is cancelled, as part of this task. */
#define WEFT_CALL(rc, name, frame)                                             \
    do {                                                                       \
        (frame)->task.waiter.label = 0;                                        \
        WEFT__AWAIT(rc, name##_body(frame), name##_body(frame));               \
    } while (0)

/* Defines a static task in .data with start values: WEFT_TASK_DEFINE(blink,
 * led, .pin = 13). A plain `static struct blink led;` costs no flash. */
#define WEFT_TASK_DEFINE(name, variable, ...)                                  \
    static struct name variable = {                                            \
        .task = {.waiter = {.runnable = {.run = name##_run}}}, __VA_ARGS__}

/* Asks a task to stop: its waits return WEFT_ERR_CANCELLED from now on. */
void weft_task_cancel(weft_task_t *task);

/* Has the task look again: its poll function is called once more. Nothing
 * happens to a task that has finished. */
void weft_task_wake(weft_task_t *task);

/* Whether it has ended; then its memory is free and weft_task_result is its
 * result. A task that was never spawned has not finished. */
bool weft_task_finished(const weft_task_t *task);
int weft_task_result(const weft_task_t *task);

/* Whether it was spawned and has not ended. */
bool weft_task_live(const weft_task_t *task);

/* 0 (lowest, the default) to WEFT_PRIORITIES - 1, for executors with
 * priorities. Before spawn, or at the task's home: takes effect at once, also
 * on a queued task. WEFT_ERR_INVALID: out of range. */
int weft_task_set_priority(weft_task_t *task, unsigned level);

/* The running task, or NULL. */
weft_task_t *weft_task_current(void);

/* For a long computation: WEFT_ERR_CANCELLED if the running task was asked to
 * stop, else 0. */
int weft_task_checkpoint(void);

/* WEFT_AWAIT_RC(rc, weft_task_join, &task): waits until it has ended; its
 * result. WEFT_ERR_BUSY: somebody joins it already; WEFT_ERR_INVALID: it was
 * never spawned; WEFT_ERR_CANCELLED, WEFT_ERR_TIMEOUT: of this wait. */
int weft_task_join_begin(weft_await_t *await, weft_task_t *task);

/* The same in a fiber or a thread, which it blocks. */
int weft_task_join(weft_task_t *task);
int weft_task_join_until(weft_task_t *task, uint64_t deadline_us);

/* private: what the macros above expand to */

#if defined(__GNUC__)
#define WEFT__MAYBE_UNUSED __attribute__((unused))
#else
#define WEFT__MAYBE_UNUSED
#endif

#define WEFT__AWAIT(rc, begin, again)                                          \
    do {                                                                       \
        enum { weft__label = __COUNTER__ - weft__first_label };                \
        WEFT_STATIC_ASSERT(weft__label > 0,                                    \
                           "an await in the argument of a macro");             \
        WEFT_STATIC_ASSERT(weft__label < 255,                                  \
                           "too many awaits in one task body");                \
        rc = (begin);                                                          \
        if (rc == WEFT_PENDING) {                                              \
            self->task.waiter.label = weft__label;                             \
            return WEFT_PENDING;                                               \
        case weft__label:                                                      \
            rc = (again);                                                      \
            if (rc == WEFT_PENDING) {                                          \
                return WEFT_PENDING;                                           \
            }                                                                  \
        }                                                                      \
    } while (0)

void weft__bad_label(void);
void weft__pool_task_mark(weft_waiter_t *waiter);
int weft__await_limit(weft_await_t *await, weft_timer_node_t *timer,
                      uint64_t deadline_us, int begun);
int weft__await_poll_limit(weft_await_t *await, weft_timer_node_t *timer);
int weft__sleep_begin(weft_timer_node_t *timer, uint64_t deadline_us);
int weft__sleep_poll(weft_timer_node_t *timer);
int weft__yield_begin(void);
int weft__yield_poll(void);
int weft__suspend_begin(void);

#ifdef __cplusplus
}
#endif

#endif
