/* thread.h - a thread as a waiter: blocking calls outside of any executor
 * SPDX-License-Identifier: MIT
 *
 * When to use it: nothing of it, mostly. A thread of the operating system, or
 * a core's main program, that calls weft_event_wait, weft_channel_recv and so
 * on becomes a waiter by its first such call and sleeps until the wait has
 * ended. These functions are for who wants to end its waits from outside.
 *
 * Example:
 *
 *     static weft_thread_t *reader;
 *
 *     static void read_all(void *ctx)
 *     {
 *         reader = weft_thread_self();
 *         while (weft_event_wait(ctx) == WEFT_OK) { take(ctx); }
 *         weft_thread_leave();
 *     }
 *     ...
 *     weft_thread_cancel(reader);  // its wait gives WEFT_ERR_CANCELLED
 *
 * A thread opens scopes like a task, and starts their children on executors by
 * weft_scope_spawn_on. It looks at a scope's deadline itself: whenever it
 * waits, sleeps or yields, and every WEFT_BUDGET waiting calls that need not.
 *
 * Context: self and leave on the thread itself, not in a task, a fiber, a
 * callback of a loop or an interrupt, where both are assertions; cancel from
 * anywhere, interrupts too, before the thread leaves. Memory: the port's, as
 * long as the thread runs.
 */
#ifndef WEFT_THREAD_H
#define WEFT_THREAD_H

#include "weft/executor.h"
#include "weft/port.h"
#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_thread {
    /* private */
    weft_waiter_t waiter;
    weft_home_t home;
} weft_thread_t;

/* The calling thread. */
weft_thread_t *weft_thread_self(void);

/* Asks it to stop: its waits return WEFT_ERR_CANCELLED from now on, until it
 * leaves. */
void weft_thread_cancel(weft_thread_t *thread);

/* Ends its use as a waiter; waits for a cancel that is on its way to it, so who
 * has seen a cancel may leave, and end, at once. Call it before a thread ends
 * whose handle others know; the next waiting call makes it a waiter again. With
 * a scope open it is an assertion. */
void weft_thread_leave(void);

#ifdef __cplusplus
}
#endif

#endif
