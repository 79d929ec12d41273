/* test_channel_close.c - the end of a channel; slots without copies
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "tests/support/cores.h"
#include "tests/support/traders.h"

/* --- close */

CASE(receivers_drain_what_is_left_and_then_get_closed)
{
    struct market m;

    market_open(&m, 1, 2);
    CHECK_EQ(try_send(&m, 1), 0);
    CHECK_EQ(try_send(&m, 2), 0);
    CHECK_EQ(weft_channel_close(&m.channel), 0);
    CHECK(weft_channel_is_closed(&m.channel));
    CHECK_EQ(try_send(&m, 3), WEFT_ERR_CLOSED);
    CHECK_EQ(try_recv(&m), 1);
    CHECK_EQ(try_send(&m, 3), WEFT_ERR_CLOSED);
    m.trader[0].again = true;
    trader_start(&m, 0, RECEIVES, 0);
    (void)weft_manual_drain(&m.manual);
    CHECK_EQ(m.received, 1);
    CHECK(ended(&m, 0, WEFT_ERR_CLOSED));
    CHECK_EQ(try_recv(&m), WEFT_ERR_CLOSED);
    market_close(&m);
}

CASE(closing_twice_is_an_error)
{
    struct market m;

    market_open(&m, 0, 1);
    CHECK_EQ(weft_channel_close(&m.channel), 0);
    CHECK_EQ(weft_channel_close(&m.channel), WEFT_ERR_CLOSED);
    CHECK_EQ(weft_channel_close(&m.channel), WEFT_ERR_CLOSED);
    market_close(&m);
}

CASE(parked_receivers_get_closed_at_once)
{
    struct market m;

    market_open(&m, TRADERS, 1);
    for (int i = 0; i < TRADERS; i++) {
        trader_start(&m, i, RECEIVES, -1);
    }
    (void)weft_manual_drain(&m.manual);
    CHECK_EQ(weft_channel_close(&m.channel), 0);
    CHECK_EQ(weft_manual_drain(&m.manual), TRADERS);
    for (int i = 0; i < TRADERS; i++) {
        CHECK(ended(&m, i, WEFT_ERR_CLOSED));
        CHECK_EQ(m.trader[i].value, -1);
    }
    market_close(&m);
}

CASE(parked_senders_get_closed_and_keep_their_value)
{
    struct market m;

    for (size_t capacity = 0; capacity <= 1; capacity++) {
        market_open(&m, TRADERS, capacity);
        for (int i = 0; i < TRADERS; i++) {
            trader_start(&m, i, SENDS, 10 + i);
        }
        (void)weft_manual_drain(&m.manual);
        CHECK_EQ(weft_channel_close(&m.channel), 0);
        (void)weft_manual_drain(&m.manual);
        for (int i = 0; i < TRADERS; i++) {
            CHECK(ended(&m, i, i < (int)capacity ? 0 : WEFT_ERR_CLOSED));
            CHECK_EQ(m.trader[i].value, 10 + i);
        }
        CHECK_EQ(try_recv(&m), capacity == 1 ? 10 : WEFT_ERR_CLOSED);
        CHECK_EQ(try_recv(&m), WEFT_ERR_CLOSED);
        market_close(&m);
    }
}

CASE(a_closed_channel_ends_waits_that_begin_later_too)
{
    struct market m;
    int value = 1;

    market_open(&m, 0, 0);
    CHECK_EQ(weft_channel_close(&m.channel), 0);
    CHECK_EQ(weft_channel_send(&m.channel, &value), WEFT_ERR_CLOSED);
    CHECK_EQ(weft_channel_recv(&m.channel, &value), WEFT_ERR_CLOSED);
    CHECK_EQ(weft_channel_recv_until(&m.channel, &value, 0), WEFT_ERR_CLOSED);
    market_close(&m);
}

/* --- slots */

enum { SLOTS = 3 };

struct wide {
    int number;
    char rest[WEFT_COPY_MAX];
};

