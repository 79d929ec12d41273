/* test_inline.c - the executor that runs a runnable inside submit
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/frames.h"

struct job {
    weft_runnable_t runnable;
    int runs;
};

static int job_run(weft_runnable_t *runnable)
{
    struct job *job = (struct job *)(void *)runnable;

    job->runs++;
    return 0;
}

CASE(submit_runs_it_before_it_returns_whatever_the_hint)
{
    struct job job = {{.run = job_run}, 0};
    weft_executor_t *executor = weft_inline_executor();

    CHECK_EQ(weft_submit(executor, &job.runnable, WEFT_HINT_DEFAULT), 0);
    CHECK_EQ(weft_submit(executor, &job.runnable, WEFT_HINT_LIFO), 0);
    CHECK_EQ(weft_submit(executor, &job.runnable, WEFT_HINT_INLINE), 0);
    CHECK_EQ(job.runs, 3);
    CHECK_STR_EQ(executor->ops->name, "inline");
}

static int job_drop(weft_runnable_t *runnable)
{
    frame_drop(runnable, sizeof(struct job));
    return 0;
}

CASE(a_runnable_may_free_itself)
{
    struct job *job = frame_new(sizeof(*job));

    job->runnable.run = job_drop;
    CHECK_EQ(
        weft_submit(weft_inline_executor(), &job->runnable, WEFT_HINT_DEFAULT),
        0);
}

CASE(a_task_on_it_or_a_runnable_without_a_function_is_an_assertion)
{
    struct looker looker = {.looks = 0};
    struct job job = {{.run = NULL}, 0};

    CHECK_DIES(weft_spawn(weft_inline_executor(), looker_task(&looker)),
               "a task on an executor that runs none");
    CHECK_DIES(
        weft_submit(weft_inline_executor(), &job.runnable, WEFT_HINT_DEFAULT),
        "a runnable without a function");
}
