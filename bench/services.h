/* services.h - the service that is measured, and who asks it
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_BENCH_SERVICES_H
#define WEFT_BENCH_SERVICES_H

#include <stdlib.h>

#include "weft/loop.h"
#include "weft/service.h"
#include "weft/task.h"

/* WINDOW: requests that a sender has in flight. */
enum { SENDERS = 4, WINDOW = 32 };

enum { ADD };

WEFT_REQUEST(add, ADD, int a, b, sum;);

static int handle_add(weft_service_t *service, weft_request_t *request)
{
    struct add *call = add_of(request);

    (void)service;
    call->sum = call->a + call->b;
    return WEFT_OK;
}

static const weft_handler_t adder_handlers[] = {{ADD, 0, handle_add}};
static const weft_service_type_t adder = {
    .name = "adder", .handlers = adder_handlers, .handlers_count = 1};

static inline void check(const struct add *call)
{
    if (call->sum != call->a + call->b) {
        (void)fprintf(stderr, "bench: a wrong answer\n");
        abort();
    }
}

/* Started when its executor has run it. */
static inline void service_start(weft_service_t *service,
                                 const weft_service_type_t *type,
                                 weft_executor_t *executor)
{
    static weft_request_t request;

    if (weft_service_init(service, type, executor) < 0 ||
        weft_service_start(service, &request) < 0) {
        (void)fprintf(stderr, "bench: the service does not start\n");
        abort();
    }
}

/* --- who asks, one request after the other -------------------------------- */

struct asker {
    weft_task_t task;
    weft_await_t await;
    weft_service_t *service;
    size_t left;
    struct add call;
};

WEFT_TASK(asker)
{
    WEFT_BEGIN;
    self->call.b = 2;
    for (; self->left > 0; self->left--) {
        self->call.a = (int)(self->left % 1000);
        WEFT_AWAIT(add_call, self->service, &self->call);
        check(&self->call);
    }
    WEFT_END;
}

struct asking {
    weft_service_t *service;
    size_t left;
};

/* In a fiber or thread. */
static inline int asks(void *ctx)
{
    struct asking *self = ctx;
    struct add call = {.b = 2};

    for (; self->left > 0; self->left--) {
        call.a = (int)(self->left % 1000);
        (void)add_call(self->service, &call);
        check(&call);
    }
    return WEFT_OK;
}

#endif
