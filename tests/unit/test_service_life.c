/* test_service_life.c - services: start, stop, their hooks, what they settle
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/services.h"
#include "tests/support/test.h"

/* In the order in which they were settled. */
static int order[DESK_LOG];
static int settled;

static void write_end(weft_future_t *future)
{
    CHECK(settled < DESK_LOG);
    order[settled++] = note_of(future)->value;
}

static void note_init(struct note *note, int value)
{
    *note = (struct note){.value = value};
    weft_future_then(&note->request, write_end);
}

static void notes_init(struct note *notes, int count)
{
    settled = 0;
    for (int i = 0; i < count; i++) {
        note_init(&notes[i], i);
    }
}

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

/* --- a stop that is refused */

CASE(a_stop_hook_that_refuses_leaves_it_serving_12)
{
    struct desk desk;
    struct note stop = {.value = 0};
    struct note second = {.value = 0};
    struct note kept = {.value = 0};
    struct note note = {.value = 5};

    desk_serve(&desk);
    desk.stop_rc = WEFT_ERR_BUSY;
    desk_send(&desk, DESK_KEEP, &kept);
    desk_send(&desk, WEFT_SERVICE_STOP, &stop);
    desk_send(&desk, DESK_NOTE, &note);
    desk_send(&desk, WEFT_SERVICE_STOP, &second);
    desk_run(&desk);
    ended(&stop, WEFT_ERR_BUSY);
    ended(&second, WEFT_ERR_BUSY);
    ended(&note, 5);
    waits(&kept);
    CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_SERVING);
    desk_has(&desk, 4, STARTED, STOPPED, 5, STOPPED);
    CHECK(weft_kept_settle(&desk.kept[0], 8));
    ended(&kept, 8);
    desk_close(&desk);
}

/* --- what a stop settles */

CASE(a_stop_settles_what_was_sent_after_it_and_handles_what_was_before_13)
{
    struct desk desk;
    struct note notes[5];

    desk_serve(&desk);
    notes_init(notes, 5);
    desk_send(&desk, DESK_NOTE, &notes[0]);
    desk_send(&desk, DESK_NOTE, &notes[1]);
    desk_send(&desk, WEFT_SERVICE_STOP, &notes[2]);
    desk_send(&desk, DESK_NOTE, &notes[3]);
    desk_send(&desk, 1000, &notes[4]);
    desk_run(&desk);
    ended(&notes[0], 0);
    ended(&notes[1], 1);
    ended(&notes[2], 0);
    ended(&notes[3], WEFT_ERR_STOPPED);
    ended(&notes[4], WEFT_ERR_STOPPED);
    CHECK_EQ(settled, 5);
    desk_has(&desk, 4, STARTED, 0, 1, STOPPED);
    desk_close(&desk);
}

CASE(a_stop_cancels_what_is_kept_and_a_late_answer_is_told_so_13)
{
    struct desk desk;
    struct note kept[2];
    struct note late = {.value = 0};

    desk_serve(&desk);
    notes_init(kept, 2);
    desk_send(&desk, DESK_KEEP, &kept[0]);
    desk_send(&desk, DESK_KEEP, &kept[1]);
    desk_run(&desk);
    CHECK(weft_kept_settle(&desk.kept[0], 4));
    desk_send(&desk, WEFT_SERVICE_STOP, &late);
    desk_run(&desk);
    ended(&kept[0], 4);
    ended(&kept[1], WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_future_state(&kept[1].request), WEFT_FUTURE_CANCELLED);
    CHECK(!weft_kept_settle(&desk.kept[1], 5));
    ended(&kept[1], WEFT_ERR_CANCELLED);
    CHECK_EQ(settled, 2);
    desk_close(&desk);
}

static weft_kept_t outside;

static int keeps_outside(weft_service_t *service, weft_request_t *request)
{
    return weft_request_keep(service, request, &outside);
}

CASE(a_late_answer_touches_neither_the_service_nor_the_request_13)
{
    struct desk *desk = frame_new(sizeof(*desk));
    struct note *kept = frame_new(sizeof(*kept));
    weft_handler_entry_t entry;

    desk_open(desk, NULL);
    CHECK_EQ(
        weft_service_handler_set(&desk->service, &entry, 50, keeps_outside), 0);
    desk_start(desk);
    desk_send(desk, 50, kept);
    desk_run(desk);
    desk_close(desk);
    ended(kept, WEFT_ERR_CANCELLED);
    frame_drop(kept, sizeof(*kept));
    frame_drop(desk, sizeof(*desk));
    CHECK(weft_kept_take(&outside) == NULL);
}

CASE(a_stop_does_not_cancel_what_was_taken_for_good_13)
{
    struct desk desk;
    struct note taken = {.value = 0};

    desk_serve(&desk);
    weft_future_then(&taken.request, count_end);
    desk_send(&desk, DESK_TAKE, &taken);
    desk_run(&desk);
    desk_stop(&desk);
    waits(&taken);
    weft_request_settle(desk.taken, 9);
    ended(&taken, 9);
    CHECK_EQ(taken.ends, 1);
    desk_close(&desk);
}

/* --- the stop comes last */

static struct desk *to_free;

static void free_service(weft_future_t *future)
{
    CHECK_EQ(weft_future_result(future), 0);
    memset(&to_free->service, 0xdb, sizeof(to_free->service));
    write_end(future);
}

CASE(the_memory_of_a_service_goes_in_the_function_of_its_stop_15)
{
    struct desk desk;
    struct note notes[6];

    desk_serve(&desk);
    notes_init(notes, 6);
    to_free = &desk;
    weft_future_then(&notes[2].request, free_service);
    desk_send(&desk, DESK_KEEP, &notes[0]);
    desk_send(&desk, DESK_NOTE, &notes[1]);
    desk_send(&desk, WEFT_SERVICE_STOP, &notes[2]);
    desk_send(&desk, DESK_NOTE, &notes[3]);
    desk_send(&desk, DESK_KEEP, &notes[4]);
    desk_send(&desk, DESK_NOTE, &notes[5]);
    desk_run(&desk);
    CHECK_EQ(settled, 6);
    CHECK_EQ(order[5], 2);
    CHECK_EQ(notes[5].value, 5);
    weft_manual_stop(&desk.manual);
    desk_run(&desk);
}

CASE(all_of_several_stops_come_last_and_the_first_may_free_it_15)
{
    struct desk desk;
    struct note notes[3];

    desk_serve(&desk);
    notes_init(notes, 3);
    to_free = &desk;
    for (int i = 0; i < 3; i++) {
        if (i != 1) {
            weft_future_then(&notes[i].request, free_service);
        }
        desk_send(&desk, i == 1 ? DESK_NOTE : WEFT_SERVICE_STOP, &notes[i]);
    }
    desk_run(&desk);
    CHECK_EQ(settled, 3);
    CHECK_EQ(order[0], 1);
    ended(&notes[1], WEFT_ERR_STOPPED);
    weft_manual_stop(&desk.manual);
    desk_run(&desk);
}
