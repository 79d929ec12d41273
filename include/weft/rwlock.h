/* rwlock.h - many readers, or one writer
 * SPDX-License-Identifier: MIT
 *
 * When to use it: where many look at something across waits and few change
 * it. If looking takes a few instructions weft/mutex.h is as good.
 *
 * Example:
 *
 *     static weft_rwlock_t table = WEFT_RWLOCK_INIT;
 *
 *     struct lookup { weft_task_t task; weft_await_t await; };
 *     WEFT_TASK(lookup)
 *     {
 *         WEFT_BEGIN;
 *         WEFT_AWAIT(weft_rwlock_read, &table);
 *         look_up();
 *         weft_rwlock_unlock(&table);
 *         WEFT_END;
 *     }
 *
 * First come, first served: a reader that comes behind a waiting writer waits
 * for it, so writers do not starve; those readers then go together, before
 * the next writer, so readers do not either. When a waiting writer leaves, by
 * cancel or time-out, the readers behind it go at once. A reader that reads
 * again can wait for a writer that waits for it, and one that wants to write
 * as well waits for itself: do not.
 *
 * Context: a task, fiber or thread; not an interrupt, which owns nothing.
 * Memory: the caller's; who knows that nobody else comes may free it as soon
 * as its own unlock has returned.
 */
#ifndef WEFT_RWLOCK_H
#define WEFT_RWLOCK_H

#include <stdint.h>

#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

/* So many may read at once. */
#define WEFT_RWLOCK_READERS_MAX ((uint32_t)0x1fffffff)

typedef struct weft_rwlock {
    const weft_object_ops_t *ops;
    /* private */
    uint32_t word; /* atomic: readers, WRITER, ...: src/sync/rwlock.c */
    void *writer;  /* atomic: its waiter */
    weft_waiters_t waiters;
} weft_rwlock_t;
WEFT_SIZE_ASSERT(weft_rwlock_t, 20, 40);

extern const weft_object_turn_ops_t weft__rwlock_ops;

#define WEFT_RWLOCK_INIT                                                       \
    {                                                                          \
        &weft__rwlock_ops.base, 0, 0,                                          \
        {                                                                      \
            0, 0                                                               \
        }                                                                      \
    }

void weft_rwlock_init(weft_rwlock_t *lock);

/* WEFT_AWAIT(weft_rwlock_read, &lock): 0, and it is ours with other readers;
 * WEFT_ERR_CANCELLED; with a limit WEFT_ERR_TIMEOUT. By its writer, or beside
 * WEFT_RWLOCK_READERS_MAX others: an assertion. */
int weft_rwlock_read_begin(weft_await_t *await, weft_rwlock_t *lock);

/* WEFT_AWAIT(weft_rwlock_write, &lock): the same, and it is ours alone. */
int weft_rwlock_write_begin(weft_await_t *await, weft_rwlock_t *lock);

/* The same in a fiber or a thread, which they block. */
int weft_rwlock_read(weft_rwlock_t *lock);
int weft_rwlock_read_until(weft_rwlock_t *lock, uint64_t deadline_us);
int weft_rwlock_write(weft_rwlock_t *lock);
int weft_rwlock_write_until(weft_rwlock_t *lock, uint64_t deadline_us);

/* 0; WEFT_ERR_BUSY. */
int weft_rwlock_try_read(weft_rwlock_t *lock);
int weft_rwlock_try_write(weft_rwlock_t *lock);

/* Ends a read or a write. Never waits. Of a lock that nobody holds, or that
 * another writes: an assertion. */
void weft_rwlock_unlock(weft_rwlock_t *lock);

#ifdef __cplusplus
}
#endif

#endif
