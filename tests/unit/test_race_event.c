/* test_race_event.c - set, reset, wait, limit and cancel of an event at once
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/frames.h"

/* --- the waiter is gone while the set that ended its wait goes on */

struct pair {
    struct waiter waiter;
    weft_event_t event;
};

static void set_event(void *ctx)
{
    weft_event_set(ctx);
}

static void wait_and_drop(bool automatic)
{
    weft_loop_t loop;
    weft_port_thread_t thread;
    struct pair *pair = frame_new(sizeof(*pair));

    weft_loop_init(&loop, NULL);
    weft_event_init(&pair->event, automatic);
    pair->waiter.event = &pair->event;
    thread_start(&thread, set_event, &pair->event);
    CHECK_EQ(weft_loop_run_task(&loop, waiter_task(&pair->waiter)), 0);
    frame_drop(pair, sizeof(*pair));
    weft_loop_deinit(&loop);
    memset(&loop, 0xdb, sizeof(loop));
    weft_port_thread_join(&thread);
}

CASE(the_waiter_frees_an_automatic_event_while_the_set_goes_on)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        wait_and_drop(true);
    }
}

CASE(the_waiter_frees_a_manual_event_while_the_set_goes_on)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        wait_and_drop(false);
    }
}

/* --- the event goes with a waiter that left once, then saw it set */

struct again {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_event_t event;
    uint64_t time_us;
};
WEFT_TASK(again)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_UNTIL(rc, self->time_us, weft_event_wait, &self->event);
    if (rc == WEFT_ERR_TIMEOUT) {
        WEFT_AWAIT_RC(rc, weft_event_wait, &self->event);
    }
    return rc;
    WEFT_END;
}

static void set_again(void *ctx)
{
    struct again *again = ctx;

    stand_until(again->time_us);
    weft_event_set(&again->event);
}

CASE(who_saw_an_event_set_may_free_it_while_the_set_goes_on)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        weft_loop_t loop;
        weft_port_thread_t thread;
        struct again *again = frame_new(sizeof(*again));

        weft_loop_init(&loop, NULL);
        weft_event_init(&again->event, i % 2 == 1);
        again->time_us = weft_deadline(WEFT_US(100));
        thread_start(&thread, set_again, again);
        CHECK_EQ(weft_loop_run_task(&loop, again_task(again)), 0);
        frame_drop(again, sizeof(*again));
        weft_loop_deinit(&loop);
        weft_port_thread_join(&thread);
    }
}

/* --- a home is gone while the wake that came to it goes on */

struct small_world {
    weft_loop_t loop;
    struct pair pair;
};

CASE(a_loop_is_gone_while_the_set_that_ended_its_last_wait_goes_on)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        weft_port_thread_t thread;
        struct small_world *world = frame_new(sizeof(*world));
        struct waiter *waiter = &world->pair.waiter;

        weft_loop_init(&world->loop, NULL);
        weft_event_init(&world->pair.event, true);
        waiter->event = &world->pair.event;
        thread_start(&thread, set_event, waiter->event);
        CHECK_EQ(weft_loop_run_task(&world->loop, waiter_task(waiter)), 0);
        weft_loop_deinit(&world->loop);
        frame_drop(world, sizeof(*world));
        weft_port_thread_join(&thread);
    }
}

/* --- all waiters of a manual event, more than one step of them */

enum { CROWD = WEFT_STEP + 3 };

struct crowd {
    weft_event_t event;
    uintptr_t returned; /* atomic */
};

struct member {
    weft_task_t task;
    weft_await_t await;
    struct crowd *crowd;
};
WEFT_TASK(member)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_event_wait, &self->crowd->event);
    (void)weft_atomic_fetch_add_acq_rel_word(&self->crowd->returned, 1);
    WEFT_END;
}

static void set_crowd(void *ctx)
{
    struct crowd *crowd = ctx;

    weft_event_set(&crowd->event);
}

static struct member *member_new(struct core *core, struct crowd *crowd)
{
    struct member *member = frame_new(sizeof(*member));

    member->crowd = crowd;
    CHECK_EQ(weft_spawn(&core->loop.executor, member_task(member)), 0);
    return member;
}

