/* test_broadcast.c - the broadcast: all to all, missed, waiting sends, close
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/fibers.h"

enum { CAPACITY = 4, LISTENERS = 3, UNTIL_IT_FAILS = 1000 };

struct studio;

struct listener {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_subscriber_t sub;
    uint64_t deadline_us;
    int count; /* how many it is to receive */
    int value;
    int sum;
};
WEFT_TASK(listener)
{
    int rc;
    WEFT_BEGIN;
    for (; self->count > 0; self->count--) {
        if (self->deadline_us == 0) {
            WEFT_AWAIT_RC(rc, weft_broadcast_recv, &self->sub, &self->value);
        } else {
            WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_broadcast_recv,
                             &self->sub, &self->value);
        }
        if (rc < 0) {
            return rc;
        }
        self->sum += self->value;
    }
    WEFT_END;
}

struct speaker {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_broadcast_t *broadcast;
    uint64_t deadline_us;
    int value;
};
WEFT_TASK(speaker)
{
    int rc;
    WEFT_BEGIN;
    if (self->deadline_us == 0) {
        WEFT_AWAIT_RC(rc, weft_broadcast_send, self->broadcast, &self->value);
    } else {
        WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_broadcast_send,
                         self->broadcast, &self->value);
    }
    return rc;
    WEFT_END;
}

struct studio {
    weft_loop_t loop;
    weft_broadcast_t broadcast;
    int slots[CAPACITY];
    uint32_t unread[CAPACITY];
    struct listener listener[LISTENERS];
    struct speaker speaker[3 * CAPACITY];
};

static void studio_init(struct studio *s, bool all)
{
    memset(s, 0, sizeof(*s));
    weft_loop_init(&s->loop, NULL);
    CHECK_EQ(all ? weft_broadcast_init_all(&s->broadcast, s->slots, s->unread,
                                           sizeof(int), CAPACITY)
                 : weft_broadcast_init(&s->broadcast, s->slots, sizeof(int),
                                       CAPACITY),
             0);
    for (int i = 0; i < LISTENERS; i++) {
        weft_broadcast_subscribe(&s->broadcast, &s->listener[i].sub);
    }
}

static void step(struct studio *s)
{
    for (int i = 0; i < 3; i++) {
        (void)weft_loop_step(&s->loop);
    }
}

static void listen(struct studio *s, int i, int count)
{
    s->listener[i].count = count;
    CHECK_EQ(weft_spawn(&s->loop.executor, listener_task(&s->listener[i])), 0);
    step(s);
}

static void speak(struct studio *s, int i, int value)
{
    s->speaker[i].broadcast = &s->broadcast;
    s->speaker[i].value = value;
    CHECK_EQ(weft_spawn(&s->loop.executor, speaker_task(&s->speaker[i])), 0);
    step(s);
}

static bool ended(const weft_task_t *task, int rc)
{
    return weft_task_finished(task) && weft_task_result(task) == rc;
}

static int send(struct studio *s, int value)
{
    return weft_broadcast_try_send(&s->broadcast, &value);
}

/* The value, or the error. */
static int recv(weft_subscriber_t *sub)
{
    int value;
    int rc = weft_broadcast_try_recv(sub, &value);

    return rc < 0 ? rc : value;
}

static void studio_deinit(struct studio *s)
{
    weft_loop_stop(&s->loop);
    CHECK_EQ(weft_loop_run(&s->loop), 0);
    weft_loop_deinit(&s->loop);
    CHECK(s->broadcast.senders.first == NULL);
    CHECK(s->broadcast.crowd.waiters.first == NULL);
    CHECK(s->broadcast.crowd.until == NULL);
}

CASE(each_subscriber_gets_each_value_in_order)
{
    struct studio s;

    for (int all = 0; all < 2; all++) {
        studio_init(&s, all);
        for (int i = 1; i <= CAPACITY; i++) {
            CHECK_EQ(send(&s, i), 0);
        }
        for (int l = 0; l < LISTENERS; l++) {
            for (int i = 1; i <= CAPACITY; i++) {
                CHECK_EQ(recv(&s.listener[l].sub), i);
                CHECK_EQ(s.listener[l].sub.missed, 0);
            }
            CHECK_EQ(recv(&s.listener[l].sub), WEFT_ERR_EMPTY);
        }
        CHECK_EQ(s.broadcast.used, 0);
        studio_deinit(&s);
    }
}

