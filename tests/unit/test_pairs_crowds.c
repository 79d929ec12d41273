/* test_pairs_crowds.c - each kind of waker with each kind of waiter: wait
 * group, barrier, flags, watch, broadcast
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/pairs.h"

/* --- wait group */

static void group_init(void *object)
{
    weft_wait_group_t *group = (weft_wait_group_t *)object;

    weft_wait_group_init(group);
    weft_wait_group_add(group, 1);
}

static int group_begin(weft_await_t *await, void *object)
{
    return weft_wait_group_wait_begin(await, (weft_wait_group_t *)object);
}

static int group_block(void *object)
{
    return weft_wait_group_wait((weft_wait_group_t *)object);
}

static void group_done(void *object)
{
    weft_wait_group_done((weft_wait_group_t *)object);
}

CASE(each_waker_wakes_each_waiter_of_a_wait_group)
{
    static const struct pairs pairs = {
        .size = sizeof(weft_wait_group_t),
        .init = group_init,
        .wait = {.begin = group_begin, .block = group_block},
        .wake = {.plain = group_done},
        .frees = true,
        .interrupt = true,
    };

    pairs_run(&pairs);
}

/* --- barrier: both come */

struct gate {
    weft_barrier_t barrier;
    uintptr_t leaders; /* atomic */
};

static void gate_init(void *object)
{
    weft_barrier_init(&((struct gate *)object)->barrier, 2);
}

static int gate_begin(weft_await_t *await, void *object)
{
    return weft_barrier_wait_begin(await, &((struct gate *)object)->barrier);
}

static int gate_block(void *object)
{
    return weft_barrier_wait(&((struct gate *)object)->barrier);
}

static int gate_block_until(void *object)
{
    return weft_barrier_wait_until(&((struct gate *)object)->barrier,
                                   WEFT_FOREVER - 1);
}

static void gate_passed(void *object, int rc)
{
    CHECK(rc == 0 || rc == WEFT_BARRIER_LEADER);
    if (rc == WEFT_BARRIER_LEADER) {
        CHECK_EQ(weft_atomic_fetch_add_acq_rel_word(
                     &((struct gate *)object)->leaders, 1),
                 0);
    }
}

CASE(each_two_kinds_come_to_a_barrier)
{
    static const struct pairs pairs = {
        .size = sizeof(struct gate),
        .init = gate_init,
        .wait = {.begin = gate_begin, .block = gate_block},
        .wake = {.begin = gate_begin, .block = gate_block_until},
        .waited = gate_passed,
        .woke = gate_passed,
    };

    pairs_run(&pairs);
}

/* --- flags */

struct desk {
    weft_flags_t flags;
    uint32_t got;
};

static void desk_init(void *object)
{
    weft_flags_init(&((struct desk *)object)->flags);
}

static int any_begin(weft_await_t *await, void *object)
{
    struct desk *desk = (struct desk *)object;

    return weft_flags_wait_any_begin(await, &desk->flags, 6, &desk->got);
}

static int any_block(void *object)
{
    struct desk *desk = (struct desk *)object;

    return weft_flags_wait_any(&desk->flags, 6, &desk->got);
}

static void any_set(void *object)
{
    weft_flags_set(&((struct desk *)object)->flags, 3);
}

static void any_waited(void *object, int rc)
{
    struct desk *desk = (struct desk *)object;

    CHECK_EQ(rc, 0);
    CHECK_EQ(desk->got, 2);
}

CASE(each_waker_wakes_each_waiter_for_any_flag)
{
    static const struct pairs pairs = {
        .size = sizeof(struct desk),
        .init = desk_init,
        .wait = {.begin = any_begin, .block = any_block},
        .wake = {.plain = any_set},
        .waited = any_waited,
        .frees = true,
        .interrupt = true,
    };

    pairs_run(&pairs);
}

static int all_begin(weft_await_t *await, void *object)
{
    return weft_flags_wait_all_begin(await, &((struct desk *)object)->flags, 6);
}

static int all_block(void *object)
{
    return weft_flags_wait_all(&((struct desk *)object)->flags, 6);
}

static void all_set(void *object)
{
    weft_flags_set(&((struct desk *)object)->flags, 2);
    weft_flags_set(&((struct desk *)object)->flags, 4);
}

