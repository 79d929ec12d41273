/* task.c - tasks: made, started, stopped, sent to, freed
 * SPDX-License-Identifier: MIT
 */
#include "bindings/asyncrtos/task.h"

#include <string.h>

#include "bindings/asyncrtos/future.h"
#include "bindings/asyncrtos/memory.h"
#include "weft/base/atomic.h"
#include "weft/base/hooks.h"

void aos__task_ref(aos_task_t *task)
{
    (void)weft_atomic_fetch_add_relaxed_u32(&task->references, 1);
}

void aos__task_unref(aos_task_t *task)
{
    if (weft_atomic_fetch_sub_acq_rel_u32(&task->references, 1) == 1) {
        aos__free(task);
    }
}

static bool set_handlers(aos_task_t *task, const aos_task_config_t *config)
{
    unsigned i;

    if (config->handlers == NULL && config->handlers_count != 0) {
        return false;
    }
    for (i = 0; i < config->handlers_count; i++) {
        const aos_task_handler_entry_t *entry = &config->handlers[i];

        if (aos__task_handler(task, entry->event) != NULL ||
            aos_task_handler_set(task, entry->handler, entry->event) != 0) {
            return false;
        }
    }
    return true;
}

aos_task_t *aos_task_alloc(aos_task_config_t *config)
{
    size_t name_size;
    aos_task_t *task;

    if (config == NULL) {
        return NULL;
    }
    name_size = config->name == NULL ? 0 : strlen(config->name) + 1;
    task = aos__alloc(sizeof(*task) + name_size);
    if (task == NULL) {
        return NULL;
    }
    if (config->name != NULL) {
        task->name = (char *)(task + 1);
        memcpy(task->name, config->name, name_size);
    }
    task->hints = (struct aos__thread_hints){config->stacksize,
                                             config->priority, task->name};
    task->onstart = config->onstart;
    task->onstop = config->onstop;
    task->args = config->args;
    task->references = 1;
    weft_mutex_init(&task->mutex);
    (void)weft_loop_init(&task->loop, NULL);
    (void)weft_service_init(&task->service, &aos__task_type,
                            &task->loop.executor);
    if (!set_handlers(task, config)) {
        aos_task_free(task);
        return NULL;
    }
    return task;
}

/* A thread that frees its own task goes on to its end, and is left. */
static void leave_thread(aos_task_t *task)
{
    aos__thread_t *thread = task->thread;

    task->thread = NULL;
    if (aos__thread_here(thread)) {
        thread->left = true;
    } else {
        aos__thread_join(thread);
    }
}

/* On its own thread the service must be over; on another, about to be. */
static bool may_free(aos_task_t *task)
{
    bool ends;

    (void)weft_mutex_lock(&task->mutex);
    ends = aos_task_isstopping(task) && task->later == NULL &&
           (!aos__thread_here(task->thread) ||
            weft_service_state(&task->service) == WEFT_SERVICE_STOPPED);
    weft_mutex_unlock(&task->mutex);
    return ends;
}

void aos_task_free(aos_task_t *task)
{
    if (task == NULL) {
        return;
    }
    WEFT_ASSERT(may_free(task), "a task freed that was not stopped");
    leave_thread(task);
    aos__task_tables_free(task);
    (void)aos__threads_join();
    aos__task_unref(task);
}

void *aos_task_args_get(aos_task_t *task)
{
    return task->args;
}

bool aos_task_isstopping(aos_task_t *task)
{
    enum aos__phase phase = aos__task_phase(task);

    return phase == AOS__STOPPED || phase == AOS__CLOSING;
}

static void some_task(const aos_task_t *task)
{
    WEFT_ASSERT(task != NULL, "a future sent to no task");
    (void)task;
}

/* --- sending -------------------------------------------------------------- */

aos_future_t *aos_task_send(aos_task_t *task, int event, aos_future_t *future)
{
    some_task(task);
    aos__future_renew(future);
    future->event = event;
    aos__future_send(future, task, AOS__MESSAGE);
    return future;
}

/* --- starting and stopping ------------------------------------------------ */

/* With the mutex: a thread for a stopped task; false: there is none. */
static bool start_thread(aos_task_t *task)
{
    aos__thread_t *thread;

    /* It has had its last look at the task, and waits for nobody. */
    aos__thread_join(task->thread);
    task->thread = NULL;
    (void)aos__threads_join();
    thread = aos__thread_new(sizeof(*thread), &task->hints);
    if (thread == NULL) {
        return false;
    }
    thread->ctx = task;
    aos__task_ref(task);
    if (!aos__thread_start(thread, aos__task_run)) {
        aos__task_unref(task);
        return false;
    }
    task->thread = thread;
    return true;
}

aos_future_t *aos_task_start(aos_task_t *task, aos_future_t *future)
{
    bool started = true;

    some_task(task);
    aos__future_renew(future);
    future->event = AOS__START;
    future->at.next = NULL;
    (void)weft_mutex_lock(&task->mutex);
    switch (aos__task_phase(task)) {
    case AOS__STOPPED:
        started = start_thread(task);
        if (started) {
            aos__task_open(task, future);
        }
        break;
    case AOS__CLOSING: started = aos__task_closing(task, future); break;
    case AOS__STARTING:
    case AOS__SERVING: aos__future_send(future, task, AOS__START); break;
    }
    weft_mutex_unlock(&task->mutex);
    if (!started) {
        aos__settle(future, AOS__REJECTED);
    }
    return future;
}

aos_future_t *aos_task_stop(aos_task_t *task, aos_future_t *future)
{
    bool stopped = false;

    some_task(task);
    aos__future_renew(future);
    future->event = AOS__STOP;
    (void)weft_mutex_lock(&task->mutex);
    switch (aos__task_phase(task)) {
    case AOS__STOPPED: stopped = true; break;
    case AOS__CLOSING: (void)aos__task_closing(task, future); break;
    case AOS__STARTING:
    case AOS__SERVING: aos__future_send(future, task, AOS__STOP); break;
    }
    weft_mutex_unlock(&task->mutex);
    if (stopped) {
        aos__settle(future, AOS__RESOLVED);
    }
    return future;
}
