/* test_race_slots.c - many at one channel of slots; crowds that are served in
 * steps while somebody comes
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/fibers.h"
#include "weft/select.h"

enum { CROWD = 2 * WEFT_STEP };

/* --- who comes between two steps goes to the end */

struct trader {
    weft_task_t task;
    weft_await_t await;
    weft_channel_t *channel;
    bool sends;
    int value;
};

WEFT_TASK(trader)
{
    WEFT_BEGIN;
    if (self->sends) {
        WEFT_AWAIT(weft_channel_send, self->channel, &self->value);
    } else {
        WEFT_AWAIT(weft_channel_recv, self->channel, &self->value);
    }
    WEFT_END;
}

struct crowd {
    weft_manual_t manual;
    weft_channel_t channel;
    struct trader trader[CROWD];
    char room[WEFT_CHANNEL_SLOTS_SIZE(sizeof(int), CROWD + 1)];
    void *slot; /* which holds all others back */
};

static void park(struct crowd *crowd, bool sends)
{
    weft_manual_init(&crowd->manual);
    for (int i = 0; i < CROWD; i++) {
        struct trader *one = &crowd->trader[i];

        memset(one, 0, sizeof(*one));
        one->channel = &crowd->channel;
        one->sends = sends;
        one->value = sends ? i + 1 : 0;
        CHECK_EQ(weft_spawn(&crowd->manual.executor, trader_task(one)), 0);
    }
    CHECK_EQ(weft_manual_drain(&crowd->manual), CROWD);
}

static void open_slots(struct crowd *crowd)
{
    CHECK_EQ(weft_channel_init_slots(&crowd->channel, crowd->room, sizeof(int),
                                     CROWD + 1),
             0);
}

static void release_slot(void *ctx)
{
    struct crowd *crowd = ctx;

    weft_channel_release(&crowd->channel, crowd->slot);
}

/* All slots are peeked at and free but for the oldest. */
static void hold_free_slots_back(struct crowd *crowd)
{
    void *slot;

    for (int i = 0; i <= CROWD; i++) {
        CHECK_EQ(weft_channel_try_send(&crowd->channel, &i), 0);
    }
    CHECK_EQ(weft_channel_try_peek(&crowd->channel, &crowd->slot), 0);
    for (int i = 0; i < CROWD; i++) {
        CHECK_EQ(weft_channel_try_peek(&crowd->channel, &slot), 0);
        weft_channel_release(&crowd->channel, slot);
    }
}

static int select_or(bool plain, weft_case_t one,
                     int (*op)(weft_channel_t *channel, int *value),
                     weft_channel_t *channel, int *value)
{
    if (plain) {
        return op(channel, value);
    }
    CHECK_EQ(weft_select(&one, 1, 0), 0);
    return one.rc;
}

static int send(weft_channel_t *channel, int *value)
{
    return weft_channel_send(channel, value);
}

static int recv(weft_channel_t *channel, int *value)
{
    return weft_channel_recv(channel, value);
}

static void send_into_a_release(bool plain)
{
    struct crowd crowd;
    weft_port_thread_t releaser;
    int value = CROWD + 1;
    int got;

    open_slots(&crowd);
    hold_free_slots_back(&crowd);
    park(&crowd, true);
    thread_start(&releaser, release_slot, &crowd);
    CHECK_EQ(select_or(plain, weft_case_send(&crowd.channel, &value), send,
                       &crowd.channel, &value),
             0);
    weft_port_thread_join(&releaser);
    for (int i = 1; i <= CROWD + 1; i++) {
        CHECK_EQ(weft_channel_try_recv(&crowd.channel, &got), 0);
        CHECK_EQ(got, i);
    }
    CHECK_EQ(weft_manual_drain(&crowd.manual), CROWD);
    weft_channel_deinit(&crowd.channel);
}

CASE(a_send_between_two_steps_of_a_release_comes_last)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        send_into_a_release(false);
        send_into_a_release(true);
    }
}

