/* test_race_service.c - services: sends, starts and stops at once
 * SPDX-License-Identifier: MIT
 *
 * Whatever races, each request is settled exactly once, and what was settled
 * last is the stop. The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/disturb.h"
#include "tests/support/mills.h"
#include "tests/support/pools.h"

CASE(what_each_of_several_senders_sends_is_handled_in_its_order_07)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct mill *mill = mill_new();
        struct sender *sender;

        CHECK_EQ(ask(mill, WEFT_SERVICE_START), 0);
        sender = senders_start(mill);
        senders_join(sender);
        CHECK_EQ(ask(mill, WEFT_SERVICE_STOP), 0);
        CHECK_EQ(mill->handled, SENDERS * EACH);
        CHECK_EQ(senders_drop(sender, 0), SENDERS * EACH);
        mill_drop(mill);
    }
    weft_thread_leave();
}

CASE(a_stop_with_a_slow_hook_races_sends_and_each_is_settled_once_13)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct mill *mill = mill_new();
        struct sender *sender;
        unsigned handled;

        mill->hook_us = i % 2 == 0 ? 50 : 0;
        CHECK_EQ(ask(mill, WEFT_SERVICE_START), 0);
        sender = senders_start(mill);
        CHECK_EQ(ask(mill, WEFT_SERVICE_STOP), 0);
        CHECK_EQ(weft_service_state(&mill->service), WEFT_SERVICE_STOPPED);
        handled = mill->handled; /* nothing of it runs any more */
        senders_join(sender);
        CHECK_EQ(senders_drop(sender, WEFT_ERR_STOPPED), handled);
        mill_drop(mill);
    }
    weft_thread_leave();
}

static void starts_and_stops(void *ctx)
{
    struct mill *mill = ctx;

    CHECK_EQ(ask(mill, WEFT_SERVICE_START), 0);
    CHECK_EQ(ask(mill, WEFT_SERVICE_STOP), 0);
    weft_thread_leave();
}

CASE(lives_that_follow_each_other_and_sends_settle_each_request_once_10)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct mill *mill = mill_new();
        struct sender *sender = senders_start(mill);

        starts_and_stops(mill);
        starts_and_stops(mill);
        senders_join(sender);
        CHECK_EQ(mill->starts, 2);
        CHECK_EQ(mill->stops, 2);
        CHECK_EQ(senders_drop(sender, WEFT_ERR_STOPPED), mill->handled);
        mill_drop(mill);
    }
    weft_thread_leave();
}

CASE(two_who_start_and_stop_it_at_once_both_succeed_10)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct mill *mill = mill_new();
        weft_port_thread_t thread;

        mill->hook_us = i % 2 == 0 ? 20 : 0;
        thread_start(&thread, starts_and_stops, mill);
        starts_and_stops(mill);
        weft_port_thread_join(&thread);
        CHECK_EQ(weft_service_state(&mill->service), WEFT_SERVICE_STOPPED);
        CHECK_EQ(mill->starts, mill->stops);
        mill_drop(mill);
    }
    weft_thread_leave();
}

CASE(a_start_that_fails_races_sends_and_each_is_settled_once_11)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct mill *mill = mill_new();
        struct sender *sender;

        mill->hook_rc = WEFT_ERR_STOPPED; /* as those who come too late */
        sender = senders_start(mill);
        CHECK_EQ(ask(mill, WEFT_SERVICE_START), WEFT_ERR_STOPPED);
        CHECK_EQ(ask(mill, WEFT_SERVICE_START), WEFT_ERR_STOPPED);
        senders_join(sender);
        CHECK_EQ(senders_drop(sender, WEFT_ERR_STOPPED), 0);
        mill_drop(mill);
    }
    weft_thread_leave();
}

/* --- its memory goes in the function of its stop */

struct free_at_end {
    weft_request_t stop;
    struct mill *mill;
    uintptr_t gone; /* atomic */
};

static void free_it(weft_future_t *future)
{
    struct free_at_end *end =
        WEFT_CONTAINER_OF(future, struct free_at_end, stop);

    CHECK_EQ(weft_future_result(future), 0);
    memset(&end->mill->service, 0xdb, sizeof(end->mill->service));
    weft_atomic_store_release_word(&end->gone, 1);
}