CASE(a_send_ends_all_waits)
{
    struct studio s;

    for (int all = 0; all < 2; all++) {
        studio_init(&s, all);
        for (int l = 0; l < LISTENERS; l++) {
            listen(&s, l, 2);
        }
        CHECK_EQ(send(&s, 3), 0);
        CHECK_EQ(send(&s, 4), 0);
        step(&s);
        for (int l = 0; l < LISTENERS; l++) {
            CHECK(ended(&s.listener[l].task, 0));
            CHECK_EQ(s.listener[l].sum, 7);
        }
        CHECK_EQ(s.broadcast.used, 0);
        studio_deinit(&s);
    }
}

CASE(a_slow_subscriber_is_told_how_many_it_missed)
{
    struct studio s;
    weft_subscriber_t *slow = &s.listener[0].sub;
    weft_subscriber_t *fast = &s.listener[1].sub;

    studio_init(&s, false);
    for (int i = 1; i <= CAPACITY + 3; i++) {
        CHECK_EQ(send(&s, i), 0);
        CHECK_EQ(recv(fast), i);
        CHECK_EQ(fast->missed, 0);
    }
    CHECK_EQ(recv(slow), 4);
    CHECK_EQ(slow->missed, 3);
    CHECK_EQ(recv(slow), 5);
    CHECK_EQ(slow->missed, 0);
    CHECK_EQ(send(&s, 8), 0);
    CHECK_EQ(send(&s, 9), 0);
    CHECK_EQ(send(&s, 10), 0);
    CHECK_EQ(recv(slow), 7);
    CHECK_EQ(slow->missed, 1);
    for (int i = 8; i <= 10; i++) {
        CHECK_EQ(recv(slow), i);
        CHECK_EQ(slow->missed, 0);
    }
    CHECK_EQ(recv(slow), WEFT_ERR_EMPTY);
    studio_deinit(&s);
}

CASE(a_subscriber_gets_nothing_from_before)
{
    struct studio s;
    weft_subscriber_t late;

    studio_init(&s, false);
    CHECK_EQ(send(&s, 1), 0);
    weft_broadcast_subscribe(&s.broadcast, &late);
    CHECK_EQ(recv(&late), WEFT_ERR_EMPTY);
    CHECK_EQ(send(&s, 2), 0);
    CHECK_EQ(recv(&late), 2);
    weft_broadcast_unsubscribe(&late);
    studio_deinit(&s);
}

CASE(the_count_of_values_goes_round)
{
    struct studio s;

    studio_init(&s, false);
    s.broadcast.sent = UINT32_MAX - 2;
    for (int l = 0; l < LISTENERS; l++) {
        weft_broadcast_subscribe(&s.broadcast, &s.listener[l].sub);
    }
    for (int i = 0; i < CAPACITY + 2; i++) {
        CHECK_EQ(send(&s, i), 0);
        CHECK_EQ(recv(&s.listener[0].sub), i);
    }
    CHECK_EQ(recv(&s.listener[1].sub), 2);
    CHECK_EQ(s.listener[1].sub.missed, 2);
    studio_deinit(&s);
}

/* By hand where so many sends would take too long. */
CASE(who_is_behind_by_more_than_32_bits_count_has_missed_that_many)
{
    static const uint64_t most = (uint64_t)UINT32_MAX + 1;
    struct studio s;

    for (uint64_t sent = most; sent < most + 4 * CAPACITY; sent++) {
        weft_subscriber_t *sub = &s.listener[0].sub;
        uint64_t missed = sent - CAPACITY;

        studio_init(&s, false);
        s.broadcast.sent += sent - CAPACITY;
        for (int i = 1; i <= CAPACITY; i++) {
            CHECK_EQ(send(&s, i), 0);
        }
        CHECK_EQ(recv(sub), 1);
        CHECK_EQ(sub->missed, missed < UINT32_MAX ? missed : UINT32_MAX);
        for (int i = 2; i <= CAPACITY; i++) {
            CHECK_EQ(recv(sub), i);
            CHECK_EQ(sub->missed, 0);
        }
        CHECK_EQ(recv(sub), WEFT_ERR_EMPTY);
        studio_deinit(&s);
    }
}

