/* test_race_rwlock.c - read, write, unlock, limit and cancel at once
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"

enum { USERS = 3, TURNS = 3 };

/* --- readers and writers on several cores; the last one frees it */

struct shared {
    weft_rwlock_t lock;
    uintptr_t readers;    /* atomic */
    uintptr_t references; /* atomic: who has not locked for the last time */
    int written;          /* guarded by the lock */
};

static void check_reader(struct shared *shared)
{
    int before = shared->written;

    (void)weft_atomic_fetch_add_acq_rel_word(&shared->readers, 1);
    weft_hook_spin();
    CHECK_EQ(shared->written, before);
    (void)weft_atomic_fetch_sub_acq_rel_word(&shared->readers, 1);
}

static void check_writer(struct shared *shared)
{
    CHECK_EQ(weft_atomic_load_acquire_word(&shared->readers), 0);
    shared->written++;
    weft_hook_spin();
    CHECK_EQ(weft_atomic_load_acquire_word(&shared->readers), 0);
}

struct user {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    struct shared *shared;
    uint64_t time_us; /* of its first limit */
    unsigned writes;  /* in which turns, a bit each; in the last for sure */
    int turn;
    int rc;
};

static bool writes(const struct user *user)
{
    return user->turn == TURNS || (user->writes >> user->turn & 1) != 0;
}

static int lock_begin(weft_await_t *await, const struct user *user)
{
    return writes(user) ? weft_rwlock_write_begin(await, &user->shared->lock)
                        : weft_rwlock_read_begin(await, &user->shared->lock);
}

WEFT_TASK(user)
{
    struct shared *shared = self->shared;
    bool last;
    WEFT_BEGIN;
    for (self->turn = 1; self->turn <= TURNS; self->turn++) {
        WEFT_AWAIT_UNTIL(self->rc, self->time_us, lock, self);
        if (self->rc == WEFT_ERR_TIMEOUT) {
            WEFT_AWAIT(lock, self);
        }
        if (writes(self)) {
            check_writer(shared);
        } else {
            check_reader(shared);
        }
        if (self->turn == 1) {
            WEFT_YIELD();
        }
        last = self->turn == TURNS && --shared->references == 0;
        weft_rwlock_unlock(&shared->lock);
        if (last) {
            CHECK_EQ(shared->lock.word, 0);
            frame_drop(shared, sizeof(*shared));
        }
    }
    WEFT_END;
}

CASE(its_last_user_frees_a_lock_right_after_its_unlock)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct core core[USERS];
        struct user user[USERS] = {{.turn = 0}};
        struct shared *shared = frame_new(sizeof(*shared));

        weft_rwlock_init(&shared->lock);
        shared->references = USERS;
        for (int n = 0; n < USERS; n++) {
            user[n].shared = shared;
            user[n].time_us = weft_deadline(some(2) * 20);
            user[n].writes = TEST_IN_SIM ? (unsigned)some(1 << TURNS)
                                         : (unsigned)(i + n * 3);
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

/* --- a writer leaves, or is let in; behind it is a reader */

struct meeting {
    weft_rwlock_t lock;
    uint64_t time_us;
};

struct guest {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    struct meeting *meeting;
    uint64_t deadline_us;
    bool writes;
    int returns;
    int rc;
};

static int guest_lock_begin(weft_await_t *await, const struct guest *guest)
{
    return guest->writes ? weft_rwlock_write_begin(await, &guest->meeting->lock)
                         : weft_rwlock_read_begin(await, &guest->meeting->lock);
}

WEFT_TASK(guest)
{
    WEFT_BEGIN;
    WEFT_AWAIT_UNTIL(self->rc, self->deadline_us, guest_lock, self);
    CHECK_EQ(++self->returns, 1);
    if (self->rc == 0) {
        weft_rwlock_unlock(&self->meeting->lock);
    }
    return self->rc;
    WEFT_END;
}

static void leave_or_go_in(struct meeting *meeting, struct guest *guest)
{
    struct core core;

    CHECK_EQ(weft_rwlock_read(&meeting->lock), 0);
    core_start(&core);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(weft_spawn(&core.loop.executor, guest_task(&guest[i])), 0);
    }
    stand_until(meeting->time_us);
    if (some(2) == 0) {
        weft_task_cancel(&guest[0].task);
    }
    for (uint64_t steps = some(30); steps > 0; steps--) {
        weft_hook_spin();
    }
    weft_rwlock_unlock(&meeting->lock);
    weft_task_cancel(&guest[0].task);
    spin_until_finished(&guest[0].task);
    spin_until_finished(&guest[1].task);
    core_stop(&core);
}

