/* test_channel_steps.c - neither crowds nor ended selects make a hold longer
 * SPDX-License-Identifier: MIT
 *
 * As test_sync_steps: the most points with interrupts masked must not grow
 * with the number of who waits. A select that has ended and did not run yet
 * still stands in its other queues; whoever comes there drops it.
 */
#include "tests/support/test.h"

#if TEST_IN_SIM
#include <limits.h>

#include "tests/support/cores.h"
#include "weft/select.h"

enum { MOST = 2000, HOLD_MOST = 100 };

struct chooser {
    weft_task_t task;
    weft_await_t await;
    weft_case_t cases[2];
    int value;
};

WEFT_TASK(chooser)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_RC(rc, weft_select, self->cases, 2, WEFT_SELECT_ORDERED);
    return rc;
    WEFT_END;
}

struct receiver {
    weft_task_t task;
    weft_await_t await;
    int value;
};

/* Comes to the same queue after them, or begin is NULL. */
struct behind {
    weft_task_t task;
    weft_await_t await;
    int (*begin)(weft_await_t *await, int *value);
    int value;
};

static int behind_begin(weft_await_t *await, struct behind *self)
{
    return self->begin(await, &self->value);
}

WEFT_TASK(behind)
{
    WEFT_BEGIN;
    WEFT_AWAIT(behind, self);
    WEFT_END;
}

static struct behind behind;
static struct chooser chooser[MOST];
static struct receiver receiver[MOST];
static weft_manual_t manual;
static weft_channel_t gate;
static weft_channel_t channel;
static weft_event_t event;
static char room[WEFT_CHANNEL_SLOTS_SIZE(sizeof(int), MOST)];
static int number;

WEFT_TASK(receiver)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_channel_recv, &channel, &self->value);
    WEFT_END;
}

static uint64_t masked(weft_sim_fn *run, int count)
{
    weft_sim_config_t config = {.seed = 1, .calm = UINT_MAX};

    memset(chooser, 0, sizeof(chooser));
    memset(receiver, 0, sizeof(receiver));
    memset(&behind, 0, sizeof(behind));
    number = 0;
    CHECK_EQ(weft_sim_run(&config, run, &count), 0);
    return weft_sim_stats().masked_most;
}

static void check_same_hold(weft_sim_fn *run)
{
    uint64_t few = masked(run, 2 * WEFT_STEP);
    uint64_t many = masked(run, MOST);

    CHECK_EQ(many, few);
    CHECK(many <= HOLD_MOST);
}

/* --- ended selects */

/* So many have ended by their first case and stand in the second's queue. */
static void end_selects(int count, weft_case_t second)
{
    weft_manual_init(&manual);
    CHECK_EQ(weft_channel_init(&gate, NULL, sizeof(int), 0), 0);
    for (int i = 0; i < count; i++) {
        chooser[i].cases[0] = weft_case_recv(&gate, &chooser[i].value);
        chooser[i].cases[1] = second;
        CHECK_EQ(weft_spawn(&manual.executor, chooser_task(&chooser[i])), 0);
    }
    if (behind.begin != NULL) {
        CHECK_EQ(weft_spawn(&manual.executor, behind_task(&behind)), 0);
        count++;
    }
    CHECK_EQ(weft_manual_drain(&manual), count);
    CHECK_EQ(weft_channel_close(&gate), 0);
}

static void in_an_interrupt(weft_sim_fn *handler)
{
    weft_sim_interrupt_t interrupt = {.handler = handler};

    weft_sim_interrupt_attach(&interrupt);
    weft_sim_interrupt_raise(&interrupt);
    weft_sim_interrupt_remove(&interrupt);
}

/* They ran, and nobody stands anywhere. */
static void all_ended(int count)
{
    CHECK_EQ(weft_manual_drain(&manual), count);
    for (int i = 0; i < count; i++) {
        CHECK_EQ(weft_task_result(&chooser[i].task), 0);
    }
    CHECK(channel.receivers.first == NULL && channel.senders.first == NULL);
}

static void open_empty(void)
{
    CHECK_EQ(weft_channel_init(&channel, room, sizeof(int), 1), 0);
}

static void open_full(void)
{
    open_empty();
    CHECK_EQ(weft_channel_try_send(&channel, &(int){5}), 0);
}

