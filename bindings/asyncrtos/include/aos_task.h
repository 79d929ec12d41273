/* aos_task.h - a task: a thread that handles events one after the other
 * SPDX-License-Identifier: MIT
 *
 * A task has handlers for events, loops that run at intervals, and hooks for
 * its start and stop. They run on its own thread, never two at once, and may
 * block it. A handler resolves its future, now or later, there or elsewhere, or
 * sends it on.
 *
 * Start and stop are futures: started already, stopped already is a success.
 * While a task stops what is queued is rejected, but for answers to eventful
 * futures, which are handled.
 *
 * Context: start, stop, send and free on any thread; the handlers and loops are
 * set and unset before the start or inside of the task. Nothing here is for
 * interrupts.
 */
#ifndef AOS_TASK_H
#define AOS_TASK_H

#include <aos_future.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _aos_task_t aos_task_t;

typedef void (*aos_task_handler_t)(aos_task_t *task, aos_future_t *future);

/* From now on this event, any number, has handler called, in place of the one
 * it had. 0; else: no memory, or no handler. */
unsigned int aos_task_handler_set(aos_task_t *task, aos_task_handler_t handler,
                                  int event);

/* The event has no handler any more: what comes is rejected. */
void aos_task_handler_unset(aos_task_t *task, int event);

/* Whether it has begun to stop, or does not run. */
bool aos_task_isstopping(aos_task_t *task);

typedef void (*aos_task_loop_t)(aos_task_t *task);
typedef struct _aos_task_loop_entry_t aos_task_loop_handle_t;

/* Has loop called every interval_ms, without drift, the first time one
 * interval after the start, or after now. NULL: no memory, or an interval of
 * 0. */
aos_task_loop_handle_t *aos_task_loop_set(aos_task_t *task,
                                          aos_task_loop_t loop,
                                          unsigned int interval_ms);

/* The loop itself may call it. Not, or no more, a loop of this task: nothing
 * happens. */
void aos_task_loop_unset(aos_task_t *task, aos_task_loop_handle_t *handle);

/* Called on the task's thread with the future of the start or the stop, which
 * it resolves, or keeps to resolve it later. Not 0: there is no start, no stop;
 * a future that it has not resolved by then is rejected. */
typedef unsigned int (*aos_task_hook_t)(aos_task_t *task, aos_future_t *future);

/* Not in the original: one line of a table of handlers. */
typedef struct aos_task_handler_entry_t {
    int event;
    aos_task_handler_t handler;
} aos_task_handler_entry_t;

/* All zero is a task without a handler; the name is copied. */
typedef struct aos_task_config {
    unsigned int stacksize; /* bytes; 0: CONFIG_AOS_TASK_STACKSIZEDEFAULT */
    unsigned int queuesize; /* there is no bound: not looked at */
    unsigned int priority;  /* 0: CONFIG_AOS_TASK_PRIORITYDEFAULT */
    aos_task_hook_t onstart;
    aos_task_hook_t onstop;
    const char *name;
    void *args;
    /* Not in the original: set as by aos_task_handler_set. */
    const aos_task_handler_entry_t *handlers;
    unsigned int handlers_count;
} aos_task_config_t;

/* NULL: no memory, or handlers_count without `handlers`, or a line of them
 * without a handler, or of an event that another one has. */
aos_task_t *aos_task_alloc(aos_task_config_t *config);

/* Of a task that was stopped, or never started; of another an assertion. At
 * the end of its stop's future at the earliest, there too. NULL: nothing. */
void aos_task_free(aos_task_t *task);

/* Starts it: what is sent from now on is queued, and handled when the hook has
 * returned. The future ends when the task serves; where the hook fails, when
 * the task has stopped. No thread or no memory: it is rejected. Behind a stop
 * that is not over it is started again after that. Gives the future, as the
 * next two do. */
aos_future_t *aos_task_start(aos_task_t *task, aos_future_t *future);

/* Stops it, when what was sent before is handled and the hook agrees. The
 * future ends last: then the task may be freed. */
aos_future_t *aos_task_stop(aos_task_t *task, aos_future_t *future);

/* Has the handler of event called with the future. The task does not run, or
 * has no such handler: the future is rejected. Never blocks. */
aos_future_t *aos_task_send(aos_task_t *task, int event, aos_future_t *future);

/* As in its configuration. */
void *aos_task_args_get(aos_task_t *task);

#ifdef __cplusplus
}
#endif

#endif
