/* pool_tasks.h - what runs on a pool in its tests
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TEST_POOL_TASKS_H
#define WEFT_TEST_POOL_TASKS_H

#include "tests/support/fibers.h"
#include "tests/support/pools.h"

/* A runnable that blocks its thread until its event is set. */
struct blocker {
    weft_runnable_t runnable;
    weft_event_t event;
    uint8_t begun; /* atomic */
};

static inline int block(weft_runnable_t *runnable)
{
    struct blocker *blocker = (struct blocker *)(void *)runnable;

    weft_atomic_store_release_u8(&blocker->begun, 1);
    CHECK_EQ(weft_event_wait(&blocker->event), 0);
    return 0;
}

static inline void blocker_init(struct blocker *blocker)
{
    *blocker = (struct blocker){.runnable = {.run = block}};
    weft_event_init(&blocker->event, false);
}

/* Takes an event so many times, with a limit if it has one. */
struct taker {
    weft_pool_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_event_t *event;
    uint64_t deadline_us;
    unsigned left;
    uintptr_t *inside; /* how many of its runs at this moment */
};
WEFT_TASK(taker)
{
    int rc;
    WEFT_BEGIN;
    for (; self->left > 0; self->left--) {
        if (self->deadline_us == 0) {
            WEFT_AWAIT_RC(rc, weft_event_wait, self->event);
        } else {
            WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_event_wait,
                             self->event);
        }
        if (rc < 0) {
            return rc;
        }
    }
    return 7;
    WEFT_END;
}

/* Two fibers with their stacks and an event each. */
struct hand {
    weft_fiber_t fiber[2];
    char *stack[2];
    weft_event_t event[2];
    weft_pool_t *pool;
    unsigned rounds;
};

static inline struct hand *hand_new(weft_pool_t *pool, unsigned rounds)
{
    struct hand *hand = frame_new(sizeof(*hand));

    hand->pool = pool;
    hand->rounds = rounds;
    for (int i = 0; i < 2; i++) {
        weft_event_init(&hand->event[i], true);
        hand->stack[i] = frame_new(POOL_STACK);
        weft_fiber_init(&hand->fiber[i], "hand", hand->stack[i], POOL_STACK);
    }
    return hand;
}

static inline void hand_drop(struct hand *hand)
{
    for (int i = 0; i < 2; i++) {
        frame_drop(hand->stack[i], POOL_STACK);
    }
    frame_drop(hand, sizeof(*hand));
}

#endif
