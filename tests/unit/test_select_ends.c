/* test_select_ends.c - what selects leave behind: ended, closed, cancelled
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/choosers.h"

/* --- what a select that has ended leaves at a queue's head */

CASE(the_next_is_served_where_an_ended_select_was_first)
{
    struct hall hall;
    struct chooser *one;
    struct chooser *two;

    hall_open(&hall, 0);
    one = hall.chooser;
    two = &hall.chooser[1];
    (void)choose(&hall, 0, 2, weft_case_recv(&hall.a, &one->in),
                 weft_case_recv(&hall.b, &one->in));
    (void)choose(&hall, 1, 2, weft_case_recv(&hall.b, &two->in),
                 weft_case_event(&hall.auto_event));
    CHECK_EQ(put(&hall.a, 1), 0); /* it has ended, but did not run yet */
    CHECK_EQ(put(&hall.b, 2), 0);
    CHECK_EQ(put(&hall.b, 3), WEFT_ERR_FULL);
    (void)weft_manual_drain(&hall.manual);
    CHECK(chose(one, 0, 0) && chose(two, 0, 0));
    CHECK_EQ(one->in, 1);
    CHECK_EQ(two->in, 2);
    all_empty(&hall);
    hall_close(&hall);
}

CASE(a_select_finds_the_next_behind_one_that_has_ended)
{
    struct hall hall;
    struct chooser *one;
    struct chooser *two;
    struct chooser *third;

    hall_open(&hall, 0);
    one = hall.chooser;
    two = &hall.chooser[1];
    third = &hall.chooser[2];
    (void)choose(&hall, 0, 2, weft_case_recv(&hall.a, &one->in),
                 weft_case_recv(&hall.b, &one->in));
    (void)choose(&hall, 1, 2, weft_case_recv(&hall.b, &two->in),
                 weft_case_event(&hall.auto_event));
    third->out = 9;
    third->count = 2;
    third->cases[0] = weft_case_send(&hall.b, &third->out);
    third->cases[1] = weft_case_event(&hall.auto_event);
    CHECK_EQ(weft_spawn(&hall.manual.executor, chooser_task(third)), 0);
    CHECK_EQ(put(&hall.a, 1), 0); /* the first one's end comes behind it */
    CHECK(weft_manual_run_one(&hall.manual));
    CHECK(chose(third, 0, 0));
    (void)weft_manual_drain(&hall.manual);
    CHECK(chose(one, 0, 0) && chose(two, 0, 0));
    CHECK_EQ(two->in, 9);
    all_empty(&hall);
    hall_close(&hall);
}

struct sender {
    weft_task_t task;
    weft_await_t await;
    weft_channel_t *channel;
    int value;
};
WEFT_TASK(sender)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_channel_send, self->channel, &self->value);
    WEFT_END;
}

CASE(a_send_that_may_wait_passes_over_a_select_that_has_ended)
{
    struct sender sender = {.value = 6};
    struct hall hall;
    struct chooser *one;

    hall_open(&hall, 0);
    one = hall.chooser;
    (void)choose(&hall, 0, 2, weft_case_recv(&hall.a, &one->in),
                 weft_case_recv(&hall.b, &one->in));
    sender.channel = &hall.b;
    CHECK_EQ(weft_spawn(&hall.manual.executor, sender_task(&sender)), 0);
    CHECK_EQ(put(&hall.a, 1), 0);
    (void)weft_manual_drain(&hall.manual);
    CHECK(chose(one, 0, 0));
    CHECK_EQ(one->in, 1);
    CHECK(!weft_task_finished(&sender.task));
    CHECK_EQ(get(&hall.b), 6);
    (void)weft_manual_drain(&hall.manual);
    CHECK(weft_task_finished(&sender.task));
    hall_close(&hall);
}

CASE(an_event_and_a_signal_pass_over_a_select_that_has_ended)
{
    struct hall hall;
    struct chooser *one;
    struct chooser *two;
    int in = 0;

    hall_open(&hall, 0);
    one = hall.chooser;
    two = &hall.chooser[1];
    one->cases[2] = weft_case_event(&hall.manual_event);
    one->cases[3] = weft_case_event(&hall.auto_event);
    (void)choose(&hall, 0, 4, weft_case_recv(&hall.a, &one->in),
                 weft_case_signal(&hall.number.signal, &one->in));
    (void)choose(&hall, 1, 2, weft_case_event(&hall.auto_event),
                 weft_case_recv(&hall.b, &two->in));
    CHECK_EQ(put(&hall.a, 1), 0);
    weft_event_set(&hall.auto_event);
    weft_event_set(&hall.manual_event);
    weft_signal_set(&hall.number.signal, &(int){8});
    CHECK_EQ(weft_signal_try_wait(&hall.number.signal, &in), 0);
    CHECK_EQ(in, 8);
    (void)weft_manual_drain(&hall.manual);
    CHECK(chose(one, 0, 0) && chose(two, 0, 0));
    CHECK_EQ(one->in, 1);
    CHECK(!weft_event_is_set(&hall.auto_event));
    hall_close(&hall);
}

