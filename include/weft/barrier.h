/* barrier.h - so many come together, then all go on
 * SPDX-License-Identifier: MIT
 *
 * When to use it: a fixed number of tasks, fibers or threads work in rounds,
 * and none may begin the next one before all have finished this one.
 *
 * Example:
 *
 *     static weft_barrier_t round_end = WEFT_BARRIER_INIT(4);
 *
 *     struct worker { weft_task_t task; weft_await_t await; int part; };
 *     WEFT_TASK(worker)
 *     {
 *         int rc;
 *         WEFT_BEGIN;
 *         for (;;) {
 *             compute_part(self->part);
 *             WEFT_AWAIT_RC(rc, weft_barrier_wait, &round_end);
 *             if (rc < 0) { return rc; }
 *             if (rc == WEFT_BARRIER_LEADER) { report_round(); }
 *         }
 *         WEFT_END;
 *     }
 *
 * The last to come is the leader of the round: its wait returns
 * WEFT_BARRIER_LEADER, which is 1 and so true, that of each other one 0. Who
 * leaves by a cancel or a limit has not come: one more is needed again. Who
 * comes again belongs to the next round, however slow the others are.
 *
 * Context: wait from a task, a fiber or a thread; try_wait also from an
 * interrupt. Memory: the caller's; it may be freed when all waits on it have
 * returned.
 */
#ifndef WEFT_BARRIER_H
#define WEFT_BARRIER_H

#include <stdint.h>

#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The result of one wait of each round. */
#define WEFT_BARRIER_LEADER 1

typedef struct weft_barrier {
    /* private */
    weft_crowd_t crowd; /* word: LOCK, WAITERS */
    uint32_t parties;
    uint32_t arrived; /* in this round */
    uint32_t round;
} weft_barrier_t;
WEFT_SIZE_ASSERT(weft_barrier_t, 32, 56);

extern const weft_crowd_ops_t weft__barrier_ops;

/* For that many, which is above 0. */
#define WEFT_BARRIER_INIT(parties)                                             \
    {                                                                          \
        WEFT__CROWD_INIT(weft__barrier_ops, 0), (parties), 0, 0                \
    }

/* The same at run time. For 0: an assertion. */
void weft_barrier_init(weft_barrier_t *barrier, uint32_t parties);

/* Comes if it is the last: WEFT_BARRIER_LEADER; else WEFT_ERR_BUSY, and it has
 * not come. */
int weft_barrier_try_wait(weft_barrier_t *barrier);

/* WEFT_AWAIT_RC(rc, weft_barrier_wait, &barrier): WEFT_BARRIER_LEADER or 0,
 * the round is complete; WEFT_ERR_CANCELLED; with a limit WEFT_ERR_TIMEOUT. */
int weft_barrier_wait_begin(weft_await_t *await, weft_barrier_t *barrier);

/* The same in a fiber or a thread, which it blocks. */
int weft_barrier_wait(weft_barrier_t *barrier);
int weft_barrier_wait_until(weft_barrier_t *barrier, uint64_t deadline_us);

#ifdef __cplusplus
}
#endif

#endif
