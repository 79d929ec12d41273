/* wards.h - a service whose handlers wait in fibers, for tests
 * SPDX-License-Identifier: MIT
 *
 *     struct ward ward;
 *     struct note note = {.value = 1};
 *
 *     ward_serve(&ward, &serial);
 *     ward_send(&ward, WAIT, &note);
 *     waits(&note);
 *     let_one_in(&ward);
 *     ended(&note, 1);
 *     ward_gone(&ward);
 */
#ifndef WEFT_TEST_WARDS_H
#define WEFT_TEST_WARDS_H

#include "tests/support/fibers.h"
#include "tests/support/services.h"

enum { WAIT = 50, ASK = 51, KEEP = 52, KEEP_LATE = 53, FAIL_LATE = 54 };
enum { FIBERS = 2 };

/* A desk with fibers, whose handlers wait for a gate. */
struct ward {
    struct desk desk;
    weft_service_fibers_t fibers;
    weft_service_fiber_t fiber[FIBERS];
    char *stack[FIBERS];
    weft_event_t gate; /* automatic */
    int inside, most;
    struct desk *other;
};

static inline struct ward *ward_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(desk_of(service), struct ward, desk);
}

static inline int waits_at_gate(weft_service_t *service,
                                weft_request_t *request)
{
    struct ward *ward = ward_of(service);
    int rc;

    ward->inside++;
    ward->most = ward->inside > ward->most ? ward->inside : ward->most;
    desk_write(&ward->desk, note_of(request)->value);
    rc = weft_event_wait(&ward->gate);
    desk_write(&ward->desk, rc < 0 ? rc : -note_of(request)->value);
    ward->inside--;
    return rc < 0 ? rc : note_of(request)->value;
}

static inline int asks_another(weft_service_t *service, weft_request_t *request)
{
    struct note note = {.value = note_of(request)->value + 1};

    return weft_call(&ward_of(service)->other->service, DESK_NOTE,
                     &note.request);
}

static inline int waits_and_keeps(weft_service_t *service,
                                  weft_request_t *request)
{
    CHECK_EQ(weft_event_wait(&ward_of(service)->gate), 0);
    return desk__keep(service, request);
}

/* Also when its wait is cancelled. */
static inline int waits_and_keeps_at_all_events(weft_service_t *service,
                                                weft_request_t *request)
{
    (void)weft_event_wait(&ward_of(service)->gate);
    return desk__keep(service, request);
}

static inline int waits_and_fails(weft_service_t *service,
                                  weft_request_t *request)
{
    int rc = weft_event_wait(&ward_of(service)->gate);

    (void)request;
    weft_service_fail(service, WEFT_ERR_USER - 1);
    return rc;
}

static const weft_handler_t ward_handlers[] = {
    DESK_HANDLERS,
    {WAIT, WEFT_HANDLER_FIBER, waits_at_gate},
    {ASK, WEFT_HANDLER_FIBER, asks_another},
    {KEEP, WEFT_HANDLER_FIBER, waits_and_keeps},
    {KEEP_LATE, WEFT_HANDLER_FIBER, waits_and_keeps_at_all_events},
    {FAIL_LATE, WEFT_HANDLER_FIBER, waits_and_fails},
};

#define WARD_TYPE                                                              \
    .name = "ward", .handlers = ward_handlers, .handlers_count = 10

static const weft_service_type_t serial = {WARD_TYPE};
static const weft_service_type_t concurrent = {
    WARD_TYPE, .flags = WEFT_SERVICE_CONCURRENT};

static inline void ward_open(struct ward *ward, const weft_service_type_t *type)
{
    memset(ward, 0, sizeof(*ward));
    desk_open(&ward->desk, type);
    weft_event_init(&ward->gate, true);
    for (int i = 0; i < FIBERS; i++) {
        ward->stack[i] = frame_new(FIBER_STACK);
        weft_fiber_init(&ward->fiber[i].fiber, "ward", ward->stack[i],
                        FIBER_STACK);
    }
    CHECK_EQ(weft_service_fibers_set(&ward->desk.service, &ward->fibers,
                                     ward->fiber, FIBERS),
             0);
}

static inline void ward_serve(struct ward *ward,
                              const weft_service_type_t *type)
{
    ward_open(ward, type);
    desk_start(&ward->desk);
}

/* Sends, and all runs until it waits. */
static inline void ward_send(struct ward *ward, unsigned code,
                             struct note *note)
{
    desk_send(&ward->desk, code, note);
    desk_run(&ward->desk);
}

static inline void ward_gone(struct ward *ward)
{
    desk_close(&ward->desk);
    CHECK_EQ(ward->inside, 0);
    for (int i = 0; i < FIBERS; i++) {
        frame_drop(ward->stack[i], FIBER_STACK);
    }
}

static inline void let_one_in(struct ward *ward)
{
    weft_event_set(&ward->gate);
    desk_run(&ward->desk);
}

#endif
