/* aos_future_eventful.h - a future that comes back to a task as an event
 * SPDX-License-Identifier: MIT
 *
 *     aos_eventful_config_t config = {.task = task, .event = DONE};
 *     aos_task_send(other, EVENT, aos_eventful_alloc(&config, 0));
 *
 * The handler of DONE frees it. It also runs for what has come when the task
 * stops (aos_task_isstopping), so that no context is lost. What comes later,
 * to a task that has stopped or was freed, or that handles no such event, goes
 * to `cleanup`; without one it is freed, with a line on the console.
 */
#ifndef AOS_FUTURE_EVENTFUL_H
#define AOS_FUTURE_EVENTFUL_H

#include <aos_future.h>
#include <aos_task.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct aos_eventful_config_t {
    aos_task_t *task; /* whose handler is called */
    int event;
    void *ctx;
    /* Not in the original: called in place of the handler that is not there,
     * on any thread. It frees the future. */
    void (*cleanup)(aos_future_t *future);
} aos_eventful_config_t;

/* NULL: no memory, or no task. */
aos_future_t *aos_eventful_alloc(aos_eventful_config_t *config,
                                 size_t args_size);

/* Its context. NULL: nothing. */
void *aos_eventful_free(aos_future_t *future);

#ifdef __cplusplus
}
#endif

#endif
