/* test_race_pool_crowds.c - tasks of a pool wait for each kind of crowd
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/pools.h"

enum { MEMBERS = WEFT_STEP + 2, TURNS = 3 };

struct place {
    weft_wait_group_t group;
    weft_barrier_t barrier;
    weft_watch_t watch;
    unsigned values[2];
    weft_broadcast_t broadcast;
    unsigned slot;
    uint32_t unread;
    uintptr_t leaders; /* atomic */
};

struct member {
    weft_pool_task_t task;
    weft_await_t await;
    struct place *place;
    weft_flags_t flags;
    weft_watch_reader_t reader;
    weft_subscriber_t sub;
    unsigned turn;
    unsigned seen;
    unsigned heard;
};
WEFT_TASK(member)
{
    int rc;
    WEFT_BEGIN;
    for (self->turn = 1; self->turn <= TURNS; self->turn++) {
        WEFT_AWAIT(weft_broadcast_recv, &self->sub, &self->heard);
        CHECK_EQ(self->heard, self->turn);
        WEFT_AWAIT_RC(rc, weft_barrier_wait, &self->place->barrier);
        CHECK(rc >= 0);
        (void)weft_atomic_fetch_add_acq_rel_word(&self->place->leaders,
                                                 (uintptr_t)rc);
        WEFT_AWAIT(weft_watch_wait, &self->reader, &self->seen);
        CHECK_EQ(self->seen, self->turn);
        WEFT_AWAIT(weft_flags_wait_all, &self->flags, 3);
        weft_wait_group_done(&self->place->group);
    }
    WEFT_END;
}

static void place_init(struct place *place)
{
    weft_wait_group_init(&place->group);
    weft_barrier_init(&place->barrier, MEMBERS);
    CHECK_EQ(weft_watch_init(&place->watch, place->values, sizeof(unsigned)),
             0);
    CHECK_EQ(weft_broadcast_init_all(&place->broadcast, &place->slot,
                                     &place->unread, sizeof(unsigned), 1),
             0);
}

static void member_init(struct member *member, struct place *place)
{
    member->place = place;
    weft_flags_init(&member->flags);
    weft_watch_reader_init(&member->reader, &place->watch);
    weft_broadcast_subscribe(&place->broadcast, &member->sub);
}

/* From a thread: wakes them where they wait, or a little before. */
static void lead(struct place *place, struct member *member)
{
    for (unsigned turn = 1; turn <= TURNS; turn++) {
        weft_wait_group_add(&place->group, MEMBERS);
        CHECK_EQ(weft_broadcast_send(&place->broadcast, &turn), 0);
        for (int i = 0; i < MEMBERS; i++) {
            weft_flags_set(&member[i].flags, 1);
        }
        CHECK_EQ(weft_watch_set(&place->watch, &turn), 0);
        for (int i = 0; i < MEMBERS; i++) {
            weft_flags_set(&member[i].flags, 2);
        }
        CHECK_EQ(weft_wait_group_wait(&place->group), 0);
        CHECK_EQ(weft_atomic_load_acquire_word(&place->leaders), turn);
    }
}

CASE(tasks_of_a_pool_wait_for_each_kind_of_crowd)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct pool *pool = pool_new(2);
        struct place *place = frame_new(sizeof(*place));
        struct member *member = frame_new(MEMBERS * sizeof(*member));

        place_init(place);
        for (int n = 0; n < MEMBERS; n++) {
            member_init(&member[n], place);
            CHECK_EQ(weft_spawn(&pool->pool.executor, member_task(&member[n])),
                     0);
        }
        lead(place, member);
        for (int n = 0; n < MEMBERS; n++) {
            CHECK_EQ(weft_task_join(weft_pool_task(&member[n].task)), 0);
        }
        frame_drop(member, MEMBERS * sizeof(*member));
        frame_drop(place, sizeof(*place));
        pool_end(pool);
    }
}

/* --- limits and cancels of them, while they are woken */

struct leaver {
    weft_pool_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_barrier_t *barrier;
    uint64_t deadline_us;
};
WEFT_TASK(leaver)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_barrier_wait, self->barrier);
    return rc;
    WEFT_END;
}

static int passed(struct leaver *leaver, int count)
{
    int sum = 0;

    for (int n = 0; n < count; n++) {
        int rc = weft_task_join(weft_pool_task(&leaver[n].task));

        CHECK(rc == 0 || rc == WEFT_BARRIER_LEADER || rc == WEFT_ERR_TIMEOUT ||
              rc == WEFT_ERR_CANCELLED);
        sum += rc >= 0;
    }
    return sum;
}

CASE(who_leaves_a_barrier_on_a_pool_has_not_come)
{
    enum { LEAVERS = MEMBERS + 2 };

    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct pool *pool = pool_new(2);
        weft_barrier_t barrier = WEFT_BARRIER_INIT(MEMBERS);
        struct leaver *leaver = frame_new(LEAVERS * sizeof(*leaver));

        for (int n = 0; n < LEAVERS; n++) {
            leaver[n].barrier = &barrier;
            leaver[n].deadline_us = weft_deadline(WEFT_US(50 + 20 * (n % 3)));
            CHECK_EQ(weft_spawn(&pool->pool.executor, leaver_task(&leaver[n])),
                     0);
        }
        weft_task_cancel(weft_pool_task(&leaver[0].task));
        weft_task_cancel(weft_pool_task(&leaver[LEAVERS / 2].task));
        CHECK_EQ(passed(leaver, LEAVERS) % MEMBERS, 0);
        CHECK_EQ(barrier.arrived, 0);
        frame_drop(leaver, LEAVERS * sizeof(*leaver));
        pool_end(pool);
    }
}