static void open_empty_slots(void)
{
    CHECK_EQ(weft_channel_init_slots(&channel, room, sizeof(int), 1), 0);
}

static void open_full_slots(void)
{
    open_empty_slots();
    CHECK_EQ(weft_channel_try_send(&channel, &(int){5}), 0);
}

static void put(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_channel_try_send(&channel, &(int){6}), 0);
    CHECK_EQ(weft_channel_count(&channel), 1);
}

static void get(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_channel_try_recv(&channel, &number), 0);
    CHECK_EQ(number, 5);
}

static void set(void *ctx)
{
    (void)ctx;
    weft_event_set(&event);
    CHECK(weft_event_is_set(&event));
}

static void put_behind_ended(void *ctx)
{
    open_empty();
    end_selects(*(int *)ctx, weft_case_recv(&channel, &number));
    in_an_interrupt(put);
    all_ended(*(int *)ctx);
}

static void get_behind_ended(void *ctx)
{
    open_full();
    end_selects(*(int *)ctx, weft_case_send(&channel, &number));
    in_an_interrupt(get);
    all_ended(*(int *)ctx);
}

static void put_slot_behind_ended(void *ctx)
{
    open_empty_slots();
    end_selects(*(int *)ctx, weft_case_recv(&channel, &number));
    in_an_interrupt(put);
    all_ended(*(int *)ctx);
}

static void get_slot_behind_ended(void *ctx)
{
    open_full_slots();
    end_selects(*(int *)ctx, weft_case_send(&channel, &number));
    in_an_interrupt(get);
    all_ended(*(int *)ctx);
}

CASE_ALONE(a_try_behind_2000_ended_selects_holds_no_lock_for_longer)
{
    check_same_hold(put_behind_ended);
    check_same_hold(get_behind_ended);
    check_same_hold(put_slot_behind_ended);
    check_same_hold(get_slot_behind_ended);
}

static void set_behind_ended(void *ctx)
{
    open_empty();
    weft_event_init(&event, true);
    end_selects(*(int *)ctx, weft_case_event(&event));
    in_an_interrupt(set);
    all_ended(*(int *)ctx);
}

CASE_ALONE(a_set_behind_2000_ended_selects_holds_no_lock_for_longer)
{
    check_same_hold(set_behind_ended);
}

static void choose(weft_case_t one)
{
    CHECK_EQ(weft_select(&one, 1, 0), 0);
    CHECK_EQ(one.rc, 0);
}

static void send_case_behind_ended(void *ctx)
{
    open_empty();
    end_selects(*(int *)ctx, weft_case_recv(&channel, &number));
    choose(weft_case_send(&channel, &(int){6}));
    CHECK_EQ(weft_channel_count(&channel), 1);
    all_ended(*(int *)ctx);
}

static void recv_case_behind_ended(void *ctx)
{
    open_full();
    end_selects(*(int *)ctx, weft_case_send(&channel, &number));
    choose(weft_case_recv(&channel, &number));
    CHECK_EQ(number, 5);
    all_ended(*(int *)ctx);
}

CASE_ALONE(a_select_behind_2000_that_have_ended_holds_no_lock_for_longer)
{
    check_same_hold(send_case_behind_ended);
    check_same_hold(recv_case_behind_ended);
}

static void close_behind_ended(void *ctx)
{
    open_empty();
    end_selects(*(int *)ctx, weft_case_recv(&channel, &number));
    CHECK_EQ(weft_channel_close(&channel), 0);
    all_ended(*(int *)ctx);
}

CASE_ALONE(a_close_behind_2000_ended_selects_holds_no_lock_for_longer)
{
    check_same_hold(close_behind_ended);
}

/* --- who waits behind ended selects is served */

static int begin_recv(weft_await_t *await, int *value)
{
    return weft_channel_recv_begin(await, &channel, value);
}

static int begin_send(weft_await_t *await, int *value)
{
    return weft_channel_send_begin(await, &channel, value);
}

static int begin_event(weft_await_t *await, int *value)
{
    (void)value;
    return weft_event_wait_begin(await, &event);
}

static void stand_behind(int (*begin)(weft_await_t *await, int *value),
                         weft_case_t second)
{
    memset(chooser, 0, sizeof(chooser));
    behind = (struct behind){.begin = begin, .value = 7};
    end_selects(5 * WEFT_STEP, second);
}