static struct wide
    wide_room[WEFT_CHANNEL_SLOTS_SIZE(sizeof(struct wide), SLOTS) /
                  sizeof(struct wide) +
              1];

static void wide_open(weft_channel_t *channel)
{
    CHECK_EQ(
        weft_channel_init_slots(channel, wide_room, sizeof(struct wide), SLOTS),
        0);
}

static struct wide *reserved(weft_channel_t *channel, int number)
{
    void *slot = NULL;

    CHECK_EQ(weft_channel_try_reserve(channel, &slot), 0);
    ((struct wide *)slot)->number = number;
    return slot;
}

static struct wide *peeked(weft_channel_t *channel, int number)
{
    void *slot = NULL;

    CHECK_EQ(weft_channel_try_peek(channel, &slot), 0);
    CHECK_EQ(((struct wide *)slot)->number, number);
    return slot;
}

static void nothing_to_peek(weft_channel_t *channel, int rc)
{
    void *slot = NULL;

    CHECK_EQ(weft_channel_try_peek(channel, &slot), rc);
    CHECK(slot == NULL);
}

CASE(a_reserved_slot_hides_what_comes_behind_it)
{
    weft_channel_t channel;
    struct wide *a, *b;

    wide_open(&channel);
    for (int round = 0; round < 5; round++) {
        a = reserved(&channel, 1);
        b = reserved(&channel, 2);
        nothing_to_peek(&channel, WEFT_ERR_EMPTY);
        CHECK_EQ(weft_channel_commit(&channel, b), 0);
        nothing_to_peek(&channel, WEFT_ERR_EMPTY);
        CHECK_EQ(weft_channel_commit(&channel, a), 0);
        CHECK(peeked(&channel, 1) == a);
        CHECK(peeked(&channel, 2) == b);
        nothing_to_peek(&channel, WEFT_ERR_EMPTY);
        CHECK_EQ(weft_channel_count(&channel), 2);
        weft_channel_release(&channel, b);
        CHECK_EQ(weft_channel_count(&channel), 2);
        weft_channel_release(&channel, a);
        CHECK_EQ(weft_channel_count(&channel), 0);
    }
    weft_channel_deinit(&channel);
}

CASE(an_abandoned_slot_is_passed_over)
{
    weft_channel_t channel;
    struct wide *a, *b, *c;
    void *slot;

    wide_open(&channel);
    a = reserved(&channel, 1);
    b = reserved(&channel, 2);
    c = reserved(&channel, 3);
    CHECK_EQ(weft_channel_try_reserve(&channel, &slot), WEFT_ERR_FULL);
    CHECK_EQ(weft_channel_commit(&channel, c), 0);
    weft_channel_abandon(&channel, b);
    nothing_to_peek(&channel, WEFT_ERR_EMPTY);
    weft_channel_abandon(&channel, a);
    CHECK_EQ(weft_channel_count(&channel), 1);
    weft_channel_release(&channel, peeked(&channel, 3));
    CHECK_EQ(weft_channel_count(&channel), 0);
    weft_channel_deinit(&channel);
}

CASE(copies_and_slots_go_through_one_channel_in_order)
{
    static int room[WEFT_CHANNEL_SLOTS_SIZE(sizeof(int), 2) / sizeof(int) + 1];
    weft_channel_t channel;
    void *slot;
    int value = 1;

    CHECK_EQ(weft_channel_init_slots(&channel, room, sizeof(int), 2), 0);
    for (int round = 0; round < 5; round++) {
        value = 1;
        CHECK_EQ(weft_channel_try_reserve(&channel, &slot), 0);
        CHECK_EQ(weft_channel_try_send(&channel, &value), 0);
        CHECK_EQ(weft_channel_try_send(&channel, &value), WEFT_ERR_FULL);
        CHECK_EQ(weft_channel_try_recv(&channel, &value), WEFT_ERR_EMPTY);
        *(int *)slot = 8;
        CHECK_EQ(weft_channel_commit(&channel, slot), 0);
        CHECK_EQ(weft_channel_try_recv(&channel, &value), 0);
        CHECK_EQ(value, 8);
        CHECK_EQ(weft_channel_try_peek(&channel, &slot), 0);
        CHECK_EQ(*(int *)slot, 1);
        CHECK_EQ(weft_channel_try_recv(&channel, &value), WEFT_ERR_EMPTY);
        weft_channel_release(&channel, slot);
    }
    weft_channel_deinit(&channel);
}

