/* run.h - internal: runs what an entry of a home's queue stands for
 * SPDX-License-Identifier: MIT
 *
 * In line for the loop, which does little else; everybody else calls
 * weft__home_dispatch. What is rare is called here too.
 */
#ifndef WEFT_SRC_CORE_RUN_H
#define WEFT_SRC_CORE_RUN_H

#include "core/home.h"

/* The very end of a waiter that has finished: no wake is in flight. */
void weft__waiter_settle(weft_home_t *home, weft_waiter_t *waiter);

/* Its poll gave the result rc. True: it has settled too. */
bool weft__waiter_finish(weft_home_t *home, weft_waiter_t *waiter, int rc);

/* A plain runnable. */
void weft__home_run(weft_home_t *home, weft_runnable_t *runnable);

/* A home runs one waiter after the other, none inside another: whoever works
 * a home off inside a waiter has put that one aside. */
WEFT__INLINE bool weft__waiter_run(weft_home_t *home, weft_waiter_t *waiter)
{
    weft_local_t *local = weft__local();
    bool gone = false;
    int rc; /* after the run ask local->waiter: no register to keep */

    local->waiter = waiter;
    local->budget = WEFT_BUDGET;
    weft__armed(false);
    rc = waiter->runnable.run(&waiter->runnable);
    if (rc != WEFT_PENDING) {
        gone = weft__waiter_finish(home, local->waiter, rc);
    } else {
        WEFT_ASSERT(local->armed ||
                        weft_atomic_load_relaxed_u8(&local->waiter->woken) != 0,
                    "a task returned WEFT_PENDING with nothing to wake it");
        if (local->leave != NULL) {
            gone = local->leave(home, local->waiter);
        }
    }
    local->waiter = NULL;
    return gone;
}

/* The wait of a node has ended; who waited. */
WEFT__INLINE weft_waiter_t *weft__node_ended(weft_node_t *node)
{
    weft_wait_t *wait = node->wait;

    if ((node->spare & WEFT__NODE_RELAYS) != 0) {
        weft_crowd_t *crowd = (weft_crowd_t *)node->object;
        ((const weft_crowd_ops_t *)(const void *)crowd->ops)->go_on(crowd);
    }
    wait->flags |= WEFT__WAIT_ENDED;
    return wait->waiter;
}

WEFT__INLINE bool weft__home_dispatch_inlined(weft_home_t *home,
                                              weft_link_t *entry)
{
    weft_link_t *link = weft_link_strip(entry);
    unsigned tag = weft_link_tag(entry);
    weft_waiter_t *waiter = (weft_waiter_t *)(void *)link;

    if (tag == WEFT_TAG_WAKE) {
        if ((waiter->attributes & WEFT__FINISHED) != 0) {
            weft__waiter_settle(home, waiter);
            return true;
        }
        weft__ticket_return(waiter);
    } else if (tag == WEFT_TAG_NODE) {
        waiter = weft__node_ended((weft_node_t *)(void *)link);
    } else {
        WEFT_ASSERT(tag == WEFT_TAG_RUNNABLE,
                    "a lane's entry in the queue of no pool");
        weft__home_run(home, (weft_runnable_t *)(void *)link);
        return false;
    }
    return weft__waiter_run(home, waiter);
}

#endif