CASE(a_signal_has_a_new_consumer_when_its_select_has_ended)
{
    struct hall hall;
    struct chooser *one;
    struct chooser *two;

    hall_open(&hall, 0);
    one = hall.chooser;
    two = &hall.chooser[1];
    (void)choose(&hall, 0, 2, weft_case_recv(&hall.a, &one->in),
                 weft_case_signal(&hall.number.signal, &one->in));
    (void)choose(&hall, 1, 1, weft_case_signal(&hall.number.signal, &two->in),
                 weft_case_none());
    CHECK(chose(two, 0, WEFT_ERR_BUSY));
    CHECK_EQ(weft_signal_wait_until(&hall.number.signal, &two->in, 0),
             WEFT_ERR_BUSY);
    CHECK_EQ(put(&hall.a, 1), 0);
    CHECK_EQ(weft_signal_wait_until(&hall.number.signal, &two->in, 0),
             WEFT_ERR_TIMEOUT);
    (void)weft_manual_drain(&hall.manual);
    CHECK(chose(one, 0, 0));
    (void)choose(&hall, 0, 2, weft_case_recv(&hall.a, &one->in),
                 weft_case_signal(&hall.number.signal, &one->in));
    CHECK_EQ(put(&hall.a, 1), 0);
    two->cases[0] = weft_case_signal(&hall.number.signal, &two->in);
    CHECK_EQ(weft_spawn(&hall.manual.executor, chooser_task(two)), 0);
    (void)weft_manual_drain(&hall.manual);
    CHECK(chose(one, 0, 0) && waits(two));
    weft_signal_set(&hall.number.signal, &(int){5});
    (void)weft_manual_drain(&hall.manual);
    CHECK(chose(two, 0, 0));
    CHECK_EQ(two->in, 5);
    hall_close(&hall);
}

CASE(eight_selects_run_at_most_twice_for_each_message)
{
    enum { MESSAGES = 1000 };
    struct hall hall;
    int runs = 0;
    int received = 0;

    hall_open(&hall, 2);
    for (int i = 0; i < CHOOSERS; i++) {
        struct chooser *one = &hall.chooser[i];

        one->again = true;
        (void)choose(&hall, i, 2, weft_case_recv(&hall.a, &one->in),
                     weft_case_recv(&hall.b, &one->in));
    }
    for (int sent = 0; sent < MESSAGES;) {
        do {
            sent += put(sent % 3 == 0 ? &hall.a : &hall.b, sent) == 0;
        } while (sent % 7 != 0 && sent < MESSAGES);
        runs += (int)weft_manual_drain(&hall.manual);
    }
    for (int i = 0; i < CHOOSERS; i++) {
        received += hall.chooser[i].times;
    }
    CHECK_EQ(received, MESSAGES);
    CHECK(runs <= 2 * MESSAGES);
    hall_close(&hall);
}

/* --- close */

CASE(close_ends_parked_selects_by_their_case)
{
    struct hall hall;
    struct chooser *one;
    struct chooser *two;
    int other = -1;

    hall_open(&hall, 0);
    one = hall.chooser;
    two = &hall.chooser[1];
    (void)choose(&hall, 0, 2, weft_case_send(&hall.b, &one->out),
                 weft_case_recv(&hall.a, &one->in));
    two->in = -1;
    (void)choose(&hall, 1, 2, weft_case_recv(&hall.a, &two->in),
                 weft_case_recv(&hall.a, &other));
    CHECK_EQ(weft_channel_close(&hall.a), 0);
    CHECK_EQ(weft_manual_drain(&hall.manual), 2);
    CHECK(chose(one, 1, WEFT_ERR_CLOSED));
    CHECK(chose(two, 0, WEFT_ERR_CLOSED) || chose(two, 1, WEFT_ERR_CLOSED));
    CHECK(two->in == -1 && other == -1);
    all_empty(&hall);
    (void)choose(&hall, 0, 2, weft_case_send(&hall.b, &one->out),
                 weft_case_send(&hall.a, &one->out));
    CHECK(chose(one, 1, WEFT_ERR_CLOSED));
    (void)choose(&hall, 0, 2, weft_case_send(&hall.b, &one->out),
                 weft_case_recv(&hall.a, &one->in));
    CHECK(chose(one, 1, WEFT_ERR_CLOSED));
    (void)choose(&hall, 0, 2, weft_case_send(&hall.b, &one->out),
                 weft_case_send(&hall.b, &one->out));
    CHECK_EQ(weft_channel_close(&hall.b), 0);
    (void)weft_manual_drain(&hall.manual);
    CHECK(chose(one, 0, WEFT_ERR_CLOSED) || chose(one, 1, WEFT_ERR_CLOSED));
    CHECK_EQ(one->out, 100);
    hall_close(&hall);
}