static void commit_slot(void *ctx)
{
    struct crowd *crowd = ctx;

    *(int *)crowd->slot = 1;
    CHECK_EQ(weft_channel_commit(&crowd->channel, crowd->slot), 0);
}

static void recv_into_a_commit(bool plain)
{
    struct crowd crowd;
    weft_port_thread_t committer;
    int value = 0;

    open_slots(&crowd);
    CHECK_EQ(weft_channel_try_reserve(&crowd.channel, &crowd.slot), 0);
    for (int i = 2; i <= CROWD + 1; i++) {
        CHECK_EQ(weft_channel_try_send(&crowd.channel, &i), 0);
    }
    park(&crowd, false);
    thread_start(&committer, commit_slot, &crowd);
    CHECK_EQ(select_or(plain, weft_case_recv(&crowd.channel, &value), recv,
                       &crowd.channel, &value),
             0);
    weft_port_thread_join(&committer);
    CHECK_EQ(value, CROWD + 1);
    CHECK_EQ(weft_manual_drain(&crowd.manual), CROWD);
    for (int i = 0; i < CROWD; i++) {
        CHECK_EQ(crowd.trader[i].value, i + 1);
    }
    weft_channel_deinit(&crowd.channel);
}

CASE(a_receive_between_two_steps_of_a_commit_comes_last)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        recv_into_a_commit(false);
        recv_into_a_commit(true);
    }
}

/* --- a receive between two steps of a close lets nobody in */

static void close_it(void *ctx)
{
    CHECK_EQ(weft_channel_close(ctx), 0);
}

static void recv_into_a_close(bool plain)
{
    struct crowd crowd;
    weft_port_thread_t closer;
    int value = -1;
    bool closed = false;

    CHECK_EQ(weft_channel_init(&crowd.channel, crowd.room, sizeof(int), 1), 0);
    CHECK_EQ(weft_channel_try_send(&crowd.channel, &(int){0}), 0);
    park(&crowd, true);
    thread_start(&closer, close_it, &crowd.channel);
    CHECK_EQ(select_or(plain, weft_case_recv(&crowd.channel, &value), recv,
                       &crowd.channel, &value),
             0);
    weft_port_thread_join(&closer);
    CHECK_EQ(value, 0);
    CHECK_EQ(weft_manual_drain(&crowd.manual), CROWD);
    for (int i = 0; i < CROWD; i++) {
        int rc = weft_task_result(&crowd.trader[i].task);

        CHECK(rc == WEFT_ERR_CLOSED || (rc == 0 && !closed));
        closed = rc != 0;
        if (!closed) {
            CHECK_EQ(weft_channel_try_recv(&crowd.channel, &value), 0);
            CHECK_EQ(value, i + 1);
        }
    }
    CHECK_EQ(weft_channel_try_recv(&crowd.channel, &value), WEFT_ERR_CLOSED);
    weft_channel_deinit(&crowd.channel);
}

CASE(a_receive_during_a_close_admits_no_sender)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        recv_into_a_close(false);
        recv_into_a_close(true);
    }
}

/* --- tasks, fibers and threads, by copies, slots and selects */

enum { SIDES = 3 };

static int turns(void)
{
    return TEST_IN_SIM ? 4 : RACE_ROUNDS * 10;
}

struct side {
    weft_task_t task;
    weft_await_t await;
    weft_case_t cases[2];
    weft_channel_t *channel;
    weft_channel_t *never; /* nobody is at its other side */
    bool sends;
    int who;
    int turn;
    int value;
    int last[SIDES]; /* received from each */
    int64_t sum;
};

/* Of one sender the values come in order. */
static void side_did(struct side *self)
{
    self->sum += self->value;
    if (!self->sends) {
        int *last = &self->last[self->value % SIDES];

        CHECK(self->value > *last);
        *last = self->value;
    }
}

