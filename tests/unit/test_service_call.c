/* test_service_call.c - services: calls and their limits
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/services.h"

/* --- of tasks, on one loop with the service */

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

/* Until it waits. */
static void calls(struct desk *desk, struct caller *caller)
{
    CHECK_EQ(weft_spawn(&desk->manual.executor, caller_task(caller)), 0);
    desk_run(desk);
}

static void called(const struct caller *caller, int rc)
{
    CHECK_EQ(weft_task_result(&caller->task), rc);
}

CASE(a_task_calls_and_gets_the_answer_03)
{
    struct desk desk;
    struct note note = {.value = 7};
    struct caller caller = {
        .service = &desk.service, .code = DESK_NOTE, .note = &note};

    desk_open(&desk, NULL);
    calls(&desk, &caller);
    called(&caller, WEFT_ERR_STOPPED);
    desk_start(&desk);
    calls(&desk, &caller);
    called(&caller, 7);
    ended(&note, 7);
    caller.code = WEFT_SERVICE_STOP + 1;
    calls(&desk, &caller);
    called(&caller, WEFT_ERR_INVALID);
    desk_close(&desk);
}

CASE(a_cancelled_call_cancels_its_request_and_waits_until_it_is_settled_18)
{
    struct desk desk;
    struct note note = {.value = 7};
    struct caller caller = {
        .service = &desk.service, .code = DESK_KEEP, .note = &note};

    desk_serve(&desk);
    calls(&desk, &caller);
    weft_task_cancel(&caller.task);
    desk_run(&desk);
    CHECK(!weft_task_finished(&caller.task));
    CHECK(weft_future_cancel_asked(&note.request));
    CHECK(weft_kept_settle(&desk.kept[0], WEFT_ERR_CANCELLED));
    desk_run(&desk);
    called(&caller, WEFT_ERR_CANCELLED);
    ended_as(&note, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
    /* Answered all the same. */
    calls(&desk, &caller);
    weft_task_cancel(&caller.task);
    desk_run(&desk);
    CHECK(weft_kept_settle(&desk.kept[1], 4));
    desk_run(&desk);
    called(&caller, 4);
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
    called(&caller, WEFT_ERR_CANCELLED);
    desk_has(&desk, 1, STARTED);
    weft_manual_stop(&home);
    (void)weft_manual_drain(&home);
    desk_close(&desk);
}

/* A service on a loop that the case runs itself, or on a core of its own. */
struct room {
    struct core core;
    weft_service_t service;
    weft_kept_t kept;
    weft_request_t *request; /* what is kept */
    int handled;
};

static struct room *room_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(service, struct room, service);
}

static int room_keeps(weft_service_t *service, weft_request_t *request)
{
    struct room *room = room_of(service);

    room->request = request;
    return weft_request_keep(service, request, &room->kept);
}

static int room_counts(weft_service_t *service, weft_request_t *request)
{
    struct room *room = room_of(service);

    (void)request;
    return ++room->handled;
}

/* Grants the wish to end what is kept. */
static int room_looks(weft_service_t *service, weft_request_t *request)
{
    struct room *room = room_of(service);

    (void)request;
    (void)weft_kept_settle(&room->kept, WEFT_ERR_CANCELLED);
    return WEFT_OK;
}

/* When the wish has come. */
static void room_looks_at(weft_service_t *service, weft_service_loop_t *loop)
{
    struct room *room = room_of(service);

    if (room->request != NULL && weft_future_cancel_asked(room->request)) {
        (void)room_looks(service, NULL);
        weft_service_loop_unset(service, loop);
    }
}

static void room_answers(weft_service_t *service, weft_service_loop_t *loop)
{
    struct room *room = room_of(service);

    CHECK(weft_kept_settle(&room->kept, 4));
    weft_service_loop_unset(service, loop);
}

static const weft_handler_t room_handlers[] = {
    {0, 0, room_counts}, {1, 0, room_keeps}, {2, 0, room_looks}};
static const weft_service_type_t room_type = {
    .name = "room", .handlers = room_handlers, .handlers_count = 3};

static void room_init(struct room *room)
{
    CHECK_EQ(weft_service_init(&room->service, &room_type,
                               &room->core.loop.executor),
             0);
}

