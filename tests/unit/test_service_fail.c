/* test_service_fail.c - services that fail, and are restarted or not
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/frames.h"
#include "tests/support/fibers.h"
#include "tests/support/services.h"
#include "tests/support/test.h"

#define BROKEN (WEFT_ERR_USER - 7)

static const weft_service_type_t once_only = {DESK_TYPE,
                                              .restart = WEFT_RESTART_ONCE};
static const weft_service_type_t once_keeps = {
    DESK_TYPE, .restart = WEFT_RESTART_ONCE, .restart_keeps = true};

static void counted(struct note *notes, int count)
{
    for (int i = 0; i < count; i++) {
        notes[i] = (struct note){.value = i};
        weft_future_then(&notes[i].request, count_end);
    }
    notes[0].value = BROKEN;
}

static void each_once(const struct note *notes, int count)
{
    for (int i = 0; i < count; i++) {
        CHECK_EQ(notes[i].ends, 1);
    }
}

CASE(a_service_that_has_failed_is_stopped_and_fails_what_is_queued_21)
{
    struct desk desk;
    struct note notes[7];

    desk_serve(&desk);
    counted(notes, 7);
    desk_send(&desk, DESK_KEEP, &notes[1]);
    desk_send(&desk, DESK_FAIL, &notes[0]);
    desk_send(&desk, DESK_NOTE, &notes[2]);
    desk_send(&desk, WEFT_SERVICE_START, &notes[3]);
    desk_send(&desk, WEFT_SERVICE_STOP, &notes[4]);
    desk_send(&desk, DESK_KEEP, &notes[5]);
    desk_send(&desk, WEFT_SERVICE_STOP, &notes[6]);
    desk_run(&desk);
    ended(&notes[0], 0); /* what the handler has answered */
    ended(&notes[1], WEFT_ERR_CANCELLED);
    ended(&notes[2], BROKEN);
    ended(&notes[3], BROKEN);
    ended(&notes[4], 0);
    ended(&notes[5], BROKEN);
    ended(&notes[6], 0);
    each_once(notes, 7);
    CHECK(!weft_kept_settle(&desk.kept[0], 1));
    desk_has(&desk, 3, STARTED, FAILED, BROKEN);
    CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_STOPPED);
    desk_start(&desk);
    desk_send(&desk, DESK_NOTE, &notes[2]);
    desk_run(&desk);
    ended(&notes[2], 2);
    desk_close(&desk);
}

CASE(once_it_is_restarted_at_once_and_the_second_time_it_is_stopped_21)
{
    struct desk desk;
    struct note notes[4];

    desk_open(&desk, &once_only);
    for (int life = 0; life < 2; life++) { /* a new start: once again */
        desk_start(&desk);
        counted(notes, 4);
        desk_send(&desk, DESK_FAIL, &notes[0]);
        desk_send(&desk, DESK_NOTE, &notes[1]);
        desk_run(&desk);
        desk_has(&desk, 4, STARTED, FAILED, BROKEN, STARTED);
        ended(&notes[1], BROKEN);
        CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_SERVING);
        desk_send(&desk, DESK_NOTE, &notes[2]);
        desk_run(&desk);
        ended(&notes[2], 2);
        weft_future_then(&notes[0].request, count_end);
        notes[0].ends = 0;
        desk_send(&desk, DESK_FAIL, &notes[0]);
        desk_send(&desk, DESK_NOTE, &notes[3]);
        desk_run(&desk);
        desk_has(&desk, 3, 2, FAILED, BROKEN);
        ended(&notes[3], BROKEN);
        each_once(notes, 4);
        CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_STOPPED);
    }
    desk_close(&desk);
}

CASE(its_requests_wait_for_the_restart_where_the_type_says_so_21)
{
    struct desk desk;
    struct note notes[4];

    desk_open(&desk, &once_keeps);
    desk_start(&desk);
    counted(notes, 4);
    desk_send(&desk, DESK_KEEP, &notes[1]);
    desk_send(&desk, DESK_FAIL, &notes[0]);
    desk_send(&desk, DESK_NOTE, &notes[2]);
    desk_send(&desk, DESK_NOTE, &notes[3]);
    desk_run(&desk);
    desk_has(&desk, 6, STARTED, FAILED, BROKEN, STARTED, 2, 3);
    ended(&notes[1], WEFT_ERR_CANCELLED); /* what was begun is over */
    ended(&notes[2], 2);
    ended(&notes[3], 3);
    each_once(notes, 4);
    desk_close(&desk);
}

