/* test_channel.c - capacity, order, limits, cancel, who runs how often
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "tests/support/handler.h"
#include "tests/support/pairs.h"
#include "weft/weft.h"

#include "tests/support/traders.h"

/* --- what init takes */

CASE(init_refuses_sizes_that_make_no_sense)
{
    weft_channel_t channel;
    int room[4];

    CHECK_EQ(weft_channel_init(&channel, room, 0, 4), WEFT_ERR_INVALID);
    CHECK_EQ(weft_channel_init(&channel, NULL, 0, 0), WEFT_ERR_INVALID);
    CHECK_EQ(weft_channel_init(&channel, NULL, 4, 4), WEFT_ERR_INVALID);
    CHECK_EQ(weft_channel_init(&channel, room, WEFT_COPY_MAX + 1, 1),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_channel_init(&channel, room, 4, SIZE_MAX), WEFT_ERR_INVALID);
    CHECK_EQ(weft_channel_init(&channel, room, 4,
                               (size_t)WEFT_CHANNEL_CAPACITY_MAX + 1),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_channel_init(&channel, NULL, SIZE_MAX, 0), WEFT_ERR_INVALID);
    CHECK_EQ(weft_channel_init(&channel, room, SIZE_MAX, 2), WEFT_ERR_INVALID);
    CHECK_EQ(weft_channel_init_slots(&channel, room, 4, 0), WEFT_ERR_INVALID);
    CHECK_EQ(weft_channel_init_slots(&channel, room, SIZE_MAX / 3, 4),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_channel_init_slots(&channel, NULL, 4, 4), WEFT_ERR_INVALID);
    CHECK_EQ(weft_channel_init(&channel, room, sizeof(int), 4), 0);
    weft_channel_deinit(&channel);
    CHECK_EQ(weft_channel_init(&channel, NULL, 1000000, 0), 0);
    weft_channel_deinit(&channel);
}

/* --- without waiters */

WEFT_CHANNEL_DEFINE(numbers, int, 3);

CASE(a_ring_gives_first_in_first_out_and_says_full_and_empty)
{
    int in = 0;
    int out;

    CHECK_EQ(weft_channel_try_recv(&numbers, &out), WEFT_ERR_EMPTY);
    for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 3; i++, in++) {
            CHECK_EQ(weft_channel_try_send(&numbers, &in), 0);
        }
        CHECK_EQ(weft_channel_try_send(&numbers, &in), WEFT_ERR_FULL);
        CHECK_EQ(weft_channel_count(&numbers), 3);
        for (int i = 3; i > 0; i--) {
            CHECK_EQ(weft_channel_try_recv(&numbers, &out), 0);
            CHECK_EQ(out, in - i);
        }
        CHECK_EQ(weft_channel_try_recv(&numbers, &out), WEFT_ERR_EMPTY);
    }
    CHECK_EQ(weft_channel_count(&numbers), 0);
    CHECK(!weft_channel_is_closed(&numbers));
}

CASE(values_of_any_size_arrive_whole)
{
    static const size_t sizes[] = {1, 2, 3, 4, 7, 8, 12, 16, 64, WEFT_COPY_MAX};
    unsigned char room[3 * WEFT_COPY_MAX];
    unsigned char value[WEFT_COPY_MAX];
    unsigned char got[WEFT_COPY_MAX];

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        weft_channel_t channel;

        CHECK_EQ(weft_channel_init(&channel, room, sizes[i], 3), 0);
        for (int n = 0; n < 7; n++) {
            memset(value, n + 1, sizeof(value));
            memset(got, 0, sizeof(got));
            CHECK_EQ(weft_channel_try_send(&channel, value), 0);
            CHECK_EQ(weft_channel_try_recv(&channel, got), 0);
            CHECK(memcmp(value, got, sizes[i]) == 0);
            CHECK(sizes[i] == sizeof(got) || got[sizes[i]] == 0);
        }
        weft_channel_deinit(&channel);
    }
}

WEFT_CHANNEL_DEFINE(meeting, int, 0);

CASE(a_rendezvous_without_a_peer_is_full_and_empty)
{
    int value = 1;

    CHECK_EQ(weft_channel_try_send(&meeting, &value), WEFT_ERR_FULL);
    CHECK_EQ(weft_channel_try_recv(&meeting, &value), WEFT_ERR_EMPTY);
    CHECK_EQ(weft_channel_send_until(&meeting, &value, 0), WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_channel_recv_until(&meeting, &value, 0), WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_channel_try_send(&meeting, &value), WEFT_ERR_FULL);
}

