/* lane.h - internal: what keeps one task of a pool serial
 * SPDX-License-Identifier: MIT
 *
 * The lane's inbox is asleep while nothing is to be done for its waiter. Who
 * pushes the first entry wakes it: by pushing the lane itself into the inbox
 * of the pool, where one worker takes it. Nobody else runs it until that
 * worker has put it to sleep again, or pushed it once more.
 *
 *     ASLEEP -1-> stack     1 weft__home_post
 *     stack  -2-> NULL      2 weft__lane_run takes all
 *     NULL   -3-> stack     3 weft__home_post, which only pushes
 *     NULL   -4-> ASLEEP    4 weft__lane_run, with nothing left
 */
#ifndef WEFT_SRC_CORE_LANE_H
#define WEFT_SRC_CORE_LANE_H

#include "core/home.h"

/* The entry of the lane whose inbox this is, for the pool's queue. */
static inline weft_link_t *weft__lane_entry(weft_inbox_t *inbox)
{
    weft_lane_t *lane = WEFT_CONTAINER_OF(inbox, weft_lane_t, inbox);

    return weft_link_tagged(&lane->link, WEFT_TAG_LANE);
}

/* Runs a waiter that was spawned or moved here for the first time: what is in
 * the pool's queue is the waiter itself, and its lane is this worker's from
 * the begin. */
void weft__lane_begin(weft_waiter_t *waiter);

/* Runs what has come for the lane's waiter, then lets go of it. On a worker
 * that has taken the lane from the pool's queue. */
void weft__lane_run(weft_lane_t *lane);

/* Whether the waiter has a lane, so that it may run on a pool. */
static inline bool weft__has_lane(const weft_waiter_t *waiter)
{
    enum weft_waiter_kind kind = weft__kind(waiter);

    return kind == WEFT_WAITER_FIBER || kind == WEFT_WAITER_POOL_TASK;
}

/* Where a waiter that is going to run at home gets its entries: the home's
 * inbox, or its own lane's. It has no entry anywhere now, and its ticket is
 * the caller's, who pushes the first wake, to the home's own inbox. */
weft_inbox_t *weft__inbox_for(weft_waiter_t *waiter, weft_home_t *home);

#endif
