/* test_barrier.c - the barrier: rounds, one leader, leaving; who may not
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/fibers.h"

enum { MOST = 2 * WEFT_STEP + 3 };

struct party {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_barrier_t *barrier;
    uint64_t deadline_us;
};
WEFT_TASK(party)
{
    int rc;
    WEFT_BEGIN;
    if (self->deadline_us == 0) {
        WEFT_AWAIT_RC(rc, weft_barrier_wait, self->barrier);
    } else {
        WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_barrier_wait,
                         self->barrier);
    }
    return rc;
    WEFT_END;
}

struct hall {
    weft_loop_t loop;
    weft_barrier_t barrier;
    struct party party[MOST];
};

static void hall_init(struct hall *hall, uint32_t parties)
{
    memset(hall, 0, sizeof(*hall));
    weft_loop_init(&hall->loop, NULL);
    weft_barrier_init(&hall->barrier, parties);
}

static void step(struct hall *hall)
{
    for (int i = 0; i < 2; i++) {
        (void)weft_loop_step(&hall->loop);
    }
}

static void come(struct hall *hall, int i)
{
    hall->party[i].barrier = &hall->barrier;
    CHECK_EQ(weft_spawn(&hall->loop.executor, party_task(&hall->party[i])), 0);
    step(hall);
}

/* Its task has ended with rc. */
static bool ended(const struct hall *hall, int i, int rc)
{
    return weft_task_finished(&hall->party[i].task) &&
           weft_task_result(&hall->party[i].task) == rc;
}

static void hall_deinit(struct hall *hall)
{
    weft_loop_stop(&hall->loop);
    CHECK_EQ(weft_loop_run(&hall->loop), 0);
    weft_loop_deinit(&hall->loop);
    CHECK_EQ(hall->barrier.arrived, 0);
    CHECK_EQ(hall->barrier.crowd.word, 0);
}

CASE(the_last_to_come_leads_and_all_go_on)
{
    struct hall hall;

    hall_init(&hall, MOST);
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < MOST; i++) {
            CHECK(i == 0 || !weft_task_finished(&hall.party[0].task));
            come(&hall, i);
        }
        for (int i = 0; i < MOST - 1; i++) {
            CHECK(ended(&hall, i, 0));
        }
        CHECK(ended(&hall, MOST - 1, WEFT_BARRIER_LEADER));
    }
    hall_deinit(&hall);
}

CASE(one_party_is_always_the_leader)
{
    weft_barrier_t barrier = WEFT_BARRIER_INIT(1);

    CHECK_EQ(weft_barrier_wait(&barrier), WEFT_BARRIER_LEADER);
    CHECK_EQ(weft_barrier_wait_until(&barrier, 0), WEFT_BARRIER_LEADER);
    CHECK_EQ(weft_barrier_try_wait(&barrier), WEFT_BARRIER_LEADER);
}

CASE(who_tries_comes_only_as_the_last)
{
    struct hall hall;

    hall_init(&hall, 2);
    CHECK_EQ(weft_barrier_try_wait(&hall.barrier), WEFT_ERR_BUSY);
    come(&hall, 0);
    CHECK(!weft_task_finished(&hall.party[0].task));
    CHECK_EQ(weft_barrier_try_wait(&hall.barrier), WEFT_BARRIER_LEADER);
    step(&hall);
    CHECK(ended(&hall, 0, 0));
    CHECK_EQ(weft_barrier_try_wait(&hall.barrier), WEFT_ERR_BUSY);
    hall_deinit(&hall);
}

CASE(who_leaves_has_not_come)
{
    struct hall hall;

    hall_init(&hall, 3);
    hall.party[1].deadline_us = weft_deadline(WEFT_MS(1));
    come(&hall, 0);
    come(&hall, 1);
    weft_task_cancel(&hall.party[0].task);
    step(&hall);
    CHECK_EQ(weft_barrier_wait_until(&hall.barrier, weft_deadline(WEFT_MS(2))),
             WEFT_ERR_TIMEOUT);
    step(&hall);
    CHECK(ended(&hall, 0, WEFT_ERR_CANCELLED));
    CHECK(ended(&hall, 1, WEFT_ERR_TIMEOUT));
    CHECK_EQ(weft_barrier_wait_until(&hall.barrier, 0), WEFT_ERR_TIMEOUT);
    for (int i = 2; i < 5; i++) {
        CHECK_EQ(hall.barrier.arrived, i - 2);
        come(&hall, i);
    }
    CHECK(ended(&hall, 2, 0));
    CHECK(ended(&hall, 3, 0));
    CHECK(ended(&hall, 4, WEFT_BARRIER_LEADER));
    hall_deinit(&hall);
}

CASE(a_limit_that_passes_with_the_last_arrival_changes_nothing)
{
    struct hall hall;

    hall_init(&hall, 2);
    hall.party[0].deadline_us = weft_deadline(WEFT_MS(1));
    come(&hall, 0);
    CHECK_EQ(weft_sleep(WEFT_MS(2)), 0);
    CHECK_EQ(weft_barrier_wait(&hall.barrier), WEFT_BARRIER_LEADER);
    weft_task_cancel(&hall.party[0].task);
    step(&hall);
    CHECK(ended(&hall, 0, 0));
    hall_deinit(&hall);
}

static int wait_in_a_fiber(void *ctx)
{
    return weft_barrier_wait_until(ctx, weft_deadline(WEFT_MS(1)));
}

CASE(a_fiber_comes_and_leaves)
{
    weft_barrier_t barrier = WEFT_BARRIER_INIT(2);

    CHECK_EQ(in_a_fiber(wait_in_a_fiber, &barrier), WEFT_ERR_TIMEOUT);
    CHECK_EQ(barrier.arrived, 0);
}

/* --- bad input */

CASE(a_barrier_for_nobody_is_an_assertion)
{
    weft_barrier_t barrier;

    CHECK_DIES(weft_barrier_init(&barrier, 0), "a barrier for nobody");
}
