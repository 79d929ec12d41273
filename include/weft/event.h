/* event.h - something has happened: set, reset, wait
 * SPDX-License-Identifier: MIT
 *
 * When to use it: from an interrupt, a callback or another core to tell tasks
 * that something happened. A manual event stays set for all until it is
 * reset; an auto event lets one waiter through for each set, and set twice
 * before anyone waited counts once. To hand over a value use weft/signal.h.
 *
 * Example:
 *
 *     static weft_event_t pressed = WEFT_EVENT_INIT_AUTO;
 *
 *     struct counter { weft_task_t task; weft_await_t await; unsigned n; };
 *     WEFT_TASK(counter)
 *     {
 *         WEFT_BEGIN;
 *         for (;;) {
 *             WEFT_AWAIT(weft_event_wait, &pressed);
 *             self->n++;
 *         }
 *         WEFT_END;
 *     }
 *     void button_interrupt(void) { weft_event_set(&pressed); }
 *
 * Waiters are served first in, first out. A cancelled or timed out wait has
 * consumed nothing. A set ends the waits that had begun, also when a reset
 * follows at once, and none that began after that reset. Set in an interrupt
 * it ends WEFT_STEP waits itself; the home of the first of these goes on with
 * the others.
 *
 * Context: set, reset and try_wait from any thread, core and interrupt; wait
 * from a task, a fiber or a thread. Memory: the caller's; the waiter that a
 * set ended may free the event as soon as its wait returned, if no other wait
 * on it is under way.
 */
#ifndef WEFT_EVENT_H
#define WEFT_EVENT_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_event {
    /* private */
    weft_crowd_t crowd; /* word: LOCK, WAITERS, SET, AUTO: src/sync/event.c */
} weft_event_t;
WEFT_SIZE_ASSERT(weft_event_t, 20, 40);

extern const weft_crowd_ops_t weft__event_ops;

enum { WEFT__EVENT_AUTO = 8 };

#define WEFT_EVENT_INIT                                                        \
    {                                                                          \
        WEFT__CROWD_INIT(weft__event_ops, 0)                                   \
    }
#define WEFT_EVENT_INIT_AUTO                                                   \
    {                                                                          \
        WEFT__CROWD_INIT(weft__event_ops, WEFT__EVENT_AUTO)                    \
    }

/* Makes it an unset event: manual, or automatic. */
void weft_event_init(weft_event_t *event, bool automatic);

/* Sets it. Manual: ends all waits. Automatic: ends the first wait, or stays
 * set for the next. Setting a set event does nothing. */
void weft_event_set(weft_event_t *event);

/* Unsets it. */
void weft_event_reset(weft_event_t *event);

/* Whether it is set, at this moment. */
bool weft_event_is_set(const weft_event_t *event);

/* 0 if it is set (an automatic one is unset by it); WEFT_ERR_EMPTY. */
int weft_event_try_wait(weft_event_t *event);

/* WEFT_AWAIT(weft_event_wait, &event): 0; WEFT_ERR_CANCELLED; with a limit
 * WEFT_ERR_TIMEOUT. */
int weft_event_wait_begin(weft_await_t *await, weft_event_t *event);

/* The same in a fiber or a thread, which it blocks. */
int weft_event_wait(weft_event_t *event);
int weft_event_wait_until(weft_event_t *event, uint64_t deadline_us);

#ifdef __cplusplus
}
#endif

#endif