CASE(a_value_without_subscribers_goes_nowhere)
{
    struct studio s;

    studio_init(&s, true);
    for (int l = 0; l < LISTENERS; l++) {
        weft_broadcast_unsubscribe(&s.listener[l].sub);
    }
    for (int i = 0; i < 2 * CAPACITY; i++) {
        CHECK_EQ(send(&s, i), 0);
    }
    CHECK_EQ(s.broadcast.used, 0);
    studio_deinit(&s);
}

/* --- where none may be missed */

static void fill(struct studio *s)
{
    for (int i = 1; i <= CAPACITY; i++) {
        CHECK_EQ(send(s, i), 0);
    }
    CHECK_EQ(send(s, 99), WEFT_ERR_FULL);
}

CASE(sends_wait_for_the_slowest_in_order)
{
    struct studio s;

    studio_init(&s, true);
    fill(&s);
    for (int i = 0; i < 3; i++) {
        speak(&s, i, 5 + i);
    }
    for (int i = 1; i <= CAPACITY; i++) {
        CHECK_EQ(recv(&s.listener[0].sub), i);
        CHECK_EQ(recv(&s.listener[1].sub), i);
    }
    CHECK_EQ(recv(&s.listener[0].sub), WEFT_ERR_EMPTY);
    step(&s);
    CHECK(!weft_task_finished(&s.speaker[0].task));
    for (int i = 1; i <= 3; i++) {
        CHECK_EQ(recv(&s.listener[2].sub), i);
        step(&s);
        CHECK(ended(&s.speaker[i - 1].task, 0));
        CHECK(i == 3 || !weft_task_finished(&s.speaker[i].task));
        CHECK_EQ(recv(&s.listener[0].sub), 4 + i);
    }
    for (int i = 4; i <= 7; i++) {
        CHECK_EQ(recv(&s.listener[2].sub), i);
    }
    studio_deinit(&s);
}

CASE(who_leaves_sends_nothing)
{
    struct studio s;

    studio_init(&s, true);
    fill(&s);
    CHECK_EQ(weft_broadcast_send_until(&s.broadcast, &s.speaker[0].value, 0),
             WEFT_ERR_TIMEOUT);
    s.speaker[1].deadline_us = weft_deadline(WEFT_MS(1));
    for (int i = 0; i < 3; i++) {
        speak(&s, i, 5 + i);
    }
    weft_task_cancel(&s.speaker[0].task);
    CHECK_EQ(weft_sleep(WEFT_MS(2)), 0);
    step(&s);
    CHECK(ended(&s.speaker[0].task, WEFT_ERR_CANCELLED));
    CHECK(ended(&s.speaker[1].task, WEFT_ERR_TIMEOUT));
    for (int l = 0; l < LISTENERS; l++) {
        CHECK_EQ(recv(&s.listener[l].sub), 1);
    }
    step(&s);
    CHECK(ended(&s.speaker[2].task, 0));
    for (int i = 2; i <= 4; i++) {
        CHECK_EQ(recv(&s.listener[0].sub), i);
    }
    CHECK_EQ(recv(&s.listener[0].sub), 7);
    for (int l = 1; l < LISTENERS; l++) {
        weft_broadcast_unsubscribe(&s.listener[l].sub);
    }
    studio_deinit(&s);
}

