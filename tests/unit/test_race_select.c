/* test_race_select.c - selects on several cores: with each other, with close,
 * with cancels and limits; who has waited frees what it waited for
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/fibers.h"
#include "tests/support/pairs.h"
#include "tests/support/pools.h"

enum { MEMBERS = 3, CHANNELS = 3 };

struct club {
    weft_channel_t channel[CHANNELS];
    int room[CHANNELS][2];
};

static void club_open(struct club *club, size_t capacity)
{
    for (int i = 0; i < CHANNELS; i++) {
        CHECK_EQ(weft_channel_init(&club->channel[i], club->room[i],
                                   sizeof(int), capacity),
                 0);
    }
}

/* Nothing is left in any of them. */
static void club_close(struct club *club)
{
    for (int i = 0; i < CHANNELS; i++) {
        CHECK(club->channel[i].senders.first == NULL);
        CHECK(club->channel[i].receivers.first == NULL);
        weft_channel_deinit(&club->channel[i]);
    }
}

/* How many turns a task takes in one run. */
static int turns(void)
{
    return TEST_IN_SIM ? 4 : RACE_ROUNDS * 10;
}

/* --- members that select between a send and receives, turn by turn */

struct member {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_case_t cases[3];
    size_t count;
    weft_channel_t *to, *from;
    bool hasty; /* with limits */
    uint64_t limit_us;
    int turn;
    int out, in;
    int sent, received;
    int64_t sum_sent, sum_received;
    int missed;
};

static void member_before(struct member *self)
{
    self->out = self->turn;
    self->in = -1;
    self->cases[0] = weft_case_send(self->to, &self->out);
    self->cases[1] = weft_case_recv(self->from, &self->in);
    self->cases[2] = weft_case_recv(self->from, &self->in);
    self->limit_us = weft_deadline(
        TEST_IN_SIM ? some(3) * 10 : (uint64_t)(self->turn % 3) * 5);
}

static void member_after(struct member *self, int rc)
{
    if (self->hasty && rc == WEFT_ERR_TIMEOUT) {
        CHECK_EQ(self->in, -1);
        self->missed++;
        return;
    }
    CHECK(rc >= 0 && rc < (int)self->count);
    CHECK_EQ(self->cases[rc].rc, 0);
    if (rc == 0) {
        CHECK_EQ(self->in, -1);
        self->sent++;
        self->sum_sent += self->out;
    } else {
        CHECK(self->hasty || self->in == self->turn);
        self->received++;
        self->sum_received += self->in;
    }
}

WEFT_TASK(member)
{
    int rc;
    WEFT_BEGIN;
    for (self->turn = 0; self->turn < turns(); self->turn++) {
        member_before(self);
        if (self->hasty) {
            WEFT_AWAIT_UNTIL(rc, self->limit_us, weft_select, self->cases,
                             self->count, WEFT_SELECT_FAIR);
        } else {
            WEFT_AWAIT_RC(rc, weft_select, self->cases, self->count,
                          WEFT_SELECT_FAIR);
        }
        member_after(self, rc);
    }
    WEFT_END;
}

/* Each on a core of its own, until all have taken their turns. */
static void members_run(struct member *member, int count)
{
    struct core core[MEMBERS];

    for (int i = 0; i < count; i++) {
        core_start(&core[i]);
        CHECK_EQ(weft_spawn(&core[i].loop.executor, member_task(&member[i])),
                 0);
    }
    for (int i = 0; i < count; i++) {
        core_stop(&core[i]);
        CHECK_EQ(weft_task_result(&member[i].task), 0);
    }
}

CASE(two_selects_on_two_cores_meet_on_one_of_two_channels)
{
    struct member member[2] = {{.count = 2}, {.count = 2}};
    struct club club;

    club_open(&club, 0);
    member[0].to = member[1].from = &club.channel[0];
    member[1].to = member[0].from = &club.channel[1];
    members_run(member, 2);
    CHECK_EQ(member[0].sent, member[1].received);
    CHECK_EQ(member[1].sent, member[0].received);
    CHECK_EQ(member[0].sent + member[1].sent, turns());
    club_close(&club);
}