static void side_before(struct side *self)
{
    if (self->sends) {
        self->value = self->turn * SIDES + SIDES + self->who;
    }
    self->cases[0] = self->sends ? weft_case_send(self->channel, &self->value)
                                 : weft_case_recv(self->channel, &self->value);
    self->cases[1] = weft_case_recv(self->never, &self->value);
}

WEFT_TASK(side)
{
    int rc;
    WEFT_BEGIN;
    for (self->turn = 0; self->turn < turns(); self->turn++) {
        side_before(self);
        WEFT_AWAIT_RC(rc, weft_select, self->cases, 2, WEFT_SELECT_FAIR);
        CHECK_EQ(rc, 0);
        CHECK_EQ(self->cases[0].rc, 0);
        side_did(self);
    }
    WEFT_END;
}

static void side_by_slots(struct side *self)
{
    void *slot;

    if (self->sends) {
        CHECK_EQ(weft_channel_reserve(self->channel, &slot), 0);
        *(int *)slot = self->value;
        CHECK_EQ(weft_channel_commit(self->channel, slot), 0);
    } else {
        CHECK_EQ(weft_channel_peek(self->channel, &slot), 0);
        self->value = *(int *)slot;
        weft_channel_release(self->channel, slot);
    }
}

static int side_fiber(void *ctx)
{
    struct side *self = ctx;

    for (self->turn = 0; self->turn < turns(); self->turn++) {
        side_before(self);
        side_by_slots(self);
        side_did(self);
    }
    return 0;
}

static void side_thread(void *ctx)
{
    struct side *self = ctx;

    for (self->turn = 0; self->turn < turns(); self->turn++) {
        side_before(self);
        CHECK_EQ(self->sends ? send(self->channel, &self->value)
                             : recv(self->channel, &self->value),
                 0);
        side_did(self);
    }
}

static void side_leaves(void *ctx)
{
    side_thread(ctx);
    weft_thread_leave();
}

/* A select in a task, slots in a fiber, copies in a thread: who receives has
 * that of the case. */
struct team {
    struct side side[SIDES];
    struct core core;
    weft_fiber_t *fiber;
    weft_port_thread_t thread;
};

static void team_start(struct team *team, bool sends, weft_channel_t *channel,
                       weft_channel_t *never)
{
    memset(team->side, 0, sizeof(team->side));
    for (int i = 0; i < SIDES; i++) {
        team->side[i].sends = sends;
        team->side[i].who = i;
        team->side[i].channel = channel;
        team->side[i].never = never;
    }
    core_start(&team->core);
    CHECK_EQ(weft_spawn(&team->core.loop.executor, side_task(&team->side[0])),
             0);
    team->fiber = fiber_new("slots");
    CHECK_EQ(weft_go(&team->core.loop.executor, team->fiber, side_fiber,
                     &team->side[1]),
             0);
    if (sends) {
        thread_start(&team->thread, side_leaves, &team->side[2]);
    }
}

static int64_t team_end(struct team *team)
{
    if (team->side[0].sends) {
        weft_port_thread_join(&team->thread);
    } else {
        side_thread(&team->side[2]);
    }
    core_stop(&team->core);
    fiber_drop(team->fiber);
    return team->side[0].sum + team->side[1].sum + team->side[2].sum;
}

CASE(tasks_fibers_and_threads_share_slots_and_lose_nothing)
{
    static struct team sender, receiver;
    char room[WEFT_CHANNEL_SLOTS_SIZE(sizeof(int), 2)];
    weft_channel_t channel, never;
    int64_t received;

    CHECK_EQ(weft_channel_init_slots(&channel, room, sizeof(int), 2), 0);
    CHECK_EQ(weft_channel_init(&never, NULL, sizeof(int), 0), 0);
    team_start(&receiver, false, &channel, &never);
    team_start(&sender, true, &channel, &never);
    received = team_end(&receiver);
    CHECK_EQ(team_end(&sender), received);
    CHECK_EQ(weft_channel_count(&channel), 0);
    weft_channel_deinit(&channel);
    weft_channel_deinit(&never);
}
