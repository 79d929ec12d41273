/* condition.h - wait, without the mutex, until what it guards has changed
 * SPDX-License-Identifier: MIT
 *
 * When to use it: to wait for any state that a mutex guards ("not empty",
 * "three are done"). For a flag or a single value weft/event.h and signal.h
 * are simpler, for a queue weft/channel.h.
 *
 * Example:
 *
 *     static weft_mutex_t mutex = WEFT_MUTEX_INIT;
 *     static weft_condition_t filled = WEFT_CONDITION_INIT;
 *     static int items;
 *
 *     struct taker { weft_task_t task; weft_await_t await; int rc; };
 *     WEFT_TASK(taker)
 *     {
 *         WEFT_BEGIN;
 *         WEFT_AWAIT(weft_mutex_lock, &mutex);
 *         while (items == 0 && self->rc == 0) {
 *             WEFT_AWAIT_RC(self->rc, weft_condition_wait, &filled, &mutex);
 *         }
 *         items -= self->rc == 0;
 *         weft_mutex_unlock(&mutex);
 *         WEFT_END;
 *     }
 *     ...
 *     items++;                             // with the mutex held
 *     weft_condition_notify_one(&filled);
 *
 * A wait lets go of the mutex and returns with it held again, always: also
 * when it was cancelled or timed out, however long the mutex is another's
 * then. Between its wait and its notify others may have been there: look at
 * the state again, in a loop. In WEFT_AWAIT an error would end the task with
 * the mutex held: use WEFT_AWAIT_RC.
 *
 * Who is notified goes from the condition's queue to the mutex's, in order,
 * and runs once, when the mutex is his.
 *
 * Context: wait in a task, fiber or thread; notify anywhere, interrupts too,
 * best with the mutex held. Memory: the caller's, until no wait and no notify
 * is under way, except the notify that ended the last of the waits.
 */
#ifndef WEFT_CONDITION_H
#define WEFT_CONDITION_H

#include <stdint.h>

#include "weft/mutex.h"
#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_condition {
    const weft_object_ops_t *ops;
    /* private */
    uint32_t word; /* atomic: WAITERS, LOCK: src/sync/condition.c */
    weft_waiters_t waiters;
} weft_condition_t;
WEFT_SIZE_ASSERT(weft_condition_t, 16, 32);

extern const weft_object_ops_t weft__condition_ops;

#define WEFT_CONDITION_INIT                                                    \
    {                                                                          \
        &weft__condition_ops, 0,                                               \
        {                                                                      \
            0, 0                                                               \
        }                                                                      \
    }

void weft_condition_init(weft_condition_t *condition);

/* WEFT_AWAIT_RC(rc, weft_condition_wait, &condition, &mutex): 0, notified;
 * WEFT_ERR_CANCELLED; with a limit WEFT_ERR_TIMEOUT; the mutex is held in any
 * case. Without holding it: an assertion. */
int weft_condition_wait_begin(weft_await_t *await, weft_condition_t *condition,
                              weft_mutex_t *mutex);

/* The same in a fiber or a thread, which it blocks. */
int weft_condition_wait(weft_condition_t *condition, weft_mutex_t *mutex);
int weft_condition_wait_until(weft_condition_t *condition, weft_mutex_t *mutex,
                              uint64_t deadline_us);

/* Ends the longest wait, if there is one. */
void weft_condition_notify_one(weft_condition_t *condition);

/* Ends all waits, maybe some that begin meanwhile; at most WEFT_STEP in one
 * hold of the lock, but in all as long as there are: in an interrupt better
 * set an event (weft/event.h). */
void weft_condition_notify_all(weft_condition_t *condition);

#ifdef __cplusplus
}
#endif

#endif
