/* test_future.c - the future: settle, cancel, await, who waits and in which
 * order
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/fibers.h"
#include "tests/support/futures.h"
#include "tests/support/handler.h"
#include "tests/support/test.h"

WEFT_STATIC_ASSERT(sizeof(weft_future_t) == 4 * sizeof(void *),
                   "a future is four words: 16 bytes on 32 bits");

/* --- the four states */

static void has(const weft_future_t *future, enum weft_future_state state,
                int result)
{
    CHECK_EQ(weft_future_state(future), state);
    CHECK_EQ(weft_future_settled(future), state != WEFT_FUTURE_PENDING);
    CHECK_EQ(weft_future_result(future), result);
}

CASE(a_future_of_zeros_is_pending)
{
    weft_future_t zero;
    weft_future_t made = WEFT_FUTURE_INIT;
    weft_future_t initialised;

    memset(&zero, 0, sizeof(zero));
    memset(&initialised, 0xff, sizeof(initialised));
    weft_future_init(&initialised);
    has(&zero, WEFT_FUTURE_PENDING, WEFT_PENDING);
    has(&made, WEFT_FUTURE_PENDING, WEFT_PENDING);
    has(&initialised, WEFT_FUTURE_PENDING, WEFT_PENDING);
    CHECK(weft_future_resolve(&zero));
    has(&zero, WEFT_FUTURE_RESOLVED, WEFT_OK);
}

