/* task.h - internal: a task is a service on a loop on a thread of its own
 * SPDX-License-Identifier: MIT
 *
 * Starts and stops are messages like others, so that what is sent between them
 * has its place; the service itself is started with the thread, and stopped by
 * the handler of a stop that the hook agrees to.
 *
 *     STOPPED  -1-> STARTING   1 aos_task_start, which starts the thread
 *     STARTING -2-> SERVING    2 the hook agrees
 *     STARTING -3-> CLOSING    3 it does not
 *     SERVING  -4-> CLOSING    4 a stop; the hook agrees
 *     CLOSING  -5-> STOPPED    5 the thread: its last look under the mutex
 *     CLOSING  -6-> STARTING   6 the same, a start came behind the stop
 *
 * The mutex guards 1, 3 to 6 and the lists; sending needs none.
 */
#ifndef WEFT_ASYNCRTOS_TASK_H
#define WEFT_ASYNCRTOS_TASK_H

#include <aos_task.h>
#include <stdint.h>

#include "bindings/asyncrtos/thread.h"
#include "weft/base/atomic.h"
#include "weft/loop.h"
#include "weft/mutex.h"
#include "weft/service.h"

enum aos__phase { AOS__STOPPED, AOS__STARTING, AOS__SERVING, AOS__CLOSING };

/* Codes of the service. */
enum { AOS__MESSAGE, AOS__RESPONSE, AOS__START, AOS__STOP };

typedef struct aos__handler {
    struct aos__handler *next;
    aos_task_handler_entry_t entry;
} aos__handler_t;

struct _aos_task_loop_entry_t {
    weft_service_loop_t loop;
    aos_task_loop_handle_t *next;
    aos_task_loop_t fn;
};

struct _aos_task_t {
    weft_service_t service;
    weft_loop_t loop;
    weft_request_t life; /* the start and the stop of the service */
    weft_mutex_t mutex;
    aos__thread_t *thread; /* NULL: it never ran, or was joined */
    aos_future_t *later;   /* a start, and what is behind it: after the end */
    aos_future_t *ends;    /* settle at the end */
    aos_future_t *late;    /* refused on its own thread; no mutex */
    aos__handler_t *handlers;
    aos_task_loop_handle_t *loops;
    aos_task_loop_handle_t *looping; /* runs now */
    aos_task_loop_handle_t *unset;   /* was unset while it ran */
    struct aos__thread_hints hints;
    aos_task_hook_t onstart;
    aos_task_hook_t onstop;
    void *args;
    uint32_t references; /* atomic: its owner, its thread, eventful futures */
    uint8_t phase;       /* atomic */
    bool failed;         /* it closes, as its start hook has failed */
    uint8_t warned;      /* atomic */
    char *name;          /* behind it, or NULL */
};

void aos__task_ref(aos_task_t *task);
void aos__task_unref(aos_task_t *task);

/* NULL: nobody. */
aos_task_handler_t aos__task_handler(const aos_task_t *task, int event);

/* Handlers and loops. */
void aos__task_tables_free(aos_task_t *task);

extern const weft_service_type_t aos__task_type;

/* Opens the stopped service and sends it these starts and stops, the newest in
 * front; then the thread may run it. With the mutex. */
void aos__task_open(aos_task_t *task, aos_future_t *list);

/* A start or a stop of a task that closes; false: it is refused. With the
 * mutex. */
bool aos__task_closing(aos_task_t *task, aos_future_t *future);

/* What the thread does. */
void aos__task_run(aos__thread_t *thread);

/* The service has refused it: undelivered here, or, on the service's own way to
 * its end, where nothing may block, after that. */
void aos__task_refused(aos_task_t *task, aos_future_t *future);

/* Puts it in front of a list. */
void aos__push(aos_future_t **list, aos_future_t *future);

static inline enum aos__phase aos__task_phase(const aos_task_t *task)
{
    return (enum aos__phase)weft_atomic_load_acquire_u8(&task->phase);
}

static inline void aos__task_phase_set(aos_task_t *task, enum aos__phase phase)
{
    weft_atomic_store_release_u8(&task->phase, (uint8_t)phase);
}

static inline aos_task_t *aos__task_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(service, aos_task_t, service);
}

#endif