static struct room *room_here(void)
{
    struct room *room = frame_new(sizeof(*room));

    weft_loop_init(&room->core.loop, NULL);
    room_init(room);
    return room;
}

static struct room *room_apart(void)
{
    struct room *room = frame_new(sizeof(*room));

    core_start(&room->core);
    room_init(room);
    return room;
}

/* Calls that so often, until it is unset. */
static void room_does(struct room *room, weft_service_loop_t *loop,
                      weft_service_loop_fn *fn, uint64_t interval_us)
{
    CHECK_EQ(weft_service_loop_set(&room->service, loop, fn, interval_us), 0);
}

static int room_call(struct room *room, unsigned code, struct note *note,
                     uint64_t deadline_us)
{
    struct caller caller = {.service = &room->service,
                            .code = code,
                            .note = note,
                            .deadline_us = deadline_us};

    return weft_loop_run_task(&room->core.loop, caller_task(&caller));
}

static void room_here_drop(struct room *room)
{
    struct note note = {.value = 0};

    CHECK_EQ(room_call(room, WEFT_SERVICE_STOP, &note, 0), 0);
    weft_loop_deinit(&room->core.loop);
    frame_drop(room, sizeof(*room));
}

static void room_apart_drop(struct room *room)
{
    struct note note = {.value = 0};

    CHECK_EQ(weft_call(&room->service, WEFT_SERVICE_STOP, &note.request), 0);
    weft_thread_leave();
    core_stop(&room->core);
    frame_drop(room, sizeof(*room));
}

CASE(a_call_with_a_limit_times_out_when_its_request_was_settled_18)
{
    struct room *room = room_here();
    struct note note = {.value = 0};
    weft_service_loop_t loop;
    uint64_t deadline_us;

    CHECK_EQ(room_call(room, WEFT_SERVICE_START, &note, 0), 0);
    CHECK_EQ(room_call(room, 0, &note, weft_deadline(WEFT_S(9))), 1);
    CHECK_EQ(room_call(room, WEFT_SERVICE_STOP, &note, 0), 0);
    /* While it is stopped: who will grant the wish. */
    room_does(room, &loop, room_looks_at, WEFT_MS(10));
    CHECK_EQ(room_call(room, WEFT_SERVICE_START, &note, 0), 0);
    deadline_us = weft_deadline(WEFT_MS(2));
    CHECK_EQ(room_call(room, 1, &note, deadline_us), WEFT_ERR_TIMEOUT);
    CHECK(weft_now_us() >= deadline_us);
    ended_as(&note, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
    room_here_drop(room);
}

CASE(a_call_whose_limit_has_passed_gets_the_answer_that_comes_all_the_same_18)
{
    struct room *room = room_here();
    struct note note = {.value = 0};
    weft_service_loop_t loop;
    uint64_t deadline_us;

    room_does(room, &loop, room_answers, WEFT_MS(5));
    CHECK_EQ(room_call(room, WEFT_SERVICE_START, &note, 0), 0);
    deadline_us = weft_deadline(WEFT_MS(1));
    CHECK_EQ(room_call(room, 1, &note, deadline_us), 4);
    CHECK(weft_now_us() >= deadline_us);
    ended_as(&note, WEFT_FUTURE_RESOLVED, 4);
    room_here_drop(room);
}

/* --- of threads */

CASE(a_thread_calls_with_and_without_a_limit_18)
{
    struct room *room = room_apart();
    struct note note = {.value = 0};
    struct note kept = {.value = 0};

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
    room_apart_drop(room);
}

CASE(a_call_of_a_thread_times_out_when_the_service_comes_to_it_18)
{
    struct room *room = room_apart();
    struct note note = {.value = 0};
    weft_service_loop_t loop;

    room_does(room, &loop, room_looks_at, WEFT_MS(3));
    CHECK_EQ(weft_call(&room->service, WEFT_SERVICE_START, &note.request), 0);
    CHECK_EQ(weft_call_until(&room->service, 1, &note.request,
                             weft_deadline(WEFT_MS(1))),
             WEFT_ERR_TIMEOUT);
    ended_as(&note, WEFT_FUTURE_CANCELLED, WEFT_ERR_CANCELLED);
    room_apart_drop(room);
}
