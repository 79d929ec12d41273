/* test_pool_end.c - pools: limits, timers, stop, who is left
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "tests/support/pool_tasks.h"

static int waits(void *ctx)
{
    return weft_event_wait(ctx);
}

/* --- a limit meets the end, and the task is gone */

static void set_at(void *ctx)
{
    struct taker *taker = ctx;

    stand_until(taker->deadline_us);
    weft_event_set(taker->event);
}

CASE(a_limit_meets_the_end_of_a_wait_and_the_task_goes)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct pool *pool = pool_new(2);
        struct taker *taker = frame_new(sizeof(*taker));
        weft_event_t event = WEFT_EVENT_INIT;
        int rc;

        taker->event = &event;
        taker->deadline_us = weft_deadline(WEFT_US(50));
        taker->left = 1;
        CHECK_EQ(weft_spawn(&pool->pool.executor, taker_task(taker)), 0);
        stand_until(taker->deadline_us);
        weft_event_set(&event);
        rc = weft_task_join(weft_pool_task(&taker->task));
        CHECK(rc == 7 || rc == WEFT_ERR_TIMEOUT);
        frame_drop(taker, sizeof(*taker));
        pool_end(pool);
    }
}

/* Its limit is one microsecond away when it waits. */
struct hasty {
    weft_pool_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_event_t event;
    long left;
    uint8_t ended; /* atomic */
};
WEFT_TASK(hasty)
{
    int rc;
    WEFT_BEGIN;
    for (; self->left > 0; self->left--) {
        WEFT_AWAIT_UNTIL(rc, weft_deadline(WEFT_US(1)), weft_event_wait,
                         &self->event);
        CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT);
    }
    weft_atomic_store_release_u8(&self->ended, 1);
    WEFT_END;
}

CASE(limits_meet_events_again_and_again)
{
    for (int i = 0; i < once(RACE_ROUNDS); i++) {
        struct pool *pool = pool_new(2);
        struct hasty *hasty = frame_new(sizeof(*hasty));

        weft_event_init(&hasty->event, true);
        hasty->left = rounds(TEST_IN_SIM ? 4 : 20);
        CHECK_EQ(weft_spawn(&pool->pool.executor, hasty_task(hasty)), 0);
        while (weft_atomic_load_acquire_u8(&hasty->ended) == 0) {
            weft_event_set(&hasty->event);
            stand_until(weft_deadline(WEFT_US(1)));
        }
        CHECK_EQ(weft_task_join(weft_pool_task(&hasty->task)), 0);
        frame_drop(hasty, sizeof(*hasty));
        pool_end(pool);
    }
    weft_thread_leave();
}

struct sleeper {
    weft_pool_task_t task;
    weft_timer_node_t timer;
    uint64_t deadline_us;
};
WEFT_TASK(sleeper)
{
    WEFT_BEGIN;
    WEFT_SLEEP_UNTIL(self->deadline_us);
    WEFT_END;
}

CASE(the_end_of_a_sleep_meets_a_wake_and_the_task_goes)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct pool *pool = pool_new(2);
        struct sleeper *sleeper = frame_new(sizeof(*sleeper));
        weft_task_t *task = sleeper_task(sleeper);

        sleeper->deadline_us = weft_deadline(WEFT_US(50));
        CHECK_EQ(weft_spawn(&pool->pool.executor, task), 0);
        stand_until(sleeper->deadline_us);
        weft_task_wake(task);
        CHECK_EQ(weft_task_join(task), 0);
        frame_drop(sleeper, sizeof(*sleeper));
        pool_end(pool);
    }
    weft_thread_leave();
}

/* --- timers */

/* Wakes by its timer, has the worker that ran it blocked until it has woken
 * once more: another one must keep the time now. */
struct keeper {
    weft_pool_task_t task;
    weft_timer_node_t timer;
    struct blocker blocker;
    weft_executor_t *executor;
};
WEFT_TASK(keeper)
{
    WEFT_BEGIN;
    WEFT_SLEEP(WEFT_MS(1));
    weft_submit(self->executor, &self->blocker.runnable, WEFT_HINT_LIFO);
    WEFT_SLEEP(WEFT_MS(1));
    weft_event_set(&self->blocker.event);
    WEFT_END;
}

