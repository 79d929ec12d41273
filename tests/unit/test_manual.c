/* test_manual.c - the executor that runs nothing until it is told
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/frames.h"

struct job {
    weft_runnable_t runnable;
    char name;
    char *names;
    weft_manual_t *manual;
    struct job *then; /* submitted by this one when it runs */
    enum weft_hint hint;
};

static int job_run(weft_runnable_t *runnable)
{
    struct job *job = (struct job *)(void *)runnable;

    job->names[strlen(job->names)] = job->name;
    if (job->then != NULL) {
        CHECK_EQ(weft_submit(&job->manual->executor, &job->then->runnable,
                             job->hint),
                 0);
    }
    return 0;
}

struct jobs {
    weft_manual_t manual;
    char names[32];
    struct job job[4];
};

static void jobs_init(struct jobs *jobs)
{
    memset(jobs, 0, sizeof(*jobs));
    weft_manual_init(&jobs->manual);
    for (int i = 0; i < 4; i++) {
        jobs->job[i] = (struct job){
            {.run = job_run}, (char)('a' + i), jobs->names, &jobs->manual, NULL,
            WEFT_HINT_DEFAULT};
    }
}

static void submit(struct jobs *jobs, int i)
{
    CHECK_EQ(weft_submit(&jobs->manual.executor, &jobs->job[i].runnable,
                         WEFT_HINT_DEFAULT),
             0);
}

CASE(nothing_runs_until_it_is_told_and_then_in_order)
{
    struct jobs jobs;

    jobs_init(&jobs);
    CHECK_EQ(weft_manual_run_one(&jobs.manual), 0);
    for (int i = 0; i < 3; i++) {
        submit(&jobs, i);
        CHECK_EQ(weft_manual_count(&jobs.manual), i + 1);
    }
    CHECK_STR_EQ(jobs.names, "");
    CHECK_EQ(weft_manual_run_one(&jobs.manual), 1);
    CHECK_STR_EQ(jobs.names, "a");
    CHECK_EQ(weft_manual_count(&jobs.manual), 2);
    CHECK_EQ(weft_manual_drain(&jobs.manual), 2);
    CHECK_STR_EQ(jobs.names, "abc");
    CHECK_EQ(weft_manual_drain(&jobs.manual), 0);
}

CASE(run_n_counts_what_comes_meanwhile)
{
    struct jobs jobs;

    jobs_init(&jobs);
    jobs.job[0].then = &jobs.job[1];
    jobs.job[1].then = &jobs.job[2];
    submit(&jobs, 0);
    CHECK_EQ(weft_manual_run_n(&jobs.manual, 0), 0);
    CHECK_EQ(weft_manual_run_n(&jobs.manual, 2), 2);
    CHECK_STR_EQ(jobs.names, "ab");
    CHECK_EQ(weft_manual_run_n(&jobs.manual, 2), 1);
    CHECK_STR_EQ(jobs.names, "abc");
}

CASE(a_batch_is_what_was_queued_at_entry_and_nothing_that_comes_meanwhile)
{
    struct jobs jobs;

    jobs_init(&jobs);
    jobs.job[0].then = &jobs.job[2];
    submit(&jobs, 0);
    submit(&jobs, 1);
    CHECK_EQ(weft_manual_run_batch(&jobs.manual), 2);
    CHECK_STR_EQ(jobs.names, "ab");
    CHECK_EQ(weft_manual_run_batch(&jobs.manual), 1);
    CHECK_STR_EQ(jobs.names, "abc");
}

CASE(what_goes_to_the_front_meanwhile_is_not_part_of_the_batch)
{
    struct jobs jobs;

    jobs_init(&jobs);
    jobs.job[0].then = &jobs.job[2];
    jobs.job[0].hint = WEFT_HINT_LIFO;
    submit(&jobs, 0);
    submit(&jobs, 1);
    CHECK_EQ(weft_manual_run_batch(&jobs.manual), 2);
    CHECK_STR_EQ(jobs.names, "ab");
    CHECK_EQ(weft_manual_drain(&jobs.manual), 1);
    CHECK_STR_EQ(jobs.names, "abc");
}

