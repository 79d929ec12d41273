/* task_tables.c - the handlers and loops of a task
 * SPDX-License-Identifier: MIT
 */
#include "bindings/asyncrtos/memory.h"
#include "bindings/asyncrtos/task.h"
#include "weft/time.h"

/* --- handlers ------------------------------------------------------------- */

/* Where this event's handler is, or the list's end. */
static aos__handler_t **find(aos_task_t *task, int event)
{
    aos__handler_t **at;

    WEFT_ASSERT(task != NULL, "a handler of no task");
    at = &task->handlers;
    while (*at != NULL && (*at)->entry.event != event) {
        at = &(*at)->next;
    }
    return at;
}

aos_task_handler_t aos__task_handler(const aos_task_t *task, int event)
{
    const aos__handler_t *handler = task->handlers;

    while (handler != NULL && handler->entry.event != event) {
        handler = handler->next;
    }
    return handler == NULL ? NULL : handler->entry.handler;
}

unsigned int aos_task_handler_set(aos_task_t *task, aos_task_handler_t handler,
                                  int event)
{
    aos__handler_t **at = find(task, event);

    if (handler == NULL) {
        return 1;
    }
    if (*at == NULL) {
        *at = aos__alloc(sizeof(**at));
    }
    if (*at == NULL) {
        return 1;
    }
    (*at)->entry = (aos_task_handler_entry_t){event, handler};
    return 0;
}

void aos_task_handler_unset(aos_task_t *task, int event)
{
    aos__handler_t **at = find(task, event);
    aos__handler_t *handler = *at;

    if (handler != NULL) {
        *at = handler->next;
        aos__free(handler);
    }
}

/* --- loops ---------------------------------------------------------------- */

static void run_loop(weft_service_t *service, weft_service_loop_t *loop)
{
    aos_task_t *task = aos__task_of(service);
    aos_task_loop_handle_t *handle =
        WEFT_CONTAINER_OF(loop, aos_task_loop_handle_t, loop);

    task->looping = handle;
    handle->fn(task);
    task->looping = NULL;
}

aos_task_loop_handle_t *aos_task_loop_set(aos_task_t *task,
                                          aos_task_loop_t loop,
                                          unsigned int interval_ms)
{
    aos_task_loop_handle_t *handle =
        loop == NULL || interval_ms == 0 ? NULL : aos__alloc(sizeof(*handle));

    WEFT_ASSERT(task != NULL, "a loop of no task");
    if (handle == NULL) {
        return NULL;
    }
    handle->fn = loop;
    (void)weft_service_loop_set(&task->service, &handle->loop, run_loop,
                                WEFT_MS(interval_ms));
    handle->next = task->loops;
    task->loops = handle;
    return handle;
}

/* One that runs has its memory until another one that runs is unset. */
static void discard(aos_task_t *task, aos_task_loop_handle_t *handle)
{
    if (handle == task->looping) {
        aos__free(task->unset);
        task->unset = handle;
    } else {
        aos__free(handle);
    }
}

void aos_task_loop_unset(aos_task_t *task, aos_task_loop_handle_t *handle)
{
    aos_task_loop_handle_t **at = &task->loops;

    while (*at != NULL && *at != handle) {
        at = &(*at)->next;
    }
    if (*at != NULL) {
        *at = handle->next;
        weft_service_loop_unset(&task->service, &handle->loop);
        discard(task, handle);
    }
}

void aos__task_tables_free(aos_task_t *task)
{
    while (task->handlers != NULL) {
        aos_task_handler_unset(task, task->handlers->entry.event);
    }
    while (task->loops != NULL) {
        aos_task_loop_unset(task, task->loops);
    }
    aos__free(task->unset);
    task->unset = NULL;
}
