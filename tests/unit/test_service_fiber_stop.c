/* test_service_fiber_stop.c - services: stops and failures while handlers
 * wait in fibers
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/wards.h"

CASE(a_stop_of_a_concurrent_service_cancels_the_waits_of_its_handlers_08)
{
    struct ward ward;
    struct note notes[2] = {{.value = 1}, {.value = 2}};
    struct note stop = {.value = 0};

    ward_serve(&ward, &concurrent);
    ward_send(&ward, WAIT, &notes[0]);
    desk_send(&ward.desk, WEFT_SERVICE_STOP, &stop);
    desk_send(&ward.desk, WAIT, &notes[1]);
    desk_run(&ward.desk);
    desk_has(&ward.desk, 2, 1, WEFT_ERR_CANCELLED);
    ended(&notes[0], WEFT_ERR_CANCELLED);
    ended(&notes[1], WEFT_ERR_STOPPED);
    ended(&stop, 0);
    ward_gone(&ward);
}

CASE(a_stop_of_a_concurrent_service_whose_fibers_all_wait_ends_them_08)
{
    struct ward ward;
    struct note notes[FIBERS] = {{.value = 1}, {.value = 2}};
    struct note stop = {.value = 0};

    ward_serve(&ward, &concurrent);
    for (int i = 0; i < FIBERS; i++) {
        desk_send(&ward.desk, WAIT, &notes[i]);
    }
    desk_run(&ward.desk);
    ward_send(&ward, WEFT_SERVICE_STOP, &stop);
    ended(&stop, 0);
    for (int i = 0; i < FIBERS; i++) {
        ended(&notes[i], WEFT_ERR_CANCELLED);
    }
    ward_gone(&ward);
}

CASE(what_a_cancelled_handler_keeps_is_cancelled_by_the_stop_that_ended_it_13)
{
    for (int again = 0; again < 2; again++) {
        struct ward ward;
        struct note note = {.value = 1};
        struct note stop = {.value = 0};
        struct note start = {.value = 0};

        ward_serve(&ward, &concurrent);
        ward_send(&ward, KEEP_LATE, &note);
        desk_send(&ward.desk, WEFT_SERVICE_STOP, &stop);
        if (again == 1) { /* another life behind it */
            desk_send(&ward.desk, WEFT_SERVICE_START, &start);
        }
        desk_run(&ward.desk);
        CHECK_EQ(ward.desk.kept_count, 1);
        ended(&stop, 0);
        CHECK_EQ(weft_future_state(&note.request), WEFT_FUTURE_CANCELLED);
        CHECK(!weft_kept_settle(&ward.desk.kept[0], 5));
        ward_gone(&ward);
    }
}

static const weft_service_type_t tells = {
    WARD_TYPE, .flags = WEFT_SERVICE_CONCURRENT, .on_fail = desk__failed};

CASE(a_handler_that_fails_its_service_while_that_stops_changes_nothing_13)
{
    struct ward ward;
    struct note notes[2] = {{.value = 1}, {.value = 2}};
    struct note stop = {.value = 0};

    ward_open(&ward, &tells);
    for (int i = 0; i < 2; i++) { /* nor anything of the next life */
        desk_start(&ward.desk);
        ward_send(&ward, FAIL_LATE, &notes[0]);
        desk_send(&ward.desk, WEFT_SERVICE_STOP, &stop);
        desk_send(&ward.desk, DESK_NOTE, &notes[1]);
        desk_run(&ward.desk);
        ended(&stop, 0);
        ended(&notes[0], WEFT_ERR_CANCELLED);
        ended(&notes[1], WEFT_ERR_STOPPED);
        desk_has(&ward.desk, 0);
    }
    ward_gone(&ward);
}

CASE(a_failure_is_told_once_though_a_handler_that_it_ends_fails_too_21)
{
    struct ward ward;
    struct note note = {.value = 1};
    struct note fail = {.value = WEFT_ERR_USER};

    ward_serve(&ward, &tells);
    desk_send(&ward.desk, FAIL_LATE, &note);
    desk_send(&ward.desk, DESK_FAIL, &fail);
    desk_run(&ward.desk);
    ended(&note, WEFT_ERR_CANCELLED);
    desk_has(&ward.desk, 2, FAILED, WEFT_ERR_USER);
    CHECK_EQ(weft_service_state(&ward.desk.service), WEFT_SERVICE_STOPPED);
    ward_gone(&ward);
}

CASE(a_stop_that_its_hook_refuses_cancels_nobody_12)
{
    static const weft_service_type_t type = {
        WARD_TYPE, .flags = WEFT_SERVICE_CONCURRENT | WEFT_SERVICE_FIBER_HOOKS,
        .on_stop = desk__stopped};
    struct ward ward;
    struct note note = {.value = 1};
    struct note stop = {.value = 0};

    ward_serve(&ward, &type);
    ward.desk.stop_rc = WEFT_ERR_BUSY;
    desk_send(&ward.desk, WAIT, &note); /* it has not begun when the stop is */
    desk_send(&ward.desk, WEFT_SERVICE_STOP, &stop);
    desk_run(&ward.desk);
    ended(&stop, WEFT_ERR_BUSY);
    waits(&note);
    let_one_in(&ward);
    ended(&note, 1);
    desk_has(&ward.desk, 3, 1, STOPPED, -1);
    ward_gone(&ward);
}

/* Its result is what a stop's code looks like in 16 bits. */
CASE(an_answer_whose_result_looks_like_a_stop_waits_for_its_fiber_08)
{
    struct ward ward;
    struct desk other;
    struct note notes[FIBERS] = {{.value = 1}, {.value = 2}};
    struct note answer = {.value = (int)WEFT_SERVICE_STOP - 0x10000};
    struct note stop = {.value = 0};
    weft_reply_t reply = {.context = NULL};

    desk_serve(&other);
    ward_serve(&ward, &concurrent);
    weft_reply_init(&reply, &ward.desk.service, WAIT, NULL);
    weft_request_reply(&answer.request, &reply);
    for (int i = 0; i < FIBERS; i++) {
        desk_send(&ward.desk, WAIT, &notes[i]);
    }
    desk_run(&ward.desk);
    desk_send(&other, DESK_NOTE, &answer);
    desk_run(&other);
    ward_send(&ward, WEFT_SERVICE_STOP, &stop);
    CHECK_EQ(ward.inside, FIBERS);
    let_one_in(&ward); /* now the answer begins, and then the stop is next */
    ended(&stop, 0);
    ended(&notes[0], 1);
    ended(&notes[1], WEFT_ERR_CANCELLED);
    CHECK_EQ(ward.most, FIBERS);
    ward_gone(&ward);
    desk_close(&other);
}