CASE(two_selects_that_each_could_meet_itself_meet_each_other)
{
    struct member member[2] = {{.count = 3}, {.count = 3}};
    struct club club;

    club_open(&club, 0);
    for (int i = 0; i < 2; i++) {
        member[i].to = member[i].from = &club.channel[0];
    }
    members_run(member, 2);
    CHECK_EQ(member[0].sent, member[1].received);
    CHECK_EQ(member[1].sent, member[0].received);
    CHECK_EQ(member[0].sent + member[1].sent, turns());
    club_close(&club);
}

/* Each sends to the next and receives from the one before. */
static void ring_open(struct club *club, struct member *member, size_t capacity)
{
    club_open(club, capacity);
    for (int i = 0; i < MEMBERS; i++) {
        member[i] = (struct member){.count = 3, .hasty = true};
        member[i].to = &club->channel[i];
        member[i].from = &club->channel[(i + 1) % MEMBERS];
    }
}

/* All that was sent was received, or lies there still. */
static void ring_close(struct club *club, struct member *member)
{
    int64_t sum = 0;
    int left = 0;
    int value;

    for (int i = 0; i < MEMBERS; i++) {
        struct member *one = &member[i];

        left += one->sent - one->received;
        sum += one->sum_sent - one->sum_received;
        CHECK_EQ(one->sent + one->received + one->missed, turns());
        while (weft_channel_try_recv(&club->channel[i], &value) == 0) {
            left--;
            sum -= value;
        }
    }
    CHECK_EQ(left, 0);
    CHECK_EQ(sum, 0);
    club_close(club);
}

CASE(three_selects_in_a_ring_with_limits_lose_and_double_nothing)
{
    struct member member[MEMBERS];
    struct club club;

    for (size_t capacity = 0; capacity < 2; capacity++) {
        ring_open(&club, member, capacity);
        members_run(member, MEMBERS);
        ring_close(&club, member);
    }
}

/* The same with a time as a case. */
static int member_fiber(void *ctx)
{
    struct member *self = ctx;

    for (self->turn = 0; self->turn < turns(); self->turn++) {
        int rc;

        member_before(self);
        self->cases[2] = weft_case_timer(self->limit_us);
        rc = weft_select(self->cases, 3, WEFT_SELECT_FAIR);
        member_after(self, rc == 2 ? WEFT_ERR_TIMEOUT : rc);
    }
    return 0;
}

CASE(selects_of_a_pool_with_times_lose_and_double_nothing)
{
    struct member member[MEMBERS];
    weft_fiber_t *fiber[MEMBERS];
    struct club club;

    for (size_t capacity = 0; capacity < 2; capacity++) {
        struct pool *pool = pool_new(2);

        ring_open(&club, member, capacity);
        for (int i = 0; i < MEMBERS; i++) {
            fiber[i] = fiber_new("member");
            CHECK_EQ(weft_go(&pool->pool.executor, fiber[i], member_fiber,
                             &member[i]),
                     0);
        }
        pool_end(pool);
        ring_close(&club, member);
        for (int i = 0; i < MEMBERS; i++) {
            fiber_drop(fiber[i]);
        }
    }
}

/* --- ended selects at the head of a queue that others wait in */

struct caller {
    weft_task_t task;
    weft_await_t await;
    weft_case_t cases[2];
    weft_channel_t *channel[2]; /* NULL: it waits for the first alone */
    bool sends;
    int value;
    int count;
    int64_t sum;
};
WEFT_TASK(caller)
{
    int rc;
    WEFT_BEGIN;
    for (;;) {
        if (self->sends) {
            WEFT_AWAIT_RC(rc, weft_channel_send, self->channel[0],
                          &self->value);
            self->value++;
        } else if (self->channel[1] == NULL) {
            WEFT_AWAIT_RC(rc, weft_channel_recv, self->channel[0],
                          &self->value);
        } else {
            self->cases[0] = weft_case_recv(self->channel[0], &self->value);
            self->cases[1] = weft_case_recv(self->channel[1], &self->value);
            WEFT_AWAIT_RC(rc, weft_select, self->cases, 2, 0);
            CHECK(rc >= 0);
            rc = self->cases[rc].rc;
        }
        if (rc != 0) {
            break;
        }
        self->count++;
        self->sum += self->value;
        if (self->sends && self->count == turns()) {
            break;
        }
    }
    return rc;
    WEFT_END;
}