CASE(close_drops_what_is_reserved_and_keeps_what_is_behind_it)
{
    weft_channel_t channel;
    struct wide *a, *b;
    void *slot;

    wide_open(&channel);
    a = reserved(&channel, 1);
    b = reserved(&channel, 2);
    CHECK_EQ(weft_channel_commit(&channel, b), 0);
    CHECK_EQ(weft_channel_close(&channel), 0);
    CHECK_EQ(weft_channel_try_reserve(&channel, &slot), WEFT_ERR_CLOSED);
    b = peeked(&channel, 2);
    nothing_to_peek(&channel, WEFT_ERR_CLOSED);
    CHECK_EQ(weft_channel_commit(&channel, a), WEFT_ERR_CLOSED);
    weft_channel_release(&channel, b);
    CHECK_EQ(weft_channel_count(&channel), 0);
    nothing_to_peek(&channel, WEFT_ERR_CLOSED);
    weft_channel_deinit(&channel);
}

CASE(slots_are_for_channels_made_so_and_copies_for_small_elements)
{
    struct market m;
    weft_channel_t channel;
    static struct wide value;
    void *slot;

    market_open(&m, 0, 2);
    CHECK_EQ(weft_channel_try_reserve(&m.channel, &slot), WEFT_ERR_INVALID);
    CHECK_EQ(weft_channel_try_peek(&m.channel, &slot), WEFT_ERR_INVALID);
    CHECK_EQ(weft_channel_reserve(&m.channel, &slot), WEFT_ERR_INVALID);
    CHECK_EQ(weft_channel_peek(&m.channel, &slot), WEFT_ERR_INVALID);
    CHECK_DIES(weft_channel_commit(&m.channel, m.room),
               "a channel without such slots");
    market_close(&m);
    wide_open(&channel);
    CHECK_EQ(weft_channel_send(&channel, &value), WEFT_ERR_INVALID);
    CHECK_EQ(weft_channel_recv(&channel, &value), WEFT_ERR_INVALID);
    slot = reserved(&channel, 1);
    CHECK_DIES(weft_channel_release(&channel, slot), "was not peeked at");
    CHECK_DIES(weft_channel_commit(&channel, (char *)slot + 1), "no slot");
    CHECK_DIES(weft_channel_commit(&channel, wide_room + SLOTS), "no slot");
    CHECK_EQ(weft_channel_commit(&channel, slot), 0);
    CHECK_DIES(weft_channel_commit(&channel, slot), "was not reserved");
    CHECK_DIES(weft_channel_abandon(&channel, slot), "was not reserved");
    weft_channel_deinit(&channel);
}

/* --- slots that are waited for */

struct slotter {
    weft_task_t task;
    weft_await_t await;
    weft_channel_t *channel;
    void *slot;
    bool peeks;
};
WEFT_TASK(slotter)
{
    WEFT_BEGIN;
    if (self->peeks) {
        WEFT_AWAIT(weft_channel_peek, self->channel, &self->slot);
    } else {
        WEFT_AWAIT(weft_channel_reserve, self->channel, &self->slot);
    }
    WEFT_END;
}

static void slotters(weft_manual_t *manual, struct slotter *all, int count,
                     weft_channel_t *channel, bool peeks)
{
    for (int i = 0; i < count; i++) {
        all[i] = (struct slotter){.channel = channel, .peeks = peeks};
        CHECK_EQ(weft_spawn(&manual->executor, slotter_task(&all[i])), 0);
    }
    CHECK_EQ(weft_manual_drain(manual), count);
}

