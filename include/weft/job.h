/* job.h - a function that runs once, elsewhere, with a future for its result
 * SPDX-License-Identifier: MIT
 *
 * When to use it: to have long or blocking work done off this thread, on a
 * pool say, and to go on when it is done.
 *
 * Example:
 *
 *     struct hash { weft_job_t job; const char *text; uint32_t value; };
 *
 *     static int hash_run(weft_job_t *job)
 *     {
 *         struct hash *hash = (struct hash *)job;
 *         hash->value = crc(hash->text);
 *         return WEFT_OK;
 *     }
 *     static weft_pool_t pool;
 *     ...
 *     struct hash hash = {.text = "weft"};
 *     weft_job_start(&pool.executor, &hash.job, hash_run);
 *     int rc = weft_future_await(&hash.job.future);
 *
 * The future settles with what the function returned, and then the job's
 * memory is free. What happens then is chosen before the start, as for every
 * future: weft_future_then(&job.future, fn) and so on. A cancel of the future
 * before the job has begun settles it when its turn comes, and the function
 * never runs; later it is a wish that the function may look at
 * (weft_future_cancel_asked).
 *
 * Context: start from anywhere, interrupts too; the function runs on the
 * executor and may not wait there (for work that waits take a fiber, or a job
 * on an executor of fibers). Memory: the caller's, until the future settles.
 */
#ifndef WEFT_JOB_H
#define WEFT_JOB_H

#include "weft/executor.h"
#include "weft/future.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_job weft_job_t;
typedef int weft_job_fn(weft_job_t *job);

/* All zero is a job that can be started and awaited. */
struct weft_job {
    weft_future_t future;
    /* private */
    weft_runnable_t runnable;
    weft_job_fn *fn;
};

/* Has fn(job) run once on executor. What it returns, of the range of a future's
 * results, settles the future. 0; WEFT_ERR_STOPPED: the executor takes no more,
 * and the future was settled with that, its function called; WEFT_ERR_BUSY: the
 * job is under way, nothing is done. */
int weft_job_start(weft_executor_t *executor, weft_job_t *job, weft_job_fn *fn);

#ifdef __cplusplus
}
#endif

#endif