static int fails_in_start(weft_service_t *service, weft_request_t *request)
{
    (void)request;
    weft_service_fail(service, BROKEN);
    return WEFT_OK;
}

CASE(a_failure_in_the_start_hook_is_not_lost_21)
{
    static const weft_service_type_t type = {
        .handlers = desk_handlers,
        .handlers_count = DESK_CODES,
        .on_start = fails_in_start,
    };
    struct desk desk;
    struct note notes[2];

    desk_open(&desk, &type);
    counted(notes, 2);
    desk_send(&desk, WEFT_SERVICE_START, &notes[0]);
    desk_send(&desk, DESK_NOTE, &notes[1]);
    desk_run(&desk);
    ended(&notes[1], BROKEN);
    each_once(notes, 2);
    desk_has(&desk, 0);
    CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_STOPPED);
    desk_close(&desk);
}

static weft_request_t *hook_request;

static int fails_the_second_time(weft_service_t *service,
                                 weft_request_t *request)
{
    struct desk *desk = desk_of(service);

    desk_write(desk, STARTED);
    hook_request = request;
    return request == NULL ? BROKEN - 1 : WEFT_OK;
}

CASE(a_restart_whose_hook_fails_is_a_failure_and_its_hook_gets_no_request_21)
{
    static const weft_service_type_t type = {
        .handlers = desk_handlers,
        .handlers_count = DESK_CODES,
        .restart = WEFT_RESTART_ONCE,
        .restart_keeps = true,
        .on_start = fails_the_second_time,
        .on_fail = desk__failed,
    };
    struct desk desk;
    struct note notes[2];

    desk_open(&desk, &type);
    desk_start(&desk);
    CHECK(hook_request != NULL);
    counted(notes, 2);
    desk_send(&desk, DESK_FAIL, &notes[0]);
    desk_send(&desk, DESK_NOTE, &notes[1]);
    desk_run(&desk);
    CHECK(hook_request == NULL);
    desk_has(&desk, 6, STARTED, FAILED, BROKEN, STARTED, FAILED, BROKEN - 1);
    ended(&notes[1], BROKEN - 1);
    each_once(notes, 2);
    CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_STOPPED);
    desk_close(&desk);
}

/* --- with back-off: on a loop, which has time */

struct plant {
    weft_loop_t loop;
    struct desk desk; /* its service; not its executor */
    uint64_t started_us[8];
    int starts;
    weft_service_loop_t timer;
};

static struct plant *plant_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(desk_of(service), struct plant, desk);
}

static int plant_starts(weft_service_t *service, weft_request_t *request)
{
    struct plant *plant = plant_of(service);

    (void)request;
    CHECK(plant->starts < 8);
    plant->started_us[plant->starts++] = weft_now_us();
    return plant->desk.start_rc;
}

#define PLANT_TYPE                                                             \
    .handlers = desk_handlers, .handlers_count = DESK_CODES,                   \
    .restart = WEFT_RESTART_BACKOFF, .backoff_us = 10000,                      \
    .backoff_max_us = 40000, .on_start = plant_starts

static const weft_service_type_t plant_type = {PLANT_TYPE};
static const weft_service_type_t plant_keeps = {PLANT_TYPE,
                                                .restart_keeps = true};

static struct plant *plant_new(const weft_service_type_t *type)
{
    struct plant *plant = frame_new(sizeof(*plant));

    weft_loop_init(&plant->loop, NULL);
    CHECK_EQ(
        weft_service_init(&plant->desk.service, type, &plant->loop.executor),
        0);
    return plant;
}

static void run_for(struct plant *plant, uint64_t us)
{
    struct sleeper sleeper = {.deadline_us = weft_deadline(us)};

    CHECK_EQ(weft_loop_run_task(&plant->loop, sleeper_task(&sleeper)), 7);
}

