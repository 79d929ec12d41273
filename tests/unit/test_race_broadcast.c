/* test_race_broadcast.c - senders, subscribers, leaving and close at once
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"

enum { CAPACITY = 2, VALUES = 6, SENDERS = 2 };

struct studio {
    weft_broadcast_t broadcast;
    unsigned slots[CAPACITY];
    uint32_t unread[CAPACITY];
};

static void studio_init(struct studio *s, bool all)
{
    CHECK_EQ(all ? weft_broadcast_init_all(&s->broadcast, s->slots, s->unread,
                                           sizeof(unsigned), CAPACITY)
                 : weft_broadcast_init(&s->broadcast, s->slots,
                                       sizeof(unsigned), CAPACITY),
             0);
}

/* A value is 100 times its sender and a number from 1 on. */
struct listener {
    weft_task_t task;
    weft_await_t await;
    weft_subscriber_t sub;
    unsigned value;
    unsigned count; /* received and missed */
    unsigned last[SENDERS];
};

static void heard(struct listener *self)
{
    unsigned *last = &self->last[self->value / 100];

    CHECK(self->value % 100 > *last);
    *last = self->value % 100;
    self->count += 1 + self->sub.missed;
}

WEFT_TASK(listener)
{
    int rc;
    WEFT_BEGIN;
    for (;;) {
        WEFT_AWAIT_RC(rc, weft_broadcast_recv, &self->sub, &self->value);
        if (rc < 0) {
            return rc;
        }
        heard(self);
    }
    WEFT_END;
}

static void listen_in_a_thread(void *ctx)
{
    struct listener *self = ctx;

    while (weft_broadcast_recv(&self->sub, &self->value) == 0) {
        heard(self);
    }
    weft_thread_leave();
}

struct speaker {
    weft_task_t task;
    weft_await_t await;
    weft_broadcast_t *broadcast;
    unsigned value;
    unsigned last; /* of its values; 0: VALUES */
};

static bool speaks_on(const struct speaker *self)
{
    return self->value % 100 < (self->last > 0 ? self->last : VALUES);
}

WEFT_TASK(speaker)
{
    WEFT_BEGIN;
    while (speaks_on(self)) {
        self->value++;
        WEFT_AWAIT(weft_broadcast_send, self->broadcast, &self->value);
    }
    WEFT_END;
}

static void speak_in_a_thread(void *ctx)
{
    struct speaker *self = ctx;

    while (speaks_on(self)) {
        self->value++;
        CHECK_EQ(weft_broadcast_send(self->broadcast, &self->value), 0);
    }
    weft_thread_leave();
}

enum { LISTENERS = 3 };

/* A listener and a sender are threads of their own, the others share a loop. */
static void talk(struct studio *s, struct listener *listener)
{
    struct core core;
    weft_port_thread_t ear;
    weft_port_thread_t mouth;
    struct speaker speaker[SENDERS] = {
        {.broadcast = &s->broadcast},
        {.broadcast = &s->broadcast, .value = 100}};

    for (int i = 0; i < LISTENERS; i++) {
        weft_broadcast_subscribe(&s->broadcast, &listener[i].sub);
    }
    core_start(&core);
    thread_start(&ear, listen_in_a_thread, &listener[0]);
    thread_start(&mouth, speak_in_a_thread, &speaker[0]);
    CHECK_EQ(weft_spawn(&core.loop.executor, speaker_task(&speaker[1])), 0);
    for (int i = 1; i < LISTENERS; i++) {
        CHECK_EQ(weft_spawn(&core.loop.executor, listener_task(&listener[i])),
                 0);
    }
    weft_port_thread_join(&mouth);
    spin_until_finished(&speaker[1].task);
    CHECK_EQ(weft_task_result(&speaker[1].task), 0);
    CHECK_EQ(weft_broadcast_close(&s->broadcast), 0);
    weft_port_thread_join(&ear);
    core_stop(&core);
}

static void talk_round(bool all)
{
    struct studio *s = frame_new(sizeof(*s));
    struct listener listener[LISTENERS] = {{.count = 0}};

    studio_init(s, all);
    talk(s, listener);
    for (int i = 0; i < LISTENERS; i++) {
        CHECK_EQ(listener[i].count, SENDERS * VALUES);
        CHECK(!all || listener[i].last[0] + listener[i].last[1] == 2 * VALUES);
    }
    CHECK_EQ(s->broadcast.used, 0);
    frame_drop(s, sizeof(*s));
}

