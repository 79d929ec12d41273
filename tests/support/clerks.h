/* clerks.h - a service that asks another one before it answers, for tests
 * SPDX-License-Identifier: MIT
 *
 *     struct clerk clerk;
 *     struct desk library;
 *     struct note note = {.value = 3};
 *
 *     clerk_serve(&clerk, &library);
 *     clerk_ask(&clerk, &note);
 *     waits(&note);
 *     run_both(&clerk, &library);
 *     ended(&note, 30);
 *     close_both(&clerk, &library);
 */
#ifndef WEFT_TEST_CLERKS_H
#define WEFT_TEST_CLERKS_H

#include "tests/support/services.h"

enum { ASK = 50, ANSWER = 51, PASS_ON = 52, UNKNOWN = 53 };

/* Knows a library, asks it for each question, and answers when that has. */
struct clerk {
    struct desk desk;
    struct desk *library;
    struct note to_library;
    weft_reply_t reply;
    weft_kept_t question;
    int answers, cleanups;
};

static inline struct clerk *clerk_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(desk_of(service), struct clerk, desk);
}

static inline int clerk_asks(weft_service_t *service, weft_request_t *request)
{
    struct clerk *clerk = clerk_of(service);

    clerk->to_library.value = note_of(request)->value * 10;
    weft_request_reply(&clerk->to_library.request, &clerk->reply);
    (void)weft_service_send(&clerk->library->service, DESK_NOTE,
                            &clerk->to_library.request);
    return weft_request_keep(service, request, &clerk->question);
}

static inline int clerk_answers(weft_service_t *service, weft_request_t *answer)
{
    struct clerk *clerk = clerk_of(service);

    CHECK(weft_request_reply_of(answer) == &clerk->reply);
    CHECK(clerk->reply.context == clerk);
    CHECK(answer == &clerk->to_library.request);
    clerk->answers++;
    (void)weft_kept_settle(&clerk->question, weft_future_result(answer));
    return 12345; /* of no meaning */
}

static inline int clerk_passes_on(weft_service_t *service,
                                  weft_request_t *request)
{
    return weft_request_forward(
        service, request, &clerk_of(service)->library->service, DESK_NOTE);
}

static const weft_handler_t clerk_handlers[] = {
    DESK_HANDLERS,
    {ASK, 0, clerk_asks},
    {ANSWER, 0, clerk_answers},
    {PASS_ON, 0, clerk_passes_on},
};
static const weft_service_type_t clerk_type = {
    .name = "clerk", .handlers = clerk_handlers, .handlers_count = 8};

static inline void clean_up(weft_future_t *request)
{
    struct clerk *clerk = weft_request_reply_of(request)->context;

    CHECK(weft_future_settled(request));
    clerk->cleanups++;
}

static inline void clerk_open(struct clerk *clerk, struct desk *library)
{
    memset(clerk, 0, sizeof(*clerk));
    desk_open(&clerk->desk, &clerk_type);
    clerk->library = library;
    clerk->reply.context = clerk;
    weft_reply_init(&clerk->reply, &clerk->desk.service, ANSWER, clean_up);
    desk_start(&clerk->desk);
}

/* With its library, which is the plain desk, serving. */
static inline void clerk_serve(struct clerk *clerk, struct desk *library)
{
    desk_serve(library);
    clerk_open(clerk, library);
}

/* The question is kept, and what it asks is sent. */
static inline void clerk_ask(struct clerk *clerk, struct note *note)
{
    desk_send(&clerk->desk, ASK, note);
    desk_run(&clerk->desk);
}

/* What came to it of the library's answers, and what to its clean-up. */
static inline void clerk_has(const struct clerk *clerk, int answers,
                             int cleanups)
{
    CHECK_EQ(clerk->answers, answers);
    CHECK_EQ(clerk->cleanups, cleanups);
}

static inline void run_both(struct clerk *clerk, struct desk *library)
{
    for (int i = 0; i < 4; i++) {
        desk_run(&clerk->desk);
        desk_run(library);
    }
}

static inline void close_both(struct clerk *clerk, struct desk *library)
{
    desk_close(&clerk->desk);
    desk_close(library);
}

#endif
