/* test_race_thread.c - a thread that waits, is cancelled, and leaves, at once
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/fibers.h"
#include "tests/support/frames.h"

/* What the thread's memory may become once it has left. */
static void leave_for_good(void)
{
    void *room = weft_port_thread_room(sizeof(weft_thread_t));

    weft_thread_leave();
    memset(room, 0, sizeof(weft_thread_t));
}

static void step_until(uint32_t *step, uint32_t value)
{
    while (weft_atomic_load_acquire_u32(step) < value) {
        weft_hook_spin();
    }
}

/* --- a cancel is on its way to a thread that leaves */

struct leaver {
    weft_thread_t *thread;
    weft_event_t event;
    uint32_t step; /* atomic: 2 more each round: arrived, cancelled */
    long rounds;
    bool waits; /* or only looks */
};

static void wait_to_be_cancelled(struct leaver *leaver)
{
    if (leaver->waits) {
        CHECK_EQ(weft_event_wait(&leaver->event), WEFT_ERR_CANCELLED);
    } else {
        while (weft_task_checkpoint() == WEFT_OK) {
            weft_hook_spin();
        }
    }
}

static void come_and_leave(void *ctx)
{
    struct leaver *leaver = ctx;

    for (long i = 0; i < leaver->rounds; i++) {
        leaver->thread = weft_thread_self();
        weft_atomic_store_release_u32(&leaver->step, (uint32_t)(2 * i + 1));
        wait_to_be_cancelled(leaver);
        leave_for_good();
        step_until(&leaver->step, (uint32_t)(2 * i + 2));
    }
}

static void cancel_and_leave(bool waits)
{
    struct leaver leaver = {
        .event = WEFT_EVENT_INIT,
        .waits = waits,
        .rounds = rounds(TEST_IN_SIM ? 3 : 20 * RACE_ROUNDS),
    };
    weft_port_thread_t thread;

    thread_start(&thread, come_and_leave, &leaver);
    for (long i = 0; i < leaver.rounds; i++) {
        step_until(&leaver.step, (uint32_t)(2 * i + 1));
        weft_thread_cancel(leaver.thread);
        weft_atomic_store_release_u32(&leaver.step, (uint32_t)(2 * i + 2));
    }
    weft_port_thread_join(&thread);
}

CASE(a_thread_leaves_as_soon_as_it_has_seen_its_cancel)
{
    cancel_and_leave(false);
}

CASE(a_thread_leaves_as_soon_as_its_wait_was_cancelled)
{
    cancel_and_leave(true);
}

/* --- the object goes as soon as the wait has returned */

struct handed {
    weft_event_t event;
    weft_signal_t signal;
    int value;
};

struct giver {
    uintptr_t object; /* atomic: struct handed, when it is to be set */
    long rounds;
    bool by_signal;
};

static void give(void *ctx)
{
    struct giver *giver = ctx;

    for (long i = 0; i < giver->rounds; i++) {
        struct handed *handed;
        int value = (int)i;

        do {
            handed = (struct handed *)weft_atomic_exchange_acq_rel_word(
                &giver->object, 0);
            weft_hook_spin();
        } while (handed == NULL);
        if (giver->by_signal) {
            weft_signal_set(&handed->signal, &value);
        } else {
            weft_event_set(&handed->event);
        }
    }
}

static int take_and_drop(struct giver *giver, int i)
{
    struct handed *handed = frame_new(sizeof(*handed));
    int value = -1;
    int rc;

    weft_event_init(&handed->event, i % 2 == 0);
    weft_signal_init(&handed->signal, &handed->value, sizeof(handed->value));
    weft_atomic_store_release_word(&giver->object, (uintptr_t)handed);
    if (giver->by_signal) {
        rc = weft_signal_wait(&handed->signal, &value);
        CHECK_EQ(value, i);
    } else {
        rc = weft_event_wait(&handed->event);
    }
    frame_drop(handed, sizeof(*handed));
    return rc;
}

static int take_all(void *ctx)
{
    struct giver *giver = ctx;

    for (long i = 0; i < giver->rounds; i++) {
        CHECK_EQ(take_and_drop(giver, (int)i), 0);
    }
    return 0;
}

static void take_from_another_core(bool by_signal, bool in_fiber)
{
    struct giver giver = {
        .by_signal = by_signal,
        .rounds = rounds(TEST_IN_SIM ? 3 : 20 * RACE_ROUNDS),
    };
    weft_port_thread_t thread;

    thread_start(&thread, give, &giver);
    CHECK_EQ(in_fiber ? in_a_fiber(take_all, &giver) : take_all(&giver), 0);
    weft_port_thread_join(&thread);
    weft_thread_leave();
}

CASE(a_thread_frees_an_event_as_soon_as_its_wait_has_returned)
{
    take_from_another_core(false, false);
}

