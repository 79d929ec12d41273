/* test_service_later.c - services: kept, taken and passed on; answers as
 * messages
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/handler.h"
#include "tests/support/services.h"
#include "tests/support/test.h"

/* --- kept: answered when another one answers */

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

static struct clerk *clerk_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(desk_of(service), struct clerk, desk);
}

static int clerk_asks(weft_service_t *service, weft_request_t *request)
{
    struct clerk *clerk = clerk_of(service);

    clerk->to_library.value = note_of(request)->value * 10;
    weft_request_reply(&clerk->to_library.request, &clerk->reply);
    (void)weft_service_send(&clerk->library->service, DESK_NOTE,
                            &clerk->to_library.request);
    return weft_request_keep(service, request, &clerk->question);
}

static int clerk_answers(weft_service_t *service, weft_request_t *answer)
{
    struct clerk *clerk = clerk_of(service);

    CHECK(weft_request_reply_of(answer) == &clerk->reply);
    CHECK(clerk->reply.context == clerk);
    CHECK(answer == &clerk->to_library.request);
    clerk->answers++;
    (void)weft_kept_settle(&clerk->question, weft_future_result(answer));
    return 12345; /* of no meaning */
}

static int clerk_passes_on(weft_service_t *service, weft_request_t *request)
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

static void clean_up(weft_future_t *request)
{
    struct clerk *clerk = weft_request_reply_of(request)->context;

    CHECK(weft_future_settled(request));
    clerk->cleanups++;
}

static void clerk_open(struct clerk *clerk, struct desk *library)
{
    memset(clerk, 0, sizeof(*clerk));
    desk_open(&clerk->desk, &clerk_type);
    clerk->library = library;
    clerk->reply.context = clerk;
    weft_reply_init(&clerk->reply, &clerk->desk.service, ANSWER, clean_up);
    desk_start(&clerk->desk);
}

static void run_both(struct clerk *clerk, struct desk *library)
{
    for (int i = 0; i < 4; i++) {
        desk_run(&clerk->desk);
        desk_run(library);
    }
}

static void close_both(struct clerk *clerk, struct desk *library)
{
    desk_close(&clerk->desk);
    desk_close(library);
}

static int ends;

static void count_all(weft_future_t *future)
{
    (void)future;
    ends++;
}

CASE(a_kept_request_is_answered_when_another_service_has_09)
{
    struct clerk clerk;
    struct desk library;
    struct note note = {.value = 3};

    desk_serve(&library);
    clerk_open(&clerk, &library);
    desk_send(&clerk.desk, ASK, &note);
    desk_run(&clerk.desk);
    waits(&note);
    run_both(&clerk, &library);
    ended(&note, 30);
    CHECK_EQ(clerk.answers, 1);
    CHECK_EQ(clerk.cleanups, 0);
    close_both(&clerk, &library);
}

/* However the asker waits: who is in the middle does the same. */
CASE(who_is_in_the_middle_knows_nothing_of_how_the_asker_waits_09)
{
    struct clerk clerk;
    struct desk library;
    struct note note = {.value = 4};
    weft_future_on_t on;

    desk_serve(&library);
    clerk_open(&clerk, &library);
    for (int how = 0; how < 3; how++) {
        ends = 0;
        weft_future_init(&note.request);
        if (how == 1) {
            weft_future_then(&note.request, count_all);
        } else if (how == 2) {
            weft_future_on(&note.request, &on, &library.manual.executor,
                           count_all);
        }
        desk_send(&clerk.desk, ASK, &note);
        run_both(&clerk, &library);
        ended(&note, 40);
        CHECK_EQ(ends, how == 0 ? 0 : 1);
        desk_send(&clerk.desk, PASS_ON, &note);
        run_both(&clerk, &library);
        ended(&note, 4);
        CHECK_EQ(ends, how == 0 ? 0 : 2);
    }
    close_both(&clerk, &library);
}

CASE(a_request_is_passed_on_and_the_asker_sees_no_difference_09)
{
    struct clerk clerk;
    struct desk library;
    struct note note = {.value = 5};
    struct note cancelled = {.value = 6};

    desk_serve(&library);
    clerk_open(&clerk, &library);
    desk_send(&clerk.desk, PASS_ON, &note);
    desk_send(&clerk.desk, PASS_ON, &cancelled);
    desk_run(&clerk.desk);
    waits(&note);
    CHECK(weft_future_cancel(&cancelled.request));
    desk_run(&library);
    ended(&note, 5);
    ended(&cancelled, WEFT_ERR_CANCELLED);
    desk_has(&library, 2, STARTED, 5);
    close_both(&clerk, &library);
}

