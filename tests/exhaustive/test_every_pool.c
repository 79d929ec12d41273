/* test_every_pool.c - pool, strand and moves in all schedules
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/explore.h"

enum { JOBS = 3, WORKERS = 2 };

struct job {
    weft_runnable_t runnable;
    unsigned order; /* from 1 in the order they ended */
};

static weft_pool_t pool;
static weft_pool_worker_t workers[WORKERS];
static weft_strand_t strand;
static struct job jobs[JOBS];
static uintptr_t ran;    /* read and written in two steps where in order */
static uintptr_t inside; /* the strand */

static int run_anywhere(weft_runnable_t *runnable)
{
    struct job *job = (struct job *)(void *)runnable;

    job->order = (unsigned)weft_atomic_fetch_add_acq_rel_word(&ran, 1) + 1;
    return 0;
}

static int run_on_strand(weft_runnable_t *runnable)
{
    struct job *job = (struct job *)(void *)runnable;

    CHECK_EQ(weft_atomic_load_relaxed_word(&inside), 0);
    weft_atomic_store_relaxed_word(&inside, 1);
    job->order = (unsigned)++ran;
    weft_atomic_store_relaxed_word(&inside, 0);
    return 0;
}

static void begin(unsigned count, weft_run_fn *run)
{
    weft_pool_config_t config = {.workers = workers, .count = count};

    CHECK_EQ(weft_pool_init(&pool, &config), 0);
    ran = 0;
    inside = 0;
    for (int i = 0; i < JOBS; i++) {
        jobs[i] = (struct job){.runnable = {.run = run}};
    }
}

static void submit(weft_executor_t *executor, int i)
{
    CHECK_EQ(weft_submit(executor, &jobs[i].runnable, WEFT_HINT_DEFAULT), 0);
}

static void end(void)
{
    weft_pool_stop(&pool);
    CHECK_EQ(weft_pool_join(&pool), 0);
    weft_pool_deinit(&pool);
    drop(&pool, sizeof(pool));
    drop(workers, sizeof(workers));
}

EXPLORE(a_worker_runs_what_comes_and_wakes_for_it)
{
    begin(1, run_anywhere);
    CHECK_EQ(weft_pool_start(&pool, 1), 0);
    submit(&pool.executor, 0);
    end();
    CHECK_EQ(ran, 1);
}

static int stop_here(weft_runnable_t *runnable)
{
    (void)runnable;
    weft_pool_stop(&pool);
    return 0;
}

static void submit_first(void *ctx)
{
    (void)ctx;
    submit(&pool.executor, 0);
}

static void gone_while_submitted(unsigned count)
{
    begin(count, stop_here);
    jobs[1].runnable.run = run_anywhere; /* keeps one awake */
    submit(&pool.executor, 1);
    CHECK_EQ(weft_pool_start(&pool, count), 0);
    side(submit_first, NULL);
    CHECK_EQ(weft_pool_join(&pool), 0);
    weft_pool_deinit(&pool);
    drop(&pool, sizeof(pool));
    drop(workers, sizeof(workers));
    drop(jobs, sizeof(jobs));
    sides_join();
}

EXPLORE_LARGE(a_pool_is_gone_while_the_submit_that_ended_it_goes_on, 3)
{
    gone_while_submitted(1);
}

EXPLORE_LARGE(two_workers_are_gone_while_the_submit_that_ended_them_goes_on, 2)
{
    gone_while_submitted(2);
}

static void submit_second(void *ctx)
{
    (void)ctx;
    submit(&pool.executor, 1);
}

EXPLORE_LARGE(two_submits_meet_a_worker_that_falls_asleep, 3)
{
    begin(1, run_anywhere);
    CHECK_EQ(weft_pool_start(&pool, 1), 0);
    side(submit_second, NULL);
    submit(&pool.executor, 0);
    sides_join();
    end();
    CHECK_EQ(ran, 2);
}

EXPLORE_LARGE(two_workers_run_one_thing_once, 3)
{
    begin(2, run_anywhere);
    CHECK_EQ(weft_pool_start(&pool, 2), 0);
    submit(&pool.executor, 0);
    end();
    CHECK_EQ(ran, 1);
}

EXPLORE_LARGE(two_workers_run_three_things_once, 2)
{
    begin(2, run_anywhere);
    CHECK_EQ(weft_pool_start(&pool, 2), 0);
    for (int i = 0; i < JOBS; i++) {
        submit(&pool.executor, i);
    }
    end();
    CHECK_EQ(ran, JOBS);
}

