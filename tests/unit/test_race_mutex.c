/* test_race_mutex.c - lock, unlock, limit and cancel of a mutex at once
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"

/* --- users on several cores, who also leave; the last one frees it */

enum { USERS = 3, TURNS = 3 };

struct shared {
    weft_mutex_t mutex;
    int holders; /* guarded by the mutex, like what follows */
    int entered;
    int references;
};

static void enter(struct shared *shared)
{
    CHECK_EQ(shared->holders++, 0);
    shared->entered++;
}

/* True: nobody else comes. */
static bool leave(struct shared *shared, bool for_good)
{
    bool last = for_good && --shared->references == 0;

    CHECK_EQ(--shared->holders, 0);
    weft_mutex_unlock(&shared->mutex);
    return last;
}

struct user {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    struct shared *shared;
    uint64_t time_us; /* of its first limit */
    int turn;
    int rc;
};
WEFT_TASK(user)
{
    WEFT_BEGIN;
    for (self->turn = 1; self->turn <= TURNS; self->turn++) {
        WEFT_AWAIT_UNTIL(self->rc, self->time_us, weft_mutex_lock,
                         &self->shared->mutex);
        if (self->rc == WEFT_ERR_TIMEOUT) {
            WEFT_AWAIT(weft_mutex_lock, &self->shared->mutex);
        }
        enter(self->shared);
        if (self->turn == 1) {
            WEFT_YIELD();
        }
        if (leave(self->shared, self->turn == TURNS)) {
            CHECK_EQ(self->shared->mutex.word, 0);
            CHECK_EQ(self->shared->entered, USERS * TURNS);
            frame_drop(self->shared, sizeof(*self->shared));
        }
    }
    WEFT_END;
}

CASE(its_last_user_frees_a_mutex_right_after_its_unlock)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct core core[USERS];
        struct user user[USERS] = {{.turn = 0}};
        struct shared *shared = frame_new(sizeof(*shared));

        weft_mutex_init(&shared->mutex);
        shared->references = USERS;
        for (int n = 0; n < USERS; n++) {
            user[n].shared = shared;
            user[n].time_us = weft_deadline(some(2) * 20);
            core_start(&core[n]);
            CHECK_EQ(weft_spawn(&core[n].loop.executor, user_task(&user[n])),
                     0);
        }
        for (int n = 0; n < USERS; n++) {
            core_stop(&core[n]);
            CHECK_EQ(weft_task_result(&user[n].task), 0);
        }
    }
}

/* --- an unlock, a limit and a cancel meet: the lock goes on in any case */

struct meeting {
    weft_mutex_t mutex;
    uint64_t time_us;
    int holders;
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
    WEFT_BEGIN;
    WEFT_AWAIT_UNTIL(self->rc, self->deadline_us, weft_mutex_lock,
                     &self->meeting->mutex);
    CHECK_EQ(++self->returns, 1);
    if (self->rc == 0) {
        CHECK_EQ(self->meeting->holders++, 0);
        CHECK_EQ(--self->meeting->holders, 0);
        weft_mutex_unlock(&self->meeting->mutex);
    }
    return self->rc;
    WEFT_END;
}

static void let_go(void *ctx)
{
    struct meeting *meeting = ctx;

    CHECK_EQ(--meeting->holders, 0);
    weft_mutex_unlock(&meeting->mutex);
}

static int holds(struct meeting *meeting, struct guest *guest)
{
    struct core core;

    core_start(&core);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(weft_spawn(&core.loop.executor, guest_task(&guest[i])), 0);
    }
    stand_until(meeting->time_us);
    if (some(2) == 0) {
        weft_task_cancel(&guest[0].task);
    }
    for (uint64_t steps = some(30); steps > 0; steps--) {
        CHECK_EQ(weft_mutex_try_lock(&meeting->mutex), WEFT_ERR_BUSY);
    }
    let_go(meeting);
    weft_task_cancel(&guest[0].task);
    spin_until_finished(&guest[0].task);
    spin_until_finished(&guest[1].task);
    core_stop(&core);
    return guest[0].rc;
}

CASE(a_lock_that_meets_a_cancel_and_a_limit_goes_on)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct meeting meeting = {.mutex = WEFT_MUTEX_INIT};
        struct guest guest[2] = {{.meeting = &meeting}, {.meeting = &meeting}};
        int rc;

        meeting.time_us = weft_deadline(WEFT_US(100));
        guest[0].deadline_us = meeting.time_us + some(2) * WEFT_MS(9);
        guest[1].deadline_us = WEFT_FOREVER;
        CHECK_EQ(weft_mutex_try_lock(&meeting.mutex), 0);
        meeting.holders++;
        rc = holds(&meeting, guest);
        CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT || rc == WEFT_ERR_CANCELLED);
        CHECK_EQ(guest[1].rc, 0);
        CHECK_EQ(meeting.mutex.word, 0);
    }
}

/* --- first come, first served, over all cores */

struct ticket {
    weft_mutex_t mutex;
    uintptr_t served;
};

struct queuer {
    weft_task_t task;
    weft_await_t await;
    struct ticket *ticket;
    uintptr_t number;
};
WEFT_TASK(queuer)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_mutex_lock, &self->ticket->mutex);
    CHECK_EQ(self->ticket->served, self->number);
    self->ticket->served++;
    weft_mutex_unlock(&self->ticket->mutex);
    WEFT_END;
}

CASE(waiters_of_many_cores_are_served_in_order)
{
    enum { QUEUE = 3 };

    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct core core[QUEUE];
        struct ticket ticket = {.mutex = WEFT_MUTEX_INIT};
        struct queuer queuer[QUEUE] = {{.number = 0}};

        CHECK_EQ(weft_mutex_try_lock(&ticket.mutex), 0);
        for (int n = 0; n < QUEUE; n++) {
            queuer[n].ticket = &ticket;
            queuer[n].number = (uintptr_t)n;
            core_start(&core[n]);
            CHECK_EQ(
                weft_spawn(&core[n].loop.executor, queuer_task(&queuer[n])), 0);
            while (weft_atomic_load_acquire_u8(&queuer[n].await.node->linked) ==
                   0) {
                weft_hook_spin();
            }
        }
        weft_mutex_unlock(&ticket.mutex);
        for (int n = 0; n < QUEUE; n++) {
            core_stop(&core[n]);
        }
        CHECK_EQ(ticket.served, QUEUE);
    }
}