/* When all waits have returned the event may go, whatever the set still does */
static void crowd_round(void)
{
    struct core core;
    weft_port_thread_t thread;
    struct crowd *crowd = frame_new(sizeof(*crowd));
    struct member *members[CROWD];

    weft_event_init(&crowd->event, false);
    core_start(&core);
    for (int i = 0; i < CROWD; i++) {
        if (i == CROWD / 2) {
            thread_start(&thread, set_crowd, crowd);
        }
        members[i] = member_new(&core, crowd);
    }
    for (int i = 0; i < CROWD; i++) {
        spin_until_finished(&members[i]->task);
        CHECK_EQ(weft_task_result(&members[i]->task), 0);
        frame_drop(members[i], sizeof(*members[i]));
    }
    CHECK_EQ(crowd->returned, CROWD);
    CHECK(weft_event_is_set(&crowd->event));
    frame_drop(crowd, sizeof(*crowd));
    weft_port_thread_join(&thread);
    core_stop(&core);
}

CASE(a_manual_set_ends_all_waits_also_those_that_begin_meanwhile)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        crowd_round();
    }
}

/* --- time-out, cancel and set together */

struct meeting {
    struct waiter waiter;
    weft_event_t event;
    uint64_t time_us;
};

static void set_at_time(void *ctx)
{
    struct meeting *meeting = ctx;

    stand_until(meeting->time_us);
    weft_event_set(&meeting->event);
}

/* The meeting's memory outlives the two others: they are joined first. */
static int meet(struct meeting *meeting, bool cancel)
{
    struct core core;
    weft_port_thread_t setter;
    int rc;

    meeting->time_us = weft_deadline(WEFT_US(200));
    meeting->waiter.event = &meeting->event;
    meeting->waiter.deadline_us = meeting->time_us;
    core_start(&core);
    CHECK_EQ(weft_spawn(&core.loop.executor, waiter_task(&meeting->waiter)), 0);
    thread_start(&setter, set_at_time, meeting);
    if (cancel) {
        stand_until(meeting->time_us);
        weft_task_cancel(&meeting->waiter.task);
    }
    weft_port_thread_join(&setter);
    spin_until_finished(&meeting->waiter.task);
    rc = weft_task_result(&meeting->waiter.task);
    core_stop(&core);
    return rc;
}

CASE(of_set_limit_and_cancel_one_happens_and_the_set_is_not_lost)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct meeting *meeting = frame_new(sizeof(*meeting));
        int rc;

        weft_event_init(&meeting->event, true);
        rc = meet(meeting, true);
        CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT || rc == WEFT_ERR_CANCELLED);
        CHECK_EQ(weft_event_try_wait(&meeting->event),
                 rc == 0 ? WEFT_ERR_EMPTY : 0);
        frame_drop(meeting, sizeof(*meeting));
    }
}

CASE(of_set_and_limit_one_happens_and_the_set_is_not_lost)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct meeting *meeting = frame_new(sizeof(*meeting));
        int rc;

        weft_event_init(&meeting->event, true);
        rc = meet(meeting, false);
        CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT);
        CHECK_EQ(weft_event_try_wait(&meeting->event),
                 rc == 0 ? WEFT_ERR_EMPTY : 0);
        frame_drop(meeting, sizeof(*meeting));
    }
}

/* --- a reset from elsewhere */

static void reset_twice(void *ctx)
{
    weft_event_reset(ctx);
    weft_event_reset(ctx);
}

static void reset_round(bool automatic)
{
    struct core core;
    weft_event_t event;
    weft_port_thread_t thread;
    struct waiter waiters[2] = {{.event = &event}, {.event = &event}};

    weft_event_init(&event, automatic);
    core_start(&core);
    thread_start(&thread, reset_twice, &event);
    for (int n = 0; n < 2; n++) {
        CHECK_EQ(weft_spawn(&core.loop.executor, waiter_task(&waiters[n])), 0);
    }
    weft_event_set(&event);
    weft_port_thread_join(&thread);
    /* What was parked before the set or after a reset: these end it. */
    while (!weft_task_finished(&waiters[0].task) ||
           !weft_task_finished(&waiters[1].task)) {
        weft_event_set(&event);
        weft_hook_spin();
    }
    core_stop(&core);
}

CASE(a_reset_loses_no_waiter)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        reset_round(true);
        reset_round(false);
    }
}

/* --- each set of an automatic event lets one through, in the middle of leaving
 * waiters */