static void calls(size_t capacity)
{
    struct caller caller[4] = {{.sends = true}, {.sends = true}};
    struct core core[3];
    struct club club;

    club_open(&club, capacity);
    caller[0].channel[0] = &club.channel[0];
    caller[1].channel[0] = &club.channel[1];
    caller[2].channel[0] = &club.channel[0];
    caller[2].channel[1] = &club.channel[1];
    caller[3].channel[0] = &club.channel[1];
    for (int i = 0; i < 3; i++) {
        core_start(&core[i]);
        CHECK_EQ(weft_spawn(&core[i].loop.executor, caller_task(&caller[i])),
                 0);
    }
    CHECK_EQ(weft_spawn(&core[0].loop.executor, caller_task(&caller[3])), 0);
    spin_until_finished(&caller[0].task);
    spin_until_finished(&caller[1].task);
    /* The select ends with the first of them, the other drains the second. */
    while (weft_channel_count(&club.channel[0]) > 0) {
        weft_hook_spin();
    }
    CHECK_EQ(weft_channel_close(&club.channel[0]), 0);
    CHECK_EQ(weft_channel_close(&club.channel[1]), 0);
    for (int i = 0; i < 3; i++) {
        core_stop(&core[i]);
    }
    CHECK_EQ(weft_task_result(&caller[2].task), WEFT_ERR_CLOSED);
    CHECK_EQ(weft_task_result(&caller[3].task), WEFT_ERR_CLOSED);
    CHECK_EQ(caller[2].count + caller[3].count, 2 * turns());
    CHECK_EQ(caller[2].sum + caller[3].sum,
             caller[0].sum + caller[1].sum - 2 * turns());
    club_close(&club);
}

CASE(a_message_goes_to_the_next_where_an_ended_select_stands_first)
{
    calls(0);
    calls(2);
}

/* --- a send, a cancel and a limit meet at a select */

struct guest {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_case_t cases[3];
    weft_event_t never;
    uint64_t limit_us;
    int out, in;
};
WEFT_TASK(guest)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_UNTIL(rc, self->limit_us, weft_select, self->cases, 3, 0);
    return rc;
    WEFT_END;
}

static void guest_invite(struct guest *guest, struct club *club, uint64_t at)
{
    guest->never = (weft_event_t)WEFT_EVENT_INIT;
    guest->in = -1;
    guest->limit_us = at + some(2) * WEFT_MS(9);
    guest->cases[0] = weft_case_recv(&club->channel[0], &guest->in);
    guest->cases[1] = weft_case_send(&club->channel[1], &guest->out);
    guest->cases[2] = weft_case_event(&guest->never);
}

static void visit(struct core *core, struct club *club, uint64_t wait_us)
{
    struct guest *guest = frame_new(sizeof(*guest));
    uint64_t at = weft_deadline(wait_us);
    int value = 5;
    int sent;
    int received;
    int rc;

    guest_invite(guest, club, at);
    CHECK_EQ(weft_spawn(&core->loop.executor, guest_task(guest)), 0);
    stand_until(at);
    if (some(2) == 0) {
        weft_task_cancel(&guest->task);
    }
    sent = weft_channel_try_send(&club->channel[0], &value);
    received = weft_channel_try_recv(&club->channel[1], &value);
    weft_task_cancel(&guest->task);
    spin_until_finished(&guest->task);
    rc = weft_task_result(&guest->task);
    CHECK(sent != 0 || received != 0);
    CHECK_EQ(rc == 0, sent == 0);
    CHECK_EQ(rc == 1, received == 0);
    CHECK_EQ(guest->in, rc == 0 ? 5 : -1);
    CHECK(rc == 0 || rc == 1 || rc == WEFT_ERR_TIMEOUT ||
          rc == WEFT_ERR_CANCELLED);
    frame_drop(guest, sizeof(*guest));
}

CASE(a_select_that_meets_a_send_a_cancel_and_a_limit_does_one_of_them)
{
    struct core core;
    struct club club;

    club_open(&club, 0);
    core_start(&core);
    for (int i = 0; i < turns(); i++) {
        visit(&core, &club, TEST_IN_SIM ? 5 + some(10) : (uint64_t)i % 4);
    }
    core_stop(&core);
    club_close(&club);
}

/* --- each kind of waker with each kind of waiter, who then frees it all */

