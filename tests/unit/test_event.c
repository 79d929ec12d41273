/* test_event.c - the event: set, reset, wait, order, what a lost wait leaves
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/weft.h"

#include "tests/support/frames.h"

/* --- without waiters */

CASE(a_manual_event_stays_set_until_it_is_reset)
{
    weft_event_t event = WEFT_EVENT_INIT;

    CHECK(!weft_event_is_set(&event));
    CHECK_EQ(weft_event_try_wait(&event), WEFT_ERR_EMPTY);
    weft_event_set(&event);
    CHECK(weft_event_is_set(&event));
    CHECK_EQ(weft_event_try_wait(&event), 0);
    CHECK_EQ(weft_event_try_wait(&event), 0);
    weft_event_reset(&event);
    CHECK(!weft_event_is_set(&event));
    CHECK_EQ(weft_event_try_wait(&event), WEFT_ERR_EMPTY);
    weft_event_reset(&event);
    CHECK(!weft_event_is_set(&event));
}

CASE(an_automatic_event_lets_one_through_for_each_set)
{
    weft_event_t event = WEFT_EVENT_INIT_AUTO;

    weft_event_set(&event);
    CHECK(weft_event_is_set(&event));
    CHECK_EQ(weft_event_try_wait(&event), 0);
    CHECK(!weft_event_is_set(&event));
    CHECK_EQ(weft_event_try_wait(&event), WEFT_ERR_EMPTY);
}

CASE(set_twice_before_anyone_waited_counts_once)
{
    weft_event_t event = WEFT_EVENT_INIT_AUTO;

    weft_event_set(&event);
    weft_event_set(&event);
    CHECK_EQ(weft_event_try_wait(&event), 0);
    CHECK_EQ(weft_event_try_wait(&event), WEFT_ERR_EMPTY);
}

CASE(an_automatic_event_can_be_reset)
{
    weft_event_t event = WEFT_EVENT_INIT_AUTO;

    weft_event_set(&event);
    weft_event_reset(&event);
    CHECK_EQ(weft_event_try_wait(&event), WEFT_ERR_EMPTY);
}

CASE(init_makes_an_unset_event_of_either_kind)
{
    weft_event_t event;

    memset(&event, 0xff, sizeof(event));
    weft_event_init(&event, false);
    CHECK(!weft_event_is_set(&event));
    weft_event_set(&event);
    CHECK_EQ(weft_event_try_wait(&event), 0);
    CHECK(weft_event_is_set(&event));
    weft_event_init(&event, true);
    CHECK(!weft_event_is_set(&event));
    weft_event_set(&event);
    CHECK_EQ(weft_event_try_wait(&event), 0);
    CHECK(!weft_event_is_set(&event));
}

/* --- with waiters on a manual executor: each step is seen */

enum { MANY = 2 * WEFT_STEP + 3 };

struct room {
    weft_manual_t manual;
    weft_event_t event;
    struct waiter waiters[MANY];
};

static void enter(struct room *room, int count)
{
    weft_manual_init(&room->manual);
    memset(room->waiters, 0, sizeof(room->waiters));
    for (int i = 0; i < count; i++) {
        room->waiters[i].event = &room->event;
        CHECK_EQ(
            weft_spawn(&room->manual.executor, waiter_task(&room->waiters[i])),
            0);
    }
    CHECK_EQ(weft_manual_drain(&room->manual), count);
}

static int finished(const struct room *room)
{
    int count = 0;

    for (int i = 0; i < MANY; i++) {
        count += weft_task_finished(&room->waiters[i].task);
    }
    return count;
}

CASE(a_manual_set_ends_all_waits_each_by_one_run_and_stays_set)
{
    struct room room = {.event = WEFT_EVENT_INIT};

    enter(&room, MANY);
    weft_event_set(&room.event);
    CHECK_EQ(weft_manual_drain(&room.manual), MANY);
    CHECK_EQ(finished(&room), MANY);
    CHECK(weft_event_is_set(&room.event));
}

CASE(an_automatic_set_ends_the_first_wait_only)
{
    struct room room = {.event = WEFT_EVENT_INIT_AUTO};

    enter(&room, 3);
    for (int i = 0; i < 3; i++) {
        weft_event_set(&room.event);
        CHECK_EQ(weft_manual_drain(&room.manual), 1);
        CHECK_EQ(finished(&room), i + 1);
        CHECK(weft_task_finished(&room.waiters[i].task));
        CHECK(!weft_event_is_set(&room.event));
    }
    weft_event_set(&room.event);
    CHECK(weft_event_is_set(&room.event));
}

CASE(waiters_are_served_first_in_first_out)
{
    struct room room = {.event = WEFT_EVENT_INIT};

    enter(&room, MANY);
    weft_event_set(&room.event);
    for (int i = 0; i < MANY; i++) {
        CHECK_EQ(weft_manual_run_one(&room.manual), 1);
        CHECK(weft_task_finished(&room.waiters[i].task));
        CHECK_EQ(finished(&room), i + 1);
    }
}

CASE(a_set_before_a_reset_ends_the_waits_that_had_begun)
{
    struct room room = {.event = WEFT_EVENT_INIT};

    enter(&room, 2);
    weft_event_set(&room.event);
    weft_event_reset(&room.event);
    CHECK_EQ(weft_manual_drain(&room.manual), 2);
    CHECK_EQ(finished(&room), 2);
    enter(&room, 1);
    CHECK_EQ(weft_manual_drain(&room.manual), 0);
    CHECK_EQ(finished(&room), 0);
    weft_event_set(&room.event);
    CHECK_EQ(weft_manual_drain(&room.manual), 1);
}

