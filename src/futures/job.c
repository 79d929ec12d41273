/* job.c - a function that runs once on an executor, with a future
 * SPDX-License-Identifier: MIT
 */
#include "weft/job.h"

#include "futures/future.h"

static int run(weft_runnable_t *runnable)
{
    weft_job_t *job = WEFT_CONTAINER_OF(runnable, weft_job_t, runnable);

    if (weft_future_cancel_asked(&job->future)) {
        weft__future_end_cancelled(&job->future);
    } else {
        weft__future_end(&job->future, job->fn(job));
    }
    return 0;
}

int weft_job_start(weft_executor_t *executor, weft_job_t *job, weft_job_fn *fn)
{
    int rc;

    if (!weft__future_send(&job->future, 0)) {
        return WEFT_ERR_BUSY;
    }
    job->runnable = (weft_runnable_t){.run = run};
    job->fn = fn;
    rc = weft_submit(executor, &job->runnable, WEFT_HINT_DEFAULT);
    if (rc < 0) {
        weft__future_end(&job->future, rc);
    }
    return rc;
}
