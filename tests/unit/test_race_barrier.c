/* test_race_barrier.c - rounds of a barrier on many cores; leaving meanwhile
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/fibers.h"

/* --- rounds: all have come, one leads, nobody is a round ahead */

enum { PARTIES = 3, ROUNDS = 4 };

struct hall {
    weft_barrier_t barrier;
    unsigned seen[PARTIES]; /* plain: the barrier orders them */
    uintptr_t leaders[ROUNDS];
};

static void passed(struct hall *hall, int number, unsigned round, int rc)
{
    CHECK(rc == 0 || rc == WEFT_BARRIER_LEADER);
    for (int i = 0; i < PARTIES; i++) {
        CHECK_EQ(hall->seen[i], round + 1);
    }
    if (rc == WEFT_BARRIER_LEADER) {
        (void)weft_atomic_fetch_add_acq_rel_word(&hall->leaders[round], 1);
    }
    (void)number;
}

struct party {
    weft_task_t task;
    weft_await_t await;
    struct hall *hall;
    int number;
    unsigned round;
};
WEFT_TASK(party)
{
    int rc;
    WEFT_BEGIN;
    for (self->round = 0; self->round < ROUNDS; self->round++) {
        self->hall->seen[self->number] = self->round + 1;
        WEFT_AWAIT_RC(rc, weft_barrier_wait, &self->hall->barrier);
        passed(self->hall, self->number, self->round, rc);
        WEFT_AWAIT_RC(rc, weft_barrier_wait, &self->hall->barrier);
        CHECK(rc == 0 || rc == WEFT_BARRIER_LEADER);
    }
    WEFT_END;
}

static int party_blocks(void *ctx)
{
    struct party *self = ctx;

    for (unsigned round = 0; round < ROUNDS; round++) {
        int rc;

        self->hall->seen[self->number] = round + 1;
        rc = weft_barrier_wait(&self->hall->barrier);
        passed(self->hall, self->number, round, rc);
        rc = weft_barrier_wait(&self->hall->barrier);
        CHECK(rc == 0 || rc == WEFT_BARRIER_LEADER);
    }
    return 0;
}

static void party_of_a_thread(void *ctx)
{
    (void)party_blocks(ctx);
    weft_thread_leave();
}

/* A task, a fiber and a thread. */
static void rounds_of_all_kinds(void)
{
    struct core core[2];
    weft_port_thread_t thread;
    struct hall *hall = frame_new(sizeof(*hall));
    struct party party[PARTIES] = {{.number = 0}};
    weft_fiber_t *fiber = fiber_new("party");

    weft_barrier_init(&hall->barrier, PARTIES);
    for (int i = 0; i < PARTIES; i++) {
        party[i].hall = hall;
        party[i].number = i;
    }
    core_start(&core[0]);
    core_start(&core[1]);
    CHECK_EQ(weft_spawn(&core[0].loop.executor, party_task(&party[0])), 0);
    CHECK_EQ(weft_go(&core[1].loop.executor, fiber, party_blocks, &party[1]),
             0);
    thread_start(&thread, party_of_a_thread, &party[2]);
    weft_port_thread_join(&thread);
    core_stop(&core[0]);
    core_stop(&core[1]);
    for (int i = 0; i < ROUNDS; i++) {
        CHECK_EQ(hall->leaders[i], 1);
    }
    frame_drop(hall, sizeof(*hall));
    fiber_drop(fiber);
}

CASE(each_round_has_one_leader_and_all_others)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        rounds_of_all_kinds();
    }
}

/* --- who leaves while the last one comes */

struct guest {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_barrier_t *barrier;
    uint64_t deadline_us;
};
WEFT_TASK(guest)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_barrier_wait, self->barrier);
    return rc;
    WEFT_END;
}

/* More than a step of them, so that the leader has to let go of the lock. */
enum { GUESTS = WEFT_STEP + 3 };