CASE(a_timer_fires_though_the_worker_that_kept_the_time_is_blocked)
{
    for (int i = 0; i < RACE_ROUNDS / 10 + 1; i++) {
        struct pool *pool = pool_new(2);
        struct keeper *keeper = frame_new(sizeof(*keeper));

        blocker_init(&keeper->blocker);
        keeper->executor = &pool->pool.executor;
        CHECK_EQ(weft_spawn(&pool->pool.executor, keeper_task(keeper)), 0);
        CHECK_EQ(weft_task_join(weft_pool_task(&keeper->task)), 0);
        pool_end(pool);
        frame_drop(keeper, sizeof(*keeper));
    }
}

/* --- stop */

CASE(a_stopped_pool_takes_no_more_and_waits_for_parked_fibers)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct pool *pool = pool_new(2);
        struct hand *hand = hand_new(&pool->pool, 1);
        uintptr_t sum = 0;
        struct tally tally;

        tally_init(&tally, &sum);
        weft_go(&pool->pool.executor, &hand->fiber[1], waits, &hand->event[0]);
        weft_pool_stop(&pool->pool);
        CHECK_EQ(weft_go(&pool->pool.executor, &hand->fiber[0], waits, hand),
                 WEFT_ERR_STOPPED);
        CHECK_EQ(weft_submit(&pool->pool.executor, &tally.runnable,
                             WEFT_HINT_DEFAULT),
                 WEFT_ERR_STOPPED);
        CHECK(!weft_fiber_finished(&hand->fiber[1]));
        weft_event_set(&hand->event[0]);
        CHECK_EQ(weft_pool_join(&pool->pool), 0);
        CHECK_EQ(weft_fiber_result(&hand->fiber[1]), 0);
        weft_pool_deinit(&pool->pool);
        hand_drop(hand);
        frame_drop(pool, sizeof(*pool));
    }
}

struct last_word {
    weft_runnable_t runnable;
    struct pool *pool;
    struct tally tally;
};

static int stops_itself(weft_runnable_t *runnable)
{
    struct last_word *last = (struct last_word *)(void *)runnable;
    weft_executor_t *executor = &last->pool->pool.executor;

    CHECK_EQ(weft_submit(executor, &last->tally.runnable, WEFT_HINT_DEFAULT),
             0);
    weft_pool_stop(&last->pool->pool);
    CHECK_EQ(weft_submit(executor, &last->tally.runnable, WEFT_HINT_LIFO),
             WEFT_ERR_STOPPED);
    return 0;
}

CASE(what_a_worker_submits_after_the_stop_is_refused)
{
    struct pool *pool = pool_new(1);
    uintptr_t sum = 0;
    struct last_word last = {.runnable = {.run = stops_itself}, .pool = pool};

    tally_init(&last.tally, &sum);
    CHECK_EQ(
        weft_submit(&pool->pool.executor, &last.runnable, WEFT_HINT_DEFAULT),
        0);
    until_word(&sum, 1);
    pool_end(pool);
    CHECK_EQ(sum, 1);
}

/* Told of at the limit, and ending at that moment: its frame is gone as soon
 * as it was joined. */
static void look_at_it(void *ctx, weft_task_t *task)
{
    (void)ctx;
    for (int i = 0; i < 3; i++) {
        CHECK(weft_task_live(task));
        weft_hook_spin();
    }
}

static void join_and_drop(void *ctx)
{
    struct taker *taker = ctx;

    CHECK_EQ(weft_task_join(weft_pool_task(&taker->task)), 7);
    frame_drop(taker, sizeof(*taker));
    weft_thread_leave();
}

CASE(who_is_told_of_at_the_limit_stays_until_then)
{
    for (int i = 0; i < RACE_ROUNDS / 10 + 1; i++) {
        struct pool *pool = frame_new(sizeof(*pool));
        struct taker *taker = frame_new(sizeof(*taker));
        weft_event_t event = WEFT_EVENT_INIT;
        struct taker setter = {.event = &event};
        weft_pool_config_t config = {.workers = pool->workers,
                                     .count = 1,
                                     .root = &pool->root,
                                     .stop_limit_us = WEFT_US(50),
                                     .left = look_at_it};
        weft_port_thread_t thread[2];

        CHECK_EQ(weft_pool_init(&pool->pool, &config), 0);
        CHECK_STARTED(weft_pool_start(&pool->pool, 1));
        taker->event = &event;
        taker->left = 1;
        CHECK_EQ(weft_spawn(&pool->pool.executor, taker_task(taker)), 0);
        setter.deadline_us = weft_deadline(WEFT_US(50));
        thread_start(&thread[0], set_at, &setter);
        thread_start(&thread[1], join_and_drop, taker);
        weft_pool_stop(&pool->pool);
        pool_join(pool);
        weft_port_thread_join(&thread[0]);
        weft_port_thread_join(&thread[1]);
        pool_end(pool);
    }
}

