/* test_every_channel.c - a channel in all schedules
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/explore.h"

enum { SENDERS = 2 };

static weft_channel_t channel;
static int room[2];
static int sent_rc[SENDERS];
static int value[SENDERS];

static void begin(size_t capacity)
{
    CHECK_EQ(weft_channel_init(&channel, capacity == 0 ? NULL : room,
                               sizeof(int), capacity),
             0);
    for (int i = 0; i < SENDERS; i++) {
        sent_rc[i] = 1;
        value[i] = 100 + i;
    }
}

static void send(void *ctx)
{
    int i = (int)(intptr_t)ctx;

    sent_rc[i] = weft_channel_send(&channel, &value[i]);
}

static void send_two(void *ctx)
{
    (void)ctx;
    send((void *)0);
    send((void *)1);
}

static void start_sender(int i)
{
    side(send, (void *)(intptr_t)i);
}

/* The value, or the error. */
static int receive(void)
{
    int got = 0;
    int rc = weft_channel_recv(&channel, &got);

    return rc < 0 ? rc : got;
}

static int try_receive(void)
{
    int got = 0;
    int rc = weft_channel_try_recv(&channel, &got);

    return rc < 0 ? rc : got;
}

EXPLORE(two_senders_meet_a_receiver)
{
    begin(0);
    start_sender(0);
    start_sender(1);
    int first = receive();
    int second = receive();
    CHECK_EQ(first + second, 201);
    CHECK(first == 100 || first == 101);
    sides_join();
    CHECK_EQ(sent_rc[0], 0);
    CHECK_EQ(sent_rc[1], 0);
    weft_channel_deinit(&channel);
}

EXPLORE(one_slot_keeps_the_order_of_a_sender)
{
    begin(1);
    side(send_two, NULL);
    CHECK_EQ(receive(), 100);
    CHECK_EQ(receive(), 101);
    sides_join();
    CHECK_EQ(sent_rc[1], 0);
    weft_channel_deinit(&channel);
}

EXPLORE(two_senders_share_one_slot)
{
    begin(1);
    start_sender(0);
    start_sender(1);
    CHECK_EQ(receive() + receive(), 201);
    sides_join();
    CHECK_EQ(try_receive(), WEFT_ERR_EMPTY);
    weft_channel_deinit(&channel);
}

EXPLORE(the_receiver_frees_the_channel_while_the_send_goes_on)
{
    begin(0);
    start_sender(0);
    CHECK_EQ(receive(), 100);
    drop(&channel, sizeof(channel));
    sides_join();
    CHECK_EQ(sent_rc[0], 0);
}

EXPLORE(a_try_send_reaches_who_is_parked_or_nobody)
{
    int rc;

    begin(0);
    start_sender(0);
    rc = try_receive();
    CHECK(rc == WEFT_ERR_EMPTY || rc == 100);
    if (rc < 0) {
        CHECK_EQ(receive(), 100);
    }
    sides_join();
    weft_channel_deinit(&channel);
}

/* --- close: a send happened, or its value is still the sender's */

static int close_rc[2];

static void close_channel(void *ctx)
{
    close_rc[(intptr_t)ctx] = weft_channel_close(&channel);
}

EXPLORE(a_close_meets_parked_senders_who_keep_their_value)
{
    int got;

    begin(0);
    start_sender(0);
    start_sender(1);
    side(close_channel, NULL);
    got = receive();
    sides_join();
    CHECK_EQ(close_rc[0], 0);
    CHECK(got == WEFT_ERR_CLOSED || got == 100 || got == 101);
    for (int i = 0; i < SENDERS; i++) {
        CHECK_EQ(sent_rc[i], got == value[i] ? 0 : WEFT_ERR_CLOSED);
    }
    weft_channel_deinit(&channel);
}

EXPLORE(what_lies_there_is_received_after_a_close)
{
    int got;

    begin(1);
    start_sender(0);
    side(close_channel, NULL);
    got = receive();
    sides_join();
    CHECK_EQ(got, sent_rc[0] == 0 ? 100 : WEFT_ERR_CLOSED);
    CHECK_EQ(receive(), WEFT_ERR_CLOSED);
    weft_channel_deinit(&channel);
}

EXPLORE(of_two_closes_one_was_first)
{
    begin(0);
    side(close_channel, (void *)1);
    start_sender(0);
    close_channel((void *)0);
    sides_join();
    CHECK_EQ(close_rc[0] + close_rc[1], WEFT_ERR_CLOSED);
    CHECK_EQ(sent_rc[0], WEFT_ERR_CLOSED);
    weft_channel_deinit(&channel);
}

EXPLORE(who_was_ended_by_a_close_frees_the_channel)
{
    begin(0);
    side(close_channel, (void *)0);
    CHECK_EQ(receive(), WEFT_ERR_CLOSED);
    drop(&channel, sizeof(channel));
    sides_join();
}

static void send_at_ten(void *ctx)
{
    weft_sim_sleep_until(10);
    send(ctx);
}

EXPLORE(a_send_meets_a_limit_and_is_received_once)
{
    int got = 0;
    int rc;

    begin(0);
    side(send_at_ten, NULL);
    rc = weft_channel_recv_until(&channel, &got, 10);
    CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT);
    CHECK_EQ(rc == 0 ? got : receive(), 100);
    sides_join();
    CHECK_EQ(sent_rc[0], 0);
    weft_channel_deinit(&channel);
}
