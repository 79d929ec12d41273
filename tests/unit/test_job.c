/* test_job.c - jobs: a function that runs once elsewhere, with a future
 * SPDX-License-Identifier: MIT
 *
 * Line 20 of what services promise: a case of it ends with _20.
 */
#include "tests/support/fibers.h"
#include "tests/support/futures.h"
#include "tests/support/handler.h"
#include "tests/support/pools.h"
#include "tests/support/test.h"

struct sum {
    weft_job_t job;
    int a, b, sum;
    int runs;
    bool asked; /* what the function saw of a cancel */
};

static int add(weft_job_t *job)
{
    struct sum *sum = (struct sum *)job;

    sum->runs++;
    sum->asked = weft_future_cancel_asked(&job->future);
    sum->sum = sum->a + sum->b;
    return sum->sum;
}

static int fails(weft_job_t *job)
{
    ((struct sum *)job)->runs++;
    return WEFT_ERR_USER;
}

static void is(const struct sum *sum, enum weft_future_state state, int result,
               int runs)
{
    CHECK_EQ(weft_future_state(&sum->job.future), state);
    CHECK_EQ(weft_future_result(&sum->job.future), result);
    CHECK_EQ(sum->runs, runs);
}

static void end(weft_manual_t *manual)
{
    weft_manual_stop(manual);
    (void)weft_manual_drain(manual);
}

CASE(a_job_runs_once_on_its_executor_and_settles_with_its_result_20)
{
    weft_manual_t manual;
    struct sum sum = {.a = 2, .b = 3};
    struct asker asker = {.future = &sum.job.future};

    weft_manual_init(&manual);
    CHECK_EQ(weft_job_start(&manual.executor, &sum.job, add), 0);
    is(&sum, WEFT_FUTURE_PENDING, WEFT_PENDING, 0);
    CHECK_EQ(weft_spawn(&manual.executor, asker_task(&asker)), 0);
    (void)weft_manual_drain(&manual);
    is(&sum, WEFT_FUTURE_RESOLVED, 5, 1);
    CHECK_EQ(weft_task_result(&asker.task), 5);
    end(&manual);
}

