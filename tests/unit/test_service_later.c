/* test_service_later.c - services: kept, taken back and passed on
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/clerks.h"
#include "tests/support/handler.h"

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

    clerk_serve(&clerk, &library);
    clerk_ask(&clerk, &note);
    waits(&note);
    run_both(&clerk, &library);
    ended(&note, 30);
    clerk_has(&clerk, 1, 0);
    close_both(&clerk, &library);
}

/* However the asker waits: who is in the middle does the same. */
CASE(who_is_in_the_middle_knows_nothing_of_how_the_asker_waits_09)
{
    struct clerk clerk;
    struct desk library;
    struct note note = {.value = 4};
    weft_future_on_t on;

    clerk_serve(&clerk, &library);
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

    clerk_serve(&clerk, &library);
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
    clerk_serve(&clerk, &library);
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
