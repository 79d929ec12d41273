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
 * consumed nothing.
 *
 * Context: set, reset and try_wait from any thread, core and interrupt; wait
 * from a task. Memory: the caller's; the waiter that a set ended may free the
 * event as soon as its wait returned, if no other wait on it is under way.
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
    const weft_object_ops_t *ops;
    /* private */
    uint32_t word; /* atomic: SET | WAITERS | LOCK, see src/sync/event.c */
    uint32_t automatic;
    weft_waiters_t waiters;
} weft_event_t;
WEFT_SIZE_ASSERT(weft_event_t, 20, 40);

extern const weft_object_ops_t weft__event_ops;

#define WEFT_EVENT_INIT                                                        \
    {                                                                          \
        &weft__event_ops, 0, 0,                                                \
        {                                                                      \
            0, 0                                                               \
        }                                                                      \
    }
#define WEFT_EVENT_INIT_AUTO                                                   \
    {                                                                          \
        &weft__event_ops, 0, 1,                                                \
        {                                                                      \
            0, 0                                                               \
        }                                                                      \
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
