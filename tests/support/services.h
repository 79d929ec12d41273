/* services.h - a service that writes down what happens to it, for tests
 * SPDX-License-Identifier: MIT
 *
 *     struct desk desk;
 *     struct note note = {.value = 5};
 *
 *     desk_serve(&desk);
 *     desk_send(&desk, DESK_NOTE, &note);
 *     desk_run(&desk);
 *     ended(&note, 5);
 *     desk_has(&desk, 2, STARTED, 5);
 *     desk_close(&desk);
 *
 * It runs on a manual executor: nothing happens but in desk_run.
 */
#ifndef WEFT_TEST_SERVICES_H
#define WEFT_TEST_SERVICES_H

#include <stdarg.h>
#include <string.h>

#include "tests/support/cores.h"
#include "weft/weft.h"

enum { DESK_LOG = 24, DESK_KEPT = 4 };

/* What a desk writes down beside the values of notes. */
enum { STARTED = -101, STOPPED = -102, FAILED = -103 };

enum {
    DESK_NOTE = 0, /* is written down, and its answer is its value */
    DESK_KEEP = 1, /* is kept */
    DESK_TAKE = 2, /* is taken for good */
    DESK_STOP = 3, /* a stop of its own, from inside */
    DESK_FAIL = 4, /* the service has failed with the value */
    DESK_CODES = 5,
};

struct note {
    weft_request_t request;
    int value;
    int ends;     /* how often it was settled, where count_end says so */
    uintptr_t at; /* atomic: the same for those who race */
};

struct desk {
    weft_manual_t manual;
    weft_service_t service;
    int log[DESK_LOG];
    int logged;
    int start_rc, stop_rc; /* of its hooks */
    weft_kept_t kept[DESK_KEPT];
    int kept_count;
    weft_request_t *taken;
    weft_request_t stop;
};

static inline struct desk *desk_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(service, struct desk, service);
}

static inline struct note *note_of(weft_request_t *request)
{
    return (struct note *)(void *)request;
}

static inline void desk_write(struct desk *desk, int value)
{
    CHECK(desk->logged < DESK_LOG);
    desk->log[desk->logged++] = value;
}

/* --- its handlers and hooks */

static inline int desk__note(weft_service_t *service, weft_request_t *request)
{
    desk_write(desk_of(service), note_of(request)->value);
    return note_of(request)->value;
}

static inline int desk__keep(weft_service_t *service, weft_request_t *request)
{
    struct desk *desk = desk_of(service);

    CHECK(desk->kept_count < DESK_KEPT);
    return weft_request_keep(service, request, &desk->kept[desk->kept_count++]);
}

static inline int desk__take(weft_service_t *service, weft_request_t *request)
{
    desk_of(service)->taken = request;
    return weft_request_take(service, request);
}

static inline int desk__stop(weft_service_t *service, weft_request_t *request)
{
    (void)request;
    return weft_service_stop(service, &desk_of(service)->stop);
}

static inline int desk__fail(weft_service_t *service, weft_request_t *request)
{
    weft_service_fail(service, note_of(request)->value);
    return WEFT_OK;
}

static inline int desk__started(weft_service_t *service,
                                weft_request_t *request)
{
    (void)request;
    desk_write(desk_of(service), STARTED);
    return desk_of(service)->start_rc;
}

static inline int desk__stopped(weft_service_t *service,
                                weft_request_t *request)
{
    (void)request;
    desk_write(desk_of(service), STOPPED);
    return desk_of(service)->stop_rc;
}

static inline void desk__failed(weft_service_t *service, int error)
{
    desk_write(desk_of(service), FAILED);
    desk_write(desk_of(service), error);
}

#define DESK_HANDLERS                                                          \
    {DESK_NOTE, 0, desk__note}, {DESK_KEEP, 0, desk__keep},                    \
        {DESK_TAKE, 0, desk__take}, {DESK_STOP, 0, desk__stop},                \
    {                                                                          \
        DESK_FAIL, 0, desk__fail                                               \
    }

static const weft_handler_t desk_handlers[] = {DESK_HANDLERS};

#define DESK_TYPE                                                              \
    .name = "desk", .handlers = desk_handlers, .handlers_count = DESK_CODES,   \
    .on_start = desk__started, .on_stop = desk__stopped,                       \
    .on_fail = desk__failed

static const weft_service_type_t desk_type = {DESK_TYPE};

/* --- what a test does with it */

/* type NULL: that of above. */
static inline void desk_open(struct desk *desk, const weft_service_type_t *type)
{
    memset(desk, 0, sizeof(*desk));
    weft_manual_init(&desk->manual);
    CHECK_EQ(weft_service_init(&desk->service, type != NULL ? type : &desk_type,
                               &desk->manual.executor),
             0);
    CHECK_EQ(weft_service_state(&desk->service), WEFT_SERVICE_STOPPED);
}

static inline void desk_run(struct desk *desk)
{
    (void)weft_manual_drain(&desk->manual);
}

static inline void ended(const struct note *note, int rc)
{
    CHECK_EQ(weft_future_result(&note->request), rc);
}

static inline void ended_as(const struct note *note,
                            enum weft_future_state state, int rc)
{
    CHECK_EQ(weft_future_state(&note->request), state);
    ended(note, rc);
}

static inline void waits(const struct note *note)
{
    CHECK_EQ(weft_future_state(&note->request), WEFT_FUTURE_PENDING);
}

static inline void desk_send(struct desk *desk, unsigned code,
                             struct note *note)
{
    CHECK_EQ(weft_service_send(&desk->service, code, &note->request), 0);
}

/* The answer goes to a reply. */
static inline void desk_ask(struct desk *desk, struct note *note,
                            weft_reply_t *reply)
{
    weft_request_reply(&note->request, reply);
    desk_send(desk, DESK_NOTE, note);
}

static inline void desk_start(struct desk *desk)
{
    struct note start = {.value = 0};

    desk_send(desk, WEFT_SERVICE_START, &start);
    desk_run(desk);
    ended(&start, WEFT_OK);
    CHECK_EQ(weft_service_state(&desk->service), WEFT_SERVICE_SERVING);
}

/* One of the type above, started. */
static inline void desk_serve(struct desk *desk)
{
    desk_open(desk, NULL);
    desk_start(desk);
}

static inline void desk_stop(struct desk *desk)
{
    struct note stop = {.value = 0};

    desk->stop_rc = 0;
    desk_send(desk, WEFT_SERVICE_STOP, &stop);
    desk_run(desk);
    ended(&stop, WEFT_OK);
    CHECK_EQ(weft_service_state(&desk->service), WEFT_SERVICE_STOPPED);
}

/* Stopped, whatever it is at. */
static inline void desk_close(struct desk *desk)
{
    desk_stop(desk);
    weft_manual_stop(&desk->manual);
    desk_run(desk);
}

/* What it wrote down, all of it, and forgets it. */
static inline void desk_has(struct desk *desk, int count, ...)
{
    va_list values;

    va_start(values, count);
    for (int i = 0; i < count; i++) {
        CHECK(i < desk->logged);
        CHECK_EQ(desk->log[i], va_arg(values, int));
    }
    va_end(values);
    CHECK_EQ(desk->logged, count);
    desk->logged = 0;
}

/* For weft_future_then. */
static inline void count_end(weft_future_t *future)
{
    struct note *note = note_of(future);

    CHECK(weft_future_settled(future));
    note->ends++;
}

static inline void count_end_at(weft_future_t *future)
{
    struct note *note = note_of(future);

    CHECK(weft_future_settled(future));
    (void)weft_atomic_fetch_add_acq_rel_word(&note->at, 1);
}

#endif
