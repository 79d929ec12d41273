/* test_race_service_later.c - services: late answers, cancels and limits
 * against stops
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/pools.h"
#include "tests/support/services.h"

enum { KEEP, ASK, ANSWER, QUICK, CODES };

/* Keeps what comes, for somebody else to answer. */
struct hall {
    struct core core;
    weft_service_t service;
    weft_service_t *asked;
    weft_kept_t *kept; /* memory of the keeper's */
    uintptr_t has;     /* atomic: something is kept */
    struct note note;  /* what it asks others */
    weft_reply_t reply;
    unsigned answers;
    uintptr_t cleanups; /* atomic */
};

static struct hall *hall_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(service, struct hall, service);
}

static int keeps(weft_service_t *service, weft_request_t *request)
{
    struct hall *hall = hall_of(service);
    int rc = weft_request_keep(service, request, hall->kept);

    weft_atomic_store_release_word(&hall->has, 1);
    return rc;
}

static void cleans_up(weft_future_t *request)
{
    uintptr_t *cleanups = weft_request_reply_of(request)->context;

    CHECK(weft_future_settled(request));
    (void)weft_atomic_fetch_add_acq_rel_word(cleanups, 1);
}

static int asks(weft_service_t *service, weft_request_t *request)
{
    struct hall *hall = hall_of(service);

    (void)request;
    weft_request_reply(&hall->note.request, &hall->reply);
    (void)weft_service_send(hall->asked, QUICK, &hall->note.request);
    return WEFT_OK;
}

static int answers(weft_service_t *service, weft_request_t *answer)
{
    struct hall *hall = hall_of(service);

    CHECK(answer == &hall->note.request);
    hall->answers++;
    return WEFT_OK;
}

static int quick(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    (void)request;
    return 5;
}

static const weft_handler_t handlers[] = {
    {KEEP, 0, keeps}, {ASK, 0, asks}, {ANSWER, 0, answers}, {QUICK, 0, quick}};
static const weft_service_type_t hall_type = {
    .name = "hall", .handlers = handlers, .handlers_count = CODES};

static int ask(struct hall *hall, unsigned code)
{
    weft_request_t request = WEFT_FUTURE_INIT;

    return weft_call(&hall->service, code, &request);
}

static struct hall *hall_new(void)
{
    struct hall *hall = frame_new(sizeof(*hall));

    core_start(&hall->core);
    CHECK_EQ(weft_service_init(&hall->service, &hall_type,
                               &hall->core.loop.executor),
             0);
    CHECK_EQ(ask(hall, WEFT_SERVICE_START), 0);
    return hall;
}

/* The service is gone as soon as its stop is settled. */
static void hall_drop(struct hall *hall)
{
    CHECK_EQ(ask(hall, WEFT_SERVICE_STOP), 0);
    memset(&hall->service, 0xdb, sizeof(hall->service));
    core_stop(&hall->core);
    frame_drop(hall, sizeof(*hall));
}

/* --- the keeper answers while the service stops */

struct keeper {
    weft_port_thread_t thread;
    weft_kept_t kept;
    uintptr_t *has;
    bool took_effect;
};

static void answers_kept(void *ctx)
{
    struct keeper *keeper = ctx;

    keeper->took_effect = weft_kept_settle(&keeper->kept, 7);
}

CASE(of_an_answer_and_a_stop_one_settles_what_is_kept_13)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct hall *hall = hall_new();
        struct keeper *keeper = frame_new(sizeof(*keeper));
        struct note *note = frame_new(sizeof(*note));
        int rc;

        hall->kept = &keeper->kept;
        weft_future_then(&note->request, count_end_at);
        CHECK_EQ(weft_service_send(&hall->service, KEEP, &note->request), 0);
        until_word(&hall->has, 1);
        thread_start(&keeper->thread, answers_kept, keeper);
        hall_drop(hall);
        /* Who asked frees the request when it was settled. */
        until_word(&note->at, 1);
        rc = weft_future_result(&note->request);
        if (i % 2 == 0) {
            frame_drop(note, sizeof(*note));
            note = NULL;
        }
        weft_port_thread_join(&keeper->thread);
        CHECK_EQ(rc, keeper->took_effect ? 7 : WEFT_ERR_CANCELLED);
        if (note != NULL) {
            CHECK_EQ(note->at, 1);
            frame_drop(note, sizeof(*note));
        }
        frame_drop(keeper, sizeof(*keeper));
    }
    weft_thread_leave();
}