static void was_served(int value)
{
    CHECK_EQ(weft_manual_drain(&manual), 5 * WEFT_STEP + 1);
    CHECK_EQ(weft_task_result(&behind.task), 0);
    CHECK_EQ(behind.value, value);
    CHECK(channel.receivers.first == NULL && channel.senders.first == NULL);
}

CASE(a_receiver_behind_ended_selects_gets_what_is_sent)
{
    open_empty();
    stand_behind(begin_recv, weft_case_recv(&channel, &number));
    CHECK_EQ(weft_channel_try_send(&channel, &(int){6}), 0);
    CHECK_EQ(weft_channel_count(&channel), 0);
    was_served(6);
    stand_behind(begin_recv, weft_case_recv(&channel, &number));
    choose(weft_case_send(&channel, &(int){8}));
    CHECK_EQ(weft_channel_count(&channel), 0);
    was_served(8);
}

CASE(a_sender_behind_ended_selects_gets_the_free_place)
{
    open_full();
    stand_behind(begin_send, weft_case_send(&channel, &number));
    CHECK_EQ(weft_channel_try_recv(&channel, &number), 0);
    CHECK_EQ(weft_channel_count(&channel), 1);
    was_served(7);
    stand_behind(begin_send, weft_case_send(&channel, &number));
    choose(weft_case_recv(&channel, &number));
    CHECK_EQ(weft_channel_count(&channel), 1);
    was_served(7);
    CHECK_EQ(number, 7);
}

CASE(in_slots_too_who_is_behind_ended_selects_is_served)
{
    open_full_slots();
    stand_behind(begin_send, weft_case_send(&channel, &number));
    CHECK_EQ(weft_channel_try_recv(&channel, &number), 0);
    CHECK_EQ(weft_channel_count(&channel), 1);
    was_served(7);
    open_empty_slots();
    stand_behind(begin_recv, weft_case_recv(&channel, &number));
    CHECK_EQ(weft_channel_try_send(&channel, &(int){6}), 0);
    CHECK_EQ(weft_channel_count(&channel), 0);
    was_served(6);
}

CASE(who_waits_for_an_event_behind_ended_selects_gets_it)
{
    open_empty();
    weft_event_init(&event, true);
    stand_behind(begin_event, weft_case_event(&event));
    weft_event_set(&event);
    CHECK(!weft_event_is_set(&event));
    was_served(7);
}

/* --- crowds */

static void park_receivers(int count)
{
    weft_manual_init(&manual);
    for (int i = 0; i < count; i++) {
        CHECK_EQ(weft_spawn(&manual.executor, receiver_task(&receiver[i])), 0);
    }
    CHECK_EQ(weft_manual_drain(&manual), count);
}

static void received(int count, int rc)
{
    CHECK_EQ(weft_manual_drain(&manual), count);
    for (int i = 0; i < count; i++) {
        CHECK_EQ(weft_task_result(&receiver[i].task), rc);
        CHECK_EQ(receiver[i].value, rc == 0 ? i + 1 : 0);
    }
}

static void close_on_receivers(void *ctx)
{
    open_empty();
    park_receivers(*(int *)ctx);
    CHECK_EQ(weft_channel_close(&channel), 0);
    received(*(int *)ctx, WEFT_ERR_CLOSED);
}

CASE_ALONE(a_close_for_2000_holds_no_lock_for_longer)
{
    check_same_hold(close_on_receivers);
}

/* All wait for what stands behind one slot that is only reserved. */
static void commit_for_receivers(void *ctx)
{
    int count = *(int *)ctx;
    void *slot;

    CHECK_EQ(weft_channel_init_slots(&channel, room, sizeof(int), MOST), 0);
    park_receivers(count);
    CHECK_EQ(weft_channel_try_reserve(&channel, &slot), 0);
    for (int i = 2; i <= count; i++) {
        CHECK_EQ(weft_channel_try_send(&channel, &i), 0);
    }
    *(int *)slot = 1;
    CHECK_EQ(weft_channel_commit(&channel, slot), 0);
    received(count, 0);
}

CASE_ALONE(a_commit_for_2000_holds_no_lock_for_longer)
{
    check_same_hold(commit_for_receivers);
}
#endif