static int ask(struct plant *plant, unsigned code, int value)
{
    struct note note = {.value = value};

    CHECK_EQ(weft_service_send(&plant->desk.service, code, &note.request), 0);
    while (!weft_future_settled(&note.request)) {
        (void)weft_loop_step(&plant->loop);
    }
    return weft_future_result(&note.request);
}

static void plant_drop(struct plant *plant)
{
    CHECK_EQ(ask(plant, WEFT_SERVICE_STOP, 0), 0);
    CHECK_EQ(weft_service_state(&plant->desk.service), WEFT_SERVICE_STOPPED);
    weft_loop_deinit(&plant->loop);
    frame_drop(plant, sizeof(*plant));
}

static enum weft_service_state state_of(const struct plant *plant)
{
    return weft_service_state(&plant->desk.service);
}

CASE(with_back_off_it_is_restarted_after_pauses_that_double_to_a_maximum_21)
{
    static const uint64_t pauses_us[] = {10000, 20000, 40000, 40000};
    struct plant *plant = plant_new(&plant_type);

    CHECK_EQ(ask(plant, WEFT_SERVICE_START, 0), 0);
    for (int i = 0; i < 4; i++) {
        uint64_t failed_us = weft_now_us();

        CHECK_EQ(ask(plant, DESK_FAIL, BROKEN), 0);
        run_for(plant, pauses_us[i] / 2);
        CHECK(!TEST_IN_SIM || state_of(plant) == WEFT_SERVICE_RESTARTING);
        run_for(plant, pauses_us[i] / 2 + 1000);
        while (plant->starts < i + 2) {
            (void)weft_loop_step(&plant->loop);
        }
        CHECK(plant->started_us[i + 1] >= failed_us + pauses_us[0]);
        if (TEST_IN_SIM) { /* elsewhere it may have served long, meanwhile */
            CHECK(plant->started_us[i + 1] >= failed_us + pauses_us[i]);
            CHECK(plant->started_us[i + 1] <= failed_us + pauses_us[i] + 100);
        }
        CHECK_EQ(ask(plant, DESK_NOTE, i), i);
    }
    plant_drop(plant);
}

CASE(one_that_has_served_long_begins_with_the_first_pause_again_21)
{
    struct plant *plant = plant_new(&plant_type);
    uint64_t failed_us = 0;

    CHECK_EQ(ask(plant, WEFT_SERVICE_START, 0), 0);
    for (int i = 0; i < 3; i++) {
        if (i == 2) {
            run_for(plant, 50000);
        }
        failed_us = weft_now_us();
        CHECK_EQ(ask(plant, DESK_FAIL, BROKEN), 0);
        while (plant->starts < i + 2) {
            run_for(plant, 1000);
        }
    }
    CHECK(plant->started_us[3] >= failed_us + 10000);
    CHECK(!TEST_IN_SIM || plant->started_us[3] <= failed_us + 10100);
    plant_drop(plant);
}

CASE(one_that_is_started_anew_begins_with_the_first_pause_21)
{
    struct plant *plant = plant_new(&plant_type);
    uint64_t failed_us = 0;

    CHECK_EQ(ask(plant, WEFT_SERVICE_START, 0), 0);
    for (int i = 0; i < 2; i++) {
        if (i == 1) {
            CHECK_EQ(ask(plant, WEFT_SERVICE_STOP, 0), 0);
            CHECK_EQ(ask(plant, WEFT_SERVICE_START, 0), 0);
        }
        failed_us = weft_now_us();
        CHECK_EQ(ask(plant, DESK_FAIL, BROKEN), 0);
        while (plant->starts < 2 * i + 2) {
            run_for(plant, 1000);
        }
    }
    CHECK(plant->started_us[3] >= failed_us + 10000);
    CHECK(!TEST_IN_SIM || plant->started_us[3] <= failed_us + 10100);
    plant_drop(plant);
}

static int fails_both_ways(weft_service_t *service, weft_request_t *request)
{
    CHECK(request != NULL);
    weft_service_fail(service, BROKEN);
    return BROKEN - 1;
}

