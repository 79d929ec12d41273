/* test_service_reply.c - services: answers as messages, late ones too
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/clerks.h"

CASE(one_reply_does_for_several_requests_each_answer_a_message_of_its_own_09)
{
    struct clerk clerk;
    struct desk library;
    struct note notes[3] = {{.value = 1}, {.value = 2}, {.value = 3}};
    weft_reply_t reply = {.context = NULL};

    clerk_serve(&clerk, &library);
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
    clerk_ask(&clerk, &note);
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

    clerk_serve(&clerk, &library);
    clerk_ask(&clerk, &note);
    desk_stop(&clerk.desk);
    ended(&note, WEFT_ERR_CANCELLED);
    CHECK_EQ(clerk.cleanups, 0);
    desk_run(&library);
    clerk_has(&clerk, 0, 1);
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

    clerk_serve(clerk, &library);
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

    clerk_serve(&clerk, &library);
    clerk_ask(&clerk, &note);
    desk_send(&clerk.desk, WEFT_SERVICE_STOP, &stop);
    desk_run(&library); /* the answer comes behind the stop */
    CHECK_EQ(clerk.cleanups, 0);
    desk_run(&clerk.desk);
    ended(&stop, 0);
    clerk_has(&clerk, 0, 1);
    close_both(&clerk, &library);
}

CASE(without_clean_up_a_late_answer_is_dropped_14)
{
    struct clerk clerk;
    struct desk library;
    struct note note = {.value = 5};
    weft_reply_t reply = {.context = NULL};

    clerk_serve(&clerk, &library);
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

    clerk_serve(&clerk, &library);
    clerk_ask(&clerk, &note);
    for (int i = 0; i < 2; i++) {
        desk_ask(&library, &two[i], &clerk.reply);
    }
    desk_run(&library); /* three wait in the mailbox now */
    weft_reply_deinit(&clerk.reply);
    desk_run(&clerk.desk);
    clerk_has(&clerk, 0, 3);
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

    clerk_serve(&clerk, &library);
    desk_serve(&other);
    clerk_ask(&clerk, &note);
    desk_run(&library); /* the answer waits in the mailbox now */
    weft_reply_deinit(&clerk.reply);
    weft_reply_init(&clerk.reply, &other.service, DESK_NOTE, clean_up);
    clerk.desk.logged = 0;
    desk_run(&clerk.desk);
    clerk_has(&clerk, 0, 1);
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

    clerk_serve(&clerk, &library);
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

    clerk_serve(&clerk, &library);
    clerk_ask(&clerk, &note);
    desk_send(&clerk.desk, WEFT_SERVICE_STOP, &stop);
    desk_send(&clerk.desk, WEFT_SERVICE_START, &start);
    desk_run(&clerk.desk);
    ended(&stop, 0);
    ended(&start, 0);
    ended(&note, WEFT_ERR_CANCELLED);
    run_both(&clerk, &library);
    clerk_has(&clerk, 0, 1);
    close_both(&clerk, &library);
}

/* --- an answer that nobody handles */

CASE(an_answer_that_nobody_handles_is_dropped_and_counted_17)
{
    struct clerk clerk;
    struct desk library;
    struct note notes[3] = {{.value = 1}, {.value = 2}, {.value = 3}};
    weft_reply_t reply = {.context = &clerk};

    clerk_serve(&clerk, &library);
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
