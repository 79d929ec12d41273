/* mutex.h - one at a time, also across waits
 * SPDX-License-Identifier: MIT
 *
 * When to use it: where several tasks, fibers or threads change the same
 * thing and wait in the midst of it: for a bus, a file, another lock. What is
 * changed in a few instructions needs none among the tasks of one loop.
 *
 * Example:
 *
 *     static weft_mutex_t bus = WEFT_MUTEX_INIT;
 *     static weft_event_t ready = WEFT_EVENT_INIT_AUTO;
 *
 *     struct reading { weft_task_t task; weft_await_t await; int value; };
 *     WEFT_TASK(reading)
 *     {
 *         WEFT_BEGIN;
 *         WEFT_AWAIT(weft_mutex_lock, &bus);
 *         WEFT_AWAIT(weft_event_wait, &ready);
 *         self->value = read_pin();
 *         weft_mutex_unlock(&bus);
 *         WEFT_END;
 *     }
 *
 * An unlock hands it to whoever has waited longest, so nobody is passed by.
 * It belongs to the task, fiber or thread that locked it, wherever that goes
 * on running. A wait that was cancelled or timed out does not hold it; one
 * that was handed the mutex first has it, and returns 0.
 *
 * Context: a task, fiber or thread; not an interrupt, which owns nothing.
 * Memory: the caller's; who knows that nobody else comes may free it as soon
 * as its own unlock has returned.
 */
#ifndef WEFT_MUTEX_H
#define WEFT_MUTEX_H

#include <stdint.h>

#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_mutex {
    const weft_object_ops_t *ops;
    /* private */
    uintptr_t word; /* atomic: owner | WAITERS | LOCK, see src/sync/mutex.c */
    weft_waiters_t waiters;
} weft_mutex_t;
WEFT_SIZE_ASSERT(weft_mutex_t, 16, 32);

extern const weft_object_turn_ops_t weft__mutex_ops;

#define WEFT_MUTEX_INIT                                                        \
    {                                                                          \
        &weft__mutex_ops.base, 0,                                              \
        {                                                                      \
            0, 0                                                               \
        }                                                                      \
    }

void weft_mutex_init(weft_mutex_t *mutex);

/* WEFT_AWAIT(weft_mutex_lock, &mutex): 0, and it is ours; WEFT_ERR_CANCELLED;
 * with a limit WEFT_ERR_TIMEOUT. By its owner: an assertion. */
int weft_mutex_lock_begin(weft_await_t *await, weft_mutex_t *mutex);

/* The same in a fiber or a thread, which it blocks. */
int weft_mutex_lock(weft_mutex_t *mutex);
int weft_mutex_lock_until(weft_mutex_t *mutex, uint64_t deadline_us);

/* 0; WEFT_ERR_BUSY: it is locked, by whomever. */
int weft_mutex_try_lock(weft_mutex_t *mutex);

/* Never waits. Of a mutex that is another's, or nobody's: an assertion. */
void weft_mutex_unlock(weft_mutex_t *mutex);

#ifdef __cplusplus
}
#endif

#endif
