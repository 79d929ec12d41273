/* test_pool.c - pools: queue, sleep, blocking work, waits, timers, stop
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/pool_tasks.h"

/* --- what is submitted */

struct sender {
    weft_port_thread_t thread;
    weft_executor_t *executor;
    struct tally tallies[5];
};

static void send_all(void *ctx)
{
    struct sender *sender = ctx;

    for (int i = 0; i < 5; i++) {
        CHECK_EQ(weft_submit(sender->executor, &sender->tallies[i].runnable,
                             WEFT_HINT_DEFAULT),
                 0);
    }
}

static void senders_meet_workers(unsigned workers)
{
    struct pool *pool = pool_new(workers);
    struct sender sender[2];
    uintptr_t sum = 0;

    for (int n = 0; n < 2; n++) {
        sender[n].executor = &pool->pool.executor;
        for (int i = 0; i < 5; i++) {
            tally_init(&sender[n].tallies[i], &sum);
        }
    }
    thread_start(&sender[0].thread, send_all, &sender[0]);
    send_all(&sender[1]);
    weft_port_thread_join(&sender[0].thread);
    pool_end(pool);
    CHECK_EQ(sum, 10);
}

CASE(what_several_threads_submit_runs_once)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        senders_meet_workers(1 + (unsigned)some(2));
        senders_meet_workers(2);
    }
}

struct last_sender {
    weft_port_thread_t thread;
    weft_executor_t *executor;
    weft_runnable_t runnable;
    weft_event_t done;
};

static int says_done(weft_runnable_t *runnable)
{
    struct last_sender *sender =
        WEFT_CONTAINER_OF(runnable, struct last_sender, runnable);

    weft_event_set(&sender->done);
    return 0;
}

static void send_last(void *ctx)
{
    struct last_sender *sender = ctx;

    CHECK_EQ(
        weft_submit(sender->executor, &sender->runnable, WEFT_HINT_DEFAULT), 0);
}

CASE(the_pool_may_go_while_the_submit_that_kept_it_returns)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct pool *pool = pool_new(2);
        struct last_sender sender = {.executor = &pool->pool.executor,
                                     .runnable = {.run = says_done},
                                     .done = WEFT_EVENT_INIT};
        struct tally tally;
        uintptr_t sum = 0;

        tally_init(&tally, &sum);
        weft_submit(&pool->pool.executor, &tally.runnable, WEFT_HINT_DEFAULT);
        thread_start(&sender.thread, send_last, &sender);
        CHECK_EQ(weft_event_wait(&sender.done), 0);
        pool_end(pool);
        weft_port_thread_join(&sender.thread);
    }
    weft_thread_leave();
}

static void stop_pool(void *ctx)
{
    weft_pool_stop(ctx);
}

CASE(the_pool_may_go_while_the_stop_that_ended_it_returns)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct pool *pool = pool_new(2);
        weft_port_thread_t thread;

        thread_start(&thread, stop_pool, &pool->pool);
        CHECK_EQ(weft_pool_join(&pool->pool), 0);
        weft_pool_deinit(&pool->pool);
        frame_drop(pool, sizeof(*pool));
        weft_port_thread_join(&thread);
    }
}

/* --- work that blocks its thread hides no other */

struct releaser {
    weft_runnable_t runnable;
    weft_event_t *event;
};

static int release(weft_runnable_t *runnable)
{
    weft_event_set(((struct releaser *)(void *)runnable)->event);
    return 0;
}

/* wait: until the first one has blocked its worker. */
static void one_blocks_until_the_other_runs(bool wait, bool start_late)
{
    struct pool *pool = start_late ? pool_made(2) : pool_new(2);
    weft_executor_t *executor = &pool->pool.executor;
    struct blocker blocker;
    struct releaser releaser = {{.run = release}, &blocker.event};

    blocker_init(&blocker);
    CHECK_EQ(weft_submit(executor, &blocker.runnable, WEFT_HINT_DEFAULT), 0);
    while (wait && weft_atomic_load_acquire_u8(&blocker.begun) == 0) {
        weft_hook_spin();
    }
    CHECK_EQ(weft_submit(executor, &releaser.runnable, WEFT_HINT_DEFAULT), 0);
    if (start_late) {
        CHECK_STARTED(weft_pool_start(&pool->pool, 2));
    }
    pool_end(pool);
}

CASE(what_comes_while_a_worker_is_blocked_wakes_an_idle_one)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        one_blocks_until_the_other_runs(true, false);
    }
}

CASE(what_a_worker_leaves_behind_is_run_by_the_next)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        one_blocks_until_the_other_runs(false, false);
        one_blocks_until_the_other_runs(false, true);
    }
}

