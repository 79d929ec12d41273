/* test_thread_life.c - a thread joins, opens scopes, is cancelled, leaves
 * SPDX-License-Identifier: MIT
 */
#include "core/home.h"
#include "tests/support/disturb.h"
#include "tests/support/fibers.h"
#include "tests/support/frames.h"

/* --- leaving, and coming back */

CASE(leaving_twice_or_without_having_waited_does_nothing)
{
    weft_event_t event = WEFT_EVENT_INIT;

    weft_thread_leave();
    weft_thread_leave();
    weft_event_set(&event);
    CHECK_EQ(weft_event_wait(&event), 0);
    weft_thread_leave();
    weft_thread_leave();
    CHECK_EQ(weft_event_wait(&event), 0);
}

CASE(a_cancel_lasts_until_the_thread_leaves)
{
    weft_event_t event = WEFT_EVENT_INIT;

    weft_event_set(&event);
    weft_thread_cancel(weft_thread_self());
    weft_thread_cancel(weft_thread_self());
    for (int i = 0; i < 3 * WEFT_BUDGET; i++) {
        CHECK_EQ(weft_event_wait(&event), WEFT_ERR_CANCELLED);
        CHECK_EQ(weft_event_wait_until(&event, 0), WEFT_ERR_CANCELLED);
        CHECK_EQ(weft_sleep(1), WEFT_ERR_CANCELLED);
        CHECK_EQ(weft_yield(), WEFT_ERR_CANCELLED);
    }
    weft_thread_leave();
    CHECK_EQ(weft_task_checkpoint(), 0);
    CHECK_EQ(weft_event_wait(&event), 0);
    CHECK_EQ(weft_yield(), 0);
    weft_thread_leave();
}