CASE(lifo_is_next_inline_is_now)
{
    struct jobs jobs;

    jobs_init(&jobs);
    jobs.job[0].then = &jobs.job[2];
    jobs.job[0].hint = WEFT_HINT_LIFO;
    jobs.job[2].then = &jobs.job[3];
    jobs.job[2].hint = WEFT_HINT_INLINE;
    submit(&jobs, 0);
    submit(&jobs, 1);
    CHECK_EQ(weft_manual_run_n(&jobs.manual, 2), 2);
    CHECK_STR_EQ(jobs.names, "acd");
    CHECK_EQ(weft_manual_drain(&jobs.manual), 1);
    CHECK_STR_EQ(jobs.names, "acdb");
}

CASE(a_stopped_one_refuses_and_still_runs_what_it_has)
{
    struct jobs jobs;
    struct looker looker = {.enough = 0};

    jobs_init(&jobs);
    submit(&jobs, 0);
    CHECK_EQ(weft_spawn(&jobs.manual.executor, looker_task(&looker)), 0);
    weft_manual_stop(&jobs.manual);
    weft_manual_stop(&jobs.manual);
    CHECK_EQ(weft_submit(&jobs.manual.executor, &jobs.job[1].runnable,
                         WEFT_HINT_DEFAULT),
             WEFT_ERR_STOPPED);
    (void)weft_manual_drain(&jobs.manual);
    CHECK_STR_EQ(jobs.names, "a");
    looker.enough = 1;
    weft_task_wake(&looker.task);
    (void)weft_manual_drain(&jobs.manual);
    CHECK_EQ(weft_task_result(&looker.task), 5);
    CHECK_EQ(weft_spawn(&jobs.manual.executor, &looker.task), WEFT_ERR_STOPPED);
    CHECK_EQ(weft_task_result(&looker.task), 5);
}

static void drain_with_a_limit(void)
{
    weft_manual_t manual;
    weft_event_t event = WEFT_EVENT_INIT;
    struct waiter waiter = {.event = &event, .deadline_us = WEFT_FOREVER - 1};

    weft_manual_init(&manual);
    (void)weft_spawn(&manual.executor, waiter_task(&waiter));
    (void)weft_manual_drain(&manual);
}

CASE(a_task_that_needs_time_is_an_assertion)
{
    CHECK_DIES(drain_with_a_limit(), "this executor has no timers");
}

/* --- inside a task of another executor */

struct driver {
    weft_task_t task;
    weft_manual_t manual;
    struct looker looker;
};
WEFT_TASK(driver)
{
    WEFT_BEGIN;
    weft_manual_init(&self->manual);
    CHECK_EQ(weft_spawn(&self->manual.executor, looker_task(&self->looker)), 0);
    CHECK_EQ(weft_manual_drain(&self->manual), 1);
    CHECK_EQ(self->looker.looks, 1);
    CHECK(weft_task_current() == &self->task);
    return 3;
    WEFT_END;
}

CASE(a_task_may_drive_an_executor_of_its_own)
{
    weft_loop_t loop;
    struct driver driver = {.looker.enough = 0};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, driver_task(&driver)), 3);
    weft_loop_deinit(&loop);
}

static void count_kick(void *ctx)
{
    ++*(unsigned *)ctx;
}

CASE(a_kick_comes_once_after_each_rest)
{
    struct jobs jobs;
    unsigned kicks = 0;

    jobs_init(&jobs);
    weft_manual_set_kick(&jobs.manual, count_kick, &kicks);
    submit(&jobs, 0);
    CHECK_EQ(kicks, 0); /* nobody rests */
    CHECK(!weft_manual_rest(&jobs.manual));
    CHECK_EQ(weft_manual_drain(&jobs.manual), 1);
    CHECK(weft_manual_rest(&jobs.manual));
    CHECK(weft_manual_rest(&jobs.manual));
    CHECK_EQ(weft_manual_drain(&jobs.manual), 0); /* does not end the rest */
    CHECK_EQ(weft_manual_count(&jobs.manual), 0);
    submit(&jobs, 1);
    submit(&jobs, 2);
    CHECK_EQ(kicks, 1);
    CHECK_EQ(weft_manual_run_one(&jobs.manual), 1);
    CHECK(!weft_manual_rest(&jobs.manual));
    CHECK_EQ(weft_manual_drain(&jobs.manual), 1);
    CHECK(weft_manual_rest(&jobs.manual));
}
