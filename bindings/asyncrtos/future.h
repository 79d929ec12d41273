/* future.h - internal: a future of any kind
 * SPDX-License-Identifier: MIT
 *
 * Two things are apart: the request, by which the future travels to a task and
 * which settles when it has arrived there, and the answer. So who has it may
 * send it on, as often as he likes, and resolve it wherever it is by then.
 *
 * The future of a hook is held: an answer that the hook gives takes effect when
 * its start or stop is over, so that the task may be freed then.
 *
 *     LOOSE    -1-> HELD       1 aos__hold
 *     HELD     -2-> ANSWERED   2 aos_resolve
 *     HELD     -3-> REFUSED    3 aos__hold_refuse
 *     any      -4-> LOOSE      4 aos__hold_end, which settles what was decided
 */
#ifndef WEFT_ASYNCRTOS_FUTURE_H
#define WEFT_ASYNCRTOS_FUTURE_H

#include <aos_future.h>
#include <aos_future_eventful.h>
#include <stdint.h>

#include "weft/base/atomic.h"
#include "weft/future.h"
#include "weft/service.h"

enum aos__kind {
    AOS__GENERIC = 1,
    AOS__AWAITABLE,
    AOS__FORGETTABLE,
    AOS__EVENTFUL,
    AOS__FREED,
};

enum aos__state { AOS__NEW, AOS__RESOLVED, AOS__REJECTED };

enum aos__holding { AOS__LOOSE, AOS__HELD, AOS__ANSWERED, AOS__REFUSED };

struct _aos_future_t {
    weft_request_t request;
    void *args;
    union {
        aos_task_t *task;   /* where it travels to */
        aos_future_t *next; /* in a list of the task's */
    } at;
    int event; /* that it was sent as */
    uint8_t kind;
    uint8_t state;   /* atomic; of an awaitable the answer says it */
    uint8_t holding; /* atomic */
    uint8_t travels; /* atomic */
};

typedef struct aos__generic {
    aos_future_t future;
    aos_future_config_t config;
} aos__generic_t;

typedef struct aos__awaitable {
    aos_future_t future;
    weft_future_t answer;
} aos__awaitable_t;

typedef struct aos__eventful {
    aos_future_t future;
    aos_eventful_config_t config;
} aos__eventful_t;

/* A future of size bytes with arguments behind it; NULL: no memory. */
aos_future_t *aos__future_new(enum aos__kind kind, size_t size,
                              size_t args_size);

/* Gives its memory back; its context. */
void *aos__future_delete(aos_future_t *future);

/* Its end, unless it is held. Touches it no more. */
void aos__settle(aos_future_t *future, enum aos__state state);

void aos__hold(aos_future_t *future);
void aos__hold_refuse(aos_future_t *future); /* unless it was answered */
void aos__hold_end(aos_future_t *future);

/* About to be sent, or to run elsewhere: new again. */
void aos__future_renew(aos_future_t *future);

/* Sends it to a task, where it arrives or is undelivered. */
void aos__future_send(aos_future_t *future, aos_task_t *task, unsigned code);

/* Nobody is there who would take it: rejected, or lost. */
void aos__future_undelivered(aos_future_t *future);

/* In the handler of its request: it is here, and its request is free. Gives
 * what the handler returns. */
int aos__future_arrived(weft_service_t *service, weft_request_t *request);

static inline aos_future_t *aos__future_of(weft_request_t *request)
{
    return WEFT_CONTAINER_OF(request, aos_future_t, request);
}

/* It has its answer, and travels back. */
static inline bool aos__future_is_response(const aos_future_t *future)
{
    return weft_atomic_load_relaxed_u8(&future->state) != AOS__NEW;
}

static inline aos__eventful_t *aos__eventful_of(aos_future_t *future)
{
    return WEFT_CONTAINER_OF(future, aos__eventful_t, future);
}

/* To the task that it names. */
void aos__eventful_respond(aos_future_t *future);

/* Nobody handles it. */
void aos__eventful_lost(aos_future_t *future);

#endif