static void count_left(void *ctx, weft_task_t *task)
{
    struct taker **left = ctx;

    CHECK(weft_task_live(task));
    for (; *left != NULL; left++) {
        CHECK((void *)*left != (void *)task);
    }
    *left = (struct taker *)(void *)task;
}

CASE(a_join_names_those_who_outlive_the_limit)
{
    struct pool *pool = frame_new(sizeof(*pool));
    struct taker *left[11] = {0};
    struct taker *taker = frame_new(10 * sizeof(*taker));
    weft_event_t event = WEFT_EVENT_INIT;
    weft_pool_config_t config = {
        .workers = pool->workers,
        .count = 2,
        .root = &pool->root,
        .stop_limit_us = WEFT_MS(20),
        .left = count_left,
        .left_ctx = left,
    };

    CHECK_EQ(weft_pool_init(&pool->pool, &config), 0);
    CHECK_STARTED(weft_pool_start(&pool->pool, 2));
    for (int i = 0; i < 10; i++) {
        taker[i].event = &event;
        taker[i].left = 1;
        CHECK_EQ(weft_spawn(&pool->pool.executor, taker_task(&taker[i])), 0);
    }
    weft_pool_stop(&pool->pool);
    do { /* one that has yet to run for the first time is not told */
        memset(left, 0, sizeof(left));
        CHECK_EQ(weft_pool_join(&pool->pool), WEFT_ERR_TIMEOUT);
    } while (left[9] == NULL);
    weft_pool_cancel(&pool->pool);
    pool_join(pool);
    for (int i = 0; i < 10; i++) {
        CHECK_EQ(weft_task_result(weft_pool_task(&taker[i].task)),
                 WEFT_ERR_CANCELLED);
    }
    weft_pool_deinit(&pool->pool);
    frame_drop(taker, 10 * sizeof(*taker));
    frame_drop(pool, sizeof(*pool));
}

struct names {
    unsigned count;
    char said[2][8];
};

static void note_name(void *ctx, weft_task_t *task)
{
    struct names *names = ctx;
    const weft_fiber_t *fiber = (weft_fiber_t *)(void *)task;

    CHECK(names->count < 2);
    CHECK_EQ(weft_fiber_state(fiber), WEFT_FIBER_LIVE);
    (void)snprintf(names->said[names->count++], sizeof(names->said[0]), "%s",
                   weft_fiber_name(fiber));
}

CASE(parked_fibers_are_named_at_the_limit_then_cancelled_and_joined)
{
    for (int i = 0; i < RACE_ROUNDS / 10 + 1; i++) {
        struct names names = {0};
        struct pool *pool = frame_new(sizeof(*pool));
        weft_pool_config_t config = {
            .workers = pool->workers,
            .count = 2,
            .root = &pool->root,
            .stop_limit_us = WEFT_MS(2),
            .left = note_name,
            .left_ctx = &names,
        };
        struct hand *hand;

        CHECK_EQ(weft_pool_init(&pool->pool, &config), 0);
        CHECK_STARTED(weft_pool_start(&pool->pool, 2));
        hand = hand_new(&pool->pool, 1);
        for (int n = 0; n < 2; n++) {
            CHECK_EQ(weft_go(&pool->pool.executor, &hand->fiber[n], waits,
                             &hand->event[n]),
                     0);
        }
        weft_pool_stop(&pool->pool);
        do { /* a fiber that has yet to run for the first time is not told */
            names.count = 0;
            CHECK_EQ(weft_pool_join(&pool->pool), WEFT_ERR_TIMEOUT);
        } while (names.count < 2);
        CHECK_STR_EQ(names.said[0], "hand");
        CHECK_STR_EQ(names.said[1], "hand");
        weft_pool_cancel(&pool->pool);
        for (int n = 0; n < 2; n++) {
            CHECK_EQ(weft_fiber_join(&hand->fiber[n]), WEFT_ERR_CANCELLED);
        }
        hand_drop(hand);
        pool_end(pool);
    }
}