/* --- an answer comes while who asked stops */

CASE(an_answer_comes_as_a_message_or_to_the_clean_up_while_it_stops_14)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct hall *library = hall_new();
        struct hall *hall = hall_new();
        uintptr_t cleanups = 0;
        unsigned seen;

        hall->asked = &library->service;
        hall->reply.context = &cleanups;
        weft_reply_init(&hall->reply, &hall->service, ANSWER, cleans_up);
        CHECK_EQ(ask(hall, ASK), 0);
        CHECK_EQ(ask(hall, WEFT_SERVICE_STOP), 0);
        seen = hall->answers;
        memset(&hall->service, 0xdb, sizeof(hall->service));
        hall_drop(library); /* now there is no answer to come */
        CHECK_EQ(seen + weft_atomic_load_acquire_word(&cleanups), 1);
        CHECK_EQ(hall->answers, seen);
        CHECK_EQ(weft_future_result(&hall->note.request), 5);
        core_stop(&hall->core);
        frame_drop(hall, sizeof(*hall));
    }
    weft_thread_leave();
}

static void deinit_it(void *ctx)
{
    weft_reply_deinit(ctx);
}

CASE(a_reply_is_given_up_from_elsewhere_while_its_answer_comes_14)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct hall *hall = hall_new();
        uintptr_t cleanups = 0;
        weft_port_thread_t thread;
        unsigned answered;

        hall->asked = &hall->service;
        hall->reply.context = &cleanups;
        weft_reply_init(&hall->reply, &hall->service, ANSWER, cleans_up);
        thread_start(&thread, deinit_it, &hall->reply);
        CHECK_EQ(ask(hall, ASK), 0);
        weft_port_thread_join(&thread);
        CHECK_EQ(ask(hall, WEFT_SERVICE_STOP), 0);
        answered = hall->answers;
        CHECK_EQ(answered + weft_atomic_load_acquire_word(&cleanups), 1);
        core_stop(&hall->core);
        frame_drop(hall, sizeof(*hall));
    }
    weft_thread_leave();
}

/* --- a cancel at any moment */

static void cancels(void *ctx)
{
    (void)weft_future_cancel(ctx);
}

CASE(a_cancel_meets_a_request_wherever_it_is_and_it_is_settled_once_18)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct hall *hall = hall_new();
        struct note note = {.value = 1};
        weft_port_thread_t thread;
        int rc;

        weft_future_then(&note.request, count_end_at);
        CHECK_EQ(weft_service_send(&hall->service, QUICK, &note.request), 0);
        thread_start(&thread, cancels, &note.request);
        until_word(&note.at, 1);
        weft_port_thread_join(&thread);
        rc = weft_future_result(&note.request);
        CHECK(rc == 5 || rc == WEFT_ERR_CANCELLED);
        CHECK_EQ(note.at, 1);
        hall_drop(hall);
    }
    weft_thread_leave();
}

CASE(a_request_is_sent_again_while_somebody_cancels_it_18)
{
    enum { TIMES = 5 };

    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct hall *hall = hall_new();
        struct note note = {.value = 1};
        weft_port_thread_t thread;

        weft_future_then(&note.request, count_end_at);
        CHECK_EQ(weft_service_send(&hall->service, QUICK, &note.request), 0);
        thread_start(&thread, cancels, &note.request);
        for (uintptr_t n = 1; n <= TIMES; n++) {
            until_word(&note.at, n);
            CHECK(n == TIMES ||
                  weft_service_send(&hall->service, QUICK, &note.request) == 0);
        }
        weft_port_thread_join(&thread);
        CHECK_EQ(note.at, TIMES);
        hall_drop(hall);
    }
    weft_thread_leave();
}

