/* crowd.h - internal: objects that end many waits at once
 * SPDX-License-Identifier: MIT
 *
 * All who wait when a crowd is told to end are due: those up to `until`, the
 * last of them then. Who comes later is behind it and stays, whatever the
 * object says meanwhile. At most WEFT_STEP nodes are taken out in one hold of
 * the lock, to a private chain; when no one is due any more it is delivered
 * (WAIT rules 11, 19). Until then these waits have not returned, so nobody
 * may free the object.
 *
 * An interrupt takes one step only, whose first node is the relay: its home
 * goes on with the rest at task level, before its waiter runs. That wait has
 * not returned either.
 *
 *     key = weft__bit_lock(&crowd->word, &state);
 *     weft__crowd_end(crowd, state | SET, key);
 */
#ifndef WEFT_SRC_CORE_CROWD_H
#define WEFT_SRC_CORE_CROWD_H

#include "weft/wait.h"

#include "core/bitlock.h"

/* In crowd->word: the list is not empty. An object's own bits start behind. */
enum {
    WEFT__CROWD_LOCK = WEFT__BIT_LOCK,
    WEFT__CROWD_WAITERS = 2,
    WEFT__CROWD_OWN = 4,
};

/* Unlocks, the state's own bits as given; the rest the crowd knows. */
static inline void weft__crowd_unlock(weft_crowd_t *crowd, uint32_t state,
                                      unsigned key)
{
    uint32_t waiters = crowd->waiters.first != NULL ? WEFT__CROWD_WAITERS : 0;

    weft__bit_unlock(
        &crowd->word,
        (state & ~(uint32_t)(WEFT__CROWD_WAITERS | WEFT__CROWD_LOCK)) | waiters,
        key);
}

/* With the lock: all who wait now are due; unlocks with state, delivers. */
void weft__crowd_end(weft_crowd_t *crowd, uint32_t state, unsigned key);

/* With the lock: the same for those who are due as it is, and for what refill
 * has; nobody else becomes due. */
void weft__crowd_settle(weft_crowd_t *crowd, uint32_t state, unsigned key);

/* With the lock: all who wait now are due; who calls it settles. */
static inline void weft__crowd_due(weft_crowd_t *crowd)
{
    crowd->until = crowd->waiters.last;
}

/* With the lock: takes out one node, which is linked. */
void weft__crowd_remove(weft_crowd_t *crowd, weft_node_t *node);

/* Arms the node and puts it at the end. With the lock. */
void weft__crowd_park(weft_crowd_t *crowd, weft_await_t *await,
                      uintptr_t buffer);

/* The body of a withdrawal. due: bits that mean, while one is set, that who
 * is still linked is due: its wait is completed, not withdrawn. */
bool weft__crowd_withdraw(weft_crowd_t *crowd, weft_node_t *node, uint32_t due);

/* A crowd_ops.serve of who gives nothing but the end. */
int weft__crowd_serve(weft_crowd_t *crowd, weft_node_t *node);

#endif
