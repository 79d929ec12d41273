/* test_race_condition.c - wait, notify, limit and cancel at once
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/disturb.h"

/* --- a store of two places on several cores: no notify is lost */

enum { TAKERS = 2, ITEMS = 6, PLACES = 2 };

struct store {
    weft_mutex_t mutex;
    weft_condition_t filled;
    weft_condition_t emptied;
    int holders; /* guarded by the mutex, like what follows */
    int items;
    int to_come;
    int taken;
};

static void enter(struct store *store)
{
    CHECK_EQ(store->holders++, 0);
}

static void leave(struct store *store)
{
    CHECK_EQ(--store->holders, 0);
}

struct taker {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    struct store *store;
    uint64_t time_us; /* of its first limit */
    int rc;
};
WEFT_TASK(taker)
{
    struct store *store = self->store;
    WEFT_BEGIN;
    for (;;) {
        WEFT_AWAIT(weft_mutex_lock, &store->mutex);
        enter(store);
        while (store->items == 0 && store->to_come > 0) {
            leave(store);
            WEFT_AWAIT_UNTIL(self->rc, self->time_us, weft_condition_wait,
                             &store->filled, &store->mutex);
            enter(store);
            CHECK(self->rc == 0 || self->rc == WEFT_ERR_TIMEOUT);
            self->time_us = self->rc == 0 ? self->time_us : WEFT_FOREVER;
        }
        leave(store);
        if (store->items == 0) {
            weft_mutex_unlock(&store->mutex);
            return WEFT_OK;
        }
        store->items--;
        store->taken++;
        weft_condition_notify_one(&store->emptied);
        weft_mutex_unlock(&store->mutex);
    }
    WEFT_END;
}

/* The notify comes with the mutex held, or just after. */
static void give(void *ctx)
{
    struct store *store = ctx;
    bool held = some(2) == 0;

    while (store->to_come > 0) {
        CHECK_EQ(weft_mutex_lock(&store->mutex), 0);
        enter(store);
        while (store->items == PLACES) {
            leave(store);
            CHECK_EQ(weft_condition_wait(&store->emptied, &store->mutex), 0);
            enter(store);
        }
        store->items++;
        store->to_come--;
        leave(store);
        if (held) {
            weft_condition_notify_one(&store->filled);
        }
        weft_mutex_unlock(&store->mutex);
        if (!held) {
            weft_condition_notify_one(&store->filled);
        }
    }
    weft_condition_notify_all(&store->filled);
    weft_thread_leave();
}

CASE(no_notify_is_lost)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct core core[TAKERS];
        struct taker taker[TAKERS] = {{.store = NULL}};
        weft_port_thread_t thread;
        struct store store = {.mutex = WEFT_MUTEX_INIT,
                              .filled = WEFT_CONDITION_INIT,
                              .emptied = WEFT_CONDITION_INIT,
                              .to_come = ITEMS};

        for (int n = 0; n < TAKERS; n++) {
            taker[n].store = &store;
            taker[n].time_us =
                some(2) == 0 ? WEFT_FOREVER : weft_deadline(some(2) * 20);
            core_start(&core[n]);
            CHECK_EQ(weft_spawn(&core[n].loop.executor, taker_task(&taker[n])),
                     0);
        }
        thread_start(&thread, give, &store);
        for (int n = 0; n < TAKERS; n++) {
            core_stop(&core[n]);
            CHECK_EQ(weft_task_result(&taker[n].task), 0);
        }
        weft_port_thread_join(&thread);
        CHECK_EQ(store.taken, ITEMS);
        CHECK_EQ(store.mutex.word, 0);
    }
}

/* --- a notify, a limit and a cancel meet: it is for exactly one of two */

struct meeting {
    weft_mutex_t mutex;
    weft_condition_t condition;
    uint64_t time_us;
    int holders; /* guarded by the mutex */
    uintptr_t waiting;
};

struct guest {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    struct meeting *meeting;
    uint64_t deadline_us;
    int returns;
    int rc;
};
WEFT_TASK(guest)
{
    struct meeting *meeting = self->meeting;
    WEFT_BEGIN;
    WEFT_AWAIT(weft_mutex_lock, &meeting->mutex);
    (void)weft_atomic_fetch_add_acq_rel_word(&meeting->waiting, 1);
    WEFT_AWAIT_UNTIL(self->rc, self->deadline_us, weft_condition_wait,
                     &meeting->condition, &meeting->mutex);
    CHECK_EQ(++self->returns, 1);
    CHECK_EQ(meeting->holders++, 0);
    CHECK_EQ(--meeting->holders, 0);
    weft_mutex_unlock(&meeting->mutex);
    return self->rc;
    WEFT_END;
}