/* --- a call whose limit meets its answer */

static void answers_at_time(void *ctx)
{
    struct keeper *keeper = ctx;

    until_word(keeper->has, 1);
    if (weft_atomic_load_acquire_word(keeper->has) == 1) {
        keeper->took_effect = weft_kept_settle(&keeper->kept, 7);
    }
}

CASE(a_call_with_a_limit_ends_when_its_request_was_settled_18)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct hall *hall = hall_new();
        struct keeper *keeper = frame_new(sizeof(*keeper));
        struct note *note = frame_new(sizeof(*note));
        int rc;

        hall->kept = &keeper->kept;
        keeper->has = &hall->has;
        thread_start(&keeper->thread, answers_at_time, keeper);
        rc = weft_call_until(&hall->service, KEEP, &note->request,
                             weft_deadline(WEFT_US(some(100))));
        CHECK(weft_future_settled(&note->request));
        frame_drop(note, sizeof(*note)); /* at once */
        if (weft_atomic_load_acquire_word(&hall->has) == 0) {
            /* It was still queued, and will never be kept. */
            weft_atomic_store_release_word(&hall->has, 2);
        }
        weft_port_thread_join(&keeper->thread);
        CHECK_EQ(rc, keeper->took_effect ? 7 : WEFT_ERR_TIMEOUT);
        frame_drop(keeper, sizeof(*keeper));
        hall_drop(hall);
    }
    weft_thread_leave();
}

CASE(a_call_with_a_limit_of_what_is_queued_is_answered_or_times_out_18)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct hall *hall = hall_new();
        struct note *note = frame_new(sizeof(*note));
        int rc = weft_call_until(&hall->service, QUICK, &note->request,
                                 weft_deadline(WEFT_US(some(10))));

        CHECK(rc == 5 || rc == WEFT_ERR_TIMEOUT);
        frame_drop(note, sizeof(*note));
        hall_drop(hall);
    }
    weft_thread_leave();
}

/* --- passed on to one that stops */

static int passes_on(weft_service_t *service, weft_request_t *request)
{
    return weft_request_forward(service, request, hall_of(service)->asked,
                                QUICK);
}

static const weft_handler_t middle_handlers[] = {{KEEP, 0, passes_on}};
static const weft_service_type_t middle = {.handlers = middle_handlers,
                                           .handlers_count = 1};

static void stop_it(void *ctx)
{
    struct hall *hall = ctx;

    CHECK_EQ(ask(hall, WEFT_SERVICE_STOP), 0);
    weft_thread_leave();
}

CASE(what_is_passed_on_to_one_that_stops_is_settled_once_09)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct hall *library = hall_new();
        struct hall *hall = frame_new(sizeof(*hall));
        struct note note = {.value = 1};
        weft_port_thread_t thread;
        int rc;

        core_start(&hall->core);
        hall->asked = &library->service;
        CHECK_EQ(weft_service_init(&hall->service, &middle,
                                   &hall->core.loop.executor),
                 0);
        CHECK_EQ(ask(hall, WEFT_SERVICE_START), 0);
        weft_future_then(&note.request, count_end_at);
        thread_start(&thread, stop_it, library);
        CHECK_EQ(weft_service_send(&hall->service, KEEP, &note.request), 0);
        until_word(&note.at, 1);
        weft_port_thread_join(&thread);
        rc = weft_future_result(&note.request);
        CHECK(rc == 5 || rc == WEFT_ERR_STOPPED);
        CHECK_EQ(note.at, 1);
        hall_drop(hall);
        hall_drop(library);
    }
    weft_thread_leave();
}