CASE(a_wait_on_a_set_event_need_not_park)
{
    struct room room = {.event = WEFT_EVENT_INIT};

    weft_event_set(&room.event);
    enter(&room, 2);
    CHECK_EQ(finished(&room), 2);
}

/* --- a lost wait */

CASE(a_cancelled_wait_leaves_the_middle_of_the_queue_and_consumes_nothing)
{
    struct room room = {.event = WEFT_EVENT_INIT_AUTO};

    enter(&room, 4);
    weft_task_cancel(&room.waiters[0].task);
    weft_task_cancel(&room.waiters[2].task);
    CHECK_EQ(weft_manual_drain(&room.manual), 2);
    CHECK_EQ(weft_task_result(&room.waiters[0].task), WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_task_result(&room.waiters[2].task), WEFT_ERR_CANCELLED);
    weft_event_set(&room.event);
    weft_event_set(&room.event);
    CHECK_EQ(weft_manual_drain(&room.manual), 2);
    CHECK_EQ(weft_task_result(&room.waiters[1].task), 0);
    CHECK_EQ(weft_task_result(&room.waiters[3].task), 0);
    CHECK(!weft_event_is_set(&room.event));
}

CASE(when_the_last_waiter_leaves_a_set_stays_for_the_next)
{
    struct room room = {.event = WEFT_EVENT_INIT_AUTO};

    enter(&room, 1);
    weft_task_cancel(&room.waiters[0].task);
    CHECK_EQ(weft_manual_drain(&room.manual), 1);
    weft_event_set(&room.event);
    CHECK(weft_event_is_set(&room.event));
    CHECK_EQ(weft_event_try_wait(&room.event), 0);
}

CASE(a_wait_that_was_ended_completes_also_when_it_is_cancelled_then)
{
    struct room room = {.event = WEFT_EVENT_INIT_AUTO};

    enter(&room, 1);
    weft_event_set(&room.event);
    weft_task_cancel(&room.waiters[0].task);
    CHECK_EQ(weft_manual_drain(&room.manual), 2);
    CHECK_EQ(weft_task_result(&room.waiters[0].task), 0);
    CHECK(!weft_event_is_set(&room.event));
}

CASE(a_cancel_that_came_first_is_overtaken_by_a_set_before_the_owner_looks)
{
    struct room room = {.event = WEFT_EVENT_INIT_AUTO};

    enter(&room, 1);
    weft_task_cancel(&room.waiters[0].task);
    weft_event_set(&room.event);
    CHECK(!weft_event_is_set(&room.event));
    weft_manual_drain(&room.manual);
    CHECK_EQ(weft_task_result(&room.waiters[0].task), 0);
}

CASE(a_wait_on_entry_looks_at_cancel_before_it_tries)
{
    struct room room = {.event = WEFT_EVENT_INIT_AUTO};

    weft_event_set(&room.event);
    weft_manual_init(&room.manual);
    room.waiters[0].event = &room.event;
    CHECK_EQ(weft_spawn(&room.manual.executor, waiter_task(&room.waiters[0])),
             0);
    weft_task_cancel(&room.waiters[0].task);
    CHECK_EQ(weft_manual_drain(&room.manual), 1);
    CHECK_EQ(weft_task_result(&room.waiters[0].task), WEFT_ERR_CANCELLED);
    CHECK(weft_event_is_set(&room.event));
}

/* --- limits */

CASE(a_wait_with_a_limit_tries_first_then_looks_at_the_clock)
{
    static weft_loop_t loop;
    weft_event_t event = WEFT_EVENT_INIT_AUTO;
    struct waiter waiter = {.event = &event, .deadline_us = 1};

    weft_loop_init(&loop, NULL);
    weft_event_set(&event);
    CHECK_EQ(weft_loop_run_task(&loop, waiter_task(&waiter)), 0);
    CHECK_EQ(weft_loop_run_task(&loop, waiter_task(&waiter)), WEFT_ERR_TIMEOUT);
    weft_event_set(&event);
    CHECK_EQ(weft_event_try_wait(&event), 0);
    weft_loop_deinit(&loop);
}

CASE(a_limit_is_never_early)
{
    static weft_loop_t loop;
    weft_event_t event = WEFT_EVENT_INIT;
    struct waiter waiter = {.event = &event};

    weft_loop_init(&loop, NULL);
    waiter.deadline_us = weft_deadline(WEFT_MS(3));
    CHECK_EQ(weft_loop_run_task(&loop, waiter_task(&waiter)), WEFT_ERR_TIMEOUT);
    CHECK(weft_now_us() >= waiter.deadline_us);
    weft_loop_deinit(&loop);
}

static int waits(weft_runnable_t *runnable)
{
    weft_event_t event = WEFT_EVENT_INIT;

    (void)runnable;
    return weft_event_wait(&event);
}

CASE(a_wait_in_a_callback_of_a_loop_is_an_assertion)
{
    static weft_loop_t loop;
    weft_runnable_t runnable = {.run = waits};

    weft_loop_init(&loop, NULL);
    weft_submit(&loop.executor, &runnable, WEFT_HINT_DEFAULT);
    CHECK_DIES(weft_loop_step(&loop),
               "a waiting call outside of a task, on an executor's thread");
}