CASE(an_unlock_that_meets_a_cancel_and_a_limit_goes_on)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct meeting meeting = {.lock = WEFT_RWLOCK_INIT};
        struct guest guest[2] = {{.meeting = &meeting, .writes = true},
                                 {.meeting = &meeting}};
        int rc;

        meeting.time_us = weft_deadline(WEFT_US(100));
        guest[0].deadline_us = meeting.time_us + some(2) * WEFT_MS(9);
        guest[1].deadline_us = WEFT_FOREVER;
        guest[1].writes = some(3) == 1;
        leave_or_go_in(&meeting, guest);
        rc = guest[0].rc;
        CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT || rc == WEFT_ERR_CANCELLED);
        CHECK_EQ(guest[1].rc, 0);
        CHECK_EQ(meeting.lock.word, 0);
    }
}

/* --- the last of the readers whom an unlock let in frees it, in its midst */

enum { CROWD = WEFT_STEP + 2 };

struct crowd {
    weft_rwlock_t lock;
    uintptr_t left;   /* atomic: who has not returned */
    uintptr_t let_in; /* atomic */
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
    WEFT_AWAIT_RC(rc, weft_rwlock_read, &crowd->lock);
    if (rc == 0) {
        (void)weft_atomic_fetch_add_acq_rel_word(&crowd->let_in, 1);
        weft_rwlock_unlock(&crowd->lock);
    }
    if (weft_atomic_fetch_sub_acq_rel_word(&crowd->left, 1) == 1 &&
        weft_atomic_load_acquire_word(&crowd->let_in) != 0) {
        *self->crowd = NULL;
        frame_drop(crowd, sizeof(*crowd));
    }
    WEFT_END;
}

struct release {
    weft_rwlock_t *lock;
    const struct member *last;
    uintptr_t locked; /* atomic */
    uintptr_t begun;  /* atomic: all have parked */
};

static bool parked(const struct member *member)
{
    return weft_atomic_load_acquire_u8(&member->await.node->linked) != 0;
}

static void write_until_all_wait(void *ctx)
{
    struct release *release = ctx;

    CHECK_EQ(weft_rwlock_write(release->lock), 0);
    weft_atomic_store_release_word(&release->locked, 1);
    while (!parked(release->last)) {
        weft_hook_spin();
    }
    weft_atomic_store_release_word(&release->begun, 1);
    weft_rwlock_unlock(release->lock);
    weft_thread_leave();
}

static void until(const uintptr_t *flag)
{
    while (weft_atomic_load_acquire_word(flag) == 0) {
        weft_hook_spin();
    }
}

typedef void meanwhile_fn(struct member *member, const struct release *release);

static void let_in_a_crowd(size_t count, meanwhile_fn *meanwhile)
{
    struct core core;
    weft_port_thread_t thread;
    struct member member[CROWD] = {{.crowd = NULL}};
    struct crowd *crowd = frame_new(sizeof(*crowd));
    struct release release = {&crowd->lock, &member[count - 1], 0, 0};

    weft_rwlock_init(&crowd->lock);
    crowd->left = count;
    thread_start(&thread, write_until_all_wait, &release);
    until(&release.locked);
    core_start(&core);
    for (size_t n = 0; n < count; n++) {
        member[n].crowd = &crowd;
        CHECK_EQ(weft_spawn(&core.loop.executor, member_task(&member[n])), 0);
    }
    if (meanwhile != NULL) {
        meanwhile(member, &release);
    }
    core_stop(&core);
    weft_port_thread_join(&thread);
    CHECK(crowd == NULL);
}

CASE(the_last_whom_an_unlock_let_in_frees_it)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        let_in_a_crowd(some(2) == 1 || i % 2 == 1 ? 1 : CROWD, NULL);
    }
}

/* Once the first has been taken out. */
static void cancel_the_last(struct member *member,
                            const struct release *release)
{
    until(&release->begun);
    while (parked(&member[0])) {
        weft_hook_spin();
    }
    for (int n = WEFT_STEP; n < CROWD; n++) {
        weft_task_cancel(&member[n].task);
    }
}

CASE(those_whom_an_unlock_let_in_free_it_when_the_others_have_left)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        let_in_a_crowd(CROWD, cancel_the_last);
    }
}