CASE(a_job_that_fails_fails_its_future_20)
{
    weft_manual_t manual;
    struct sum sum = {.a = 2};

    weft_manual_init(&manual);
    CHECK_EQ(weft_job_start(&manual.executor, &sum.job, fails), 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    is(&sum, WEFT_FUTURE_FAILED, WEFT_ERR_USER, 1);
    end(&manual);
}

CASE(a_job_under_way_is_not_started_again_and_a_done_one_is_20)
{
    weft_manual_t manual;
    struct sum sum = {.a = 2, .b = 3};

    weft_manual_init(&manual);
    CHECK_EQ(weft_job_start(&manual.executor, &sum.job, add), 0);
    CHECK_EQ(weft_job_start(&manual.executor, &sum.job, fails), WEFT_ERR_BUSY);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    is(&sum, WEFT_FUTURE_RESOLVED, 5, 1);
    CHECK_EQ(weft_job_start(&manual.executor, &sum.job, fails), 0);
    is(&sum, WEFT_FUTURE_PENDING, WEFT_PENDING, 1);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    is(&sum, WEFT_FUTURE_FAILED, WEFT_ERR_USER, 2);
    end(&manual);
}

static int calls;

static void count(weft_future_t *future)
{
    CHECK(weft_future_settled(future));
    calls++;
}

CASE(on_a_stopped_executor_a_job_fails_at_once_and_its_function_is_called_20)
{
    weft_manual_t manual;
    struct sum sum = {.a = 2};

    weft_manual_init(&manual);
    end(&manual);
    calls = 0;
    weft_future_then(&sum.job.future, count);
    CHECK_EQ(weft_job_start(&manual.executor, &sum.job, add), WEFT_ERR_STOPPED);
    is(&sum, WEFT_FUTURE_FAILED, WEFT_ERR_STOPPED, 0);
    CHECK_EQ(calls, 1);
}

/* --- cancel */

CASE(a_job_cancelled_before_it_begins_never_runs_and_is_settled_in_turn_20)
{
    weft_manual_t manual;
    struct sum sum = {.a = 2};

    weft_manual_init(&manual);
    calls = 0;
    weft_future_then(&sum.job.future, count);
    CHECK_EQ(weft_job_start(&manual.executor, &sum.job, add), 0);
    CHECK(weft_future_cancel(&sum.job.future));
    CHECK(weft_future_cancel_asked(&sum.job.future));
    is(&sum, WEFT_FUTURE_PENDING, WEFT_PENDING, 0);
    CHECK_EQ(calls, 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    is(&sum, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED, 0);
    CHECK_EQ(calls, 1);
    CHECK(!weft_future_cancel(&sum.job.future));
    end(&manual);
}

/* Asks for its own end, as somebody else would meanwhile. */
static int cancelled_meanwhile(weft_job_t *job)
{
    struct sum *sum = (struct sum *)job;

    CHECK(!weft_future_cancel_asked(&job->future));
    CHECK(weft_future_cancel(&job->future));
    CHECK(weft_future_cancel_asked(&job->future));
    CHECK_EQ(weft_future_state(&job->future), WEFT_FUTURE_PENDING);
    sum->runs++;
    return sum->a;
}

CASE(a_cancel_of_a_running_job_is_a_wish_that_it_may_grant_20)
{
    weft_manual_t manual;
    struct sum grants = {.a = WEFT_ERR_CANCELLED};
    struct sum refuses = {.a = 4};

    weft_manual_init(&manual);
    CHECK_EQ(weft_job_start(&manual.executor, &grants.job, cancelled_meanwhile),
             0);
    CHECK_EQ(
        weft_job_start(&manual.executor, &refuses.job, cancelled_meanwhile), 0);
    CHECK_EQ(weft_manual_drain(&manual), 2);
    is(&grants, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED, 1);
    is(&refuses, WEFT_FUTURE_RESOLVED, 4, 1);
    /* The wish is not carried into the next run. */
    CHECK_EQ(weft_job_start(&manual.executor, &refuses.job, add), 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    is(&refuses, WEFT_FUTURE_RESOLVED, 4, 2);
    CHECK(!refuses.asked);
    end(&manual);
}

CASE(an_answer_from_outside_to_a_job_is_an_assertion_20)
{
    weft_manual_t manual;
    struct sum sum = {.a = 4};

    weft_manual_init(&manual);
    CHECK_EQ(weft_job_start(&manual.executor, &sum.job, add), 0);
    CHECK_DIES((void)weft_future_settle(&sum.job.future, 1),
               "a request settled as a plain future");
    CHECK_DIES(weft_future_then(&sum.job.future, count), "in flight");
    CHECK_EQ(weft_manual_drain(&manual), 1);
    is(&sum, WEFT_FUTURE_RESOLVED, 4, 1);
    end(&manual);
}

static int too_much(weft_job_t *job)
{
    (void)job;
    return WEFT_FUTURE_RESULT_MAX + 1;
}

CASE(a_result_of_a_job_out_of_range_is_an_assertion_20)
{
    weft_manual_t manual;
    struct sum sum = {.a = 4};

    weft_manual_init(&manual);
    CHECK_EQ(weft_job_start(&manual.executor, &sum.job, too_much), 0);
    CHECK_DIES((void)weft_manual_drain(&manual), "out of a future's range");
}

/* --- memory and where */

static void drop_sum(weft_future_t *future)
{
    struct sum *sum = WEFT_CONTAINER_OF(future, struct sum, job.future);

    calls++;
    frame_drop(sum, sizeof(*sum));
}

CASE(the_memory_of_a_job_is_back_when_its_future_settles_20)
{
    weft_manual_t manual;
    struct sum *sum[3];

    weft_manual_init(&manual);
    calls = 0;
    for (int i = 0; i < 3; i++) {
        sum[i] = frame_new(sizeof(*sum[i]));
        weft_future_then(&sum[i]->job.future, drop_sum);
        CHECK_EQ(weft_job_start(&manual.executor, &sum[i]->job, add), 0);
    }
    CHECK(weft_future_cancel(&sum[1]->job.future));
    CHECK_EQ(weft_manual_drain(&manual), 3);
    CHECK_EQ(calls, 3);
    end(&manual);
}

/* Goes on as long as there is something to do. */
struct repeat {
    struct sum sum;
    weft_manual_t manual;
};

static void start_again(weft_future_t *future)
{
    struct repeat *repeat =
        WEFT_CONTAINER_OF(future, struct repeat, sum.job.future);

    calls++;
    if (--repeat->sum.a > 0) {
        CHECK_EQ(
            weft_job_start(&repeat->manual.executor, &repeat->sum.job, add), 0);
    }
}

CASE(a_job_is_started_again_by_the_function_that_its_end_calls_20)
{
    struct repeat repeat = {.sum = {.a = 3}};

    weft_manual_init(&repeat.manual);
    calls = 0;
    weft_future_then(&repeat.sum.job.future, start_again);
    CHECK_EQ(weft_job_start(&repeat.manual.executor, &repeat.sum.job, add), 0);
    CHECK_EQ(weft_manual_drain(&repeat.manual), 3);
    CHECK_EQ(calls, 3);
    is(&repeat.sum, WEFT_FUTURE_RESOLVED, 1, 3);
    end(&repeat.manual);
}

struct start {
    weft_manual_t manual;
    struct sum sum;
};

static void start_it(void *ctx)
{
    struct start *start = ctx;

    CHECK_EQ(weft_job_start(&start->manual.executor, &start->sum.job, add), 0);
}

CASE_INTERRUPT(an_interrupt_starts_a_job_20)
{
    struct start start = {.sum = {.a = 6}};

    weft_manual_init(&start.manual);
    handle(start_it, &start);
    is(&start.sum, WEFT_FUTURE_PENDING, WEFT_PENDING, 0);
    CHECK_EQ(weft_manual_drain(&start.manual), 1);
    is(&start.sum, WEFT_FUTURE_RESOLVED, 6, 1);
    end(&start.manual);
}

CASE(jobs_on_a_pool_are_awaited_by_a_thread_20)
{
    enum { JOBS = 4 };
    struct pool *pool = pool_new(2);
    struct sum *sum = frame_new(JOBS * sizeof(*sum));

    for (int round = 0; round < RACE_ROUNDS; round++) {
        for (int i = 0; i < JOBS; i++) {
            sum[i] = (struct sum){.a = i, .b = 1};
            CHECK_EQ(weft_job_start(&pool->pool.executor, &sum[i].job, add), 0);
        }
        for (int i = 0; i < JOBS; i++) {
            CHECK_EQ(weft_future_await(&sum[i].job.future), i + 1);
            CHECK_EQ(sum[i].sum, i + 1);
            CHECK_EQ(sum[i].runs, 1);
            memset(&sum[i], 0xdb, sizeof(sum[i])); /* it is mine again */
        }
    }
    weft_thread_leave();
    frame_drop(sum, JOBS * sizeof(*sum));
    pool_end(pool);
}
