/* main.c - two services, and who awaits their answers: read this one first
 * SPDX-License-Identifier: MIT
 *
 * A thermometer owns a probe, a climate control owns a target. Each handles one
 * request after the other, so what it owns needs no lock. A request is a struct
 * with what is asked and what is answered. The control asks the thermometer as
 * main's task asks both: it calls, and goes on when the answer is there.
 */
#include <stdio.h>

#include "weft/weft.h"

/* --- the thermometer ------------------------------------------------------ */

/* What it may be asked: a code for each request, and what goes with it. */
enum { THERMOMETER_READ };
WEFT_REQUEST(thermometer_read, THERMOMETER_READ, int celsius;);

/* The service, and around it what it owns. */
struct thermometer {
    weft_service_t service;
    int celsius;
};

/* A handler: what it returns is the answer, and an error if it is negative. */
static int answer_read(weft_service_t *service, weft_request_t *request)
{
    struct thermometer *self =
        WEFT_CONTAINER_OF(service, struct thermometer, service);
    struct thermometer_read *call = thermometer_read_of(request);

    self->celsius++; /* the day gets warmer each time one looks */
    call->celsius = self->celsius;
    return WEFT_OK;
}

static const weft_handler_t thermometer_handlers[] = {
    {THERMOMETER_READ, 0, answer_read},
};
static const weft_service_type_t thermometer_type = {
    .name = "thermometer",
    .handlers = thermometer_handlers,
    .handlers_count = 1,
};

/* --- the climate control -------------------------------------------------- */

enum { CLIMATE_SET_TARGET, CLIMATE_CHECK };
WEFT_REQUEST(climate_set_target, CLIMATE_SET_TARGET, int celsius;);
WEFT_REQUEST(climate_check, CLIMATE_CHECK, int too_cold_by;);

struct climate {
    weft_service_t service;
    weft_service_t *thermometer; /* whom it asks */
    int target;
};

static int answer_set_target(weft_service_t *service, weft_request_t *request)
{
    struct climate *self = WEFT_CONTAINER_OF(service, struct climate, service);
    struct climate_set_target *call = climate_set_target_of(request);

    if (call->celsius > 30) {
        return WEFT_ERR_INVALID; /* the caller gets this, and nothing changed */
    }
    self->target = call->celsius;
    return WEFT_OK;
}

/* It waits for another service, so it runs in a fiber: see the table. */
static int answer_check(weft_service_t *service, weft_request_t *request)
{
    struct climate *self = WEFT_CONTAINER_OF(service, struct climate, service);
    struct climate_check *call = climate_check_of(request);
    struct thermometer_read read = {0};
    int rc = thermometer_read_call(self->thermometer, &read);

    if (rc == WEFT_OK) {
        call->too_cold_by = self->target - read.celsius;
    }
    return rc;
}

static const weft_handler_t climate_handlers[] = {
    {CLIMATE_SET_TARGET, 0, answer_set_target},
    {CLIMATE_CHECK, WEFT_HANDLER_FIBER, answer_check},
};
static const weft_service_type_t climate_type = {
    .name = "climate",
    .handlers = climate_handlers,
    .handlers_count = 2,
};

/* --- who asks ------------------------------------------------------------- */

static struct thermometer thermometer = {.celsius = 18};
static struct climate climate = {.thermometer = &thermometer.service};

/* A request lives until it is answered: here in the frame of who asks. */
struct user {
    weft_task_t task;
    weft_await_t await;
    weft_request_t request; /* with nothing in it: for starts and stops */
    struct climate_set_target target;
    struct climate_check check;
};
WEFT_TASK(user)
{
    int rc;

    WEFT_BEGIN;
    WEFT_AWAIT(weft_call, &thermometer.service, WEFT_SERVICE_START,
               &self->request);
    WEFT_AWAIT(weft_call, &climate.service, WEFT_SERVICE_START, &self->request);

    self->target.celsius = 99;
    WEFT_AWAIT_RC(rc, climate_set_target_call, &climate.service, &self->target);
    printf("99 degrees: %s\n", weft_error_text(rc));
    self->target.celsius = 21;
    WEFT_AWAIT_RC(rc, climate_set_target_call, &climate.service, &self->target);
    printf("21 degrees: %s\n", weft_error_text(rc));

    do {
        WEFT_AWAIT(climate_check_call, &climate.service, &self->check);
        printf("too cold by %d\n", self->check.too_cold_by);
    } while (self->check.too_cold_by > 0);

    WEFT_AWAIT(weft_call, &climate.service, WEFT_SERVICE_STOP, &self->request);
    WEFT_AWAIT(weft_call, &thermometer.service, WEFT_SERVICE_STOP,
               &self->request);
    WEFT_AWAIT_RC(rc, climate_check_call, &climate.service, &self->check);
    printf("after the stop: %s\n", weft_error_text(rc));
    WEFT_END;
}

int main(void)
{
    static unsigned char stack[4096];
    static weft_service_fibers_t fibers;
    static weft_service_fiber_t fiber; /* in which the handler waits */
    static weft_loop_t loop;
    static struct user user;

    weft_loop_init(&loop, NULL);
    (void)weft_service_init(&thermometer.service, &thermometer_type,
                            &loop.executor);
    (void)weft_service_init(&climate.service, &climate_type, &loop.executor);
    weft_fiber_init(&fiber.fiber, "climate", stack, sizeof(stack));
    (void)weft_service_fibers_set(&climate.service, &fibers, &fiber, 1);
    return weft_loop_run_task(&loop, user_task(&user));
}
