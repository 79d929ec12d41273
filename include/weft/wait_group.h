/* wait_group.h - a count of things to be done, and who waits for none left
 * SPDX-License-Identifier: MIT
 *
 * When to use it: one hands out a number of pieces of work, or starts
 * transfers whose ends come by interrupt, and goes on when all are done. Where
 * each piece is a task a scope does more: it passes on errors and cancels
 * (weft/scope.h).
 *
 * Example:
 *
 *     static weft_wait_group_t transfers = WEFT_WAIT_GROUP_INIT;
 *
 *     struct copy { weft_task_t task; weft_await_t await; };
 *     WEFT_TASK(copy)
 *     {
 *         WEFT_BEGIN;
 *         weft_wait_group_add(&transfers, 2);
 *         start_read();
 *         start_write();
 *         WEFT_AWAIT(weft_wait_group_wait, &transfers);
 *         WEFT_END;
 *     }
 *     void dma_interrupt(void) { weft_wait_group_done(&transfers); }
 *
 * Any number may wait; the done that leaves none ends all their waits, and
 * whoever waits while there is nothing to be done goes on at once. Then it may
 * be used again, also while the others of the last round are still on their
 * way: add before the work is given away, not by who does it. What was written
 * before a done is seen by who has waited.
 *
 * Context: add, done and try_wait from any thread, core and interrupt; wait
 * from a task, a fiber or a thread. In an interrupt a done ends WEFT_STEP
 * waits itself, the home of the first goes on with the others. Memory: the
 * caller's; a waiter may free it as soon as its wait has returned 0, if no
 * other wait on it is under way.
 */
#ifndef WEFT_WAIT_GROUP_H
#define WEFT_WAIT_GROUP_H

#include <stdint.h>

#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_wait_group {
    /* private */
    weft_crowd_t crowd; /* word: LOCK, WAITERS, ZERO, the count */
} weft_wait_group_t;
WEFT_SIZE_ASSERT(weft_wait_group_t, 20, 40);

extern const weft_crowd_ops_t weft__wait_group_ops;

enum { WEFT__WAIT_GROUP_ZERO = 4 };

/* How many it can count. */
#define WEFT_WAIT_GROUP_MAX ((UINT32_C(1) << 29) - 1)

#define WEFT_WAIT_GROUP_INIT                                                   \
    {                                                                          \
        WEFT__CROWD_INIT(weft__wait_group_ops, WEFT__WAIT_GROUP_ZERO)          \
    }

/* Makes it one that counts nothing. */
void weft_wait_group_init(weft_wait_group_t *group);

/* n more are to be done. Above WEFT_WAIT_GROUP_MAX in all: an assertion. */
void weft_wait_group_add(weft_wait_group_t *group, uint32_t n);

/* One of them is done. Where none is left to be done: an assertion. */
void weft_wait_group_done(weft_wait_group_t *group);

/* How many are to be done, at this moment. */
uint32_t weft_wait_group_count(const weft_wait_group_t *group);

/* 0: none is left; WEFT_ERR_BUSY. */
int weft_wait_group_try_wait(const weft_wait_group_t *group);

/* WEFT_AWAIT(weft_wait_group_wait, &group): 0, none was left;
 * WEFT_ERR_CANCELLED; with a limit WEFT_ERR_TIMEOUT. */
int weft_wait_group_wait_begin(weft_await_t *await, weft_wait_group_t *group);

/* The same in a fiber or a thread, which it blocks. */
int weft_wait_group_wait(weft_wait_group_t *group);
int weft_wait_group_wait_until(weft_wait_group_t *group, uint64_t deadline_us);

#ifdef __cplusplus
}
#endif

#endif
