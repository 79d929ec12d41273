/* test_race_semaphore.c - acquire, release, limit and cancel at once
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/disturb.h"

enum { USERS = 3, TURNS = 3, PERMITS = 3 };

/* --- many users of different sizes: permits are neither lost nor doubled */

struct bank {
    weft_semaphore_t semaphore;
    uintptr_t held; /* atomic */
};

struct user {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    struct bank *bank;
    uint64_t time_us; /* of its first limit */
    uint32_t n;
    int turn;
    int rc;
};
WEFT_TASK(user)
{
    WEFT_BEGIN;
    for (self->turn = 0; self->turn < TURNS; self->turn++) {
        WEFT_AWAIT_UNTIL(self->rc, self->time_us, weft_semaphore_acquire,
                         &self->bank->semaphore, self->n);
        if (self->rc == WEFT_ERR_TIMEOUT) {
            WEFT_AWAIT(weft_semaphore_acquire, &self->bank->semaphore, self->n);
        }
        CHECK(weft_atomic_fetch_add_acq_rel_word(&self->bank->held, self->n) +
                  self->n <=
              PERMITS);
        if (self->turn == 0) {
            WEFT_YIELD();
        }
        weft_atomic_fetch_sub_acq_rel_word(&self->bank->held, self->n);
        weft_semaphore_release(&self->bank->semaphore, self->n);
    }
    WEFT_END;
}

CASE(permits_are_neither_lost_nor_doubled)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct core core[USERS];
        struct user user[USERS] = {{.turn = 0}};
        struct bank bank = {.semaphore = WEFT_SEMAPHORE_INIT(PERMITS, PERMITS)};

        for (int n = 0; n < USERS; n++) {
            user[n].bank = &bank;
            user[n].n = (uint32_t)n + 1;
            user[n].time_us = weft_deadline(some(2) * 20);
            core_start(&core[n]);
            CHECK_EQ(weft_spawn(&core[n].loop.executor, user_task(&user[n])),
                     0);
        }
        for (int n = 0; n < USERS; n++) {
            core_stop(&core[n]);
            CHECK_EQ(weft_task_result(&user[n].task), 0);
        }
        CHECK_EQ(weft_semaphore_value(&bank.semaphore), PERMITS);
    }
}

/* --- one who wants two leaves, or is served; one behind it wants one */

struct meeting {
    weft_semaphore_t semaphore;
    uint64_t time_us;
};

struct guest {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    struct meeting *meeting;
    uint64_t deadline_us;
    uint32_t n;
    int returns;
    int rc;
};
WEFT_TASK(guest)
{
    WEFT_BEGIN;
    WEFT_AWAIT_UNTIL(self->rc, self->deadline_us, weft_semaphore_acquire,
                     &self->meeting->semaphore, self->n);
    CHECK_EQ(++self->returns, 1);
    if (self->rc == 0) {
        weft_semaphore_release(&self->meeting->semaphore, self->n);
    }
    return self->rc;
    WEFT_END;
}

static void leave_or_serve(struct meeting *meeting, struct guest *guest)
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
        (void)weft_semaphore_value(&meeting->semaphore);
    }
    weft_semaphore_release(&meeting->semaphore, 1);
    weft_task_cancel(&guest[0].task);
    spin_until_finished(&guest[0].task);
    spin_until_finished(&guest[1].task);
    core_stop(&core);
}

CASE(a_release_that_meets_a_cancel_and_a_limit_is_not_lost)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct meeting meeting = {.semaphore = WEFT_SEMAPHORE_INIT(1, 2)};
        struct guest guest[2] = {{.meeting = &meeting, .n = 2},
                                 {.meeting = &meeting, .n = 1}};
        int rc;

        meeting.time_us = weft_deadline(WEFT_US(100));
        guest[0].deadline_us = meeting.time_us + some(2) * WEFT_MS(9);
        guest[1].deadline_us = WEFT_FOREVER;
        leave_or_serve(&meeting, guest);
        rc = guest[0].rc;
        CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT || rc == WEFT_ERR_CANCELLED);
        CHECK_EQ(guest[1].rc, 0);
        CHECK_EQ(weft_semaphore_value(&meeting.semaphore), 2);
    }
}

/* --- the last of those whom a release served frees it, in the midst of it */

enum { CROWD = WEFT_STEP + 2 };

struct crowd {
    weft_semaphore_t semaphore;
    uintptr_t left;   /* atomic: who has not returned */
    uintptr_t served; /* atomic */
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
    WEFT_AWAIT_RC(rc, weft_semaphore_acquire, &crowd->semaphore, 1);
    if (rc == 0) {
        (void)weft_atomic_fetch_add_acq_rel_word(&crowd->served, 1);
    }
    if (weft_atomic_fetch_sub_acq_rel_word(&crowd->left, 1) == 1 &&
        weft_atomic_load_acquire_word(&crowd->served) != 0) {
        *self->crowd = NULL;
        frame_drop(crowd, sizeof(*crowd));
    }
    WEFT_END;
}