struct pair {
    weft_channel_t channel;
    weft_event_t event;
    struct {
        weft_signal_t signal;
        int value;
    } number;
    weft_case_t cases[5];
    int room[1];
    int out, in;
};

static void pair_init(void *object)
{
    struct pair *pair = object;

    CHECK_EQ(weft_channel_init(&pair->channel, pair->room, sizeof(int), 1), 0);
    weft_event_init(&pair->event, false);
    weft_signal_init(&pair->number.signal, &pair->number.value, sizeof(int));
    pair->out = 17;
    pair->cases[0] = weft_case_recv(&pair->channel, &pair->in);
    pair->cases[1] = weft_case_event(&pair->event);
    pair->cases[2] = weft_case_signal(&pair->number.signal, &pair->in);
    pair->cases[3] = weft_case_timer(WEFT_FOREVER - 1);
    pair->cases[4] = weft_case_recv(&pair->channel, &pair->in);
}

static void pair_init_auto(void *object)
{
    struct pair *pair = object;

    pair_init(object);
    weft_event_init(&pair->event, true);
}

static int pair_begin(weft_await_t *await, void *object)
{
    return weft_select_begin(await, ((struct pair *)object)->cases, 5, 0);
}

static int pair_block(void *object)
{
    return weft_select(((struct pair *)object)->cases, 5, 0);
}

static void pair_send(void *object)
{
    struct pair *pair = object;

    CHECK_EQ(weft_channel_try_send(&pair->channel, &pair->out), 0);
}

static void pair_set(void *object)
{
    weft_event_set(&((struct pair *)object)->event);
}

static void pair_set_value(void *object)
{
    struct pair *pair = object;

    weft_signal_set(&pair->number.signal, &pair->out);
}

static void pair_close(void *object)
{
    CHECK_EQ(weft_channel_close(&((struct pair *)object)->channel), 0);
}

static void pair_received(void *object, int rc)
{
    struct pair *pair = object;

    CHECK(rc == 0 || rc == 4);
    CHECK_EQ(pair->cases[rc].rc, 0);
    CHECK_EQ(pair->in, 17);
}

static void pair_was_set(void *object, int rc)
{
    CHECK_EQ(rc, 1);
    CHECK_EQ(((struct pair *)object)->cases[rc].rc, 0);
}

static void pair_got_value(void *object, int rc)
{
    CHECK_EQ(rc, 2);
    CHECK_EQ(((struct pair *)object)->in, 17);
}

static void pair_was_closed(void *object, int rc)
{
    CHECK(rc == 0 || rc == 4);
    CHECK_EQ(((struct pair *)object)->cases[rc].rc, WEFT_ERR_CLOSED);
}

CASE(who_was_sent_something_frees_all_it_selected_from)
{
    static const struct pairs pairs = {
        .size = sizeof(struct pair),
        .init = pair_init,
        .wait = {.begin = pair_begin, .block = pair_block},
        .wake = {.plain = pair_send},
        .waited = pair_received,
        .frees = true,
        .interrupt = true,
    };

    pairs_run(&pairs);
}

CASE(who_waited_for_an_event_frees_all_it_selected_from)
{
    static const struct pairs manual = {
        .size = sizeof(struct pair),
        .init = pair_init,
        .wait = {.begin = pair_begin, .block = pair_block},
        .wake = {.plain = pair_set},
        .waited = pair_was_set,
        .frees = true,
        .interrupt = true,
    };
    struct pairs automatic = manual;

    automatic.init = pair_init_auto;
    pairs_run(&manual);
    pairs_run(&automatic);
}

CASE(who_waited_for_a_signal_frees_all_it_selected_from)
{
    static const struct pairs pairs = {
        .size = sizeof(struct pair),
        .init = pair_init,
        .wait = {.begin = pair_begin, .block = pair_block},
        .wake = {.plain = pair_set_value},
        .waited = pair_got_value,
        .frees = true,
        .interrupt = true,
    };

    pairs_run(&pairs);
}

CASE(whom_a_close_has_ended_frees_all_it_selected_from)
{
    static const struct pairs pairs = {
        .size = sizeof(struct pair),
        .init = pair_init,
        .wait = {.begin = pair_begin, .block = pair_block},
        .wake = {.plain = pair_close},
        .waited = pair_was_closed,
        .frees = true,
    };

    pairs_run(&pairs);
}
