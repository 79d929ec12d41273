/* test_service_cancel.c - services: cancels, calls and their limits
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/services.h"
#include "tests/support/test.h"

enum { WISH = 50, SLOW = 51 };

static void is(const struct note *note, enum weft_future_state state, int rc)
{
    CHECK_EQ(weft_future_state(&note->request), state);
    ended(note, rc);
}

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
    is(&notes[1], WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
    CHECK(!weft_future_cancel(&notes[1].request));
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(notes[i].ends, 1);
    }
    /* The wish is not carried into the next time. */
    desk_send(&desk, DESK_NOTE, &notes[1]);
    CHECK(!weft_future_cancel_asked(&notes[1].request));
    desk_run(&desk);
    is(&notes[1], WEFT_FUTURE_RESOLVED, 2);
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
    is(&note, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
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
    is(&grants, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
    is(&refuses, WEFT_FUTURE_RESOLVED, 4);
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
    is(&taken, WEFT_FUTURE_RESOLVED, 5);
    CHECK(weft_kept_settle(&desk.kept[0], WEFT_ERR_CANCELLED));
    is(&kept, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
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
    is(&start, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
    ended(&behind, WEFT_ERR_STOPPED);
    CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_STOPPED);
    desk_start(&desk);
    desk_send(&desk, WEFT_SERVICE_STOP, &stop);
    CHECK(weft_future_cancel(&stop.request));
    desk_run(&desk);
    is(&stop, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
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

/* --- calls of tasks, on one loop with the service */

struct caller {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_service_t *service;
    unsigned code;
    uint64_t deadline_us;
    struct note *note;
};
WEFT_TASK(caller)
{
    int rc;
    WEFT_BEGIN;
    if (self->deadline_us == 0) {
        WEFT_AWAIT_RC(rc, weft_call, self->service, self->code,
                      &self->note->request);
    } else {
        WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_call, self->service,
                         self->code, &self->note->request);
    }
    return rc;
    WEFT_END;
}

CASE(a_task_calls_and_gets_the_answer_03)
{
    struct desk desk;
    struct note note = {.value = 7};
    struct caller caller = {
        .service = &desk.service, .code = DESK_NOTE, .note = &note};

    desk_open(&desk, NULL);
    CHECK_EQ(weft_spawn(&desk.manual.executor, caller_task(&caller)), 0);
    desk_run(&desk);
    CHECK_EQ(weft_task_result(&caller.task), WEFT_ERR_STOPPED);
    desk_start(&desk);
    CHECK_EQ(weft_spawn(&desk.manual.executor, caller_task(&caller)), 0);
    desk_run(&desk);
    CHECK_EQ(weft_task_result(&caller.task), 7);
    ended(&note, 7);
    caller.code = WEFT_SERVICE_STOP + 1;
    CHECK_EQ(weft_spawn(&desk.manual.executor, caller_task(&caller)), 0);
    desk_run(&desk);
    CHECK_EQ(weft_task_result(&caller.task), WEFT_ERR_INVALID);
    desk_close(&desk);
}

CASE(a_cancelled_call_cancels_its_request_and_waits_until_it_is_settled_18)
{
    struct desk desk;
    struct note note = {.value = 7};
    struct caller caller = {
        .service = &desk.service, .code = DESK_KEEP, .note = &note};

    desk_serve(&desk);
    CHECK_EQ(weft_spawn(&desk.manual.executor, caller_task(&caller)), 0);
    desk_run(&desk);
    weft_task_cancel(&caller.task);
    desk_run(&desk);
    CHECK(!weft_task_finished(&caller.task));
    CHECK(weft_future_cancel_asked(&note.request));
    CHECK(weft_kept_settle(&desk.kept[0], WEFT_ERR_CANCELLED));
    desk_run(&desk);
    CHECK_EQ(weft_task_result(&caller.task), WEFT_ERR_CANCELLED);
    is(&note, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
    /* Answered all the same. */
    CHECK_EQ(weft_spawn(&desk.manual.executor, caller_task(&caller)), 0);
    desk_run(&desk);
    weft_task_cancel(&caller.task);
    desk_run(&desk);
    CHECK(weft_kept_settle(&desk.kept[1], 4));
    desk_run(&desk);
    CHECK_EQ(weft_task_result(&caller.task), 4);
    desk_close(&desk);
}

CASE(a_call_that_is_cancelled_while_queued_is_never_handled_18)
{
    struct desk desk;
    struct note note = {.value = 7};
    struct caller caller = {
        .service = &desk.service, .code = DESK_NOTE, .note = &note};
    weft_manual_t home; /* of the caller */

    desk_serve(&desk);
    weft_manual_init(&home);
    CHECK_EQ(weft_spawn(&home.executor, caller_task(&caller)), 0);
    (void)weft_manual_drain(&home);
    weft_task_cancel(&caller.task);
    (void)weft_manual_drain(&home);
    CHECK(!weft_task_finished(&caller.task));
    desk_run(&desk);
    (void)weft_manual_drain(&home);
    CHECK_EQ(weft_task_result(&caller.task), WEFT_ERR_CANCELLED);
    desk_has(&desk, 1, STARTED);
    weft_manual_stop(&home);
    (void)weft_manual_drain(&home);
    desk_close(&desk);
}

/* A service on a loop that the case runs itself. */
struct room {
    weft_loop_t loop;
    weft_service_t service;
    weft_kept_t kept;
    weft_request_t *request; /* what is kept */
    int handled;
};

static int room_keeps(weft_service_t *service, weft_request_t *request)
{
    struct room *room = WEFT_CONTAINER_OF(service, struct room, service);

    room->request = request;
    return weft_request_keep(service, request, &room->kept);
}

static int room_counts(weft_service_t *service, weft_request_t *request)
{
    struct room *room = WEFT_CONTAINER_OF(service, struct room, service);

    (void)request;
    return ++room->handled;
}

/* Grants the wish to end what is kept. */
static int room_looks(weft_service_t *service, weft_request_t *request)
{
    struct room *room = WEFT_CONTAINER_OF(service, struct room, service);

    (void)request;
    (void)weft_kept_settle(&room->kept, WEFT_ERR_CANCELLED);
    return WEFT_OK;
}

/* When the wish has come. */
static void room_looks_at(weft_service_t *service, weft_service_loop_t *loop)
{
    struct room *room = WEFT_CONTAINER_OF(service, struct room, service);

    if (room->request != NULL && weft_future_cancel_asked(room->request)) {
        (void)room_looks(service, NULL);
        weft_service_loop_unset(service, loop);
    }
}

static void room_answers(weft_service_t *service, weft_service_loop_t *loop)
{
    struct room *room = WEFT_CONTAINER_OF(service, struct room, service);

    CHECK(weft_kept_settle(&room->kept, 4));
    weft_service_loop_unset(service, loop);
}

static const weft_handler_t room_handlers[] = {
    {0, 0, room_counts}, {1, 0, room_keeps}, {2, 0, room_looks}};
static const weft_service_type_t room_type = {
    .name = "room", .handlers = room_handlers, .handlers_count = 3};

static int room_call(struct room *room, unsigned code, struct note *note,
                     uint64_t deadline_us)
{
    struct caller caller = {.service = &room->service,
                            .code = code,
                            .note = note,
                            .deadline_us = deadline_us};

    return weft_loop_run_task(&room->loop, caller_task(&caller));
}

CASE(a_call_with_a_limit_times_out_when_its_request_was_settled_18)
{
    struct room *room = frame_new(sizeof(*room));
    struct note note = {.value = 0};
    weft_service_loop_t loop;
    uint64_t deadline_us;

    weft_loop_init(&room->loop, NULL);
    CHECK_EQ(
        weft_service_init(&room->service, &room_type, &room->loop.executor), 0);
    CHECK_EQ(room_call(room, WEFT_SERVICE_START, &note, 0), 0);
    CHECK_EQ(room_call(room, 0, &note, weft_deadline(WEFT_S(9))), 1);
    CHECK_EQ(room_call(room, WEFT_SERVICE_STOP, &note, 0), 0);
    /* While it is stopped: who will grant the wish. */
    CHECK_EQ(weft_service_loop_set(&room->service, &loop, room_looks_at,
                                   WEFT_MS(10)),
             0);
    CHECK_EQ(room_call(room, WEFT_SERVICE_START, &note, 0), 0);
    deadline_us = weft_deadline(WEFT_MS(2));
    CHECK_EQ(room_call(room, 1, &note, deadline_us), WEFT_ERR_TIMEOUT);
    CHECK(weft_now_us() >= deadline_us);
    is(&note, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
    CHECK_EQ(room_call(room, WEFT_SERVICE_STOP, &note, 0), 0);
    weft_loop_deinit(&room->loop);
    frame_drop(room, sizeof(*room));
}

CASE(a_call_whose_limit_has_passed_gets_the_answer_that_comes_all_the_same_18)
{
    struct room *room = frame_new(sizeof(*room));
    struct note note = {.value = 0};
    weft_service_loop_t loop;
    uint64_t deadline_us;

    weft_loop_init(&room->loop, NULL);
    CHECK_EQ(
        weft_service_init(&room->service, &room_type, &room->loop.executor), 0);
    CHECK_EQ(
        weft_service_loop_set(&room->service, &loop, room_answers, WEFT_MS(5)),
        0);
    CHECK_EQ(room_call(room, WEFT_SERVICE_START, &note, 0), 0);
    deadline_us = weft_deadline(WEFT_MS(1));
    CHECK_EQ(room_call(room, 1, &note, deadline_us), 4);
    CHECK(weft_now_us() >= deadline_us);
    is(&note, WEFT_FUTURE_RESOLVED, 4);
    CHECK_EQ(room_call(room, WEFT_SERVICE_STOP, &note, 0), 0);
    weft_loop_deinit(&room->loop);
    frame_drop(room, sizeof(*room));
}

/* --- calls of threads */

CASE(a_thread_calls_with_and_without_a_limit_18)
{
    struct core *core = frame_new(sizeof(*core));
    struct room *room = frame_new(sizeof(*room));
    struct note note = {.value = 0};
    struct note kept = {.value = 0};

    core_start(core);
    CHECK_EQ(
        weft_service_init(&room->service, &room_type, &core->loop.executor), 0);
    CHECK_EQ(weft_call(&room->service, WEFT_SERVICE_START, &note.request), 0);
    CHECK_EQ(weft_call_until(&room->service, 0, &note.request,
                             weft_deadline(WEFT_S(60))),
             1);
    CHECK_EQ(weft_service_send(&room->service, 1, &kept.request), 0);
    CHECK_EQ(weft_future_await_until(&kept.request, weft_deadline(WEFT_MS(1))),
             WEFT_ERR_TIMEOUT); /* of that wait only */
    waits(&kept);
    CHECK_EQ(weft_call(&room->service, 2, &note.request), 0);
    CHECK_EQ(weft_future_await(&kept.request), WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_call(&room->service, WEFT_SERVICE_STOP, &note.request), 0);
    weft_thread_leave();
    core_stop(core);
    frame_drop(room, sizeof(*room));
    frame_drop(core, sizeof(*core));
}

CASE(a_call_of_a_thread_times_out_when_the_service_comes_to_it_18)
{
    struct core *core = frame_new(sizeof(*core));
    struct room *room = frame_new(sizeof(*room));
    struct note note = {.value = 0};
    weft_service_loop_t loop;

    core_start(core);
    CHECK_EQ(
        weft_service_init(&room->service, &room_type, &core->loop.executor), 0);
    CHECK_EQ(
        weft_service_loop_set(&room->service, &loop, room_looks_at, WEFT_MS(3)),
        0);
    CHECK_EQ(weft_call(&room->service, WEFT_SERVICE_START, &note.request), 0);
    CHECK_EQ(weft_call_until(&room->service, 1, &note.request,
                             weft_deadline(WEFT_MS(1))),
             WEFT_ERR_TIMEOUT);
    is(&note, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_call(&room->service, WEFT_SERVICE_STOP, &note.request), 0);
    weft_thread_leave();
    core_stop(core);
    frame_drop(room, sizeof(*room));
    frame_drop(core, sizeof(*core));
}