struct release {
    weft_semaphore_t *semaphore;
    const struct member *last;
    bool waits;      /* until all have parked */
    uintptr_t begun; /* atomic: they have */
};

static bool parked(const struct member *member)
{
    return weft_atomic_load_acquire_u8(&member->await.node->linked) != 0;
}

static void release_all(void *ctx)
{
    struct release *release = ctx;

    while (release->waits && !parked(release->last)) {
        weft_hook_spin();
    }
    weft_atomic_store_release_word(&release->begun, 1);
    weft_semaphore_release(release->semaphore, CROWD);
}

typedef void meanwhile_fn(struct member *member, const struct release *release);

static void release_a_crowd(int i, meanwhile_fn *meanwhile)
{
    struct core core;
    weft_port_thread_t thread;
    struct member member[CROWD] = {{.crowd = NULL}};
    struct crowd *crowd = frame_new(sizeof(*crowd));
    struct release release = {&crowd->semaphore, &member[CROWD - 1],
                              meanwhile != NULL || some(4) != 0 || i % 2 == 1,
                              0};

    weft_semaphore_init(&crowd->semaphore, 0, CROWD);
    crowd->left = CROWD;
    core_start(&core);
    for (int n = 0; n < CROWD; n++) {
        member[n].crowd = &crowd;
        CHECK_EQ(weft_spawn(&core.loop.executor, member_task(&member[n])), 0);
    }
    thread_start(&thread, release_all, &release);
    if (meanwhile != NULL) {
        meanwhile(member, &release);
    }
    core_stop(&core);
    weft_port_thread_join(&thread);
    CHECK(crowd == NULL);
}

CASE(the_last_whom_a_release_served_frees_it)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        release_a_crowd(i, NULL);
    }
}

/* Once the first has been taken out. */
static void cancel_the_last(struct member *member,
                            const struct release *release)
{
    while (weft_atomic_load_acquire_word(&release->begun) == 0) {
        weft_hook_spin();
    }
    while (parked(&member[0])) {
        weft_hook_spin();
    }
    for (int n = WEFT_STEP; n < CROWD; n++) {
        weft_task_cancel(&member[n].task);
    }
}

CASE(those_whom_a_release_served_free_it_when_the_others_have_left)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        release_a_crowd(i, cancel_the_last);
    }
}

/* --- what was written before a release is seen by who takes its permit */

enum { LETTERS = 500 };

struct mail {
    weft_semaphore_t semaphore;
    int letter[LETTERS]; /* plain: the permits alone pass them on */
};

static void write_letters(void *ctx)
{
    struct mail *mail = ctx;

    for (int i = 0; i < LETTERS; i++) {
        mail->letter[i] = i + 1;
        weft_semaphore_release(&mail->semaphore, 1);
    }
}

/* It never waits, so nobody takes the lock, which would order them as well. */
CASE_REAL_ONLY(a_permit_brings_what_was_written_before_its_release,
               "the simulator's cores see memory in one order")
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct mail mail = {.semaphore = WEFT_SEMAPHORE_INIT(0, LETTERS)};
        weft_port_thread_t writer;

        thread_start(&writer, write_letters, &mail);
        for (int n = 0; n < LETTERS; n++) {
            while (weft_semaphore_value(&mail.semaphore) == 0 ||
                   weft_semaphore_try_acquire(&mail.semaphore, 1) != 0) {
                weft_hook_spin();
            }
            CHECK_EQ(mail.letter[n], n + 1);
        }
        weft_port_thread_join(&writer);
    }
}

/* --- from an interrupt, on the core that is in the midst of it */

static void release_two(void *ctx)
{
    (void)weft_semaphore_try_acquire(ctx, 1);
    weft_semaphore_release(ctx, 2);
}

CASE_DISTURBED(a_release_comes_inside_an_acquire_a_release_and_a_withdrawal)
{
    struct meeting meeting = {.semaphore = WEFT_SEMAPHORE_INIT(0, 100)};
    struct guest guest = {.meeting = &meeting, .n = 2};
    struct disturb interrupt = {
        .handler = release_two, .ctx = &meeting.semaphore, .times = 4};
    weft_loop_t loop;

    weft_loop_init(&loop, NULL);
    disturb_begin(&interrupt);
    for (int i = 0; i < 5; i++) {
        guest.deadline_us = weft_deadline(WEFT_US(10));
        guest.returns = 0;
        (void)weft_loop_run_task(&loop, guest_task(&guest));
        weft_semaphore_release(&meeting.semaphore, 1);
        (void)weft_semaphore_try_acquire(&meeting.semaphore, 1);
    }
    disturb_end(&interrupt);
    weft_loop_deinit(&loop);
}