/* Both wait: who has the mutex now knows that they have let go of it. */
static void until_both_wait(struct meeting *meeting)
{
    while (weft_atomic_load_acquire_word(&meeting->waiting) < 2) {
        weft_hook_spin();
    }
    CHECK_EQ(weft_mutex_lock(&meeting->mutex), 0);
}

static void meet(struct meeting *meeting, struct guest *guest)
{
    struct core core;
    bool held = some(2) == 0;

    core_start(&core);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(weft_spawn(&core.loop.executor, guest_task(&guest[i])), 0);
    }
    until_both_wait(meeting);
    CHECK_EQ(meeting->holders++, 0);
    if (!held) {
        CHECK_EQ(--meeting->holders, 0);
        weft_mutex_unlock(&meeting->mutex);
    }
    stand_until(meeting->time_us);
    if (some(2) == 0) {
        weft_task_cancel(&guest[0].task);
    }
    for (uint64_t steps = some(30); steps > 0; steps--) {
        weft_hook_spin();
    }
    weft_condition_notify_one(&meeting->condition);
    if (held) {
        CHECK_EQ(--meeting->holders, 0);
        weft_mutex_unlock(&meeting->mutex);
    }
    weft_task_cancel(&guest[0].task);
    spin_until_finished(&guest[0].task);
    if (guest[0].rc == 0) {
        CHECK(!weft_task_finished(&guest[1].task));
        weft_condition_notify_one(&meeting->condition);
    }
    spin_until_finished(&guest[1].task);
    core_stop(&core);
}

CASE(a_notify_that_meets_a_cancel_and_a_limit_is_not_lost)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct meeting meeting = {.mutex = WEFT_MUTEX_INIT,
                                  .condition = WEFT_CONDITION_INIT};
        struct guest guest[2] = {{.meeting = &meeting}, {.meeting = &meeting}};
        int rc;

        meeting.time_us = weft_deadline(WEFT_US(100));
        guest[0].deadline_us = meeting.time_us + some(2) * WEFT_MS(9);
        guest[1].deadline_us = WEFT_FOREVER;
        meet(&meeting, guest);
        rc = guest[0].rc;
        CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT || rc == WEFT_ERR_CANCELLED);
        CHECK_EQ(guest[1].rc, 0);
        CHECK_EQ(meeting.mutex.word, 0);
        CHECK_EQ(meeting.condition.word, 0);
    }
}

/* --- the last of those whom a notify ended frees all, in the midst of it */

enum { CROWD = WEFT_STEP + 2 };

struct crowd {
    weft_mutex_t mutex;
    weft_condition_t condition;
    uintptr_t waiting; /* atomic */
    int left;          /* guarded by the mutex */
    int notified;      /* likewise */
};

struct member {
    weft_task_t task;
    weft_await_t await;
    struct crowd **crowd;
};
WEFT_TASK(member)
{
    struct crowd *crowd = *self->crowd;
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT(weft_mutex_lock, &crowd->mutex);
    (void)weft_atomic_fetch_add_acq_rel_word(&crowd->waiting, 1);
    WEFT_AWAIT_RC(rc, weft_condition_wait, &crowd->condition, &crowd->mutex);
    crowd->notified += rc == 0;
    if (--crowd->left == 0 && crowd->notified > 0) {
        weft_mutex_unlock(&crowd->mutex);
        *self->crowd = NULL;
        frame_drop(crowd, sizeof(*crowd));
    } else {
        weft_mutex_unlock(&crowd->mutex);
    }
    WEFT_END;
}

struct notify {
    struct crowd *crowd;
    size_t count;    /* of who wait */
    bool held;       /* the mutex, meanwhile */
    uintptr_t begun; /* atomic */
};