/* --- with waiters, on a manual executor: each step is seen */

CASE(a_parked_receiver_gets_the_value_by_hand)
{
    struct market m;

    market_open(&m, 2, 0);
    trader_start(&m, 0, RECEIVES, 0);
    trader_start(&m, 1, RECEIVES, 0);
    CHECK_EQ(weft_manual_drain(&m.manual), 2);
    CHECK_EQ(try_send(&m, 5), 0);
    CHECK_EQ(weft_channel_count(&m.channel), 0);
    CHECK_EQ(try_send(&m, 6), 0);
    CHECK_EQ(weft_manual_drain(&m.manual), 2);
    CHECK_EQ(m.trader[0].value, 5);
    CHECK_EQ(m.trader[1].value, 6);
    CHECK(ended(&m, 0, 0) && ended(&m, 1, 0));
    market_close(&m);
}

CASE(a_freed_slot_goes_to_the_first_parked_sender)
{
    struct market m;

    market_open(&m, 2, 2);
    CHECK_EQ(try_send(&m, 1), 0);
    CHECK_EQ(try_send(&m, 2), 0);
    trader_start(&m, 0, SENDS, 3);
    trader_start(&m, 1, SENDS, 4);
    CHECK_EQ(weft_manual_drain(&m.manual), 2);
    CHECK_EQ(try_recv(&m), 1);
    CHECK_EQ(try_send(&m, 9), WEFT_ERR_FULL);
    CHECK_EQ(weft_manual_drain(&m.manual), 1);
    CHECK(ended(&m, 0, 0) && !weft_task_finished(&m.trader[1].task));
    for (int i = 2; i <= 4; i++) {
        CHECK_EQ(try_recv(&m), i);
    }
    CHECK_EQ(weft_manual_drain(&m.manual), 1);
    CHECK(ended(&m, 1, 0));
    CHECK_EQ(try_recv(&m), WEFT_ERR_EMPTY);
    market_close(&m);
}

CASE(parked_senders_of_a_rendezvous_are_taken_in_order)
{
    struct market m;

    market_open(&m, 3, 0);
    for (int i = 0; i < 3; i++) {
        trader_start(&m, i, SENDS, 10 + i);
    }
    CHECK_EQ(weft_manual_drain(&m.manual), 3);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(try_recv(&m), 10 + i);
    }
    CHECK_EQ(try_recv(&m), WEFT_ERR_EMPTY);
    CHECK_EQ(weft_manual_drain(&m.manual), 3);
    market_close(&m);
}

CASE(eight_receivers_run_at_most_twice_for_each_message)
{
    enum { MESSAGES = 1000 };
    struct market m;
    int runs = 0;

    for (size_t capacity = 0; capacity <= 2; capacity += 2) {
        market_open(&m, TRADERS, capacity);
        for (int i = 0; i < TRADERS; i++) {
            m.trader[i].again = true;
            trader_start(&m, i, RECEIVES, 0);
        }
        CHECK_EQ(weft_manual_drain(&m.manual), TRADERS);
        runs = 0;
        for (int sent = 0; sent < MESSAGES;) {
            /* one at a time, then as many as there is room for */
            do {
                sent += try_send(&m, sent) == 0;
            } while (sent % 7 != 0 && sent < MESSAGES);
            runs += (int)weft_manual_drain(&m.manual);
        }
        CHECK(runs <= 2 * MESSAGES);
        CHECK_EQ(m.received, MESSAGES);
        market_close(&m);
    }
}

/* --- leaving */

