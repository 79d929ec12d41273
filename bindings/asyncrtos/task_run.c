/* task_run.c - what runs on a task's thread
 * SPDX-License-Identifier: MIT
 *
 * The diagram is in bindings/asyncrtos/task.h.
 */
#include "bindings/asyncrtos/future.h"
#include "bindings/asyncrtos/task.h"
#include "weft/base/atomic.h"

void aos__push(aos_future_t **list, aos_future_t *future)
{
    future->at.next = *list;
    *list = future;
}

static aos_future_t *take_all(aos_future_t **list)
{
    aos_future_t *first = *list;

    *list = NULL;
    return first;
}

void aos__task_refused(aos_task_t *task, aos_future_t *future)
{
    if (weft_loop_current() == &task->loop) {
        aos__push(&task->late, future);
    } else {
        aos__future_undelivered(future);
    }
}

/* --- messages ------------------------------------------------------------- */

static int message(weft_service_t *service, weft_request_t *request)
{
    aos_task_t *task = aos__task_of(service);
    aos_future_t *future = aos__future_of(request);
    aos_task_handler_t handler = aos__task_handler(task, future->event);
    int rc = aos__future_arrived(service, request);

    if (handler == NULL || aos_task_isstopping(task)) {
        aos__settle(future, AOS__REJECTED);
    } else {
        handler(task, future);
    }
    return rc;
}

/* Also while it stops: its handler frees the context. */
static int response(weft_service_t *service, weft_request_t *request)
{
    aos_task_t *task = aos__task_of(service);
    aos_future_t *future = aos__future_of(request);
    aos_task_handler_t handler = aos__task_handler(task, future->event);
    int rc = aos__future_arrived(service, request);

    if (handler == NULL) {
        aos__eventful_lost(future);
    } else {
        handler(task, future);
    }
    return rc;
}

/* --- starts and stops ----------------------------------------------------- */

static void stopped(weft_request_t *request)
{
    weft_loop_stop(&WEFT_CONTAINER_OF(request, aos_task_t, life)->loop);
}

/* From now on nothing begins: the service stops behind what is queued. */
static void close_with(aos_task_t *task, aos_future_t *future, bool failed)
{
    (void)weft_mutex_lock(&task->mutex);
    aos__task_phase_set(task, AOS__CLOSING);
    task->failed = failed;
    aos__push(&task->ends, future);
    weft_mutex_unlock(&task->mutex);
    weft_future_then(&task->life, stopped);
    (void)weft_service_stop(&task->service, &task->life);
}

bool aos__task_closing(aos_task_t *task, aos_future_t *future)
{
    bool starts = future->event == AOS__START;

    if (starts && task->failed) {
        return false;
    }
    if (starts || task->later != NULL) {
        aos__push(&task->later, future);
    } else {
        aos__hold(future);
        aos_resolve(future);
        aos__push(&task->ends, future);
    }
    return true;
}

static void closing(aos_task_t *task, aos_future_t *future)
{
    bool taken;

    (void)weft_mutex_lock(&task->mutex);
    taken = aos__task_closing(task, future);
    weft_mutex_unlock(&task->mutex);
    if (!taken) {
        aos__settle(future, AOS__REJECTED);
    }
}

static void start_now(aos_task_t *task, aos_future_t *future)
{
    aos__hold(future);
    if (task->onstart == NULL) {
        aos_resolve(future);
    } else if (task->onstart(task, future) != 0) {
        aos__hold_refuse(future);
        close_with(task, future, true);
        return;
    }
    aos__task_phase_set(task, AOS__SERVING);
    aos__hold_end(future);
}

static int start(weft_service_t *service, weft_request_t *request)
{
    aos_task_t *task = aos__task_of(service);
    aos_future_t *future = aos__future_of(request);
    int rc = aos__future_arrived(service, request);

    switch (aos__task_phase(task)) {
    case AOS__STARTING: start_now(task, future); break;
    case AOS__SERVING: aos__settle(future, AOS__RESOLVED); break;
    case AOS__STOPPED:
    case AOS__CLOSING: closing(task, future); break;
    }
    return rc;
}