CASE(where_none_may_be_missed_each_gets_all_in_order)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        talk_round(true);
    }
}

CASE(what_is_received_and_what_is_missed_make_all)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        talk_round(false);
    }
}

/* --- a subscriber leaves in the midst, and one comes */

static void come_and_leave(void *ctx)
{
    struct studio *s = ctx;

    for (int i = 0; i < 3; i++) {
        weft_subscriber_t sub;
        unsigned value;

        weft_broadcast_subscribe(&s->broadcast, &sub);
        (void)weft_broadcast_try_recv(&sub, &value);
        weft_hook_spin();
        weft_broadcast_unsubscribe(&sub);
    }
}

CASE(who_comes_and_leaves_holds_up_nobody)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct studio s;
        struct listener listener = {.count = 0};
        struct speaker speaker = {.broadcast = &s.broadcast};
        weft_port_thread_t thread[3];

        studio_init(&s, true);
        weft_broadcast_subscribe(&s.broadcast, &listener.sub);
        thread_start(&thread[0], listen_in_a_thread, &listener);
        thread_start(&thread[1], speak_in_a_thread, &speaker);
        thread_start(&thread[2], come_and_leave, &s);
        weft_port_thread_join(&thread[1]);
        weft_port_thread_join(&thread[2]);
        CHECK_EQ(weft_broadcast_close(&s.broadcast), 0);
        weft_port_thread_join(&thread[0]);
        CHECK_EQ(listener.count, VALUES);
        CHECK_EQ(s.broadcast.used, 0);
    }
}

/* --- many leave at once with more unread than a step */

enum { DEEP = 2 * WEFT_STEP + 1 };

struct deep {
    weft_broadcast_t broadcast;
    unsigned slots[DEEP];
    uint32_t unread[DEEP];
    weft_subscriber_t stays;
    weft_subscriber_t leaves;
};

static void leave(void *ctx)
{
    weft_broadcast_unsubscribe(&((struct deep *)ctx)->leaves);
}

static void send_more(void *ctx)
{
    for (unsigned value = DEEP; value < 2 * DEEP; value++) {
        CHECK_EQ(weft_broadcast_send(&((struct deep *)ctx)->broadcast, &value),
                 0);
    }
    weft_thread_leave();
}

static void leave_round(bool alone)
{
    struct deep *deep = frame_new(sizeof(*deep));
    weft_port_thread_t thread[2];
    unsigned value;

    CHECK_EQ(weft_broadcast_init_all(&deep->broadcast, deep->slots,
                                     deep->unread, sizeof(unsigned), DEEP),
             0);
    if (!alone) {
        weft_broadcast_subscribe(&deep->broadcast, &deep->stays);
    }
    weft_broadcast_subscribe(&deep->broadcast, &deep->leaves);
    for (value = 0; value < DEEP; value++) {
        CHECK_EQ(weft_broadcast_try_send(&deep->broadcast, &value), 0);
    }
    thread_start(&thread[0], leave, deep);
    thread_start(&thread[1], send_more, deep);
    for (unsigned n = 0; n < 2 * DEEP && !alone; n++) {
        CHECK_EQ(weft_broadcast_recv(&deep->stays, &value), 0);
        CHECK_EQ(value, n);
    }
    weft_port_thread_join(&thread[0]);
    weft_port_thread_join(&thread[1]);
    CHECK_EQ(deep->broadcast.used, 0);
    frame_drop(deep, sizeof(*deep));
}

CASE(who_leaves_with_much_unread_holds_up_nobody)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        leave_round(false);
        leave_round(true);
    }
}

/* --- nor does somebody overtake whoever waited before it left */

static void try_until_sent(void *ctx)
{
    unsigned value = DEEP + 1;

    while (weft_broadcast_try_send(&((struct deep *)ctx)->broadcast, &value) !=
           0) {
        weft_hook_spin();
    }
}