CASE(leaving_a_scope_without_join_is_an_assertion)
{
    weft_scope_t scope;

    weft_scope_open(&scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    CHECK_DIES(weft_thread_leave(), "a thread left a scope without join");
    CHECK_EQ(weft_scope_join(&scope), 0);
    weft_thread_leave();
}

/* --- waking early */

static void wake_often(void *ctx)
{
    weft_thread_t *thread = ctx;

    for (int i = 0; i < 5; i++) {
        stand_until(weft_now_us() + 100);
        weft__wake(&thread->waiter);
    }
}

CASE(a_wake_that_means_nothing_ends_no_wait_and_no_sleep)
{
    weft_event_t event = WEFT_EVENT_INIT;
    uint64_t deadline_us = weft_deadline(WEFT_MS(1));
    weft_port_thread_t thread;

    thread_start(&thread, wake_often, weft_thread_self());
    CHECK_EQ(weft_sleep(300), 0);
    CHECK(weft_now_us() >= deadline_us - 700);
    CHECK_EQ(weft_event_wait_until(&event, deadline_us), WEFT_ERR_TIMEOUT);
    CHECK(weft_now_us() >= deadline_us);
    weft_port_thread_join(&thread);
    weft__wake(&weft_thread_self()->waiter);
    weft_thread_leave();
    CHECK_EQ(weft_sleep(10), 0);
    weft_thread_leave();
}

/* --- joining */

static int waits(void *ctx)
{
    return weft_event_wait(ctx);
}

CASE(a_thread_joins_a_task_and_a_fiber_in_time_or_later)
{
    weft_event_t event = WEFT_EVENT_INIT;
    struct waiter waiter = {.event = &event};
    weft_fiber_t *fiber = fiber_new("joined");
    struct core core;

    core_start(&core);
    CHECK_EQ(weft_task_join(waiter_task(&waiter)), WEFT_ERR_INVALID);
    CHECK_EQ(weft_spawn(&core.loop.executor, &waiter.task), 0);
    CHECK_EQ(weft_go(&core.loop.executor, fiber, waits, &event), 0);
    CHECK_EQ(weft_task_join_until(&waiter.task, 0), WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_fiber_join_until(fiber, weft_deadline(100)),
             WEFT_ERR_TIMEOUT);
    weft_event_set(&event);
    CHECK_EQ(weft_task_join(&waiter.task), 0);
    CHECK_EQ(weft_fiber_join(fiber), 0);
    CHECK_EQ(weft_fiber_join(fiber), 0);
    core_stop(&core);
    fiber_drop(fiber);
    weft_thread_leave();
}

CASE(a_thread_that_is_cancelled_leaves_its_join)
{
    weft_event_t event = WEFT_EVENT_INIT;
    weft_fiber_t *fiber = fiber_new("joined");
    struct core core;

    core_start(&core);
    CHECK_EQ(weft_go(&core.loop.executor, fiber, waits, &event), 0);
    weft_thread_cancel(weft_thread_self());
    CHECK_EQ(weft_fiber_join(fiber), WEFT_ERR_CANCELLED);
    weft_thread_leave();
    weft_fiber_cancel(fiber);
    CHECK_EQ(weft_fiber_join(fiber), WEFT_ERR_CANCELLED);
    core_stop(&core);
    fiber_drop(fiber);
    weft_thread_leave();
}

/* --- scopes */

static int fails(void *ctx)
{
    (void)ctx;
    return WEFT_ERR_USER - 7;
}

CASE(a_fiber_that_fails_ends_a_threads_scope_and_its_waits)
{
    weft_event_t event = WEFT_EVENT_INIT;
    weft_fiber_t *fiber[3] = {fiber_new("waits"), fiber_new("fails"),
                              fiber_new("comes late")};
    weft_executor_t *executor;
    struct core core;
    weft_scope_t scope;

    core_start(&core);
    executor = &core.loop.executor;
    weft_scope_open(&scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    CHECK_EQ(weft_scope_spawn_on(&scope, executor,
                                 weft_fiber_task(fiber[0], waits, &event)),
             0);
    CHECK_EQ(weft_scope_spawn_on(&scope, executor,
                                 weft_fiber_task(fiber[1], fails, NULL)),
             0);
    CHECK_EQ(weft_event_wait(&event), WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_scope_spawn_on(&scope, executor,
                                 weft_fiber_task(fiber[2], fails, NULL)),
             WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_scope_join(&scope), WEFT_ERR_USER - 7);
    CHECK_EQ(weft_fiber_result(fiber[0]), WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_task_checkpoint(), 0);
    core_stop(&core);
    fiber_drop(fiber[0]);
    fiber_drop(fiber[1]);
    fiber_drop(fiber[2]);
    weft_thread_leave();
}

CASE(of_a_threads_scopes_the_one_that_was_late_times_out)
{
    weft_event_t event = WEFT_EVENT_INIT;
    uint64_t soon_us = weft_deadline(WEFT_S(20));
    weft_scope_t outer;
    weft_scope_t inner;

    weft_scope_open(&outer, WEFT_SCOPE_FAIL_FAST, weft_deadline(WEFT_MS(1)));
    weft_scope_open(&inner, WEFT_SCOPE_FAIL_FAST, weft_deadline(WEFT_S(100)));
    CHECK_EQ(weft_event_wait_until(&event, weft_deadline(WEFT_S(50))),
             WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_scope_join(&inner), WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_sleep(1), WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_scope_join(&outer), WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_sleep(1), 0);
    weft_scope_open(&outer, WEFT_SCOPE_FAIL_FAST, weft_deadline(WEFT_S(100)));
    weft_scope_open(&inner, WEFT_SCOPE_FAIL_FAST, 0);
    CHECK_EQ(weft_sleep(WEFT_S(50)), WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_scope_join(&inner), WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_sleep(1), 0);
    CHECK_EQ(weft_scope_join(&outer), 0);
    CHECK(weft_now_us() < soon_us);
    weft_thread_leave();
}

CASE(a_thread_cleans_up_behind_a_shield_until_its_bound)
{
    weft_event_t event = WEFT_EVENT_INIT;
    weft_scope_t shield;

    weft_thread_cancel(weft_thread_self());
    CHECK_EQ(weft_sleep(1), WEFT_ERR_CANCELLED);
    weft_scope_open_shielded(&shield, WEFT_SCOPE_FAIL_FAST,
                             weft_deadline(WEFT_MS(2)));
    CHECK_EQ(weft_sleep(100), 0);
    CHECK_EQ(weft_event_wait(&event), WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_scope_join(&shield), WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_sleep(1), WEFT_ERR_CANCELLED);
    weft_thread_leave();
}

static void cancel_scope(void *ctx)
{
    weft_scope_cancel(ctx);
}

static void cancel_thread(void *ctx)
{
    weft_thread_cancel(ctx);
}

static void attach(struct disturb *disturb, test_handler_fn *handler, void *ctx)
{
    *disturb = (struct disturb){.handler = handler,
                                .ctx = ctx,
                                .times = 2,
                                .rarely = 40,
                                .at_us = weft_deadline(100)};
    disturb_begin(disturb);
}

CASE_DISTURBED(an_interrupt_cancels_a_threads_scope_at_any_moment)
{
    weft_event_t event = WEFT_EVENT_INIT;
    struct waiter waiter = {.event = &event};
    struct disturb interrupt;
    struct core core;
    weft_scope_t scope;
    int rc;

    core_start(&core);
    weft_scope_open(&scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    attach(&interrupt, cancel_scope, &scope);
    rc = weft_scope_spawn_on(&scope, &core.loop.executor, waiter_task(&waiter));
    CHECK(rc == WEFT_OK || rc == WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_event_wait(&event), WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_scope_join(&scope), WEFT_ERR_CANCELLED);
    disturb_end(&interrupt);
    weft_thread_leave();
    core_stop(&core);
}

CASE_DISTURBED(an_interrupt_cancels_a_thread_at_any_moment)
{
    weft_event_t event = WEFT_EVENT_INIT;
    struct disturb interrupt;

    attach(&interrupt, cancel_thread, weft_thread_self());
    while (weft_event_wait_until(&event, weft_deadline(10)) !=
           WEFT_ERR_CANCELLED) {}
    CHECK_EQ(weft_event_wait(&event), WEFT_ERR_CANCELLED);
    disturb_end(&interrupt);
    weft_thread_leave();
    CHECK_EQ(weft_sleep(1), 0);
}

/* --- what a thread cannot do */

CASE(a_thread_cannot_move_to_an_executor)
{
    weft_loop_t loop;

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_switch_to(&loop.executor), WEFT_ERR_INVALID);
    weft_thread_cancel(weft_thread_self());
    CHECK_EQ(weft_switch_to(&loop.executor), WEFT_ERR_CANCELLED);
    weft_thread_leave();
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    weft_loop_deinit(&loop);
}

/* --- the budget: a turn costs much more than an operation that is ready */

CASE_SIM_ONLY(a_budget_lasts_as_long_for_a_thread,
              "the simulator counts what is done")
{
#if TEST_IN_SIM
    weft_event_t event = WEFT_EVENT_INIT;
    uint64_t start, alone, all;

    weft_event_set(&event);
    for (int i = 0; i < 2 * WEFT_BUDGET; i++) {
        CHECK_EQ(weft_event_wait(&event), 0);
    }
    CHECK_EQ(weft_yield(), 0);
    start = weft_sim_stats().points;
    CHECK_EQ(weft_event_wait(&event), 0);
    alone = weft_sim_stats().points - start;
    for (int i = 2; i < WEFT_BUDGET; i++) {
        CHECK_EQ(weft_event_wait(&event), 0);
    }
    all = weft_sim_stats().points - start;
    CHECK_EQ(all, alone * (WEFT_BUDGET - 1));
    CHECK_EQ(weft_event_wait(&event), 0);
    CHECK(weft_sim_stats().points - start > all + alone);
    weft_thread_leave();
#endif
}
