/* test_every_future.c - settle, cancel, await and select in all schedules
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/explore.h"
#include "tests/support/futures.h"

static weft_loop_t loop;
static weft_future_t future;
static weft_future_t other;
static struct asker asker;
static bool settled, cancelled;

static void settle(void *ctx)
{
    (void)ctx;
    settled = weft_future_settle(&future, 3);
}

static void cancel(void *ctx)
{
    (void)ctx;
    cancelled = weft_future_cancel(&future);
}

static void prepare(void)
{
    weft_loop_init(&loop, NULL);
    weft_future_init(&future);
    weft_future_init(&other);
    settled = cancelled = false;
    asker = (struct asker){.future = &future};
}

EXPLORE(a_settle_ends_an_await_of_a_thread_which_frees_the_future)
{
    prepare();
    side(settle, NULL);
    CHECK_EQ(weft_future_await(&future), 3);
    drop(&future, sizeof(future));
    weft_thread_leave();
}

EXPLORE(a_settle_ends_an_await_of_a_task_which_frees_the_future)
{
    prepare();
    side(settle, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, asker_task(&asker)), 3);
    drop(&future, sizeof(future));
    drop(&asker, sizeof(asker));
    weft_loop_deinit(&loop);
    drop(&loop, sizeof(loop));
}

EXPLORE(of_settle_and_cancel_one_ends_the_await)
{
    int rc;

    prepare();
    side(settle, NULL);
    side(cancel, NULL);
    rc = weft_loop_run_task(&loop, asker_task(&asker));
    sides_join();
    CHECK(settled != cancelled);
    CHECK_EQ(rc, settled ? 3 : WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_future_result(&future), rc);
    weft_loop_deinit(&loop);
}

static unsigned calls;

static void count(weft_future_t *settled_one)
{
    CHECK(weft_future_settled(settled_one));
    calls++;
}

EXPLORE(of_settle_and_cancel_one_calls_the_function)
{
    prepare();
    calls = 0;
    weft_future_then(&future, count);
    side(settle, NULL);
    cancel(NULL);
    sides_join();
    CHECK(settled != cancelled);
    CHECK_EQ(calls, 1);
}

EXPLORE(of_an_answer_and_a_cancel_of_the_wait_one_ends_it_and_all_may_go)
{
    int rc;

    prepare();
    CHECK_EQ(weft_spawn(&loop.executor, asker_task(&asker)), 0);
    (void)weft_loop_step(&loop);
    side(settle, NULL);
    weft_task_cancel(&asker.task);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    rc = weft_task_result(&asker.task);
    CHECK(rc == 3 || rc == WEFT_ERR_CANCELLED);
    weft_loop_deinit(&loop);
    drop(&asker, sizeof(asker));
    drop(&loop, sizeof(loop));
    sides_join();
    CHECK_EQ(weft_future_result(&future), 3);
}

/* --- two that wait */

static int rcs[2];

static void await_as_thread(void *ctx)
{
    int *rc = ctx;

    *rc = weft_future_await(&future);
}

EXPLORE(a_settle_ends_two_waits)
{
    prepare();
    rcs[0] = rcs[1] = 0;
    side(await_as_thread, &rcs[0]);
    side(await_as_thread, &rcs[1]);
    settle(NULL);
    sides_join();
    CHECK_EQ(rcs[0], 3);
    CHECK_EQ(rcs[1], 3);
}

/* --- select */

static void settle_other(void *ctx)
{
    (void)ctx;
    CHECK(weft_future_resolve(&other));
}

static int pick(uint64_t deadline_us)
{
    weft_case_t cases[] = {weft_case_future(&future), weft_case_future(&other)};
    int rc = weft_select_until(cases, 2, WEFT_SELECT_ORDERED, deadline_us);

    CHECK(rc < 0 || cases[rc].rc == 0);
    return rc;
}

EXPLORE(a_select_of_two_futures_that_settle_ends_once_and_both_may_go)
{
    int rc;

    prepare();
    side(settle, NULL);
    side(settle_other, NULL);
    rc = pick(WEFT_FOREVER);
    CHECK(rc == 0 || rc == 1);
    CHECK(weft_future_settled(rc == 0 ? &future : &other));
    sides_join();
    drop(&future, sizeof(future));
    drop(&other, sizeof(other));
}

EXPLORE(a_select_frees_its_future_while_the_settle_goes_on)
{
    prepare();
    side(settle, NULL);
    CHECK_EQ(pick(WEFT_FOREVER), 0);
    drop(&future, sizeof(future));
    drop(&other, sizeof(other));
    sides_join();
}

static void settle_at_ten(void *ctx)
{
    weft_sim_sleep_until(10);
    settle(ctx);
}

EXPLORE(a_select_meets_its_limit_and_an_answer)
{
    int rc;

    prepare();
    side(settle_at_ten, NULL);
    rc = pick(10);
    sides_join();
    CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_future_result(&future), 3);
}

/* --- a job, and who cancels it at any moment */

static weft_job_t job;
static unsigned runs;

static int run(weft_job_t *it)
{
    (void)it;
    runs++;
    return 1;
}

static void cancel_job(void *ctx)
{
    (void)ctx;
    cancelled = weft_future_cancel(&job.future);
}

static void run_loop(void *ctx)
{
    (void)ctx;
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
}

EXPLORE(a_job_that_is_cancelled_meanwhile_settles_once)
{
    int rc;

    prepare();
    job = (weft_job_t){.fn = NULL};
    runs = 0;
    CHECK_EQ(weft_job_start(&loop.executor, &job, run), 0);
    side(run_loop, NULL);
    side(cancel_job, NULL);
    rc = weft_future_await(&job.future);
    sides_join();
    CHECK_EQ(rc, runs == 1 ? 1 : WEFT_ERR_CANCELLED);
    CHECK(runs == 1 || cancelled);
    weft_thread_leave();
}

EXPLORE(a_late_cancel_does_not_keep_a_job_from_starting_again)
{
    weft_manual_t manual;

    prepare();
    job = (weft_job_t){.fn = NULL};
    runs = 0;
    weft_manual_init(&manual);
    CHECK_EQ(weft_job_start(&manual.executor, &job, run), 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    side(cancel_job, NULL);
    CHECK_EQ(weft_job_start(&manual.executor, &job, run), 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    sides_join();
    CHECK_EQ(weft_future_result(&job.future),
             runs == 2 ? 1 : WEFT_ERR_CANCELLED);
    weft_manual_stop(&manual);
    (void)weft_manual_drain(&manual);
}