/* As somebody else would while the handler runs. */
static int is_cancelled_and_passed_on(weft_service_t *service,
                                      weft_request_t *request)
{
    CHECK(weft_future_cancel(request));
    return clerk_passes_on(service, request);
}

CASE(a_cancel_goes_with_the_request_that_is_passed_on_09)
{
    struct clerk clerk;
    struct desk library;
    struct note note = {.value = 5};
    weft_handler_entry_t entry;

    memset(&entry, 0, sizeof(entry));
    desk_serve(&library);
    clerk_open(&clerk, &library);
    CHECK_EQ(weft_service_handler_set(&clerk.desk.service, &entry, PASS_ON,
                                      is_cancelled_and_passed_on),
             0);
    desk_send(&clerk.desk, PASS_ON, &note);
    desk_run(&clerk.desk);
    CHECK(weft_future_cancel_asked(&note.request));
    desk_run(&library);
    CHECK_EQ(weft_future_state(&note.request), WEFT_FUTURE_CANCELLED);
    desk_has(&library, 1, STARTED);
    close_both(&clerk, &library);
}

CASE(a_request_that_cannot_be_passed_on_fails_with_the_reason_09)
{
    struct clerk clerk;
    struct desk library;
    struct note note = {.value = 5};
    struct note other = {.value = 6};

    desk_open(&library, NULL);
    CHECK_EQ(weft_service_bound(&library.service, 1), 0);
    clerk_open(&clerk, &library);
    desk_send(&clerk.desk, PASS_ON, &note); /* it has not started */
    desk_run(&clerk.desk);
    ended(&note, WEFT_ERR_STOPPED);
    desk_start(&library);
    desk_send(&library, DESK_NOTE, &other);
    desk_send(&clerk.desk, PASS_ON, &note);
    desk_run(&clerk.desk);
    ended(&note, WEFT_ERR_FULL);
    run_both(&clerk, &library);
    desk_send(&clerk.desk, PASS_ON, &note);
    run_both(&clerk, &library);
    ended(&note, 5);
    close_both(&clerk, &library);
}

CASE(what_is_kept_may_be_taken_back_and_answered_by_hand_09)
{
    struct desk desk;
    struct note note = {.value = 1};
    weft_request_t *request;

    desk_serve(&desk);
    desk_send(&desk, DESK_KEEP, &note);
    desk_run(&desk);
    request = weft_kept_take(&desk.kept[0]);
    CHECK(request == &note.request);
    desk_stop(&desk); /* it has nothing to cancel any more */
    waits(&note);
    weft_request_settle(request, 6);
    ended(&note, 6);
    desk_close(&desk);
}

static void settle_kept(void *ctx)
{
    CHECK(weft_kept_settle(ctx, 77));
}

CASE_INTERRUPT(an_interrupt_answers_what_is_kept_09)
{
    struct desk desk;
    struct note note = {.value = 1};

    desk_serve(&desk);
    desk_send(&desk, DESK_KEEP, &note);
    desk_run(&desk);
    handle(settle_kept, &desk.kept[0]);
    ended(&note, 77);
    desk_close(&desk);
}

/* --- answers as messages */

CASE(one_reply_does_for_several_requests_each_answer_a_message_of_its_own_09)
{
    struct clerk clerk;
    struct desk library;
    struct note notes[3] = {{.value = 1}, {.value = 2}, {.value = 3}};
    weft_reply_t reply = {.context = NULL};

    desk_serve(&library);
    clerk_open(&clerk, &library);
    clerk.desk.logged = 0;
    weft_reply_init(&reply, &clerk.desk.service, DESK_NOTE, NULL);
    for (int i = 0; i < 3; i++) {
        desk_ask(&library, &notes[i], &reply);
    }
    desk_run(&library);
    CHECK_EQ(clerk.desk.logged, 0);
    desk_run(&clerk.desk);
    desk_has(&clerk.desk, 3, 1, 2, 3);
    close_both(&clerk, &library);
}

CASE(also_what_fails_in_the_send_comes_back_as_a_message_09)
{
    struct clerk clerk;
    struct desk library;
    struct note note = {.value = 5};

    desk_open(&library, NULL); /* not started */
    clerk_open(&clerk, &library);
    desk_send(&clerk.desk, ASK, &note);
    desk_run(&clerk.desk);
    ended(&note, WEFT_ERR_STOPPED);
    CHECK_EQ(clerk.answers, 1);
    close_both(&clerk, &library);
}

/* --- late */

