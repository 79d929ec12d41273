/* lane.c - what keeps one task of a pool serial
 * SPDX-License-Identifier: MIT
 */
#include "core/lane.h"

/* Runs the entries of a chain; true: the waiter has gone, and the lane with
 * it. Then there was no other entry. */
static bool run_chain(weft_home_t *home, weft_link_t *entry)
{
    while (entry != NULL) {
        weft_link_t *next = weft_link_strip(entry)->next;

        if (weft__home_dispatch(home, entry)) {
            return true;
        }
        entry = next;
    }
    return false;
}

/* What came so far was run; more has others run first. */
static void let_go(weft_lane_t *lane)
{
    if (!weft__inbox_announce(&lane->inbox)) {
        weft__home_post(&lane->inbox.home->inbox,
                        weft__lane_entry(&lane->inbox));
    }
}

void weft__lane_begin(weft_waiter_t *waiter)
{
    weft_inbox_t *inbox = weft__inbox_of(waiter);

    if (!weft__home_dispatch(
            inbox->home,
            weft_link_tagged(&waiter->runnable.link, WEFT_TAG_WAKE))) {
        let_go(WEFT_CONTAINER_OF(inbox, weft_lane_t, inbox));
    }
}

void weft__lane_run(weft_lane_t *lane)
{
    uintptr_t stack = weft_atomic_exchange_acquire_word(&lane->inbox.word, 0);

    if (!run_chain(lane->inbox.home, weft_link_reverse((weft_link_t *)stack))) {
        let_go(lane);
    }
}

weft_inbox_t *weft__inbox_for(weft_waiter_t *waiter, weft_home_t *home)
{
    weft_pool_task_t *task = (weft_pool_task_t *)(void *)waiter;

    if (!home->lanes) {
        return &home->inbox;
    }
    task->lane.inbox = (weft_inbox_t){.word = 0, .home = home};
    return &task->lane.inbox;
}