static int slotters_ended(const struct slotter *all, int count, int rc)
{
    int n = 0;

    for (int i = 0; i < count; i++) {
        n += weft_task_finished(&all[i].task) &&
             weft_task_result(&all[i].task) == rc;
    }
    return n;
}

CASE(a_peek_waits_for_the_commit_and_a_reserve_for_the_release)
{
    weft_channel_t channel;
    weft_manual_t manual;
    struct slotter all[SLOTS];
    struct wide *slots[SLOTS];

    wide_open(&channel);
    weft_manual_init(&manual);
    slotters(&manual, all, SLOTS, &channel, true);
    for (int i = 0; i < SLOTS; i++) {
        slots[i] = reserved(&channel, i);
    }
    for (int i = SLOTS - 1; i >= 0; i--) {
        CHECK_EQ(weft_manual_drain(&manual), 0);
        CHECK_EQ(weft_channel_commit(&channel, slots[i]), 0);
    }
    CHECK_EQ(weft_manual_drain(&manual), SLOTS);
    for (int i = 0; i < SLOTS; i++) {
        CHECK(all[i].slot == slots[i]);
    }
    slotters(&manual, all, SLOTS, &channel, false);
    CHECK_EQ(slotters_ended(all, SLOTS, 0), 0);
    weft_channel_release(&channel, slots[1]);
    CHECK_EQ(weft_manual_drain(&manual), 0);
    weft_channel_release(&channel, slots[0]);
    CHECK_EQ(weft_manual_drain(&manual), 2);
    CHECK(all[0].slot == slots[0] && all[1].slot == slots[1]);
    CHECK_EQ(weft_channel_close(&channel), 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(slotters_ended(all, SLOTS, 0), 2);
    CHECK_EQ(slotters_ended(all, SLOTS, WEFT_ERR_CLOSED), 1);
    weft_channel_deinit(&channel);
    weft_manual_stop(&manual);
    (void)weft_manual_drain(&manual);
}

CASE(close_hands_out_what_a_reserved_slot_held_back)
{
    weft_channel_t channel;
    weft_manual_t manual;
    struct slotter all[2];
    struct wide *a, *b;

    wide_open(&channel);
    weft_manual_init(&manual);
    a = reserved(&channel, 1);
    b = reserved(&channel, 2);
    CHECK_EQ(weft_channel_commit(&channel, b), 0);
    slotters(&manual, all, 2, &channel, true);
    CHECK_EQ(weft_channel_close(&channel), 0);
    CHECK_EQ(weft_manual_drain(&manual), 2);
    CHECK_EQ(slotters_ended(all, 1, 0), 1);
    CHECK(all[0].slot == b);
    CHECK_EQ(slotters_ended(all + 1, 1, WEFT_ERR_CLOSED), 1);
    weft_channel_abandon(&channel, a);
    weft_channel_release(&channel, b);
    weft_channel_deinit(&channel);
    weft_manual_stop(&manual);
    (void)weft_manual_drain(&manual);
}

CASE(a_limit_ends_reserve_and_peek)
{
    weft_channel_t channel;
    struct wide *slots[SLOTS];
    void *slot;

    wide_open(&channel);
    CHECK_EQ(weft_channel_peek_until(&channel, &slot, weft_deadline(1000)),
             WEFT_ERR_TIMEOUT);
    for (int i = 0; i < SLOTS; i++) {
        slots[i] = reserved(&channel, i);
    }
    CHECK_EQ(weft_channel_reserve_until(&channel, &slot, weft_deadline(1000)),
             WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_channel_reserve_until(&channel, &slot, 0), WEFT_ERR_TIMEOUT);
    for (int i = 0; i < SLOTS; i++) {
        weft_channel_abandon(&channel, slots[i]);
    }
    CHECK(channel.senders.first == NULL && channel.receivers.first == NULL);
    CHECK_EQ(weft_channel_count(&channel), 0);
    weft_channel_deinit(&channel);
}
