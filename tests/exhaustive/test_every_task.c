/* test_every_task.c - joins, scopes, sleeps, threads in all schedules
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/explore.h"
#include "tests/support/frames.h"

static weft_loop_t loop;
static struct looker looker;
static struct sleeper sleeper;

/* --- a join frees the task that it waited for */

static void run_looker(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_loop_run(&loop), 0);
}

EXPLORE(who_joined_a_task_frees_it)
{
    weft_loop_init(&loop, NULL);
    looker = (struct looker){.enough = 1};
    CHECK_EQ(weft_spawn(&loop.executor, looker_task(&looker)), 0);
    side(run_looker, NULL);
    CHECK_EQ(weft_task_join(&looker.task), 5);
    drop(&looker, sizeof(looker));
    weft_loop_stop(&loop);
    sides_join();
    weft_loop_deinit(&loop);
}

static void cancel_looker(void *ctx)
{
    (void)ctx;
    weft_task_cancel(&looker.task);
}

EXPLORE(a_join_meets_a_cancel_of_the_other)
{
    int rc;

    weft_loop_init(&loop, NULL);
    looker = (struct looker){.looks = 0};
    CHECK_EQ(weft_spawn(&loop.executor, looker_task(&looker)), 0);
    side(run_looker, NULL);
    side(cancel_looker, NULL);
    rc = weft_task_join(&looker.task);
    CHECK_EQ(rc, WEFT_ERR_CANCELLED);
    weft_loop_stop(&loop);
    sides_join();
    weft_loop_deinit(&loop);
}

/* --- a timer of a loop, and a cancel at the same moment */

static void cancel_sleeper_at_ten(void *ctx)
{
    (void)ctx;
    weft_sim_sleep_until(10);
    weft_task_cancel(&sleeper.task);
}

EXPLORE(a_sleep_that_is_over_meets_a_cancel)
{
    int rc;

    weft_loop_init(&loop, NULL);
    sleeper = (struct sleeper){.deadline_us = 10};
    CHECK_EQ(weft_spawn(&loop.executor, sleeper_task(&sleeper)), 0);
    weft_loop_stop(&loop);
    side(cancel_sleeper_at_ten, NULL);
    CHECK_EQ(weft_loop_run(&loop), 0);
    rc = weft_task_result(&sleeper.task);
    CHECK(rc == 7 || rc == WEFT_ERR_CANCELLED);
    weft_loop_deinit(&loop);
    drop(&loop, sizeof(loop));
    sides_join();
}

static void wake_looker_at_ten(void *ctx)
{
    (void)ctx;
    weft_sim_sleep_until(10);
    weft_atomic_store_release_u8(&looker.enough, 1);
    weft_task_wake(&looker.task);
}

EXPLORE(a_timer_fires_while_another_core_wakes_a_task)
{
    weft_loop_init(&loop, NULL);
    sleeper = (struct sleeper){.deadline_us = 10};
    looker = (struct looker){.looks = 0};
    CHECK_EQ(weft_spawn(&loop.executor, sleeper_task(&sleeper)), 0);
    CHECK_EQ(weft_spawn(&loop.executor, looker_task(&looker)), 0);
    weft_loop_stop(&loop);
    side(wake_looker_at_ten, NULL);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(sleeper.woke_us, 10);
    CHECK_EQ(weft_task_result(&looker.task), 5);
    weft_loop_deinit(&loop);
    sides_join();
}

/* --- a thread that leaves */

static weft_thread_t *thread;
static weft_event_t never;
static uintptr_t known;

static void wait_and_leave(void *ctx)
{
    (void)ctx;
    thread = weft_thread_self();
    weft_atomic_store_release_word(&known, 1);
    CHECK_EQ(weft_event_wait(&never), WEFT_ERR_CANCELLED);
    weft_thread_leave();
    weft_sim_gone(thread, sizeof(*thread)); /* the port's */
}

static void cancel_thread(void *ctx)
{
    (void)ctx;
    while (weft_atomic_load_acquire_word(&known) == 0) {
        weft_hook_spin();
    }
    weft_thread_cancel(thread);
}

EXPLORE(a_thread_leaves_as_soon_as_it_has_seen_its_cancel)
{
    known = 0;
    weft_event_init(&never, false);
    side(wait_and_leave, NULL);
    cancel_thread(NULL);
    sides_join();
}