CASE(a_select_receives_what_is_left_after_a_close)
{
    struct hall hall;
    struct chooser *one;

    hall_open(&hall, 1);
    one = hall.chooser;
    CHECK_EQ(put(&hall.a, 4), 0);
    CHECK_EQ(weft_channel_close(&hall.a), 0);
    (void)choose(&hall, 0, 1, weft_case_recv(&hall.a, &one->in),
                 weft_case_none());
    CHECK(chose(one, 0, 0));
    CHECK_EQ(one->in, 4);
    (void)choose(&hall, 0, 1, weft_case_recv(&hall.a, &one->in),
                 weft_case_none());
    CHECK(chose(one, 0, WEFT_ERR_CLOSED));
    hall_close(&hall);
}

/* --- slots */

CASE(a_select_goes_through_slots_in_their_order)
{
    static int room[WEFT_CHANNEL_SLOTS_SIZE(sizeof(int), 2) / sizeof(int) + 1];
    struct hall hall;
    struct chooser *one;
    struct chooser *two;
    weft_channel_t slots;
    void *slot;

    hall_open(&hall, 0);
    one = hall.chooser;
    two = &hall.chooser[1];
    CHECK_EQ(weft_channel_init_slots(&slots, room, sizeof(int), 2), 0);
    (void)choose(&hall, 0, 2, weft_case_recv(&slots, &one->in),
                 weft_case_recv(&hall.b, &one->in));
    CHECK_EQ(weft_channel_try_reserve(&slots, &slot), 0);
    *(int *)slot = 6;
    (void)choose(&hall, 1, 2, weft_case_send(&slots, &two->out),
                 weft_case_recv(&hall.b, &two->in));
    CHECK(waits(one) && chose(two, 0, 0));
    (void)choose(&hall, 1, 2, weft_case_send(&slots, &two->out),
                 weft_case_recv(&hall.b, &two->in));
    CHECK(waits(two));
    CHECK_EQ(weft_channel_commit(&slots, slot), 0);
    (void)weft_manual_drain(&hall.manual);
    CHECK(chose(one, 0, 0) && chose(two, 0, 0));
    CHECK_EQ(one->in, 6);
    (void)choose(&hall, 0, 1, weft_case_recv(&slots, &one->in),
                 weft_case_none());
    CHECK(chose(one, 0, 0));
    CHECK_EQ(one->in, 101);
    CHECK_EQ(weft_channel_close(&slots), 0);
    CHECK_EQ(get(&slots), 101);
    (void)choose(&hall, 0, 1, weft_case_recv(&slots, &one->in),
                 weft_case_none());
    CHECK(chose(one, 0, WEFT_ERR_CLOSED));
    weft_channel_deinit(&slots);
    hall_close(&hall);
}

/* --- leaving */

CASE(a_cancelled_select_has_done_nothing_and_leaves_nothing)
{
    struct hall hall;
    struct chooser *one;
    struct chooser *two;

    hall_open(&hall, 0);
    one = hall.chooser;
    two = &hall.chooser[1];
    one->cases[2] = weft_case_event(&hall.auto_event);
    one->cases[3] = weft_case_signal(&hall.number.signal, &one->in);
    (void)choose(&hall, 0, 4, weft_case_send(&hall.a, &one->out),
                 weft_case_recv(&hall.b, &one->in));
    (void)choose(&hall, 1, 2, weft_case_send(&hall.a, &two->out),
                 weft_case_recv(&hall.b, &two->in));
    weft_task_cancel(&one->task);
    (void)weft_manual_drain(&hall.manual);
    CHECK(failed(one, WEFT_ERR_CANCELLED));
    CHECK(hall.auto_event.crowd.waiters.first == NULL);
    CHECK(hall.number.signal.waiter == NULL);
    CHECK_EQ(get(&hall.a), 101);
    CHECK_EQ(get(&hall.a), WEFT_ERR_EMPTY);
    (void)weft_manual_drain(&hall.manual);
    CHECK(chose(two, 0, 0));
    all_empty(&hall);
    hall_close(&hall);
}

CASE(what_ended_a_select_before_its_cancel_counts)
{
    struct hall hall;
    struct chooser *one;

    hall_open(&hall, 0);
    one = hall.chooser;
    (void)choose(&hall, 0, 2, weft_case_send(&hall.a, &one->out),
                 weft_case_recv(&hall.b, &one->in));
    CHECK_EQ(get(&hall.a), 100);
    weft_task_cancel(&one->task);
    (void)weft_manual_drain(&hall.manual);
    CHECK(chose(one, 0, 0));
    CHECK_EQ(weft_spawn(&hall.manual.executor, chooser_task(one)), 0);
    weft_task_cancel(&one->task);
    weft_event_set(&hall.manual_event);
    one->cases[0] = weft_case_event(&hall.manual_event);
    (void)weft_manual_drain(&hall.manual);
    CHECK(failed(one, WEFT_ERR_CANCELLED));
    hall_close(&hall);
}