CASE(a_cancelled_send_sends_nothing_and_a_cancelled_receive_takes_nothing)
{
    struct market m;

    market_open(&m, 2, 0);
    trader_start(&m, 0, SENDS, 1);
    trader_start(&m, 1, SENDS, 2);
    CHECK_EQ(weft_manual_drain(&m.manual), 2);
    weft_task_cancel(&m.trader[0].task);
    (void)weft_manual_drain(&m.manual);
    CHECK(ended(&m, 0, WEFT_ERR_CANCELLED));
    CHECK_EQ(try_recv(&m), 2);
    CHECK_EQ(try_recv(&m), WEFT_ERR_EMPTY);
    market_close(&m);

    market_open(&m, 2, 1);
    trader_start(&m, 0, RECEIVES, 0);
    trader_start(&m, 1, RECEIVES, 0);
    CHECK_EQ(weft_manual_drain(&m.manual), 2);
    weft_task_cancel(&m.trader[0].task);
    (void)weft_manual_drain(&m.manual);
    CHECK(ended(&m, 0, WEFT_ERR_CANCELLED));
    CHECK_EQ(try_send(&m, 7), 0);
    (void)weft_manual_drain(&m.manual);
    CHECK(ended(&m, 1, 0));
    CHECK_EQ(m.trader[1].value, 7);
    market_close(&m);
}

CASE(what_was_handed_over_before_the_cancel_is_kept)
{
    struct market m;

    market_open(&m, 2, 0);
    trader_start(&m, 0, RECEIVES, 0);
    trader_start(&m, 1, SENDS, 8);
    CHECK_EQ(weft_manual_run_one(&m.manual), true);
    CHECK_EQ(try_send(&m, 3), 0);
    weft_task_cancel(&m.trader[0].task);
    (void)weft_manual_drain(&m.manual);
    CHECK(ended(&m, 0, 0));
    CHECK_EQ(m.trader[0].value, 3);
    CHECK_EQ(try_recv(&m), 8);
    weft_task_cancel(&m.trader[1].task);
    (void)weft_manual_drain(&m.manual);
    CHECK(ended(&m, 1, 0));
    market_close(&m);
}

CASE(who_is_cancelled_before_it_calls_sends_nothing)
{
    struct market m;

    market_open(&m, 1, 1);
    trader_start(&m, 0, SENDS, 1);
    weft_task_cancel(&m.trader[0].task);
    (void)weft_manual_drain(&m.manual);
    CHECK(ended(&m, 0, WEFT_ERR_CANCELLED));
    CHECK_EQ(try_recv(&m), WEFT_ERR_EMPTY);
    market_close(&m);
}

CASE(a_limit_ends_each_operation_and_leaves_nothing)
{
    uint64_t deadline = weft_deadline(WEFT_MS(2));
    int value = 4;

    CHECK_EQ(weft_channel_send_until(&meeting, &value, deadline),
             WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_channel_recv_until(&meeting, &value, deadline + 1000),
             WEFT_ERR_TIMEOUT);
    CHECK(weft_now_us() >= deadline + 1000);
    CHECK_EQ(weft_channel_try_send(&meeting, &value), WEFT_ERR_FULL);
    CHECK_EQ(weft_channel_try_recv(&meeting, &value), WEFT_ERR_EMPTY);
    CHECK(meeting.senders.first == NULL && meeting.receivers.first == NULL);
}

CASE(a_loop_of_ready_operations_lets_others_run)
{
    struct market m;

    market_open(&m, 2, 4 * WEFT_BUDGET);
    for (int i = 0; i < 4 * WEFT_BUDGET; i++) {
        CHECK_EQ(try_send(&m, i), 0);
    }
    m.trader[0].again = true;
    trader_start(&m, 0, RECEIVES, 0);
    trader_start(&m, 1, SENDS, 0);
    CHECK(weft_manual_run_one(&m.manual));
    CHECK_EQ(m.received, WEFT_BUDGET - 1);
    CHECK(weft_manual_run_one(&m.manual));
    CHECK(ended(&m, 1, 0));
    (void)weft_manual_drain(&m.manual);
    CHECK_EQ(m.received, 4 * WEFT_BUDGET + 1);
    market_close(&m);
}

/* --- wrong programs */

CASE(a_channel_that_somebody_waits_for_is_not_deinitialised)
{
    struct market m;

    market_open(&m, 1, 0);
    trader_start(&m, 0, RECEIVES, 0);
    (void)weft_manual_drain(&m.manual);
    CHECK_DIES(weft_channel_deinit(&m.channel),
               "deinit of a channel that somebody waits for");
    CHECK_EQ(try_send(&m, 0), 0);
    (void)weft_manual_drain(&m.manual);
    market_close(&m);
}

static void recv_in_interrupt(void *ctx)
{
    int value;

    (void)weft_channel_recv(ctx, &value);
}

static void close_in_interrupt(void *ctx)
{
    (void)weft_channel_close(ctx);
}