/* The first worker has taken two; the second one, idle again, gets one. */
CASE(what_lies_behind_a_blocked_runnable_is_taken_by_another_worker)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct pool *pool = pool_made(2);
        weft_executor_t *executor = &pool->pool.executor;
        struct blocker blocker;
        struct releaser releaser = {{.run = release}, &blocker.event};
        struct tally tally[2];
        uintptr_t sum = 0;

        blocker_init(&blocker);
        weft_submit(executor, &blocker.runnable, WEFT_HINT_DEFAULT);
        weft_submit(executor, &releaser.runnable, WEFT_HINT_DEFAULT);
        for (int n = 0; n < 2; n++) {
            tally_init(&tally[n], &sum);
            weft_submit(executor, &tally[n].runnable, WEFT_HINT_DEFAULT);
        }
        CHECK_STARTED(weft_pool_start(&pool->pool, 2));
        pool_end(pool);
        CHECK_EQ(sum, 2);
    }
}

/* --- hints */

struct order {
    weft_runnable_t runnable;
    struct script *script;
    char name;
};

struct script {
    weft_pool_t *pool;
    struct order order[6];
    char said[8];
    uintptr_t count; /* atomic */
};

static int say(weft_runnable_t *runnable)
{
    struct order *order = (struct order *)(void *)runnable;
    struct script *script = order->script;

    script->said[weft_atomic_fetch_add_acq_rel_word(&script->count, 1)] =
        order->name;
    CHECK(weft_pool_current() == script->pool);
    if (order->name == 'a') {
        weft_executor_t *executor = &script->pool->executor;
        weft_submit(executor, &script->order[2].runnable, WEFT_HINT_DEFAULT);
        weft_submit(executor, &script->order[3].runnable, WEFT_HINT_LIFO);
        weft_submit(executor, &script->order[4].runnable, WEFT_HINT_INLINE);
    }
    return 0;
}

CASE(hints_run_it_now_or_next_or_last)
{
    struct pool *pool = pool_made(1);
    struct script script = {.pool = &pool->pool};

    for (int i = 0; i < 6; i++) {
        script.order[i] = (struct order){{.run = say}, &script, "abcdef"[i]};
    }
    for (int i = 0; i < 2; i++) {
        weft_submit(&pool->pool.executor, &script.order[i].runnable,
                    WEFT_HINT_LIFO);
    }
    CHECK(weft_pool_current() == NULL);
    CHECK_STARTED(weft_pool_start(&pool->pool, 1));
    until_word(&script.count, 5);
    pool_end(pool);
    CHECK_STR_EQ(script.said, "aedbc");
}

struct chain {
    weft_runnable_t runnable;
    weft_executor_t *executor;
    uintptr_t *other;
    unsigned left;
};

static int chain_on(weft_runnable_t *runnable)
{
    struct chain *chain = (struct chain *)(void *)runnable;

    if (weft_atomic_load_acquire_word(chain->other) == 0) {
        CHECK(chain->left-- > 0);
        weft_submit(chain->executor, runnable, WEFT_HINT_LIFO);
    }
    return 0;
}

CASE(who_always_asks_to_run_next_starves_nobody)
{
    struct pool *pool = pool_made(1);
    uintptr_t ran = 0;
    struct tally tally;
    struct chain chain = {
        {.run = chain_on}, &pool->pool.executor, &ran, 4 * WEFT_BUDGET};

    tally_init(&tally, &ran);
    weft_submit(&pool->pool.executor, &chain.runnable, WEFT_HINT_DEFAULT);
    weft_submit(&pool->pool.executor, &tally.runnable, WEFT_HINT_DEFAULT);
    CHECK_STARTED(weft_pool_start(&pool->pool, 1));
    until_word(&ran, 1);
    pool_end(pool);
}

/* --- tasks and fibers */

static void take_turns(void *ctx)
{
    weft_event_t *event = ctx;

    for (int i = 0; i < 4; i++) {
        weft_event_set(&event[0]);
        CHECK_EQ(weft_event_wait(&event[1]), 0);
    }
}

struct echo {
    weft_pool_task_t task;
    weft_await_t await;
    weft_event_t *event;
    unsigned left;
};
WEFT_TASK(echo)
{
    WEFT_BEGIN;
    for (; self->left > 0; self->left--) {
        WEFT_AWAIT(weft_event_wait, &self->event[0]);
        weft_event_set(&self->event[1]);
    }
    WEFT_END;
}

CASE(a_task_of_a_pool_and_a_thread_wait_for_each_other)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct pool *pool = pool_new(2);
        weft_event_t event[2];
        struct echo *echo = frame_new(sizeof(*echo));

        weft_event_init(&event[0], true);
        weft_event_init(&event[1], true);
        echo->event = event;
        echo->left = 4;
        CHECK_EQ(weft_spawn(&pool->pool.executor, echo_task(echo)), 0);
        take_turns(event);
        CHECK_EQ(weft_task_join(weft_pool_task(&echo->task)), 0);
        frame_drop(echo, sizeof(*echo));
        pool_end(pool);
    }
}

struct plain {
    weft_task_t task;
};
WEFT_TASK(plain)
{
    WEFT_BEGIN;
    WEFT_END;
}