struct meeting {
    weft_barrier_t barrier;
    struct guest guest[GUESTS];
    uint64_t time_us;
    int rc; /* of who comes last */
};

static void come_last(void *ctx)
{
    struct meeting *meeting = ctx;

    stand_until(meeting->time_us);
    meeting->rc = weft_barrier_try_wait(&meeting->barrier);
}

static void cancel_some(struct meeting *meeting, int which)
{
    if (which == 0) {
        weft_task_cancel(&meeting->guest[GUESTS - 1].task);
    } else if (which == 1) {
        weft_task_cancel(&meeting->guest[0].task);
    }
}

static void check_meeting(struct meeting *meeting)
{
    int left = 0;

    if (meeting->rc == WEFT_BARRIER_LEADER) {
        for (int i = 0; i < GUESTS; i++) {
            CHECK_EQ(weft_task_result(&meeting->guest[i].task), 0);
        }
        CHECK_EQ(meeting->barrier.arrived, 0);
        return;
    }
    CHECK_EQ(meeting->rc, WEFT_ERR_BUSY);
    for (int i = 0; i < GUESTS; i++) {
        left += weft_task_finished(&meeting->guest[i].task);
    }
    CHECK(left > 0);
    CHECK_EQ(meeting->barrier.arrived, GUESTS - left);
}

static void meet(struct meeting *meeting, int which)
{
    struct core core[2];
    weft_port_thread_t thread;

    meeting->time_us = weft_deadline(WEFT_US(200));
    weft_barrier_init(&meeting->barrier, GUESTS + 1);
    core_start(&core[0]);
    core_start(&core[1]);
    for (int i = 0; i < GUESTS; i++) {
        meeting->guest[i].barrier = &meeting->barrier;
        meeting->guest[i].deadline_us =
            which == 2 && i == GUESTS / 2 ? meeting->time_us : WEFT_FOREVER;
        CHECK_EQ(weft_spawn(&core[i % 2].loop.executor,
                            guest_task(&meeting->guest[i])),
                 0);
    }
    thread_start(&thread, come_last, meeting);
    stand_until(meeting->time_us);
    cancel_some(meeting, which);
    weft_port_thread_join(&thread);
    if (meeting->rc != WEFT_BARRIER_LEADER) {
        for (int i = 0; i < GUESTS; i++) {
            weft_task_cancel(&meeting->guest[i].task);
        }
    }
    core_stop(&core[0]);
    core_stop(&core[1]);
    check_meeting(meeting);
}

CASE(the_round_is_complete_or_who_left_has_not_come)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        for (int which = 0; which < 3; which++) {
            struct meeting *meeting = frame_new(sizeof(*meeting));

            meet(meeting, which);
            frame_drop(meeting, sizeof(*meeting));
        }
    }
}

/* --- the next round is complete before the leader of the last is done */

static int leaders_of(const struct guest *guest, int count)
{
    int leaders = 0;

    for (int i = 0; i < count; i++) {
        int rc = weft_task_result(&guest[i].task);

        CHECK(rc == 0 || rc == WEFT_BARRIER_LEADER);
        leaders += rc;
    }
    return leaders;
}

CASE(two_rounds_at_once_have_two_leaders)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        weft_barrier_t barrier = WEFT_BARRIER_INIT(GUESTS);
        struct guest guest[2 * GUESTS] = {{.barrier = NULL}};
        struct core core[2];

        core_start(&core[0]);
        core_start(&core[1]);
        for (int n = 0; n < 2 * GUESTS; n++) {
            guest[n].barrier = &barrier;
            guest[n].deadline_us = WEFT_FOREVER;
            CHECK_EQ(
                weft_spawn(&core[n % 2].loop.executor, guest_task(&guest[n])),
                0);
        }
        core_stop(&core[0]);
        core_stop(&core[1]);
        CHECK_EQ(leaders_of(guest, 2 * GUESTS), 2);
        CHECK_EQ(barrier.arrived, 0);
    }
}
