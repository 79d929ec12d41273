/* runnable.h - two words that an executor can run
 * SPDX-License-Identifier: MIT
 *
 * When to use it: to have a function run once by an executor, from anywhere,
 * without allocating: embed a runnable in your struct and find the struct
 * from it. For work that waits use a task.
 *
 * Example:
 *
 *     struct job { weft_runnable_t runnable; int value; };
 *     static int job_run(weft_runnable_t *runnable)
 *     {
 *         struct job *job = (struct job *)runnable;
 *         report(job->value);
 *         return 0;
 *     }
 *     ...
 *     static struct job job = { .runnable = { .run = job_run }, .value = 1 };
 *     weft_submit(&loop.executor, &job.runnable, WEFT_HINT_DEFAULT);
 *
 * Memory: an executor keeps the runnable from submit until run is entered;
 * run may submit it again or free it.
 */
#ifndef WEFT_RUNNABLE_H
#define WEFT_RUNNABLE_H

#include "weft/base/link.h"
#include "weft/config.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_runnable weft_runnable_t;

/* Of a plain runnable the result is ignored. Of a task: its result, or
 * WEFT_PENDING. */
typedef int weft_run_fn(weft_runnable_t *runnable);

struct weft_runnable {
    weft_link_t link; /* private: the queue's */
    weft_run_fn *run;
};

WEFT_SIZE_ASSERT(weft_runnable_t, 8, 16);

#ifdef __cplusplus
}
#endif

#endif