CASE(a_thread_frees_a_signal_as_soon_as_its_wait_has_returned)
{
    take_from_another_core(true, false);
}

CASE(a_fiber_frees_an_event_as_soon_as_its_wait_has_returned)
{
    take_from_another_core(false, true);
}

CASE(a_fiber_frees_a_signal_as_soon_as_its_wait_has_returned)
{
    take_from_another_core(true, true);
}

/* --- a limit, a set and a cancel at one time */

struct meeting {
    weft_event_t event;
    weft_thread_t *thread;
    uint64_t time_us;
    bool cancels;
};

static void meet(void *ctx)
{
    struct meeting *meeting = ctx;

    stand_until(meeting->time_us);
    if (meeting->cancels) {
        weft_thread_cancel(meeting->thread);
    } else {
        weft_event_set(&meeting->event);
    }
}

CASE(a_limit_a_set_and_a_cancel_meet_in_a_threads_wait)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct meeting setter = {
            .event = WEFT_EVENT_INIT_AUTO,
            .time_us = weft_deadline(200),
        };
        struct meeting canceller = {
            .thread = weft_thread_self(),
            .time_us = setter.time_us,
            .cancels = true,
        };
        weft_port_thread_t threads[2];
        int rc;

        thread_start(&threads[0], meet, &setter);
        thread_start(&threads[1], meet, &canceller);
        rc = weft_event_wait_until(&setter.event, setter.time_us);
        CHECK(rc == WEFT_OK || rc == WEFT_ERR_TIMEOUT ||
              rc == WEFT_ERR_CANCELLED);
        weft_port_thread_join(&threads[0]);
        weft_port_thread_join(&threads[1]);
        /* It happened, or it did not. */
        CHECK_EQ(weft_event_is_set(&setter.event), rc != WEFT_OK);
        CHECK_EQ(weft_event_wait(&setter.event), WEFT_ERR_CANCELLED);
        weft_thread_leave();
    }
}

/* --- a thread's scope is cancelled while it joins, works, or leaves */

struct shared_scope {
    weft_scope_t scope;
    uint64_t time_us;
};

static void cancel_scope(void *ctx)
{
    struct shared_scope *shared = ctx;

    stand_until(shared->time_us);
    weft_scope_cancel(&shared->scope);
}

CASE(a_threads_scope_is_cancelled_by_another_core_and_its_deadline_at_once)
{
    struct core core;

    core_start(&core);
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct shared_scope shared = {.time_us = weft_deadline(100)};
        weft_event_t never = WEFT_EVENT_INIT;
        struct waiter waiter = {.event = &never};
        weft_port_thread_t thread;
        int rc;

        weft_scope_open(&shared.scope, WEFT_SCOPE_FAIL_FAST, shared.time_us);
        rc = weft_scope_spawn_on(&shared.scope, &core.loop.executor,
                                 waiter_task(&waiter));
        thread_start(&thread, cancel_scope, &shared);
        CHECK(rc == WEFT_OK || rc == WEFT_ERR_CANCELLED);
        CHECK_EQ(weft_event_wait(&never), WEFT_ERR_CANCELLED);
        /* The canceller is a user of the scope for its whole call. */
        weft_port_thread_join(&thread);
        rc = weft_scope_join(&shared.scope);
        CHECK(rc == WEFT_ERR_CANCELLED || rc == WEFT_ERR_TIMEOUT);
        weft_thread_leave();
    }
    core_stop(&core);
}

/* --- two threads and one event */

struct turns {
    weft_event_t event;
    uint32_t taken; /* atomic */
};

static void take_turns(void *ctx)
{
    struct turns *turns = ctx;

    while (weft_event_wait(&turns->event) == WEFT_OK &&
           weft_atomic_fetch_add_acq_rel_u32(&turns->taken, 1) < 1000) {}
    weft_thread_leave();
}

CASE(two_threads_share_one_automatic_event)
{
    struct turns turns = {.event = WEFT_EVENT_INIT_AUTO};
    weft_port_thread_t threads[2];
    uint32_t sets = TEST_IN_SIM ? 8 : 1000;

    thread_start(&threads[0], take_turns, &turns);
    thread_start(&threads[1], take_turns, &turns);
    for (uint32_t i = 0; i < sets; i++) {
        weft_event_set(&turns.event);
        while (weft_atomic_load_acquire_u32(&turns.taken) <= i) {
            weft_hook_spin();
        }
        CHECK(!weft_event_is_set(&turns.event));
    }
    CHECK_EQ(turns.taken, sets);
    weft_atomic_store_release_u32(&turns.taken, 1000);
    weft_event_set(&turns.event);
    while (weft_atomic_load_acquire_u32(&turns.taken) <= 1000) {
        weft_hook_spin();
    }
    weft_event_set(&turns.event);
    weft_port_thread_join(&threads[0]);
    weft_port_thread_join(&threads[1]);
}
