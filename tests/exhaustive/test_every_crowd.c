/* test_every_crowd.c - wait group, barrier, flags, watch, broadcast
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/explore.h"

static int rcs[3];

static void begin(void)
{
    rcs[0] = rcs[1] = rcs[2] = -1;
}

/* --- wait group */

static weft_wait_group_t group;

static void one_is_done(void *ctx)
{
    (void)ctx;
    weft_wait_group_done(&group);
}

EXPLORE(the_last_of_two_ends_the_wait_and_the_group_is_freed)
{
    weft_wait_group_init(&group);
    weft_wait_group_add(&group, 2);
    side(one_is_done, NULL);
    side(one_is_done, NULL);
    CHECK_EQ(weft_wait_group_wait(&group), 0);
    drop(&group, sizeof(group));
    sides_join();
}

/* --- barrier */

static weft_barrier_t barrier;

static void arrive(void *ctx)
{
    *(int *)ctx = weft_barrier_wait(&barrier);
}

EXPLORE(two_meet_at_a_barrier_in_each_round)
{
    begin();
    weft_barrier_init(&barrier, 2);
    side(arrive, &rcs[0]);
    arrive(&rcs[1]);
    CHECK_EQ(rcs[1] == WEFT_BARRIER_LEADER || rcs[1] == 0, true);
    side(arrive, &rcs[2]);
    CHECK(weft_barrier_wait(&barrier) >= 0);
    sides_join();
    CHECK_EQ(rcs[0] + rcs[1], WEFT_BARRIER_LEADER);
    CHECK(rcs[2] >= 0);
}

EXPLORE_LARGE(three_meet_at_a_barrier_and_one_leads, 3)
{
    begin();
    weft_barrier_init(&barrier, 3);
    side(arrive, &rcs[0]);
    side(arrive, &rcs[1]);
    arrive(&rcs[2]);
    sides_join();
    CHECK_EQ(rcs[0] + rcs[1] + rcs[2], WEFT_BARRIER_LEADER);
}

static void arrive_until_ten(void *ctx)
{
    *(int *)ctx = weft_barrier_wait_until(&barrier, 10);
}

EXPLORE(who_leaves_a_barrier_has_not_come)
{
    begin();
    weft_barrier_init(&barrier, 2);
    side(arrive_until_ten, &rcs[0]);
    weft_sim_sleep_until(10);
    rcs[1] = weft_barrier_try_wait(&barrier);
    sides_join();
    CHECK(rcs[0] == 0 || rcs[0] == WEFT_ERR_TIMEOUT);
    CHECK_EQ(rcs[1], rcs[0] == 0 ? WEFT_BARRIER_LEADER : WEFT_ERR_BUSY);
}

/* --- flags */

static weft_flags_t flags;

static void set_flag(void *ctx)
{
    weft_flags_set(&flags, (uint32_t)(uintptr_t)ctx);
}

EXPLORE(two_cores_set_a_flag_each_for_who_waits_for_both)
{
    weft_flags_init(&flags);
    side(set_flag, (void *)1);
    side(set_flag, (void *)2);
    CHECK_EQ(weft_flags_wait_all(&flags, 3), 0);
    sides_join();
    CHECK_EQ(weft_flags_get(&flags), 0);
}

static void set_flag_at_ten(void *ctx)
{
    weft_sim_sleep_until(10);
    set_flag(ctx);
}

EXPLORE(a_flag_meets_a_limit_and_is_not_lost)
{
    uint32_t got = 0;
    int rc;

    weft_flags_init(&flags);
    side(set_flag_at_ten, (void *)2);
    rc = weft_flags_wait_any_until(&flags, 3, &got, 10);
    sides_join();
    CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT);
    CHECK_EQ(rc == 0 ? got : weft_flags_get(&flags), 2);
}

/* --- watch */

static weft_watch_t watch;
static int watched[2];
static const int newest = 8;

static void set_twice(void *ctx)
{
    int first = 7;

    (void)ctx;
    CHECK_EQ(weft_watch_set(&watch, &first), 0);
    CHECK_EQ(weft_watch_set(&watch, &newest), 0);
}

EXPLORE(a_reader_sees_the_newest_value_in_the_end)
{
    weft_watch_reader_t reader;
    int value = 0;

    CHECK_EQ(weft_watch_init(&watch, watched, sizeof(int)), 0);
    weft_watch_reader_init(&reader, &watch);
    side(set_twice, NULL);
    do {
        int before = value;
        CHECK_EQ(weft_watch_wait(&reader, &value), 0);
        CHECK(value > before);
    } while (value != newest);
    sides_join();
    CHECK_EQ(weft_watch_try_wait(&reader, &value), WEFT_ERR_EMPTY);
}

/* --- broadcast */

static weft_broadcast_t broadcast;
static weft_subscriber_t subscriber[2];
static int slots[2];
static uint32_t unread[2];

static void receive_two(void *ctx)
{
    for (int i = 0; i < 2; i++) {
        int value = 0;
        CHECK_EQ(weft_broadcast_recv(ctx, &value), 0);
        CHECK_EQ(value, 100 + i);
    }
}

/* One slot: the second value waits until both have had the first. */
EXPLORE(a_broadcast_to_all_waits_for_the_slower_one)
{
    CHECK_EQ(weft_broadcast_init_all(&broadcast, slots, unread, sizeof(int), 1),
             0);
    weft_broadcast_subscribe(&broadcast, &subscriber[0]);
    side(receive_two, &subscriber[0]);
    for (int i = 0; i < 2; i++) {
        int value = 100 + i;
        CHECK_EQ(weft_broadcast_send(&broadcast, &value), 0);
    }
    sides_join();
    weft_broadcast_unsubscribe(&subscriber[0]);
}

EXPLORE_LARGE(a_broadcast_to_two_waits_for_the_slower_one, 3)
{
    CHECK_EQ(weft_broadcast_init_all(&broadcast, slots, unread, sizeof(int), 1),
             0);
    for (int i = 0; i < 2; i++) {
        weft_broadcast_subscribe(&broadcast, &subscriber[i]);
        side(receive_two, &subscriber[i]);
    }
    for (int i = 0; i < 2; i++) {
        int value = 100 + i;
        CHECK_EQ(weft_broadcast_send(&broadcast, &value), 0);
    }
    sides_join();
}