CASE(a_start_hook_that_fails_its_service_and_returns_an_error_ends_the_start_21)
{
    static const weft_service_type_t type = {
        .restart = WEFT_RESTART_BACKOFF,
        .backoff_us = 1000,
        .on_start = fails_both_ways,
        .on_fail = desk__failed,
    };
    struct plant *plant = plant_new(&type);
    struct note start = {.value = 0};

    CHECK_EQ(weft_service_start(&plant->desk.service, &start.request), 0);
    run_for(plant, 3000);
    ended(&start, BROKEN - 1);
    CHECK_EQ(state_of(plant), WEFT_SERVICE_STOPPED);
    desk_has(&plant->desk, 0);
    plant_drop(plant);
}

CASE(in_the_pause_requests_fail_with_what_it_failed_with_or_wait_21)
{
    for (int keeps = 0; keeps < 2; keeps++) {
        struct plant *plant = plant_new(keeps ? &plant_keeps : &plant_type);
        struct note notes[2] = {{.value = 1}, {.value = 2}};

        CHECK_EQ(ask(plant, WEFT_SERVICE_START, 0), 0);
        CHECK_EQ(ask(plant, DESK_FAIL, BROKEN), 0);
        for (int i = 0; i < 2; i++) {
            weft_future_then(&notes[i].request, count_end);
            CHECK_EQ(weft_service_send(&plant->desk.service,
                                       i == 0 ? DESK_NOTE : WEFT_SERVICE_START,
                                       &notes[i].request),
                     0);
        }
        run_for(plant, 2000);
        if (TEST_IN_SIM) {
            ended(&notes[0], keeps ? WEFT_PENDING : BROKEN);
            waits(&notes[1]);
        }
        while (plant->starts < 2) {
            run_for(plant, 1000);
        }
        run_for(plant, 100);
        ended(&notes[0], keeps ? 1 : BROKEN);
        ended(&notes[1], 0);
        CHECK(notes[0].ends == 1 && notes[1].ends == 1);
        plant_drop(plant);
    }
}

CASE(a_stop_in_the_pause_succeeds_and_ends_it_21)
{
    for (int keeps = 0; keeps < 2; keeps++) {
        struct plant *plant = plant_new(keeps ? &plant_keeps : &plant_type);
        struct note note = {.value = 1};

        CHECK_EQ(ask(plant, WEFT_SERVICE_START, 0), 0);
        CHECK_EQ(ask(plant, DESK_FAIL, BROKEN), 0);
        CHECK_EQ(
            weft_service_send(&plant->desk.service, DESK_NOTE, &note.request),
            0);
        CHECK_EQ(ask(plant, WEFT_SERVICE_STOP, 0), 0);
        CHECK(weft_future_result(&note.request) ==
                  (keeps ? WEFT_ERR_STOPPED : BROKEN) ||
              weft_future_result(&note.request) == WEFT_ERR_STOPPED);
        CHECK_EQ(state_of(plant), WEFT_SERVICE_STOPPED);
        run_for(plant, 30000);
        CHECK_EQ(plant->starts, 1);
        plant_drop(plant);
    }
}

static void fails_in_loop(weft_service_t *service, weft_service_loop_t *loop)
{
    weft_service_loop_unset(service, loop);
    weft_service_fail(service, BROKEN);
}

CASE(a_loop_fails_its_service_and_loops_run_again_after_a_restart_21)
{
    struct plant *plant = plant_new(&plant_type);

    CHECK_EQ(weft_service_loop_set(&plant->desk.service, &plant->timer,
                                   fails_in_loop, 3000),
             0);
    CHECK_EQ(ask(plant, WEFT_SERVICE_START, 0), 0);
    while (plant->starts < 2) {
        run_for(plant, 1000);
    }
    CHECK(plant->started_us[1] >= plant->started_us[0] + 13000);
    CHECK_EQ(ask(plant, DESK_NOTE, 4), 4);
    plant_drop(plant);
}

/* --- handlers that wait are ended first */

enum { WAIT = 50 };