CASE(the_four_states_can_be_told_apart)
{
    weft_future_t future[6];

    memset(future, 0, sizeof(future));
    CHECK(weft_future_resolve(&future[1]));
    CHECK(weft_future_settle(&future[2], 7));
    CHECK(weft_future_fail(&future[3], WEFT_ERR_USER));
    CHECK(weft_future_fail(&future[4], WEFT_ERR_CANCELLED));
    CHECK(weft_future_cancel(&future[5]));
    has(&future[0], WEFT_FUTURE_PENDING, WEFT_PENDING);
    has(&future[1], WEFT_FUTURE_RESOLVED, WEFT_OK);
    has(&future[2], WEFT_FUTURE_RESOLVED, 7);
    has(&future[3], WEFT_FUTURE_FAILED, WEFT_ERR_USER);
    has(&future[4], WEFT_FUTURE_FAILED, WEFT_ERR_CANCELLED);
    has(&future[5], WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
}

CASE(an_answer_after_a_cancel_has_no_effect_and_is_told_so)
{
    weft_future_t future = WEFT_FUTURE_INIT;

    CHECK(weft_future_cancel(&future));
    CHECK(!weft_future_cancel(&future));
    CHECK(!weft_future_settle(&future, 5));
    has(&future, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
}

CASE(a_cancel_after_the_answer_has_no_effect_and_is_told_so)
{
    weft_future_t future = WEFT_FUTURE_INIT;

    CHECK(weft_future_settle(&future, 5));
    CHECK(!weft_future_cancel(&future));
    CHECK(!weft_future_cancel(&future));
    has(&future, WEFT_FUTURE_RESOLVED, 5);
}

CASE(answering_twice_is_an_assertion)
{
    weft_future_t answered = WEFT_FUTURE_INIT;
    weft_future_t failed = WEFT_FUTURE_INIT;
    weft_future_t cancelled = WEFT_FUTURE_INIT;

    CHECK(weft_future_resolve(&answered));
    CHECK(weft_future_fail(&failed, WEFT_ERR_USER));
    CHECK(weft_future_cancel(&cancelled));
    CHECK(!weft_future_resolve(&cancelled));
    CHECK_DIES((void)weft_future_resolve(&answered), "settled twice");
    CHECK_DIES((void)weft_future_fail(&answered, -1), "settled twice");
    CHECK_DIES((void)weft_future_resolve(&failed), "settled twice");
    CHECK_DIES((void)weft_future_resolve(&cancelled), "settled twice");
}

CASE(a_result_out_of_its_range_is_an_assertion)
{
    weft_future_t least = WEFT_FUTURE_INIT;
    weft_future_t most = WEFT_FUTURE_INIT;
    weft_future_t third = WEFT_FUTURE_INIT;

    CHECK(weft_future_settle(&least, WEFT_FUTURE_RESULT_MIN));
    CHECK(weft_future_settle(&most, WEFT_FUTURE_RESULT_MAX));
    has(&least, WEFT_FUTURE_FAILED, WEFT_FUTURE_RESULT_MIN);
    has(&most, WEFT_FUTURE_RESOLVED, WEFT_FUTURE_RESULT_MAX);
    CHECK_DIES((void)weft_future_settle(&third, WEFT_FUTURE_RESULT_MIN - 1),
               "out of a future's range");
    CHECK_DIES((void)weft_future_settle(&third, WEFT_FUTURE_RESULT_MAX + 1),
               "out of a future's range");
    CHECK_DIES((void)weft_future_settle(&third, WEFT_PENDING),
               "out of a future's range");
    CHECK_DIES((void)weft_future_fail(&third, WEFT_OK),
               "failed without an error");
    has(&third, WEFT_FUTURE_PENDING, WEFT_PENDING);
}

/* --- await, before and after */

enum { MANY = 2 * WEFT_STEP + 3 };

struct room {
    weft_manual_t manual;
    weft_future_t future;
    struct asker askers[MANY];
    int turn;
};

static void enter(struct room *room, int count)
{
    memset(room, 0, sizeof(*room));
    weft_manual_init(&room->manual);
    for (int i = 0; i < count; i++) {
        room->askers[i].future = &room->future;
        room->askers[i].turn = &room->turn;
        CHECK_EQ(
            weft_spawn(&room->manual.executor, asker_task(&room->askers[i])),
            0);
    }
    CHECK_EQ(weft_manual_drain(&room->manual), count);
}

static void leave(struct room *room)
{
    weft_manual_stop(&room->manual);
    (void)weft_manual_drain(&room->manual);
}

CASE(who_awaits_before_or_after_gets_the_same)
{
    struct room room;
    struct asker late;

    enter(&room, 1);
    CHECK(!weft_task_finished(&room.askers[0].task));
    CHECK(weft_future_settle(&room.future, 9));
    late = (struct asker){.future = &room.future};
    CHECK_EQ(weft_spawn(&room.manual.executor, asker_task(&late)), 0);
    CHECK_EQ(weft_manual_drain(&room.manual), 2);
    CHECK_EQ(weft_task_result(&room.askers[0].task), 9);
    CHECK_EQ(weft_task_result(&late.task), 9);
    leave(&room);
}

CASE(who_awaits_learns_of_a_failure_and_of_a_cancel)
{
    struct room room;

    enter(&room, 1);
    CHECK(weft_future_fail(&room.future, WEFT_ERR_USER - 3));
    (void)weft_manual_drain(&room.manual);
    CHECK_EQ(weft_task_result(&room.askers[0].task), WEFT_ERR_USER - 3);
    enter(&room, 1);
    CHECK(weft_future_cancel(&room.future));
    (void)weft_manual_drain(&room.manual);
    CHECK_EQ(weft_task_result(&room.askers[0].task), WEFT_ERR_CANCELLED);
    leave(&room);
}

CASE(all_who_wait_go_on_in_the_order_they_came_more_than_a_step_of_them)
{
    struct room room;

    enter(&room, MANY);
    CHECK(weft_future_settle(&room.future, 3));
    has(&room.future, WEFT_FUTURE_RESOLVED, 3);
    CHECK_EQ(weft_manual_drain(&room.manual), MANY);
    for (int i = 0; i < MANY; i++) {
        CHECK_EQ(weft_task_result(&room.askers[i].task), 3);
        CHECK_EQ(room.askers[i].came, i + 1);
    }
    leave(&room);
}

/* Those of the mask leave by a cancel of their own; the others are served. */
static void some_leave(unsigned mask, int count)
{
    struct room room;
    int turn = 0;

    enter(&room, count);
    for (int i = 0; i < count; i++) {
        if ((mask >> i & 1) != 0) {
            weft_task_cancel(&room.askers[i].task);
        }
    }
    (void)weft_manual_drain(&room.manual);
    has(&room.future, WEFT_FUTURE_PENDING, WEFT_PENDING);
    room.turn = 0;
    CHECK(weft_future_resolve(&room.future));
    (void)weft_manual_drain(&room.manual);
    for (int i = 0; i < count; i++) {
        bool left = (mask >> i & 1) != 0;
        CHECK_EQ(weft_task_result(&room.askers[i].task),
                 left ? WEFT_ERR_CANCELLED : WEFT_OK);
        CHECK(left || room.askers[i].came == ++turn);
    }
    leave(&room);
}

CASE(any_of_those_who_wait_may_leave_and_the_others_stay_in_order)
{
    for (int count = 1; count <= 4; count++) {
        for (unsigned mask = 0; mask < 1u << count; mask++) {
            some_leave(mask, count);
        }
    }
}

CASE(an_await_that_was_served_is_not_cancelled_any_more)
{
    struct room room;

    enter(&room, 1);
    CHECK(weft_future_settle(&room.future, 4));
    weft_task_cancel(&room.askers[0].task);
    (void)weft_manual_drain(&room.manual);
    CHECK_EQ(weft_task_result(&room.askers[0].task), 4);
    leave(&room);
}

static int await_in_fiber(void *ctx)
{
    return weft_future_await(ctx);
}

static int await_with_limit(void *ctx)
{
    int rc = weft_future_await_until(ctx, weft_deadline(WEFT_MS(2)));

    CHECK_EQ(weft_future_state(ctx), WEFT_FUTURE_PENDING);
    CHECK(weft_future_settle(ctx, 6));
    CHECK_EQ(weft_future_await_until(ctx, 1), 6);
    return rc;
}

CASE(a_fiber_awaits)
{
    weft_future_t future = WEFT_FUTURE_INIT;

    CHECK_EQ(in_a_fiber(await_with_limit, &future), WEFT_ERR_TIMEOUT);
    CHECK_EQ(in_a_fiber(await_in_fiber, &future), 6);
}

CASE(a_thread_awaits)
{
    weft_future_t future = WEFT_FUTURE_INIT;

    CHECK_EQ(await_with_limit(&future), WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_future_await(&future), 6);
    weft_thread_leave();
}

static void settle_eleven(void *ctx)
{
    CHECK(weft_future_settle(ctx, 11));
}

CASE(a_thread_sleeps_until_another_settles_it)
{
    weft_future_t future = WEFT_FUTURE_INIT;
    weft_port_thread_t thread;

    thread_start(&thread, settle_eleven, &future);
    CHECK_EQ(weft_future_await(&future), 11);
    weft_port_thread_join(&thread);
    weft_thread_leave();
}

CASE_INTERRUPT(an_interrupt_settles_it)
{
    struct room room;

    enter(&room, MANY);
    handle(settle_eleven, &room.future);
    has(&room.future, WEFT_FUTURE_RESOLVED, 11);
    CHECK_EQ(weft_manual_drain(&room.manual), MANY);
    for (int i = 0; i < MANY; i++) {
        CHECK_EQ(weft_task_result(&room.askers[i].task), 11);
        CHECK_EQ(room.askers[i].came, i + 1);
    }
    leave(&room);
}

static void cancel_it(void *ctx)
{
    CHECK(weft_future_cancel(ctx));
    CHECK_EQ(weft_future_result(ctx), WEFT_ERR_CANCELLED);
}

CASE_INTERRUPT(an_interrupt_cancels_it)
{
    struct room room;

    enter(&room, 1);
    handle(cancel_it, &room.future);
    CHECK_EQ(weft_manual_drain(&room.manual), 1);
    CHECK_EQ(weft_task_result(&room.askers[0].task), WEFT_ERR_CANCELLED);
    leave(&room);
}

/* --- limits */

CASE(an_await_with_a_limit_tries_first_and_its_end_is_of_the_wait_only)
{
    static weft_loop_t loop;
    weft_future_t future = WEFT_FUTURE_INIT;
    struct asker asker = {.future = &future, .deadline_us = 1};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, asker_task(&asker)), WEFT_ERR_TIMEOUT);
    has(&future, WEFT_FUTURE_PENDING, WEFT_PENDING);
    asker.deadline_us = weft_deadline(WEFT_MS(2));
    CHECK_EQ(weft_loop_run_task(&loop, asker_task(&asker)), WEFT_ERR_TIMEOUT);
    CHECK(weft_now_us() >= asker.deadline_us);
    has(&future, WEFT_FUTURE_PENDING, WEFT_PENDING);
    CHECK(weft_future_settle(&future, 2)); /* late, and harmless */
    asker.deadline_us = 1;
    CHECK_EQ(weft_loop_run_task(&loop, asker_task(&asker)), 2);
    weft_loop_deinit(&loop);
}