CASE(each_waker_wakes_each_waiter_for_all_flags)
{
    static const struct pairs pairs = {
        .size = sizeof(struct desk),
        .init = desk_init,
        .wait = {.begin = all_begin, .block = all_block},
        .wake = {.plain = all_set},
        .frees = true,
        .interrupt = true,
    };

    pairs_run(&pairs);
}

/* --- watch */

struct board {
    weft_watch_t watch;
    int values[2];
    weft_watch_reader_t reader;
    int got;
};

static void board_init(void *object)
{
    struct board *board = (struct board *)object;

    CHECK_EQ(weft_watch_init(&board->watch, board->values, sizeof(int)), 0);
    weft_watch_reader_init(&board->reader, &board->watch);
}

static int board_begin(weft_await_t *await, void *object)
{
    struct board *board = (struct board *)object;

    return weft_watch_wait_begin(await, &board->reader, &board->got);
}

static int board_block(void *object)
{
    struct board *board = (struct board *)object;

    return weft_watch_wait(&board->reader, &board->got);
}

static void board_set(void *object)
{
    int value = 42;

    CHECK_EQ(weft_watch_set(&((struct board *)object)->watch, &value), 0);
}

static void board_waited(void *object, int rc)
{
    CHECK_EQ(rc, 0);
    CHECK_EQ(((struct board *)object)->got, 42);
}

CASE(each_waker_wakes_each_waiter_of_a_watch)
{
    static const struct pairs pairs = {
        .size = sizeof(struct board),
        .init = board_init,
        .wait = {.begin = board_begin, .block = board_block},
        .wake = {.plain = board_set},
        .waited = board_waited,
        .frees = true,
        .interrupt = true,
    };

    pairs_run(&pairs);
}

/* --- broadcast: who receives waits, or who sends does */

struct radio {
    weft_broadcast_t broadcast;
    int slot;
    uint32_t unread;
    weft_subscriber_t subscriber;
    int value;
    int got;
};

static void radio_init(void *object)
{
    struct radio *radio = (struct radio *)object;

    CHECK_EQ(weft_broadcast_init_all(&radio->broadcast, &radio->slot,
                                     &radio->unread, sizeof(int), 1),
             0);
    weft_broadcast_subscribe(&radio->broadcast, &radio->subscriber);
    radio->value = 42;
}

static int recv_begin(weft_await_t *await, void *object)
{
    struct radio *radio = (struct radio *)object;

    return weft_broadcast_recv_begin(await, &radio->subscriber, &radio->got);
}

static int recv_block(void *object)
{
    struct radio *radio = (struct radio *)object;

    return weft_broadcast_recv(&radio->subscriber, &radio->got);
}

static void try_to_send(void *object)
{
    struct radio *radio = (struct radio *)object;

    CHECK_EQ(weft_broadcast_try_send(&radio->broadcast, &radio->value), 0);
}

static void received(void *object, int rc)
{
    CHECK_EQ(rc, 0);
    CHECK_EQ(((struct radio *)object)->got, 42);
}

CASE(each_sender_wakes_each_subscriber_of_a_broadcast)
{
    static const struct pairs pairs = {
        .size = sizeof(struct radio),
        .init = radio_init,
        .wait = {.begin = recv_begin, .block = recv_block},
        .wake = {.plain = try_to_send},
        .waited = received,
        .frees = true,
        .interrupt = true,
    };

    pairs_run(&pairs);
}

static void full_init(void *object)
{
    radio_init(object);
    try_to_send(object);
}

static int send_begin(weft_await_t *await, void *object)
{
    struct radio *radio = (struct radio *)object;

    return weft_broadcast_send_begin(await, &radio->broadcast, &radio->value);
}

static int send_block(void *object)
{
    struct radio *radio = (struct radio *)object;

    return weft_broadcast_send(&radio->broadcast, &radio->value);
}

static void try_to_recv(void *object)
{
    struct radio *radio = (struct radio *)object;

    CHECK_EQ(weft_broadcast_try_recv(&radio->subscriber, &radio->got), 0);
}

CASE(each_subscriber_wakes_each_sender_of_a_broadcast)
{
    static const struct pairs pairs = {
        .size = sizeof(struct radio),
        .init = full_init,
        .wait = {.begin = send_begin, .block = send_block},
        .wake = {.plain = try_to_recv},
        .frees = true,
        .interrupt = true,
    };

    pairs_run(&pairs);
}