static weft_event_t event;

static void set_event(void *ctx)
{
    (void)ctx;
    weft_event_set(&event);
}

/* The set may still be on its way, with or without an end of its wait. */
EXPLORE(a_thread_leaves_after_a_wait_that_met_its_limit)
{
    int rc;

    weft_event_init(&event, true);
    side(set_event, NULL);
    thread = weft_thread_self();
    rc = weft_event_wait_until(&event, 0);
    CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT);
    weft_thread_leave();
    weft_sim_gone(thread, sizeof(*thread)); /* the port's */
    sides_join();
    CHECK_EQ(weft_event_is_set(&event), rc != 0);
}

/* --- a scope: children end, one is cancelled, the opener joins */

static struct looker children[2];

struct opener {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t scope;
};
WEFT_TASK(opener)
{
    int rc;
    WEFT_BEGIN;
    weft_scope_open(&self->scope, WEFT_SCOPE_SUPERVISE, WEFT_FOREVER);
    for (int i = 0; i < 2; i++) {
        rc = weft_scope_spawn(&self->scope, looker_task(&children[i]));
        CHECK(rc == 0 || rc == WEFT_ERR_CANCELLED);
    }
    WEFT_AWAIT_RC(rc, weft_scope_join, &self->scope);
    weft_loop_stop(&loop);
    return rc;
    WEFT_END;
}
static struct opener opener;

static void cancel_opener(void *ctx)
{
    (void)ctx;
    weft_task_cancel(&opener.task);
}

EXPLORE(a_cancel_of_an_opener_meets_children_that_end)
{
    weft_loop_init(&loop, NULL);
    opener = (struct opener){.scope = {0}};
    children[0] = (struct looker){.enough = 1};
    children[1] = (struct looker){.looks = 0};
    CHECK_EQ(weft_spawn(&loop.executor, opener_task(&opener)), 0);
    side(cancel_opener, NULL);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(weft_task_result(&opener.task), WEFT_ERR_CANCELLED);
    weft_loop_deinit(&loop);
    drop(children, sizeof(children));
    drop(&loop, sizeof(loop));
    sides_join();
}

/* --- a task moves while it is woken and cancelled */

static weft_loop_t other;

struct mover {
    weft_task_t task;
    weft_await_t await;
    int rc;
};
WEFT_TASK(mover)
{
    WEFT_BEGIN;
    WEFT_AWAIT_RC(self->rc, weft_switch_to, &other.executor);
    CHECK(weft_loop_current() == (self->rc == 0 ? &other : &loop));
    weft_loop_stop(&other);
    return self->rc;
    WEFT_END;
}
static struct mover mover;

static void run_other(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_loop_run(&other), 0);
}

EXPLORE(a_task_moves_to_another_loop_and_ends_there)
{
    weft_loop_init(&loop, NULL);
    weft_loop_init(&other, NULL);
    mover = (struct mover){.rc = 1};
    CHECK_EQ(weft_spawn(&loop.executor, mover_task(&mover)), 0);
    weft_loop_stop(&loop);
    side(run_other, NULL);
    CHECK_EQ(weft_loop_run(&loop), 0);
    weft_loop_deinit(&loop);
    drop(&loop, sizeof(loop));
    sides_join();
    CHECK_EQ(mover.rc, 0);
    CHECK_EQ(weft_task_result(&mover.task), 0);
    weft_loop_deinit(&other);
}

static void wake_mover(void *ctx)
{
    (void)ctx;
    weft_task_wake(&mover.task);
}

static void run_loop(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_loop_run(&loop), 0);
}

EXPLORE(a_wake_meets_a_task_that_moves)
{
    weft_loop_init(&loop, NULL);
    weft_loop_init(&other, NULL);
    mover = (struct mover){.rc = 1};
    CHECK_EQ(weft_spawn(&loop.executor, mover_task(&mover)), 0);
    weft_loop_stop(&loop);
    side(run_other, NULL);
    side(wake_mover, NULL);
    run_loop(NULL);
    sides_join();
    CHECK_EQ(mover.rc, 0);
    weft_loop_deinit(&loop);
    weft_loop_deinit(&other);
}
