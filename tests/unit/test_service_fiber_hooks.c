/* test_service_fiber_hooks.c - services: hooks of start and stop that wait
 * in fibers
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/wards.h"

static int hook_waits(weft_service_t *service, weft_request_t *request)
{
    struct ward *ward = ward_of(service);
    int rc;

    (void)request;
    desk_write(&ward->desk, STARTED);
    rc = weft_event_wait(&ward->gate);
    return rc < 0 ? rc : ward->desk.start_rc;
}

static int stop_hook_waits(weft_service_t *service, weft_request_t *request)
{
    struct ward *ward = ward_of(service);
    int rc;

    (void)request;
    desk_write(&ward->desk, STOPPED);
    rc = weft_event_wait(&ward->gate);
    return rc < 0 ? rc : ward->desk.stop_rc;
}

static const weft_service_type_t slow = {
    WARD_TYPE, .flags = WEFT_SERVICE_FIBER_HOOKS, .on_start = hook_waits,
    .on_stop = stop_hook_waits};

CASE(starts_and_stops_that_come_while_a_hook_waits_are_settled_after_it_10)
{
    struct ward ward;
    struct note notes[5] = {{.value = 0}, {.value = 1}, {.value = 2}};

    ward_open(&ward, &slow);
    ward_send(&ward, WEFT_SERVICE_START, &notes[0]);
    CHECK_EQ(weft_service_state(&ward.desk.service), WEFT_SERVICE_STARTING);
    desk_send(&ward.desk, WEFT_SERVICE_START, &notes[1]); /* pending start */
    desk_send(&ward.desk, DESK_NOTE, &notes[2]);
    desk_send(&ward.desk, WEFT_SERVICE_STOP, &notes[3]);
    desk_run(&ward.desk);
    for (int i = 0; i < 4; i++) {
        waits(&notes[i]);
    }
    let_one_in(&ward);
    desk_has(&ward.desk, 3, STARTED, 2, STOPPED);
    CHECK_EQ(weft_service_state(&ward.desk.service), WEFT_SERVICE_STOPPING);
    ward_send(&ward, WEFT_SERVICE_STOP, &notes[4]);
    ended(&notes[0], 0);
    ended(&notes[1], 0);
    ended(&notes[2], 2);
    waits(&notes[3]);
    let_one_in(&ward);
    ended(&notes[3], 0);
    ended(&notes[4], 0);
    desk_has(&ward.desk, 0);
    ward_gone(&ward);
}

CASE(what_is_sent_while_a_slow_stop_hook_runs_is_settled_by_its_end_10)
{
    struct ward ward;
    struct note notes[3] = {{.value = 0}, {.value = 1}, {.value = 2}};

    ward_open(&ward, &slow);
    desk_send(&ward.desk, WEFT_SERVICE_START, &notes[0]);
    weft_event_set(&ward.gate);
    desk_run(&ward.desk);
    ended(&notes[0], 0);
    for (int i = 0; i < 2; i++) {
        ward.desk.stop_rc = i == 0 ? WEFT_ERR_BUSY : 0;
        ward_send(&ward, WEFT_SERVICE_STOP, &notes[1]);
        ward_send(&ward, DESK_NOTE, &notes[2]);
        waits(&notes[1]);
        waits(&notes[2]);
        let_one_in(&ward);
        ended(&notes[1], ward.desk.stop_rc);
        ended(&notes[2], i == 0 ? 2 : WEFT_ERR_STOPPED);
    }
    ward_gone(&ward);
}

CASE(a_start_hook_in_a_fiber_that_fails_fails_what_is_queued_11)
{
    struct ward ward;
    struct note notes[2] = {{.value = 0}, {.value = 1}};

    ward_open(&ward, &slow);
    ward.desk.start_rc = WEFT_ERR_USER;
    ward_send(&ward, WEFT_SERVICE_START, &notes[0]);
    desk_send(&ward.desk, DESK_NOTE, &notes[1]);
    let_one_in(&ward);
    ended(&notes[0], WEFT_ERR_USER);
    ended(&notes[1], WEFT_ERR_USER);
    CHECK_EQ(weft_service_state(&ward.desk.service), WEFT_SERVICE_STOPPED);
    ward_gone(&ward);
}