static void stop_now(aos_task_t *task, aos_future_t *future)
{
    aos__hold(future);
    if (task->onstop == NULL) {
        aos_resolve(future);
    } else if (task->onstop(task, future) != 0) {
        aos__hold_refuse(future);
        aos__hold_end(future);
        return;
    }
    close_with(task, future, false);
}

static int stop(weft_service_t *service, weft_request_t *request)
{
    aos_task_t *task = aos__task_of(service);
    aos_future_t *future = aos__future_of(request);
    int rc = aos__future_arrived(service, request);

    if (aos__task_phase(task) == AOS__SERVING) {
        stop_now(task, future);
    } else {
        closing(task, future);
    }
    return rc;
}

static const weft_handler_t handlers[] = {
    {AOS__MESSAGE, 0, message},
    {AOS__RESPONSE, 0, response},
    {AOS__START, 0, start},
    {AOS__STOP, 0, stop},
};

const weft_service_type_t aos__task_type = {
    .name = "aos_task",
    .handlers = handlers,
    .handlers_count = sizeof(handlers) / sizeof(handlers[0]),
    .flags = WEFT_SERVICE_BLOCKING,
};

/* --- the thread ----------------------------------------------------------- */

/* The list has the last one first. */
static aos_future_t *reversed(aos_future_t *list)
{
    aos_future_t *first = NULL;

    while (list != NULL) {
        aos_future_t *future = list;

        list = future->at.next;
        aos__push(&first, future);
    }
    return first;
}

void aos__task_open(aos_task_t *task, aos_future_t *list)
{
    aos_future_t *future = reversed(list);

    (void)weft_loop_init(&task->loop, NULL);
    aos__task_phase_set(task, AOS__STARTING);
    weft_future_init(&task->life);
    (void)weft_service_start(&task->service, &task->life);
    while (future != NULL) {
        aos_future_t *next = future->at.next;

        aos__future_send(future, task, (unsigned)future->event);
        future = next;
    }
}

/* What came when the service had begun to stop: handlers may block here. */
static void handle_late(aos_task_t *task)
{
    aos_future_t *future = reversed(take_all(&task->late));

    while (future != NULL) {
        aos_future_t *next = future->at.next;
        aos_task_handler_t handler = aos__task_handler(task, future->event);

        if (handler != NULL && aos__future_is_response(future)) {
            handler(task, future);
        } else {
            aos__future_undelivered(future);
        }
        future = next;
    }
}

static void settle_ends(aos_task_t *task)
{
    aos_future_t *future;

    (void)weft_mutex_lock(&task->mutex);
    future = reversed(take_all(&task->ends));
    task->failed = false; /* who is told of it may start it again */
    weft_mutex_unlock(&task->mutex);
    while (future != NULL) {
        aos_future_t *next = future->at.next;

        aos__hold_end(future);
        future = next;
    }
}

/* The last look, or what came meanwhile. */
static bool again(aos_task_t *task)
{
    bool more = true;

    (void)weft_mutex_lock(&task->mutex);
    if (task->ends == NULL && task->later != NULL) {
        aos__task_open(task, take_all(&task->later));
    } else if (task->ends == NULL) {
        aos__task_phase_set(task, AOS__STOPPED);
        more = false;
    }
    weft_mutex_unlock(&task->mutex);
    return more;
}

/* A start that found it stopped holds the mutex until everything is ready. */
void aos__task_run(aos__thread_t *thread)
{
    aos_task_t *task = thread->ctx;

    (void)weft_mutex_lock(&task->mutex);
    weft_mutex_unlock(&task->mutex);
    do {
        if (aos__task_phase(task) == AOS__STARTING) {
            (void)weft_loop_run(&task->loop);
            weft_loop_deinit(&task->loop);
            handle_late(task);
        }
        settle_ends(task);
    } while (again(task));
    aos__task_unref(task);
}
