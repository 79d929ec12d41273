/* test_every_event.c - event and wait in all schedules
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/explore.h"
#include "tests/support/frames.h"

static weft_loop_t loop;
static weft_event_t event;
static struct waiter waiter;

static void set_event(void *ctx)
{
    (void)ctx;
    weft_event_set(&event);
}

static void reset_event(void *ctx)
{
    (void)ctx;
    weft_event_reset(&event);
}

static void cancel_waiter(void *ctx)
{
    (void)ctx;
    weft_task_cancel(&waiter.task);
}

static void prepare(bool automatic)
{
    weft_loop_init(&loop, NULL);
    weft_event_init(&event, automatic);
    waiter = (struct waiter){.event = &event};
}

/* --- event and wait */

EXPLORE(a_set_ends_a_wait_of_a_thread)
{
    weft_event_init(&event, false);
    side(set_event, NULL);
    CHECK_EQ(weft_event_wait(&event), 0);
    weft_thread_leave();
}

EXPLORE(the_waiter_frees_a_manual_event_while_the_set_goes_on)
{
    prepare(false);
    side(set_event, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, waiter_task(&waiter)), 0);
    drop(&event, sizeof(event));
    drop(&waiter, sizeof(waiter));
    weft_loop_deinit(&loop);
    drop(&loop, sizeof(loop));
}

EXPLORE(the_waiter_frees_an_automatic_event_while_the_set_goes_on)
{
    prepare(true);
    side(set_event, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, waiter_task(&waiter)), 0);
    drop(&event, sizeof(event));
    drop(&waiter, sizeof(waiter));
    weft_loop_deinit(&loop);
    drop(&loop, sizeof(loop));
}

static void reset_then_set(void *ctx)
{
    reset_event(ctx);
    set_event(ctx);
}

EXPLORE(two_sets_and_a_reset_lose_no_waiter_of_a_manual_event)
{
    prepare(false);
    side(reset_then_set, NULL);
    side(set_event, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, waiter_task(&waiter)), 0);
    weft_loop_deinit(&loop);
}

EXPLORE(two_sets_and_a_reset_lose_no_waiter_of_an_automatic_event)
{
    prepare(true);
    side(reset_then_set, NULL);
    side(set_event, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, waiter_task(&waiter)), 0);
    weft_loop_deinit(&loop);
}

EXPLORE(of_set_and_cancel_one_happens_and_the_set_is_not_lost)
{
    int rc;

    prepare(true);
    CHECK_EQ(weft_spawn(&loop.executor, waiter_task(&waiter)), 0);
    side(set_event, NULL);
    side(cancel_waiter, NULL);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    rc = weft_task_result(&waiter.task);
    sides_join();
    CHECK(rc == 0 || rc == WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_event_try_wait(&event), rc == 0 ? WEFT_ERR_EMPTY : 0);
}

/* The limit has passed at the moment at which the others begin. */
static void set_at_ten(void *ctx)
{
    (void)ctx;
    weft_sim_sleep_until(10);
    weft_event_set(&event);
}

EXPLORE(of_set_and_limit_one_happens_and_the_set_is_not_lost)
{
    int rc;

    prepare(true);
    waiter.deadline_us = 10;
    side(set_at_ten, NULL);
    rc = weft_loop_run_task(&loop, waiter_task(&waiter));
    sides_join();
    CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_event_try_wait(&event), rc == 0 ? WEFT_ERR_EMPTY : 0);
    weft_loop_deinit(&loop);
}

static void cancel_at_ten(void *ctx)
{
    (void)ctx;
    weft_sim_sleep_until(10);
    weft_task_cancel(&waiter.task);
}

EXPLORE(of_set_limit_and_cancel_one_happens_and_the_set_is_not_lost)
{
    int rc;

    prepare(true);
    waiter.deadline_us = 10;
    side(set_at_ten, NULL);
    side(cancel_at_ten, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, waiter_task(&waiter)), 0);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    rc = weft_task_result(&waiter.task);
    sides_join();
    CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT || rc == WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_event_try_wait(&event), rc == 0 ? WEFT_ERR_EMPTY : 0);
    weft_loop_deinit(&loop);
}

static int rcs[3];

static void wait_as_thread(void *ctx)
{
    int *rc = ctx;

    *rc = weft_event_wait(&event);
}

EXPLORE(one_set_of_a_manual_event_ends_two_waits)
{
    weft_event_init(&event, false);
    rcs[0] = rcs[1] = 1;
    side(wait_as_thread, &rcs[0]);
    side(wait_as_thread, &rcs[1]);
    weft_event_set(&event);
    sides_join();
    CHECK_EQ(rcs[0], 0);
    CHECK_EQ(rcs[1], 0);
}

static void wait_and_set(void *ctx)
{
    wait_as_thread(ctx);
    set_event(NULL);
}

EXPLORE(a_set_of_an_automatic_event_goes_from_waiter_to_waiter)
{
    weft_event_init(&event, true);
    rcs[0] = rcs[1] = 1;
    side(wait_and_set, &rcs[0]);
    side(set_event, NULL);
    wait_and_set(&rcs[1]);
    sides_join();
    CHECK_EQ(rcs[0], 0);
    CHECK_EQ(rcs[1], 0);
    CHECK(weft_event_is_set(&event));
}

EXPLORE(an_event_is_set_by_an_interrupt_inside_a_wait)
{
    weft_sim_interrupt_t interrupt = {.handler = set_event, .times = 1};

    prepare(true);
    weft_sim_interrupt_attach(&interrupt);
    CHECK_EQ(weft_loop_run_task(&loop, waiter_task(&waiter)), 0);
    weft_sim_interrupt_remove(&interrupt);
    weft_loop_deinit(&loop);
}

EXPLORE(an_event_is_set_by_an_interrupt_inside_a_set)
{
    weft_sim_interrupt_t interrupt = {.handler = set_event, .times = 1};

    weft_event_init(&event, true);
    rcs[0] = 1;
    side(wait_as_thread, &rcs[0]);
    weft_sim_interrupt_attach(&interrupt);
    set_event(NULL);
    weft_sim_interrupt_remove(&interrupt);
    sides_join();
    CHECK_EQ(rcs[0], 0);
}

/* A task waits by now, so the set has something to do after it is seen. */
EXPLORE(who_saw_an_event_set_frees_it_while_the_set_goes_on)
{
    prepare(false);
    CHECK_EQ(weft_spawn(&loop.executor, waiter_task(&waiter)), 0);
    (void)weft_loop_step(&loop);
    side(set_event, NULL);
    while (!weft_event_is_set(&event)) {
        weft_hook_spin();
    }
    drop(&event, sizeof(event));
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(weft_task_result(&waiter.task), 0);
    weft_loop_deinit(&loop);
    sides_join();
}