CASE(a_late_answer_to_a_stopped_service_goes_to_its_clean_up_once_14)
{
    struct clerk clerk;
    struct desk library;
    struct note note = {.value = 5};

    desk_serve(&library);
    clerk_open(&clerk, &library);
    desk_send(&clerk.desk, ASK, &note);
    desk_run(&clerk.desk);
    desk_stop(&clerk.desk);
    ended(&note, WEFT_ERR_CANCELLED);
    CHECK_EQ(clerk.cleanups, 0);
    desk_run(&library);
    CHECK_EQ(clerk.cleanups, 1);
    CHECK_EQ(clerk.answers, 0);
    close_both(&clerk, &library);
}

CASE(a_late_answer_to_a_service_that_is_freed_goes_to_its_clean_up_14)
{
    struct clerk *clerk = frame_new(sizeof(*clerk));
    struct desk library;
    struct note note = {.value = 5};
    struct note late = {.value = 6};
    weft_reply_t reply = {.context = NULL};
    struct clerk gone = {.answers = 0};

    desk_serve(&library);
    clerk_open(clerk, &library);
    reply.context = &gone;
    weft_reply_init(&reply, &clerk->desk.service, ANSWER, clean_up);
    desk_ask(&library, &late, &reply);
    desk_send(&clerk->desk, DESK_NOTE, &note);
    desk_close(&clerk->desk);
    frame_drop(clerk, sizeof(*clerk));
    desk_run(&library);
    CHECK_EQ(gone.cleanups, 1);
    weft_reply_deinit(&reply); /* after it has stopped: nothing */
    desk_close(&library);
}

CASE(answers_that_wait_in_a_mailbox_at_a_stop_go_to_their_clean_up_14)
{
    struct clerk clerk;
    struct desk library;
    struct note note = {.value = 5};
    struct note stop = {.value = 0};

    desk_serve(&library);
    clerk_open(&clerk, &library);
    desk_send(&clerk.desk, ASK, &note);
    desk_run(&clerk.desk);
    desk_send(&clerk.desk, WEFT_SERVICE_STOP, &stop);
    desk_run(&library); /* the answer comes behind the stop */
    CHECK_EQ(clerk.cleanups, 0);
    desk_run(&clerk.desk);
    ended(&stop, 0);
    CHECK_EQ(clerk.cleanups, 1);
    CHECK_EQ(clerk.answers, 0);
    close_both(&clerk, &library);
}

CASE(without_clean_up_a_late_answer_is_dropped_14)
{
    struct clerk clerk;
    struct desk library;
    struct note note = {.value = 5};
    weft_reply_t reply = {.context = NULL};

    desk_serve(&library);
    clerk_open(&clerk, &library);
    weft_reply_init(&reply, &clerk.desk.service, ANSWER, NULL);
    desk_ask(&library, &note, &reply);
    desk_stop(&clerk.desk);
    desk_run(&library);
    ended(&note, 5);
    close_both(&clerk, &library);
}

CASE(after_deinit_answers_go_to_the_clean_up_those_that_wait_too_14)
{
    struct clerk clerk;
    struct desk library;
    struct note note = {.value = 5};
    struct note two[2] = {{.value = 1}, {.value = 2}};

    desk_serve(&library);
    clerk_open(&clerk, &library);
    desk_send(&clerk.desk, ASK, &note);
    desk_run(&clerk.desk);
    for (int i = 0; i < 2; i++) {
        desk_ask(&library, &two[i], &clerk.reply);
    }
    desk_run(&library); /* three wait in the mailbox now */
    weft_reply_deinit(&clerk.reply);
    desk_run(&clerk.desk);
    CHECK_EQ(clerk.answers, 0);
    CHECK_EQ(clerk.cleanups, 3);
    desk_send(&library, DESK_NOTE, &two[0]);
    desk_run(&library);
    CHECK_EQ(clerk.cleanups, 4);
    CHECK(weft_kept_settle(&clerk.question, 0));
    close_both(&clerk, &library);
}

CASE(an_answer_that_waits_while_its_reply_moves_goes_to_the_clean_up_14)
{
    struct clerk clerk;
    struct desk library;
    struct desk other;
    struct note note = {.value = 5};

    desk_serve(&library);
    desk_serve(&other);
    clerk_open(&clerk, &library);
    desk_send(&clerk.desk, ASK, &note);
    desk_run(&clerk.desk);
    desk_run(&library); /* the answer waits in the mailbox now */
    weft_reply_deinit(&clerk.reply);
    weft_reply_init(&clerk.reply, &other.service, DESK_NOTE, clean_up);
    clerk.desk.logged = 0;
    desk_run(&clerk.desk);
    CHECK_EQ(clerk.cleanups, 1);
    CHECK_EQ(clerk.answers, 0);
    desk_has(&clerk.desk, 0); /* nor is the other's code handled by this one */
    CHECK(weft_kept_settle(&clerk.question, 0));
    desk_stop(&other);
    close_both(&clerk, &library);
    desk_close(&other);
}