static void overtake_round(void)
{
    struct deep *deep = frame_new(sizeof(*deep));
    struct speaker speaker = {.value = DEEP - 1};
    weft_port_thread_t thread[2];
    weft_manual_t manual;
    unsigned value;

    CHECK_EQ(weft_broadcast_init_all(&deep->broadcast, deep->slots,
                                     deep->unread, sizeof(unsigned), DEEP),
             0);
    weft_broadcast_subscribe(&deep->broadcast, &deep->stays);
    weft_broadcast_subscribe(&deep->broadcast, &deep->leaves);
    for (value = 0; value < DEEP; value++) {
        unsigned got;

        CHECK_EQ(weft_broadcast_try_send(&deep->broadcast, &value), 0);
        CHECK_EQ(weft_broadcast_try_recv(&deep->stays, &got), 0);
    }
    weft_manual_init(&manual);
    speaker.broadcast = &deep->broadcast;
    speaker.last = DEEP;
    CHECK_EQ(weft_spawn(&manual.executor, speaker_task(&speaker)), 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    thread_start(&thread[0], leave, deep);
    thread_start(&thread[1], try_until_sent, deep);
    CHECK_EQ(weft_broadcast_recv(&deep->stays, &value), 0);
    CHECK_EQ(value, DEEP);
    CHECK_EQ(weft_broadcast_recv(&deep->stays, &value), 0);
    CHECK_EQ(value, DEEP + 1);
    weft_port_thread_join(&thread[0]);
    weft_port_thread_join(&thread[1]);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    frame_drop(deep, sizeof(*deep));
}

CASE(who_waits_to_send_is_not_overtaken_while_one_leaves)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        overtake_round();
    }
}

/* --- a wait that leaves has lost nothing; a closed one has sent nothing */

struct patient {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_subscriber_t sub;
    unsigned value;
    uint64_t deadline_us;
};
WEFT_TASK(patient)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_broadcast_recv, &self->sub,
                     &self->value);
    return rc;
    WEFT_END;
}

static void send_one(void *ctx)
{
    unsigned value = 1;

    CHECK_EQ(
        weft_broadcast_try_send(&((struct studio *)ctx)->broadcast, &value), 0);
}

enum { PATIENTS = WEFT_STEP + 3 };

static void patient_round(bool all)
{
    struct core core;
    struct studio s;
    weft_port_thread_t thread;
    struct patient patient[PATIENTS] = {{.value = 0}};

    studio_init(&s, all);
    core_start(&core);
    for (int i = 0; i < PATIENTS; i++) {
        weft_broadcast_subscribe(&s.broadcast, &patient[i].sub);
        patient[i].deadline_us =
            i == PATIENTS / 2 ? weft_deadline(WEFT_US(10)) : WEFT_FOREVER;
        CHECK_EQ(weft_spawn(&core.loop.executor, patient_task(&patient[i])), 0);
    }
    thread_start(&thread, send_one, &s);
    weft_task_cancel(&patient[0].task);
    weft_task_cancel(&patient[PATIENTS - 1].task);
    weft_port_thread_join(&thread);
    core_stop(&core);
    for (int i = 0; i < PATIENTS; i++) {
        bool got = weft_task_result(&patient[i].task) == 0;
        unsigned value;

        CHECK_EQ(patient[i].value, got);
        CHECK_EQ(weft_broadcast_try_recv(&patient[i].sub, &value),
                 got ? WEFT_ERR_EMPTY : 0);
    }
    CHECK_EQ(s.broadcast.used, 0);
}

CASE(who_leaves_while_a_send_goes_on_has_received_it_or_will)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        patient_round(true);
        patient_round(false);
    }
}

static void close_it(void *ctx)
{
    (void)weft_broadcast_close(&((struct studio *)ctx)->broadcast);
}

static void close_round(void)
{
    struct core core;
    struct studio s;
    weft_port_thread_t thread;
    weft_subscriber_t sub;
    struct speaker speaker[3] = {{.broadcast = &s.broadcast},
                                 {.broadcast = &s.broadcast},
                                 {.broadcast = &s.broadcast}};
    unsigned sent = 0;
    unsigned value;

    studio_init(&s, true);
    weft_broadcast_subscribe(&s.broadcast, &sub);
    core_start(&core);
    for (int i = 0; i < 3; i++) {
        speaker[i].value = VALUES - 1;
        CHECK_EQ(weft_spawn(&core.loop.executor, speaker_task(&speaker[i])), 0);
    }
    thread_start(&thread, close_it, &s);
    sent += weft_broadcast_try_recv(&sub, &value) == 0;
    weft_port_thread_join(&thread);
    core_stop(&core);
    while (weft_broadcast_try_recv(&sub, &value) == 0) {
        sent++;
    }
    for (int i = 0; i < 3; i++) {
        int rc = weft_task_result(&speaker[i].task);

        CHECK(rc == 0 || rc == WEFT_ERR_CLOSED);
        sent -= rc == 0;
    }
    CHECK_EQ(sent, 0);
}

CASE(of_a_closed_one_what_was_sent_is_received_and_no_more)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        close_round();
    }
}