static int awaits(weft_runnable_t *runnable)
{
    weft_future_t future = WEFT_FUTURE_INIT;

    (void)runnable;
    return weft_future_await(&future);
}

CASE(an_await_in_a_callback_of_a_loop_is_an_assertion)
{
    static weft_loop_t loop;
    weft_runnable_t runnable = {.run = awaits};

    weft_loop_init(&loop, NULL);
    weft_submit(&loop.executor, &runnable, WEFT_HINT_DEFAULT);
    CHECK_DIES(weft_loop_step(&loop),
               "a waiting call outside of a task, on an executor's thread");
}

CASE(a_future_is_used_again)
{
    struct room room;

    enter(&room, 0);
    for (int i = 0; i < 5; i++) {
        struct asker asker = {.future = &room.future};

        weft_future_init(&room.future);
        CHECK_EQ(weft_spawn(&room.manual.executor, asker_task(&asker)), 0);
        CHECK_EQ(weft_manual_drain(&room.manual), 1);
        CHECK(i % 2 == 0 ? weft_future_settle(&room.future, i)
                         : weft_future_cancel(&room.future));
        CHECK_EQ(weft_manual_drain(&room.manual), 1);
        CHECK_EQ(weft_task_result(&asker.task),
                 i % 2 == 0 ? i : WEFT_ERR_CANCELLED);
    }
    leave(&room);
}