CASE(a_reply_is_used_again_in_the_next_life_of_its_service_14)
{
    struct clerk clerk;
    struct desk library;
    struct note note = {.value = 5};

    desk_serve(&library);
    clerk_open(&clerk, &library);
    for (int i = 1; i <= 3; i++) {
        desk_stop(&clerk.desk);
        weft_reply_init(&clerk.reply, &clerk.desk.service, ANSWER, clean_up);
        desk_start(&clerk.desk);
        desk_send(&clerk.desk, ASK, &note);
        run_both(&clerk, &library);
        ended(&note, 50);
        CHECK_EQ(clerk.answers, i);
    }
    CHECK_EQ(clerk.cleanups, 0);
    close_both(&clerk, &library);
}

/* The natural place to do it: once for each life, and for each restart. */
static int init_replies(weft_service_t *service, weft_request_t *request)
{
    struct clerk *clerk = clerk_of(service);

    (void)request;
    weft_reply_init(&clerk->reply, service, ANSWER, clean_up);
    return WEFT_OK;
}

CASE(a_start_hook_inits_its_reply_in_each_life_also_behind_a_queued_stop_14)
{
    static const weft_service_type_t type = {
        .handlers = clerk_handlers,
        .handlers_count = 8,
        .restart = WEFT_RESTART_ONCE,
        .on_start = init_replies,
    };
    struct clerk clerk;
    struct desk library;
    struct note notes[3] = {{.value = WEFT_ERR_USER}};

    desk_serve(&library);
    memset(&clerk, 0, sizeof(clerk));
    desk_open(&clerk.desk, &type);
    clerk.library = &library;
    clerk.reply.context = &clerk;
    desk_start(&clerk.desk);
    desk_send(&clerk.desk, WEFT_SERVICE_STOP, &notes[1]);
    desk_send(&clerk.desk, WEFT_SERVICE_START, &notes[2]);
    desk_run(&clerk.desk);
    desk_send(&clerk.desk, DESK_FAIL, &notes[0]);
    desk_run(&clerk.desk);
    CHECK_EQ(weft_service_state(&clerk.desk.service), WEFT_SERVICE_SERVING);
    desk_send(&clerk.desk, ASK, &notes[1]);
    run_both(&clerk, &library);
    CHECK_EQ(clerk.answers, 1);
    desk_stop(&clerk.desk);
    desk_ask(&library, &notes[1], &clerk.reply);
    desk_run(&library);
    CHECK_EQ(clerk.cleanups, 1);
    close_both(&clerk, &library);
}

CASE(an_answer_to_the_life_before_a_queued_stop_and_start_is_late_14)
{
    struct clerk clerk;
    struct desk library;
    struct note note = {.value = 5};
    struct note stop = {.value = 0};
    struct note start = {.value = 0};

    desk_serve(&library);
    clerk_open(&clerk, &library);
    desk_send(&clerk.desk, ASK, &note);
    desk_run(&clerk.desk);
    desk_send(&clerk.desk, WEFT_SERVICE_STOP, &stop);
    desk_send(&clerk.desk, WEFT_SERVICE_START, &start);
    desk_run(&clerk.desk);
    ended(&stop, 0);
    ended(&start, 0);
    ended(&note, WEFT_ERR_CANCELLED);
    run_both(&clerk, &library);
    CHECK_EQ(clerk.cleanups, 1);
    CHECK_EQ(clerk.answers, 0);
    close_both(&clerk, &library);
}

/* --- an answer that nobody handles */

CASE(an_answer_that_nobody_handles_is_dropped_and_counted_17)
{
    struct clerk clerk;
    struct desk library;
    struct note notes[3] = {{.value = 1}, {.value = 2}, {.value = 3}};
    weft_reply_t reply = {.context = &clerk};

    desk_serve(&library);
    clerk_open(&clerk, &library);
    weft_reply_init(&reply, &clerk.desk.service, UNKNOWN, clean_up);
    for (int i = 0; i < 3; i++) {
        desk_ask(&library, &notes[i], &reply);
    }
    run_both(&clerk, &library);
    CHECK_EQ(clerk.desk.service.dropped, 3);
    CHECK_EQ(clerk.cleanups, 3);
    for (int i = 0; i < 3; i++) {
        ended(&notes[i], i + 1);
    }
    CHECK_EQ(weft_manual_drain(&clerk.desk.manual), 0); /* nor ever again */
    close_both(&clerk, &library);
}
