/* test_service_life.c - services: start, start again, a start that fails
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/endings.h"

/* --- start and stop, once and several times */

CASE(its_state_can_be_asked_10)
{
    struct desk desk;
    struct note start = {.value = 0};
    struct note stop = {.value = 0};

    desk_open(&desk, NULL);
    desk_send(&desk, WEFT_SERVICE_START, &start);
    CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_STARTING);
    desk_run(&desk);
    CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_SERVING);
    desk_send(&desk, WEFT_SERVICE_STOP, &stop);
    desk_run(&desk);
    CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_STOPPED);
    desk_close(&desk);
}

CASE(all_of_several_starts_and_stops_succeed_and_the_hooks_run_once_10)
{
    enum { EACH = 3 };
    struct desk desk;
    struct note starts[EACH];
    struct note stops[EACH];

    desk_open(&desk, NULL);
    memset(starts, 0, sizeof(starts));
    memset(stops, 0, sizeof(stops));
    for (int i = 0; i < EACH; i++) { /* while one is pending, too */
        weft_future_then(&starts[i].request, count_end);
        desk_send(&desk, WEFT_SERVICE_START, &starts[i]);
    }
    desk_run(&desk);
    for (int i = 0; i < EACH; i++) {
        weft_future_then(&stops[i].request, count_end);
        desk_send(&desk, WEFT_SERVICE_STOP, &stops[i]);
    }
    desk_run(&desk);
    for (int i = 0; i < EACH; i++) {
        ended(&starts[i], 0);
        ended(&stops[i], 0);
        CHECK_EQ(starts[i].ends, 1);
        CHECK_EQ(stops[i].ends, 1);
    }
    desk_has(&desk, 2, STARTED, STOPPED);
    desk_close(&desk);
}

CASE(a_start_of_a_started_and_a_stop_of_a_stopped_one_succeed_10)
{
    struct desk desk;
    struct note note = {.value = 0};

    desk_open(&desk, NULL);
    desk_send(&desk, WEFT_SERVICE_STOP, &note); /* never started */
    ended(&note, 0);
    desk_start(&desk);
    desk_start(&desk);
    desk_stop(&desk);
    desk_send(&desk, WEFT_SERVICE_STOP, &note);
    ended(&note, 0);
    desk_has(&desk, 2, STARTED, STOPPED);
    desk_close(&desk);
}

CASE(what_is_sent_behind_a_start_waits_for_its_hook_10)
{
    struct desk desk;
    struct note start = {.value = 0};
    struct note note = {.value = 5};

    desk_open(&desk, NULL);
    desk_send(&desk, WEFT_SERVICE_START, &start);
    desk_send(&desk, DESK_NOTE, &note);
    waits(&note);
    desk_run(&desk);
    desk_has(&desk, 2, STARTED, 5);
    ended(&note, 5);
    desk_close(&desk);
}

static struct note *hooked[2];

static int looks_at_start(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    hooked[0] = note_of(request);
    return 3;
}

static int looks_at_stop(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    hooked[1] = note_of(request);
    return 4;
}

CASE(the_hooks_see_what_is_around_the_start_and_the_stop_10)
{
    static const weft_service_type_t type = {.on_start = looks_at_start,
                                             .on_stop = looks_at_stop};
    struct desk desk;
    struct note start = {.value = 0};
    struct note stop = {.value = 0};

    desk_open(&desk, &type);
    desk_send(&desk, WEFT_SERVICE_START, &start);
    desk_run(&desk);
    CHECK(hooked[0] == &start);
    CHECK_EQ(weft_future_state(&start.request), WEFT_FUTURE_RESOLVED);
    desk_send(&desk, WEFT_SERVICE_STOP, &stop);
    desk_run(&desk);
    CHECK(hooked[1] == &stop);
    CHECK_EQ(weft_future_state(&stop.request), WEFT_FUTURE_RESOLVED);
    desk_close(&desk);
}

CASE(a_stop_from_inside_comes_when_the_handler_has_ended_10)
{
    struct desk desk;
    struct note notes[4];

    desk_open(&desk, NULL);
    notes_init(notes, 4);
    desk_start(&desk);
    desk_send(&desk, DESK_STOP, &notes[1]);
    desk_send(&desk, DESK_NOTE, &notes[2]); /* before the handler sends it */
    desk_run(&desk);
    ended(&notes[1], 0);
    ended(&notes[2], 2);
    CHECK_EQ(weft_future_result(&desk.stop), 0);
    CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_STOPPED);
    desk_has(&desk, 3, STARTED, 2, STOPPED);
    desk_close(&desk);
}

/* --- starting again */

CASE(a_stopped_service_is_started_again_10)
{
    struct desk desk;
    struct note note = {.value = 5};

    desk_open(&desk, NULL);
    for (int i = 0; i < 3; i++) {
        desk_start(&desk);
        desk_send(&desk, DESK_NOTE, &note);
        desk_run(&desk);
        ended(&note, 5);
        desk_stop(&desk);
        desk_has(&desk, 3, STARTED, 5, STOPPED);
    }
    desk_close(&desk);
}