CASE(a_subscriber_that_leaves_lets_those_who_send_in)
{
    struct studio s;

    studio_init(&s, true);
    fill(&s);
    for (int i = 0; i < 3 * CAPACITY; i++) {
        speak(&s, i, 5 + i);
    }
    for (int l = 0; l < 2; l++) {
        listen(&s, l, UNTIL_IT_FAILS);
    }
    CHECK(!weft_task_finished(&s.speaker[0].task));
    weft_broadcast_unsubscribe(&s.listener[2].sub);
    for (int i = 0; i < 6; i++) {
        step(&s);
    }
    for (int i = 0; i < 3 * CAPACITY; i++) {
        CHECK(ended(&s.speaker[i].task, 0));
    }
    CHECK_EQ(weft_broadcast_close(&s.broadcast), 0);
    step(&s);
    for (int l = 0; l < 2; l++) {
        CHECK(ended(&s.listener[l].task, WEFT_ERR_CLOSED));
        CHECK_EQ(s.listener[l].sum, 16 * 17 / 2);
    }
    studio_deinit(&s);
}

CASE(who_leaves_lets_in_as_many_as_it_held_up)
{
    struct studio s;

    studio_init(&s, true);
    fill(&s);
    for (int i = 0; i < CAPACITY + 1; i++) {
        speak(&s, i, 5 + i);
    }
    for (int i = 1; i <= CAPACITY; i++) {
        CHECK_EQ(recv(&s.listener[0].sub), i);
        CHECK_EQ(recv(&s.listener[1].sub), i);
    }
    weft_broadcast_unsubscribe(&s.listener[2].sub);
    step(&s);
    for (int i = 0; i < CAPACITY; i++) {
        CHECK(ended(&s.speaker[i].task, 0));
    }
    CHECK(!weft_task_finished(&s.speaker[CAPACITY].task));
    CHECK_EQ(weft_broadcast_close(&s.broadcast), 0);
    studio_deinit(&s);
}

CASE(a_value_that_all_were_waiting_for_leaves_its_slot_at_once)
{
    struct studio s;

    studio_init(&s, true);
    for (int l = 0; l < 2; l++) {
        listen(&s, l, 1);
    }
    fill(&s);
    speak(&s, 0, 5);
    speak(&s, 1, 6);
    weft_broadcast_unsubscribe(&s.listener[2].sub);
    step(&s);
    /* The first value had been read by all others: one slot is free. */
    CHECK(ended(&s.speaker[0].task, 0));
    CHECK(!weft_task_finished(&s.speaker[1].task));
    weft_broadcast_unsubscribe(&s.listener[1].sub);
    weft_broadcast_unsubscribe(&s.listener[0].sub);
    studio_deinit(&s);
}

/* --- close, leave */

CASE(after_close_what_was_sent_is_received)
{
    struct studio s;

    studio_init(&s, true);
    fill(&s);
    speak(&s, 0, 9);
    for (int i = 1; i <= CAPACITY; i++) {
        CHECK_EQ(recv(&s.listener[0].sub), i);
    }
    listen(&s, 0, 1);
    CHECK_EQ(weft_broadcast_close(&s.broadcast), 0);
    CHECK_EQ(weft_broadcast_close(&s.broadcast), WEFT_ERR_CLOSED);
    step(&s);
    CHECK(ended(&s.listener[0].task, WEFT_ERR_CLOSED));
    CHECK(ended(&s.speaker[0].task, WEFT_ERR_CLOSED));
    CHECK_EQ(send(&s, 9), WEFT_ERR_CLOSED);
    CHECK_EQ(weft_broadcast_send(&s.broadcast, &s.speaker[0].value),
             WEFT_ERR_CLOSED);
    for (int i = 1; i <= CAPACITY; i++) {
        CHECK_EQ(recv(&s.listener[1].sub), i);
    }
    CHECK_EQ(recv(&s.listener[1].sub), WEFT_ERR_CLOSED);
    studio_deinit(&s);
}

CASE(who_leaves_has_received_nothing)
{
    struct studio s;

    studio_init(&s, true);
    s.listener[1].deadline_us = weft_deadline(WEFT_MS(1));
    listen(&s, 0, 1);
    listen(&s, 1, 1);
    weft_task_cancel(&s.listener[0].task);
    CHECK_EQ(weft_sleep(WEFT_MS(2)), 0);
    step(&s);
    CHECK(ended(&s.listener[0].task, WEFT_ERR_CANCELLED));
    CHECK(ended(&s.listener[1].task, WEFT_ERR_TIMEOUT));
    CHECK_EQ(
        weft_broadcast_recv_until(&s.listener[0].sub, &s.listener[0].value, 0),
        WEFT_ERR_TIMEOUT);
    CHECK_EQ(send(&s, 1), 0);
    for (int l = 0; l < LISTENERS; l++) {
        CHECK_EQ(recv(&s.listener[l].sub), 1);
    }
    CHECK_EQ(s.broadcast.used, 0);
    studio_deinit(&s);
}