CASE_INTERRUPT(a_wait_or_close_in_an_interrupt_is_an_assertion)
{
    CHECK_DIES(handle(recv_in_interrupt, &meeting),
               "a waiting call in an interrupt");
    CHECK_DIES(handle(close_in_interrupt, &meeting),
               "a channel closed in an interrupt");
}

/* --- each kind of sender with each kind of receiver */

struct deal {
    weft_channel_t channel;
    int room[1];
    int sent;
    int got;
};

static void deal_init(void *object)
{
    struct deal *deal = object;

    CHECK_EQ(weft_channel_init(&deal->channel, NULL, sizeof(int), 0), 0);
    deal->sent = 17;
}

static void deal_init_one(void *object)
{
    struct deal *deal = object;

    CHECK_EQ(weft_channel_init(&deal->channel, deal->room, sizeof(int), 1), 0);
    deal->sent = 17;
}

static int deal_recv_begin(weft_await_t *await, void *object)
{
    struct deal *deal = object;

    return weft_channel_recv_begin(await, &deal->channel, &deal->got);
}

static int deal_recv(void *object)
{
    struct deal *deal = object;

    return weft_channel_recv(&deal->channel, &deal->got);
}

static int deal_send_begin(weft_await_t *await, void *object)
{
    struct deal *deal = object;

    return weft_channel_send_begin(await, &deal->channel, &deal->sent);
}

static int deal_send(void *object)
{
    struct deal *deal = object;

    return weft_channel_send_until(&deal->channel, &deal->sent,
                                   WEFT_FOREVER - 1);
}

static void deal_try_send(void *object)
{
    struct deal *deal = object;

    CHECK_EQ(weft_channel_try_send(&deal->channel, &deal->sent), 0);
}

static void deal_received(void *object, int rc)
{
    struct deal *deal = object;

    CHECK_EQ(rc, 0);
    CHECK_EQ(deal->got, 17);
}

CASE(each_sender_meets_each_receiver_at_a_rendezvous)
{
    static const struct pairs pairs = {
        .size = sizeof(struct deal),
        .init = deal_init,
        .wait = {.begin = deal_recv_begin, .block = deal_recv},
        .wake = {.begin = deal_send_begin, .block = deal_send},
        .waited = deal_received,
    };

    pairs_run(&pairs);
}

CASE(each_sender_serves_each_receiver_through_a_ring)
{
    static const struct pairs pairs = {
        .size = sizeof(struct deal),
        .init = deal_init_one,
        .wait = {.begin = deal_recv_begin, .block = deal_recv},
        .wake = {.plain = deal_try_send},
        .waited = deal_received,
        .frees = true,
        .interrupt = true,
    };

    pairs_run(&pairs);
}

CASE(each_receiver_frees_each_sender)
{
    static const struct pairs pairs = {
        .size = sizeof(struct deal),
        .init = deal_init,
        .wait = {.begin = deal_send_begin, .block = deal_send},
        .wake = {.begin = deal_recv_begin, .block = deal_recv},
        .woke = deal_received,
    };

    pairs_run(&pairs);
}

/* --- a close ends waits, and who waited frees the channel at once */

static void deal_close(void *object)
{
    struct deal *deal = object;

    CHECK_EQ(weft_channel_close(&deal->channel), 0);
}

static void deal_was_closed(void *object, int rc)
{
    struct deal *deal = object;

    CHECK_EQ(rc, WEFT_ERR_CLOSED);
    CHECK_EQ(deal->sent, 17);
    CHECK_EQ(deal->got, 0);
}

CASE(a_receiver_whom_a_close_has_ended_frees_the_channel)
{
    static const struct pairs pairs = {
        .size = sizeof(struct deal),
        .init = deal_init,
        .wait = {.begin = deal_recv_begin, .block = deal_recv},
        .wake = {.plain = deal_close},
        .waited = deal_was_closed,
        .frees = true,
    };

    pairs_run(&pairs);
}

CASE(a_sender_whom_a_close_has_ended_frees_the_channel)
{
    static const struct pairs pairs = {
        .size = sizeof(struct deal),
        .init = deal_init,
        .wait = {.begin = deal_send_begin, .block = deal_send},
        .wake = {.plain = deal_close},
        .waited = deal_was_closed,
        .frees = true,
    };

    pairs_run(&pairs);
}
