/* eventful.c - futures that come back to a task as an event
 * SPDX-License-Identifier: MIT
 *
 * The answer travels as a request of its own: the future, which is out of the
 * answerer's hands by then, is sent to its task. Where that takes none it is
 * lost there and then.
 */
#include "bindings/asyncrtos/future.h"
#include "bindings/asyncrtos/task.h"
#include "weft/base/atomic.h"
#include "weft/port.h"

/* The task is referred to meanwhile, as the future may be the last to do so. */
void aos__eventful_respond(aos_future_t *future)
{
    aos_task_t *task = aos__eventful_of(future)->config.task;

    aos__task_ref(task);
    future->event = aos__eventful_of(future)->config.event;
    aos__future_send(future, task, AOS__RESPONSE);
    aos__task_unref(task);
}

void aos__eventful_lost(aos_future_t *future)
{
    const aos_eventful_config_t *config = &aos__eventful_of(future)->config;

    if (config->cleanup != NULL) {
        config->cleanup(future);
        return;
    }
    if (weft_atomic_exchange_acq_rel_u8(&config->task->warned, 1) == 0) {
        weft_port_warn(config->task->name,
                       "an answer came that no handler takes");
    }
    (void)aos__future_delete(future);
}

aos_future_t *aos_eventful_alloc(aos_eventful_config_t *config,
                                 size_t args_size)
{
    aos_future_t *future;

    if (config == NULL || config->task == NULL) {
        return NULL;
    }
    future = aos__future_new(AOS__EVENTFUL, sizeof(aos__eventful_t), args_size);
    if (future != NULL) {
        aos__eventful_of(future)->config = *config;
        aos__task_ref(config->task);
    }
    return future;
}

void *aos_eventful_free(aos_future_t *future)
{
    return future == NULL ? NULL : aos__future_delete(future);
}