static void notify_all(void *ctx)
{
    struct notify *notify = ctx;
    struct crowd *crowd = notify->crowd;

    while (weft_atomic_load_acquire_word(&crowd->waiting) < notify->count) {
        weft_hook_spin();
    }
    CHECK_EQ(weft_mutex_lock(&crowd->mutex), 0);
    weft_atomic_store_release_word(&notify->begun, 1);
    if (!notify->held) {
        weft_mutex_unlock(&crowd->mutex);
    }
    if (notify->count == 1 && !notify->held) {
        weft_condition_notify_one(&crowd->condition);
    } else {
        weft_condition_notify_all(&crowd->condition);
    }
    if (notify->held) {
        weft_mutex_unlock(&crowd->mutex);
    }
    weft_thread_leave();
}

typedef void meanwhile_fn(struct member *member, const struct notify *notify);

static void notify_a_crowd(int i, size_t count, meanwhile_fn *meanwhile)
{
    struct core core;
    weft_port_thread_t thread;
    struct member member[CROWD] = {{.crowd = NULL}};
    struct crowd *crowd = frame_new(sizeof(*crowd));
    struct notify notify = {crowd, count, some(2) != 0 || i % 2 == 1, 0};

    weft_mutex_init(&crowd->mutex);
    weft_condition_init(&crowd->condition);
    crowd->left = (int)count;
    core_start(&core);
    for (size_t n = 0; n < count; n++) {
        member[n].crowd = &crowd;
        CHECK_EQ(weft_spawn(&core.loop.executor, member_task(&member[n])), 0);
    }
    thread_start(&thread, notify_all, &notify);
    if (meanwhile != NULL) {
        meanwhile(member, &notify);
    }
    core_stop(&core);
    weft_port_thread_join(&thread);
    CHECK(crowd == NULL);
}

CASE(the_last_whom_a_notify_ended_frees_it)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        notify_a_crowd(i, some(3) != 0 || i % 3 != 0 ? 1 : CROWD, NULL);
    }
}

/* Once the first has been taken out. */
static void cancel_the_last(struct member *member, const struct notify *notify)
{
    while (weft_atomic_load_acquire_word(&notify->begun) == 0) {
        weft_hook_spin();
    }
    while (weft_atomic_load_acquire_u8(&member[0].await.node->linked) != 0) {
        weft_hook_spin();
    }
    for (int n = WEFT_STEP; n < CROWD; n++) {
        weft_task_cancel(&member[n].task);
    }
}

CASE(those_whom_a_notify_ended_free_it_when_the_others_have_left)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        notify_a_crowd(i, CROWD, cancel_the_last);
    }
}

/* --- from an interrupt, on the core that is in the midst of it */

struct bell {
    weft_mutex_t mutex;
    weft_condition_t condition;
    uintptr_t rung; /* atomic */
};

static void ring(void *ctx)
{
    struct bell *bell = ctx;

    weft_atomic_store_release_word(&bell->rung, 1);
    weft_condition_notify_all(&bell->condition);
}

struct hears {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    struct bell *bell;
    int tries;
    int rc;
};
WEFT_TASK(hears)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_mutex_lock, &self->bell->mutex);
    for (self->tries = 3; self->tries > 0; self->tries--) {
        if (weft_atomic_load_acquire_word(&self->bell->rung) != 0) {
            break;
        }
        WEFT_AWAIT_UNTIL(self->rc, weft_deadline(WEFT_US(20)),
                         weft_condition_wait, &self->bell->condition,
                         &self->bell->mutex);
    }
    weft_mutex_unlock(&self->bell->mutex);
    WEFT_END;
}

CASE_DISTURBED(a_notify_comes_inside_a_wait_a_notify_and_a_withdrawal)
{
    struct bell bell = {WEFT_MUTEX_INIT, WEFT_CONDITION_INIT, 0};
    struct hears hears = {.bell = &bell};
    struct disturb interrupt = {.handler = ring, .ctx = &bell, .times = 4};
    weft_loop_t loop;

    weft_loop_init(&loop, NULL);
    disturb_begin(&interrupt);
    for (int i = 0; i < 4; i++) {
        CHECK_EQ(weft_loop_run_task(&loop, hears_task(&hears)), 0);
        weft_condition_notify_all(&bell.condition);
        weft_atomic_store_release_word(&bell.rung, 0);
    }
    disturb_end(&interrupt);
    CHECK_EQ(bell.mutex.word, 0);
    weft_loop_deinit(&loop);
}
