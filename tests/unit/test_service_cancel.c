/* test_service_cancel.c - services: cancels
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/services.h"

enum { WISH = 50 };

CASE(a_cancelled_queued_request_is_never_handled_and_is_settled_in_turn_18)
{
    struct desk desk;
    struct note notes[3] = {{.value = 1}, {.value = 2}, {.value = 3}};

    desk_serve(&desk);
    for (int i = 0; i < 3; i++) {
        weft_future_then(&notes[i].request, count_end);
        desk_send(&desk, DESK_NOTE, &notes[i]);
    }
    CHECK(weft_future_cancel(&notes[1].request));
    CHECK(weft_future_cancel(&notes[1].request)); /* again: the same wish */
    CHECK(weft_future_cancel_asked(&notes[1].request));
    waits(&notes[1]);
    desk_run(&desk);
    desk_has(&desk, 3, STARTED, 1, 3);
    ended_as(&notes[1], WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
    CHECK(!weft_future_cancel(&notes[1].request));
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(notes[i].ends, 1);
    }
    /* The wish is not carried into the next time. */
    desk_send(&desk, DESK_NOTE, &notes[1]);
    CHECK(!weft_future_cancel_asked(&notes[1].request));
    desk_run(&desk);
    ended_as(&notes[1], WEFT_FUTURE_RESOLVED, 2);
    desk_close(&desk);
}

CASE(a_cancelled_request_without_handler_is_cancelled_18)
{
    struct desk desk;
    struct note note = {.value = 1};

    desk_serve(&desk);
    desk_send(&desk, 1000, &note);
    CHECK(weft_future_cancel(&note.request));
    desk_run(&desk);
    ended_as(&note, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
    desk_close(&desk);
}

/* As somebody else would while it runs. */
static int is_cancelled_meanwhile(weft_service_t *service,
                                  weft_request_t *request)
{
    (void)service;
    CHECK(!weft_future_cancel_asked(request));
    CHECK(weft_future_cancel(request));
    CHECK(weft_future_cancel_asked(request));
    CHECK_EQ(weft_future_state(request), WEFT_FUTURE_PENDING);
    return note_of(request)->value;
}

static weft_handler_entry_t entry;

CASE(a_cancel_of_a_running_request_is_a_wish_that_its_handler_may_grant_18)
{
    struct desk desk;
    struct note grants = {.value = WEFT_ERR_CANCELLED};
    struct note refuses = {.value = 4};

    desk_serve(&desk);
    CHECK_EQ(weft_service_handler_set(&desk.service, &entry, WISH,
                                      is_cancelled_meanwhile),
             0);
    desk_send(&desk, WISH, &grants);
    desk_send(&desk, WISH, &refuses);
    desk_run(&desk);
    ended_as(&grants, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
    ended_as(&refuses, WEFT_FUTURE_RESOLVED, 4);
    desk_close(&desk);
}

CASE(a_cancel_of_what_is_kept_or_taken_is_a_wish_of_which_its_keeper_learns_18)
{
    struct desk desk;
    struct note kept = {.value = 1};
    struct note taken = {.value = 2};

    desk_serve(&desk);
    desk_send(&desk, DESK_KEEP, &kept);
    desk_send(&desk, DESK_TAKE, &taken);
    desk_run(&desk);
    CHECK(weft_future_cancel(&kept.request));
    CHECK(weft_future_cancel(&taken.request));
    waits(&kept);
    waits(&taken);
    CHECK(weft_future_cancel_asked(desk.taken));
    weft_request_settle(desk.taken, 5);
    ended_as(&taken, WEFT_FUTURE_RESOLVED, 5);
    CHECK(weft_kept_settle(&desk.kept[0], WEFT_ERR_CANCELLED));
    ended_as(&kept, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
    desk_close(&desk);
}

CASE(starts_and_stops_that_are_cancelled_in_time_do_not_happen_18)
{
    struct desk desk;
    struct note start = {.value = 0};
    struct note behind = {.value = 1};
    struct note stop = {.value = 2};

    desk_open(&desk, NULL);
    desk_send(&desk, WEFT_SERVICE_START, &start);
    desk_send(&desk, DESK_NOTE, &behind);
    CHECK(weft_future_cancel(&start.request));
    desk_run(&desk);
    ended_as(&start, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
    ended(&behind, WEFT_ERR_STOPPED);
    CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_STOPPED);
    desk_start(&desk);
    desk_send(&desk, WEFT_SERVICE_STOP, &stop);
    CHECK(weft_future_cancel(&stop.request));
    desk_run(&desk);
    ended_as(&stop, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_SERVING);
    desk_has(&desk, 1, STARTED);
    desk_close(&desk);
}

CASE(a_cancelled_request_behind_a_stop_is_settled_once_18)
{
    struct desk desk;
    struct note stop = {.value = 0};
    struct note note = {.value = 1};

    desk_serve(&desk);
    weft_future_then(&note.request, count_end);
    desk_send(&desk, WEFT_SERVICE_STOP, &stop);
    desk_send(&desk, DESK_NOTE, &note);
    CHECK(weft_future_cancel(&note.request));
    desk_run(&desk);
    CHECK_EQ(weft_future_state(&note.request), WEFT_FUTURE_CANCELLED);
    CHECK_EQ(note.ends, 1);
    desk_close(&desk);
}