CASE(a_task_without_a_lane_is_refused)
{
    struct pool *pool = pool_new(1);
    struct plain plain = {0};

    CHECK_EQ(weft_spawn(&pool->pool.executor, plain_task(&plain)),
             WEFT_ERR_INVALID);
    pool_end(pool);
}

/* Woken by several at once: its runs never overlap, and none is lost. */
struct woken {
    weft_pool_task_t task;
    uintptr_t wanted; /* atomic */
    uintptr_t inside; /* atomic */
    uintptr_t until;
};
WEFT_TASK(woken)
{
    WEFT_BEGIN;
    for (;;) {
        uintptr_t seen;
        CHECK_EQ(weft_atomic_exchange_acq_rel_word(&self->inside, 1), 0);
        seen = weft_atomic_load_acquire_word(&self->wanted);
        CHECK_EQ(weft_atomic_exchange_acq_rel_word(&self->inside, 0), 1);
        if (seen == self->until) {
            break;
        }
        WEFT_SUSPEND();
    }
    WEFT_END;
}

static void wake_it(void *ctx)
{
    struct woken *woken = ctx;

    for (long i = rounds(3); i > 0; i--) {
        (void)weft_atomic_fetch_add_acq_rel_word(&woken->wanted, 1);
        weft_task_wake(weft_pool_task(&woken->task));
    }
}

CASE(a_task_that_many_wake_runs_on_one_worker_at_a_time_and_misses_nothing)
{
    for (int i = 0; i < once(RACE_ROUNDS); i++) {
        struct pool *pool = pool_new(2);
        struct woken *woken = frame_new(sizeof(*woken));
        weft_port_thread_t thread;

        woken->until = 2 * (uintptr_t)rounds(3);
        CHECK_EQ(weft_spawn(&pool->pool.executor, woken_task(woken)), 0);
        thread_start(&thread, wake_it, woken);
        wake_it(woken);
        weft_port_thread_join(&thread);
        CHECK_EQ(weft_task_join(weft_pool_task(&woken->task)), 0);
        frame_drop(woken, sizeof(*woken));
        pool_end(pool);
    }
}

static int pings(void *ctx)
{
    struct hand *hand = ctx;

    for (unsigned i = 0; i < hand->rounds; i++) {
        weft_event_set(&hand->event[0]);
        CHECK_EQ(weft_event_wait(&hand->event[1]), 0);
        CHECK(weft_pool_current() == hand->pool);
    }
    return 1;
}

static int pongs(void *ctx)
{
    struct hand *hand = ctx;

    for (unsigned i = 0; i < hand->rounds; i++) {
        CHECK_EQ(weft_event_wait(&hand->event[0]), 0);
        CHECK_EQ(weft_yield(), 0);
        weft_event_set(&hand->event[1]);
    }
    return 2;
}

CASE(fibers_of_a_pool_wait_for_each_other)
{
    for (int i = 0; i < once(RACE_ROUNDS); i++) {
        struct pool *pool = pool_new(2);
        struct hand *hand =
            hand_new(&pool->pool, (unsigned)rounds(TEST_IN_SIM ? 4 : 20));

        CHECK_EQ(weft_go(&pool->pool.executor, &hand->fiber[0], pings, hand),
                 0);
        CHECK_EQ(weft_go(&pool->pool.executor, &hand->fiber[1], pongs, hand),
                 0);
        CHECK_EQ(weft_fiber_join(&hand->fiber[0]), 1);
        CHECK_EQ(weft_fiber_join(&hand->fiber[1]), 2);
        hand_drop(hand);
        pool_end(pool);
    }
}

static void start_two(void *ctx)
{
    struct pool *pool = ctx;

    CHECK_EQ(weft_pool_run(&pool->pool), 0);
}

CASE(a_thread_makes_itself_a_worker)
{
    struct pool *pool = pool_made(1);
    weft_port_thread_t thread;
    uintptr_t sum = 0;
    struct tally tally;

    tally_init(&tally, &sum);
    CHECK_EQ(
        weft_submit(&pool->pool.executor, &tally.runnable, WEFT_HINT_DEFAULT),
        0);
    thread_start(&thread, start_two, pool);
    until_word(&sum, 1);
    CHECK_EQ(weft_pool_run(&pool->pool), WEFT_ERR_FULL);
    CHECK_EQ(weft_pool_start(&pool->pool, 1), WEFT_ERR_FULL);
    weft_pool_stop(&pool->pool);
    CHECK_EQ(weft_pool_join(&pool->pool), 0);
    weft_port_thread_join(&thread);
    weft_pool_deinit(&pool->pool);
    frame_drop(pool, sizeof(*pool));
}

CASE(a_pool_without_workers_is_invalid)
{
    static weft_pool_worker_t workers[1];
    weft_pool_t pool;

    CHECK_EQ(weft_pool_init(&pool, &(weft_pool_config_t){.count = 1}),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_pool_init(&pool, &(weft_pool_config_t){.workers = workers}),
             WEFT_ERR_INVALID);
}