CASE(a_service_is_freed_in_the_function_of_its_stop_wherever_that_runs_15)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct mill *mill = mill_new();
        struct free_at_end end = {.mill = mill};
        struct note note = {.value = 1};

        CHECK_EQ(ask(mill, WEFT_SERVICE_START), 0);
        weft_future_then(&note.request, count_end_at);
        CHECK_EQ(weft_service_send(&mill->service, 0, &note.request), 0);
        weft_future_then(&end.stop, free_it);
        CHECK_EQ(weft_service_stop(&mill->service, &end.stop), 0);
        until_word(&end.gone, 1);
        CHECK_EQ(weft_atomic_load_acquire_word(&note.at), 1);
        core_stop(&mill->core);
        frame_drop(mill, sizeof(*mill));
    }
    weft_thread_leave();
}

/* --- on a pool, where each run may be on another thread */

CASE(on_a_pool_nothing_of_a_service_runs_at_the_same_time_07)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct pool *pool = pool_open(2);
        struct mill *mill = frame_new(sizeof(*mill));
        struct sender *sender;

        CHECK_EQ(
            weft_service_init(&mill->service, &mill_type, &pool->pool.executor),
            0);
        mill->last[0] = mill->last[1] = -1;
        CHECK_EQ(ask(mill, WEFT_SERVICE_START), 0);
        sender = frame_new(SENDERS * sizeof(*sender));
        for (int n = 0; n < SENDERS; n++) { /* the last is this thread */
            sender[n].mill = mill;
            sender[n].number = n;
        }
        thread_start(&sender[0].thread, sends, &sender[0]);
        sends(&sender[1]);
        weft_port_thread_join(&sender[0].thread);
        CHECK_EQ(ask(mill, WEFT_SERVICE_STOP), 0);
        CHECK_EQ(senders_drop(sender, 0), SENDERS * EACH);
        frame_drop(mill, sizeof(*mill));
        weft_pool_stop(&pool->pool);
        pool_join(pool);
        weft_pool_deinit(&pool->pool);
        frame_drop(pool, sizeof(*pool));
    }
    weft_thread_leave();
}

/* --- interrupts */

struct burst {
    struct desk desk;
    struct note notes[EACH];
    uintptr_t sent; /* atomic */
};

static void sends_next(void *ctx)
{
    struct burst *burst = ctx;
    uintptr_t at = weft_atomic_load_relaxed_word(&burst->sent);

    if (at < EACH) {
        struct note *note = &burst->notes[at];
        int rc;
        note->value = (int)at;
        weft_future_then(&note->request, count_end_at);
        rc = weft_service_send(&burst->desk.service, DESK_NOTE, &note->request);
        CHECK(rc == 0 || rc == WEFT_ERR_STOPPED);
        weft_atomic_store_release_word(&burst->sent, at + 1);
    }
}

/* An interrupt sends at any moment of a whole life. */
CASE_DISTURBED(an_interrupt_sends_between_any_two_steps_of_a_life_04)
{
    struct burst *burst = frame_new(sizeof(*burst));
    struct disturb disturb = {
        .handler = sends_next, .ctx = burst, .times = EACH};

    desk_open(&burst->desk, NULL);
    disturb_begin(&disturb);
    for (int life = 0; life < 2; life++) {
        desk_start(&burst->desk);
        desk_run(&burst->desk);
        desk_stop(&burst->desk);
    }
    disturb_end(&disturb);
    while (weft_atomic_load_acquire_word(&burst->sent) < EACH) {
        sends_next(burst);
    }
    desk_close(&burst->desk);
    for (int i = 0; i < EACH; i++) {
        int rc = weft_future_result(&burst->notes[i].request);
        CHECK(rc == i || rc == WEFT_ERR_STOPPED);
        CHECK_EQ(weft_atomic_load_acquire_word(&burst->notes[i].at), 1);
    }
    frame_drop(burst, sizeof(*burst));
}
