/* mills.h - a service that several senders of other cores race for, for tests
 * SPDX-License-Identifier: MIT
 *
 *     struct mill *mill = mill_new();
 *     struct sender *sender;
 *
 *     CHECK_EQ(ask(mill, WEFT_SERVICE_START), 0);
 *     sender = senders_start(mill);
 *     senders_join(sender);
 *     CHECK_EQ(senders_drop(sender, 0), SENDERS * EACH);
 *     mill_drop(mill);
 */
#ifndef WEFT_TEST_MILLS_H
#define WEFT_TEST_MILLS_H

#include "tests/support/services.h"

enum { SENDERS = 2, EACH = 4 };

/* A service on a core of its own; its counters are plain. */
struct mill {
    struct core core;
    weft_service_t service;
    uint64_t hook_us; /* what the stop's hook takes */
    int hook_rc;
    unsigned handled, starts, stops;
    int last[SENDERS]; /* of each sender the value handled last */
    bool inside;
};

static inline struct mill *mill_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(service, struct mill, service);
}

/* The value says whose it is, and which. */
static inline int grinds(weft_service_t *service, weft_request_t *request)
{
    struct mill *mill = mill_of(service);
    int value = note_of(request)->value;
    int *last = &mill->last[value / 1000];

    CHECK(!mill->inside);
    mill->inside = true;
    mill->handled++;
    CHECK(value > *last);
    *last = value;
    mill->inside = false;
    return value;
}

static inline int begins(weft_service_t *service, weft_request_t *request)
{
    struct mill *mill = mill_of(service);

    (void)request;
    CHECK(!mill->inside);
    mill->starts++;
    return mill->hook_rc;
}

static inline int ends_slowly(weft_service_t *service, weft_request_t *request)
{
    struct mill *mill = mill_of(service);

    (void)request;
    CHECK(!mill->inside);
    mill->inside = true;
    mill->stops++;
    if (mill->hook_us > 0) {
        stand_until(weft_now_us() + mill->hook_us);
    }
    mill->inside = false;
    return WEFT_OK;
}

static const weft_handler_t mill_handlers[] = {{0, 0, grinds}};
static const weft_service_type_t mill_type = {
    .name = "mill",
    .handlers = mill_handlers,
    .handlers_count = 1,
    .on_start = begins,
    .on_stop = ends_slowly,
};

static inline struct mill *mill_new(void)
{
    struct mill *mill = frame_new(sizeof(*mill));

    core_start(&mill->core);
    CHECK_EQ(weft_service_init(&mill->service, &mill_type,
                               &mill->core.loop.executor),
             0);
    for (int i = 0; i < SENDERS; i++) {
        mill->last[i] = -1;
    }
    return mill;
}

static inline int ask(struct mill *mill, unsigned code)
{
    struct note note = {.value = 1};

    return weft_call(&mill->service, code, &note.request);
}

static inline void mill_drop(struct mill *mill)
{
    CHECK_EQ(ask(mill, WEFT_SERVICE_STOP), 0);
    memset(&mill->service, 0xdb, sizeof(mill->service));
    core_stop(&mill->core);
    frame_drop(mill, sizeof(*mill));
}

/* --- several who send to it */

struct sender {
    weft_port_thread_t thread;
    struct mill *mill;
    struct note notes[EACH];
    int number;
    unsigned full;
};

static inline void sends(void *ctx)
{
    struct sender *sender = ctx;

    for (int i = 0; i < EACH; i++) {
        int rc;
        sender->notes[i] = (struct note){.value = sender->number * 1000 + i};
        weft_future_then(&sender->notes[i].request, count_end_at);
        rc = weft_service_send(&sender->mill->service, 0,
                               &sender->notes[i].request);
        CHECK(rc == 0 || rc == WEFT_ERR_STOPPED || rc == WEFT_ERR_FULL);
        sender->full += rc == WEFT_ERR_FULL;
        CHECK(rc == 0 || weft_future_result(&sender->notes[i].request) == rc);
    }
}

static inline struct sender *senders_start(struct mill *mill)
{
    struct sender *sender = frame_new(SENDERS * sizeof(*sender));

    for (int i = 0; i < SENDERS; i++) {
        sender[i].mill = mill;
        sender[i].number = i;
        thread_start(&sender[i].thread, sends, &sender[i]);
    }
    return sender;
}

static inline void senders_join(struct sender *sender)
{
    for (int i = 0; i < SENDERS; i++) {
        weft_port_thread_join(&sender[i].thread);
    }
}

/* All were settled, once each; how many as handled. */
static inline unsigned senders_drop(struct sender *sender, int otherwise)
{
    unsigned handled = 0;

    for (int i = 0; i < SENDERS * EACH; i++) {
        struct note *note = &sender[i / EACH].notes[i % EACH];
        int rc = weft_future_result(&note->request);
        CHECK_EQ(weft_atomic_load_acquire_word(&note->at), 1);
        CHECK(rc == note->value || rc == otherwise);
        handled += rc == note->value;
    }
    frame_drop(sender, SENDERS * sizeof(*sender));
    return handled;
}

#endif