CASE(sets_pass_over_waiters_that_leave)
{
    enum { SETS = 2, WAITERS = 4 };

    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct core core;
        weft_event_t event = WEFT_EVENT_INIT_AUTO;
        struct waiter waiters[WAITERS] = {{.event = NULL}};
        weft_port_thread_t threads[SETS];
        int got = 0;

        core_start(&core);
        for (int n = 0; n < WAITERS; n++) {
            waiters[n].event = &event;
            CHECK_EQ(weft_spawn(&core.loop.executor, waiter_task(&waiters[n])),
                     0);
        }
        thread_start(&threads[0], set_event, &event);
        thread_start(&threads[1], set_event, &event);
        for (int n = 0; n < WAITERS; n++) {
            weft_task_cancel(&waiters[n].task);
        }
        weft_port_thread_join(&threads[0]);
        weft_port_thread_join(&threads[1]);
        for (int n = 0; n < WAITERS; n++) {
            spin_until_finished(&waiters[n].task);
            got += weft_task_result(&waiters[n].task) == 0;
        }
        /* One set may fall on a set event; both must not vanish. */
        if (weft_event_try_wait(&event) == 0) {
            CHECK(got <= 1);
        } else {
            CHECK(got == 1 || got == 2);
        }
        core_stop(&core);
    }
}

/* --- who meets the lock of a set event waits for it */

struct visitor {
    struct waiter waiter;
    weft_event_t event;
    uint64_t time_us;
    uintptr_t state; /* atomic; 1: parked, leaves at time_us; 2: gone */
};

static void wait_often(void *ctx)
{
    struct visitor *visitor = ctx;
    weft_loop_t loop;

    weft_loop_init(&loop, NULL);
    for (int i = 0; i < 4; i++) {
        CHECK_EQ(weft_loop_run_task(&loop, waiter_task(&visitor->waiter)), 0);
    }
    weft_loop_deinit(&loop);
    weft_atomic_store_release_word(&visitor->state, 2);
}

CASE(a_reset_that_meets_a_wait_is_not_lost)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct visitor visitor = {.event = WEFT_EVENT_INIT};
        weft_port_thread_t thread;

        visitor.waiter.event = &visitor.event;
        thread_start(&thread, wait_often, &visitor);
        while (weft_atomic_load_acquire_word(&visitor.state) == 0) {
            weft_event_set(&visitor.event);
            weft_event_reset(&visitor.event);
            CHECK(!weft_event_is_set(&visitor.event));
            weft_hook_spin();
        }
        weft_port_thread_join(&thread);
    }
}

static void park_and_leave(void *ctx)
{
    struct visitor *visitor = ctx;
    weft_loop_t loop;

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, waiter_task(&visitor->waiter)), 0);
    (void)weft_loop_step(&loop);
    visitor->time_us = weft_deadline(WEFT_US(100));
    weft_atomic_store_release_word(&visitor->state, 1);
    stand_until(visitor->time_us);
    weft_task_cancel(&visitor->waiter.task);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    weft_loop_deinit(&loop);
}

CASE(a_set_event_is_not_empty_while_a_waiter_leaves)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct visitor visitor = {.event = WEFT_EVENT_INIT_AUTO};
        weft_port_thread_t thread;

        visitor.waiter.event = &visitor.event;
        thread_start(&thread, park_and_leave, &visitor);
        while (weft_atomic_load_acquire_word(&visitor.state) == 0) {
            weft_hook_spin();
        }
        stand_until(visitor.time_us);
        /* The waiter takes one of these at most. */
        weft_event_set(&visitor.event);
        weft_event_set(&visitor.event);
        CHECK_EQ(weft_event_try_wait(&visitor.event), 0);
        weft_port_thread_join(&thread);
    }
}

/* --- a set of a set event publishes too; the thread sanitizer looks on */

struct letter {
    weft_event_t event;
    unsigned lines[2];
    uintptr_t sent; /* atomic, relaxed: it orders nothing */
};

static void send_twice(void *ctx)
{
    struct letter *letter = ctx;

    letter->lines[0] = 1;
    weft_event_set(&letter->event);
    letter->lines[1] = 2;
    weft_event_set(&letter->event);
    weft_atomic_store_relaxed_word(&letter->sent, 1);
}

CASE(who_takes_a_set_event_sees_what_was_written_before_its_last_set)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct letter letter = {.event = WEFT_EVENT_INIT_AUTO};
        weft_port_thread_t thread;

        thread_start(&thread, send_twice, &letter);
        while (weft_atomic_load_relaxed_word(&letter.sent) == 0) {
            weft_hook_spin();
        }
        CHECK_EQ(weft_event_try_wait(&letter.event), 0);
        CHECK_EQ(letter.lines[0], 1);
        CHECK_EQ(letter.lines[1], 2);
        weft_port_thread_join(&thread);
    }
}