CASE(a_start_behind_a_stop_begins_a_new_life_with_what_comes_behind_it_10)
{
    struct desk desk;
    struct note notes[6];

    desk_serve(&desk);
    notes_init(notes, 6);
    desk_send(&desk, DESK_NOTE, &notes[0]);
    desk_send(&desk, WEFT_SERVICE_STOP, &notes[1]);
    desk_send(&desk, DESK_NOTE, &notes[2]); /* between the two: stopped */
    desk_send(&desk, WEFT_SERVICE_START, &notes[3]);
    desk_send(&desk, DESK_NOTE, &notes[4]);
    desk_send(&desk, WEFT_SERVICE_START, &notes[5]);
    desk_run(&desk);
    desk_has(&desk, 5, STARTED, 0, STOPPED, STARTED, 4);
    ended(&notes[2], WEFT_ERR_STOPPED);
    ended(&notes[3], 0);
    ended(&notes[4], 4);
    ended(&notes[5], 0);
    CHECK_EQ(settled, 6);
    CHECK_EQ(order[1], 2);
    CHECK_EQ(order[2], 1); /* the stop, when all before the start is settled */
    CHECK_EQ(order[3], 3);
    CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_SERVING);
    desk_close(&desk);
}

CASE(a_stop_behind_a_start_behind_a_stop_ends_that_life_too_10)
{
    struct desk desk;
    struct note notes[4];

    desk_open(&desk, NULL);
    notes_init(notes, 4);
    desk_send(&desk, WEFT_SERVICE_START, &notes[0]);
    desk_send(&desk, WEFT_SERVICE_STOP, &notes[1]);
    desk_send(&desk, WEFT_SERVICE_START, &notes[2]);
    desk_send(&desk, WEFT_SERVICE_STOP, &notes[3]);
    desk_run(&desk);
    desk_has(&desk, 4, STARTED, STOPPED, STARTED, STOPPED);
    for (int i = 0; i < 4; i++) {
        ended(&notes[i], 0);
        CHECK_EQ(order[i], i);
    }
    CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_STOPPED);
    desk_close(&desk);
}

/* --- a start that fails */

CASE(a_start_hook_that_fails_fails_the_start_and_ten_queued_requests_11)
{
    enum { TEN = 10 };
    struct desk desk;
    struct note start;
    struct note more;
    struct note stop;
    struct note notes[TEN];

    desk_open(&desk, NULL);
    notes_init(notes, TEN);
    note_init(&start, 10);
    note_init(&more, 11);
    note_init(&stop, 12);
    desk.start_rc = WEFT_ERR_USER - 1;
    desk_send(&desk, WEFT_SERVICE_START, &start);
    for (int i = 0; i < TEN; i++) {
        desk_send(&desk, i % 2 == 0 ? DESK_NOTE : DESK_KEEP, &notes[i]);
    }
    desk_send(&desk, WEFT_SERVICE_START, &more);
    desk_send(&desk, WEFT_SERVICE_STOP, &stop);
    desk_run(&desk);
    for (int i = 0; i < TEN; i++) {
        ended(&notes[i], WEFT_ERR_USER - 1);
    }
    ended(&start, WEFT_ERR_USER - 1);
    ended(&more, WEFT_ERR_USER - 1);
    ended(&stop, 0);
    CHECK_EQ(settled, TEN + 3);
    desk_has(&desk, 1, STARTED);
    CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_STOPPED);
    desk.start_rc = 0;
    desk_start(&desk);
    desk_send(&desk, DESK_NOTE, &notes[0]);
    desk_run(&desk);
    ended(&notes[0], 0);
    desk_has(&desk, 2, STARTED, 0);
    desk_close(&desk);
}

/* Its end begins the next life at once. */
static void start_it_again(weft_future_t *future)
{
    struct desk *desk = WEFT_CONTAINER_OF(future, struct desk, stop);

    CHECK_EQ(weft_future_result(future), WEFT_ERR_USER);
    desk->start_rc = 0;
    weft_future_init(&desk->stop);
    CHECK_EQ(weft_service_start(&desk->service, &desk->stop), 0);
}

CASE(a_failed_start_is_tried_again_by_the_function_of_its_end_11)
{
    struct desk desk;

    desk_open(&desk, NULL);
    desk.start_rc = WEFT_ERR_USER;
    weft_future_then(&desk.stop, start_it_again);
    CHECK_EQ(weft_service_start(&desk.service, &desk.stop), 0);
    desk_run(&desk);
    CHECK_EQ(weft_future_result(&desk.stop), 0);
    CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_SERVING);
    desk_has(&desk, 2, STARTED, STARTED);
    desk_close(&desk);
}

CASE(on_a_stopped_executor_a_start_fails_at_once_11)
{
    weft_manual_t manual;
    weft_service_t service;
    struct note start = {.value = 0};
    struct note note = {.value = 0};

    weft_manual_init(&manual);
    CHECK_EQ(weft_service_init(&service, &desk_type, &manual.executor), 0);
    weft_manual_stop(&manual);
    (void)weft_manual_drain(&manual);
    weft_future_then(&start.request, count_end);
    CHECK_EQ(weft_service_start(&service, &start.request), WEFT_ERR_STOPPED);
    ended(&start, WEFT_ERR_STOPPED);
    CHECK_EQ(start.ends, 1);
    CHECK_EQ(weft_service_state(&service), WEFT_SERVICE_STOPPED);
    CHECK_EQ(weft_service_send(&service, DESK_NOTE, &note.request),
             WEFT_ERR_STOPPED);
    CHECK_EQ(weft_service_stop(&service, &note.request), 0);
}
