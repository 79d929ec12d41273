/* semaphore.h - so many permits: take n of them at once, give them back
 * SPDX-License-Identifier: MIT
 *
 * When to use it: where so many may do something at a time (connections,
 * buffers, bytes in flight), or to count events that an interrupt reports. For
 * one at a time that knows its owner take weft/mutex.h.
 *
 * Example:
 *
 *     static weft_semaphore_t buffers = WEFT_SEMAPHORE_INIT(4, 4);
 *
 *     struct copy { weft_task_t task; weft_await_t await; };
 *     WEFT_TASK(copy)
 *     {
 *         WEFT_BEGIN;
 *         WEFT_AWAIT(weft_semaphore_acquire, &buffers, 2);
 *         copy_file();
 *         weft_semaphore_release(&buffers, 2);
 *         WEFT_END;
 *     }
 *
 * First come, first served: who wants many is not passed by those who want
 * few, so it never starves. When one leaves by cancel or time-out, those
 * behind it are served if the permits suffice for them.
 *
 * Context: acquire in a task, fiber or thread; release, try_acquire and value
 * also in interrupts. A release itself serves all for whom the permits suffice:
 * in an interrupt, where these may be many, better set an event (weft/event.h).
 * Memory: the caller's; the waiter that a release served may free the semaphore
 * as soon as its wait returned, if no other wait on it is under way.
 */
#ifndef WEFT_SEMAPHORE_H
#define WEFT_SEMAPHORE_H

#include <stdint.h>

#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The greatest maximum. */
#define WEFT_SEMAPHORE_MAX ((uint32_t)0x3fffffff)

typedef struct weft_semaphore {
    const weft_object_ops_t *ops;
    /* private */
    uint32_t word; /* atomic: permits, WAITERS, LOCK: src/sync/semaphore.c */
    uint32_t maximum;
    weft_waiters_t waiters;
} weft_semaphore_t;
WEFT_SIZE_ASSERT(weft_semaphore_t, 20, 32);

extern const weft_object_turn_ops_t weft__semaphore_ops;

#define WEFT_SEMAPHORE_INIT(permits, maximum)                                  \
    {                                                                          \
        &weft__semaphore_ops.base, (uint32_t)(permits) << 2, (maximum),        \
        {                                                                      \
            0, 0                                                               \
        }                                                                      \
    }

/* permits are there now, maximum never more than. A maximum of 0 or above
 * WEFT_SEMAPHORE_MAX, or more permits than that, is an assertion. */
void weft_semaphore_init(weft_semaphore_t *semaphore, uint32_t permits,
                         uint32_t maximum);

/* WEFT_AWAIT(weft_semaphore_acquire, &semaphore, n): 0 with n permits;
 * WEFT_ERR_CANCELLED, and with a limit WEFT_ERR_TIMEOUT, with none;
 * WEFT_ERR_INVALID: n is 0 or above the maximum. */
int weft_semaphore_acquire_begin(weft_await_t *await,
                                 weft_semaphore_t *semaphore, uint32_t n);

/* The same in a fiber or a thread, which it blocks. */
int weft_semaphore_acquire(weft_semaphore_t *semaphore, uint32_t n);
int weft_semaphore_acquire_until(weft_semaphore_t *semaphore, uint32_t n,
                                 uint64_t deadline_us);

/* 0; WEFT_ERR_EMPTY: too few are there, or others wait; WEFT_ERR_INVALID. */
int weft_semaphore_try_acquire(weft_semaphore_t *semaphore, uint32_t n);

/* Gives n back, 0 too, and serves who waits, at most WEFT_STEP in one hold of
 * the lock. Over the maximum: an assertion. */
void weft_semaphore_release(weft_semaphore_t *semaphore, uint32_t n);

/* How many are there, at this moment. */
uint32_t weft_semaphore_value(const weft_semaphore_t *semaphore);

#ifdef __cplusplus
}
#endif

#endif