EXPLORE_LARGE(two_workers_meet_a_stop, 3)
{
    begin(2, run_anywhere);
    CHECK_EQ(weft_pool_start(&pool, 2), 0);
    end();
}

/* --- a task of a pool: its lane, its timer */

struct waiter {
    weft_pool_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    uint64_t deadline_us;
    int rc;
};
static weft_event_t event;
static struct waiter waiter;

WEFT_TASK(waiter)
{
    WEFT_BEGIN;
    if (self->deadline_us == 0) {
        WEFT_AWAIT_RC(self->rc, weft_event_wait, &event);
    } else {
        WEFT_AWAIT_UNTIL(self->rc, self->deadline_us, weft_event_wait, &event);
    }
    return self->rc;
    WEFT_END;
}

static void begin_waiter(unsigned count, uint64_t deadline_us)
{
    begin(count, run_anywhere);
    weft_event_init(&event, true);
    waiter = (struct waiter){.deadline_us = deadline_us, .rc = 1};
    CHECK_EQ(weft_spawn(&pool.executor, waiter_task(&waiter)), 0);
    CHECK_EQ(weft_pool_start(&pool, count), 0);
}

EXPLORE(a_set_meets_a_task_of_a_pool_that_parks)
{
    begin_waiter(1, 0);
    weft_event_set(&event);
    end();
    CHECK_EQ(waiter.rc, 0);
}

EXPLORE_LARGE(a_set_meets_a_task_that_either_of_two_workers_runs, 3)
{
    begin_waiter(2, 0);
    weft_event_set(&event);
    end();
    CHECK_EQ(waiter.rc, 0);
}

EXPLORE_LARGE(a_set_meets_a_limit_in_a_pool, 2)
{
    begin_waiter(2, 10);
    weft_sim_sleep_until(10);
    weft_event_set(&event);
    end();
    CHECK(waiter.rc == 0 || waiter.rc == WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_event_is_set(&event), waiter.rc != 0);
}

/* --- a fiber that is woken while its registers are being saved */

static weft_fiber_t fiber;
static char stack[32 * 1024] __attribute__((aligned(64)));

static int wait_in_fiber(void *ctx)
{
    (void)ctx;
    waiter.rc = weft_event_wait(&event);
    return waiter.rc;
}

EXPLORE_LARGE(a_set_meets_a_fiber_that_parks, 2)
{
    begin(2, run_anywhere);
    weft_event_init(&event, true);
    waiter.rc = 1;
    weft_fiber_init(&fiber, "waiter", stack, sizeof(stack));
    CHECK_EQ(weft_go(&pool.executor, &fiber, wait_in_fiber, NULL), 0);
    CHECK_EQ(weft_pool_start(&pool, 2), 0);
    weft_event_set(&event);
    CHECK_EQ(weft_fiber_join(&fiber), 0);
    drop(&fiber, sizeof(fiber));
    drop(&event, sizeof(event));
    CHECK_EQ(waiter.rc, 0);
    end();
}

/* --- a strand: one after another, in the order they came */

static void submit_on_strand(void *ctx)
{
    submit(&strand.executor, (int)(intptr_t)ctx);
}

static void begin_strand(unsigned count)
{
    begin(count, run_on_strand);
    weft_strand_init(&strand, &pool.executor);
    CHECK_EQ(weft_pool_start(&pool, count), 0);
}

static void end_strand(void)
{
    weft_strand_stop(&strand);
    CHECK_EQ(weft_strand_join(&strand), 0);
    drop(&strand, sizeof(strand));
    end();
}

EXPLORE_LARGE(a_strand_runs_what_comes_and_is_gone_after_its_join, 3)
{
    begin_strand(1);
    submit_on_strand(NULL);
    end_strand();
    CHECK_EQ(ran, 1);
}

EXPLORE_LARGE(two_workers_run_two_things_of_a_strand_in_order, 2)
{
    begin_strand(2);
    submit_on_strand((void *)0);
    submit_on_strand((void *)1);
    end_strand();
    CHECK_EQ(jobs[0].order, 1);
    CHECK_EQ(jobs[1].order, 2);
}

EXPLORE_LARGE(two_cores_submit_on_a_strand, 2)
{
    begin_strand(1);
    side(submit_on_strand, (void *)1);
    submit_on_strand((void *)0);
    sides_join();
    end_strand();
    CHECK_EQ(ran, 2);
}