struct ward {
    struct desk desk;
    weft_service_fibers_t fibers;
    weft_service_fiber_t fiber[2];
    weft_event_t never;
    int waiting;
};

static int waits_for_ever(weft_service_t *service, weft_request_t *request)
{
    struct ward *ward = WEFT_CONTAINER_OF(desk_of(service), struct ward, desk);
    int rc;

    (void)request;
    ward->waiting++;
    rc = weft_event_wait(&ward->never);
    ward->waiting--;
    return rc;
}

static int restarted_without_fibers(weft_service_t *service,
                                    weft_request_t *request)
{
    struct ward *ward = WEFT_CONTAINER_OF(desk_of(service), struct ward, desk);

    (void)request;
    CHECK_EQ(ward->waiting, 0);
    desk_write(&ward->desk, STARTED);
    return WEFT_OK;
}

static const weft_handler_t ward_handlers[] = {
    DESK_HANDLERS, {WAIT, WEFT_HANDLER_FIBER, waits_for_ever}};
static const weft_service_type_t ward_type = {
    .handlers = ward_handlers,
    .handlers_count = DESK_CODES + 1,
    .flags = WEFT_SERVICE_CONCURRENT,
    .restart = WEFT_RESTART_ONCE,
    .on_start = restarted_without_fibers,
};

CASE(waits_of_handlers_are_cancelled_before_a_restart_21)
{
    struct ward *ward = frame_new(sizeof(*ward));
    void *stack[2] = {frame_new(FIBER_STACK), frame_new(FIBER_STACK)};
    struct note notes[2];

    desk_open(&ward->desk, &ward_type);
    weft_event_init(&ward->never, false);
    for (int i = 0; i < 2; i++) {
        weft_fiber_init(&ward->fiber[i].fiber, "ward", stack[i], FIBER_STACK);
    }
    CHECK_EQ(weft_service_fibers_set(&ward->desk.service, &ward->fibers,
                                     ward->fiber, 2),
             0);
    desk_start(&ward->desk);
    counted(notes, 2);
    desk_send(&ward->desk, WAIT, &notes[1]);
    desk_run(&ward->desk);
    CHECK_EQ(ward->waiting, 1);
    desk_send(&ward->desk, DESK_FAIL, &notes[0]);
    desk_run(&ward->desk);
    desk_has(&ward->desk, 2, STARTED, STARTED);
    ended(&notes[1], WEFT_ERR_CANCELLED);
    each_once(notes, 2);
    desk_close(&ward->desk);
    frame_drop(stack[0], FIBER_STACK);
    frame_drop(stack[1], FIBER_STACK);
    frame_drop(ward, sizeof(*ward));
}

/* --- a service that may block its thread */

struct booth {
    struct core core;
    weft_service_t service;
    int error;
};

static void blocks_when_told(weft_service_t *service, int error)
{
    struct booth *booth = WEFT_CONTAINER_OF(service, struct booth, service);

    CHECK_EQ(weft_sleep(WEFT_US(100)), 0);
    booth->error = error;
}

CASE(the_hook_of_a_failure_may_block_where_handlers_may_21)
{
    static const weft_service_type_t type = {
        .handlers = desk_handlers,
        .handlers_count = DESK_CODES,
        .flags = WEFT_SERVICE_BLOCKING,
        .on_fail = blocks_when_told,
    };
    struct booth *booth = frame_new(sizeof(*booth));
    struct note note = {.value = BROKEN};

    core_start(&booth->core);
    CHECK_EQ(
        weft_service_init(&booth->service, &type, &booth->core.loop.executor),
        0);
    CHECK_EQ(weft_call(&booth->service, WEFT_SERVICE_START, &note.request), 0);
    CHECK_EQ(weft_call(&booth->service, DESK_FAIL, &note.request), 0);
    CHECK_EQ(weft_call(&booth->service, WEFT_SERVICE_STOP, &note.request), 0);
    while (weft_service_state(&booth->service) != WEFT_SERVICE_STOPPED) {
        weft_hook_spin();
    }
    CHECK_EQ(booth->error, BROKEN);
    weft_thread_leave();
    core_stop(&booth->core);
    frame_drop(booth, sizeof(*booth));
}