static int recv_in_a_fiber(void *ctx)
{
    int value;
    int rc = weft_broadcast_recv_until(ctx, &value, weft_deadline(WEFT_MS(1)));

    return rc < 0 ? rc : value;
}

static int send_in_a_fiber(void *ctx)
{
    int value = 2;

    return weft_broadcast_send_until(ctx, &value, weft_deadline(WEFT_MS(1)));
}

WEFT_BROADCAST_DEFINE(news, int, 1);
WEFT_BROADCAST_DEFINE_ALL(orders, int, 1);

CASE(fibers_send_and_receive_by_static_ones)
{
    weft_subscriber_t reader;
    weft_subscriber_t soldier;

    weft_broadcast_subscribe(&news, &reader);
    weft_broadcast_subscribe(&orders, &soldier);
    CHECK_EQ(in_a_fiber(send_in_a_fiber, &news), 0);
    CHECK_EQ(in_a_fiber(send_in_a_fiber, &news), 0);
    CHECK_EQ(in_a_fiber(recv_in_a_fiber, &reader), 2);
    CHECK_EQ(reader.missed, 1);
    CHECK_EQ(in_a_fiber(recv_in_a_fiber, &reader), WEFT_ERR_TIMEOUT);
    CHECK_EQ(in_a_fiber(send_in_a_fiber, &orders), 0);
    CHECK_EQ(in_a_fiber(send_in_a_fiber, &orders), WEFT_ERR_TIMEOUT);
    CHECK_EQ(in_a_fiber(recv_in_a_fiber, &soldier), 2);
    CHECK_EQ(in_a_fiber(recv_in_a_fiber, &soldier), WEFT_ERR_TIMEOUT);
    weft_broadcast_unsubscribe(&reader);
    weft_broadcast_unsubscribe(&soldier);
}

/* --- bad input */

CASE(sizes_and_capacities_of_0_or_huge_ones_are_invalid)
{
    weft_broadcast_t b;
    char slots[2 * WEFT_COPY_MAX];
    uint32_t unread[2];

    CHECK_EQ(weft_broadcast_init(&b, slots, 0, 2), WEFT_ERR_INVALID);
    CHECK_EQ(weft_broadcast_init(&b, slots, 1, 0), WEFT_ERR_INVALID);
    CHECK_EQ(weft_broadcast_init(&b, NULL, 1, 2), WEFT_ERR_INVALID);
    CHECK_EQ(weft_broadcast_init(&b, slots, WEFT_COPY_MAX + 1, 2),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_broadcast_init(&b, slots, SIZE_MAX, 2), WEFT_ERR_INVALID);
    CHECK_EQ(weft_broadcast_init(&b, slots, 1,
                                 (size_t)WEFT_BROADCAST_CAPACITY_MAX + 1),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_broadcast_init_all(&b, slots, NULL, 1, 2), WEFT_ERR_INVALID);
    CHECK_EQ(weft_broadcast_init_all(&b, slots, unread, 0, 2),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_broadcast_init(&b, slots, WEFT_COPY_MAX, 2), 0);
}

CASE(one_subscriber_for_two_and_leaving_while_it_waits_are_assertions)
{
    struct studio s;
    int value;

    studio_init(&s, true);
    listen(&s, 0, 1);
    CHECK_DIES(weft_broadcast_recv(&s.listener[0].sub, &value),
               "a subscriber that already waits");
    CHECK_DIES(weft_broadcast_unsubscribe(&s.listener[0].sub),
               "unsubscribed by another while it waits");
    CHECK_EQ(weft_broadcast_close(&s.broadcast), 0);
    studio_deinit(&s);
}
