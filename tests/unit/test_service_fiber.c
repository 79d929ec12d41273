/* test_service_fiber.c - services: handlers and hooks that wait
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see test_service.c.
 */
#include "tests/support/fibers.h"
#include "tests/support/services.h"
#include "tests/support/test.h"

enum { WAIT = 50, ASK = 51, KEEP = 52, KEEP_LATE = 53, FAIL_LATE = 54 };
enum { FIBERS = 2 };

/* A desk with fibers, whose handlers wait for a gate. */
struct ward {
    struct desk desk;
    weft_service_fibers_t fibers;
    weft_service_fiber_t fiber[FIBERS];
    char *stack[FIBERS];
    weft_event_t gate; /* automatic */
    int inside, most;
    struct desk *other;
};

static struct ward *ward_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(desk_of(service), struct ward, desk);
}

static int waits_at_gate(weft_service_t *service, weft_request_t *request)
{
    struct ward *ward = ward_of(service);
    int rc;

    ward->inside++;
    ward->most = ward->inside > ward->most ? ward->inside : ward->most;
    desk_write(&ward->desk, note_of(request)->value);
    rc = weft_event_wait(&ward->gate);
    desk_write(&ward->desk, rc < 0 ? rc : -note_of(request)->value);
    ward->inside--;
    return rc < 0 ? rc : note_of(request)->value;
}

static int asks_another(weft_service_t *service, weft_request_t *request)
{
    struct note note = {.value = note_of(request)->value + 1};

    return weft_call(&ward_of(service)->other->service, DESK_NOTE,
                     &note.request);
}

static int waits_and_keeps(weft_service_t *service, weft_request_t *request)
{
    CHECK_EQ(weft_event_wait(&ward_of(service)->gate), 0);
    return desk__keep(service, request);
}

/* Also when its wait is cancelled. */
static int waits_and_keeps_at_all_events(weft_service_t *service,
                                         weft_request_t *request)
{
    (void)weft_event_wait(&ward_of(service)->gate);
    return desk__keep(service, request);
}

static int waits_and_fails(weft_service_t *service, weft_request_t *request)
{
    int rc = weft_event_wait(&ward_of(service)->gate);

    (void)request;
    weft_service_fail(service, WEFT_ERR_USER - 1);
    return rc;
}

static const weft_handler_t ward_handlers[] = {
    DESK_HANDLERS,
    {WAIT, WEFT_HANDLER_FIBER, waits_at_gate},
    {ASK, WEFT_HANDLER_FIBER, asks_another},
    {KEEP, WEFT_HANDLER_FIBER, waits_and_keeps},
    {KEEP_LATE, WEFT_HANDLER_FIBER, waits_and_keeps_at_all_events},
    {FAIL_LATE, WEFT_HANDLER_FIBER, waits_and_fails},
};

#define WARD_TYPE                                                              \
    .name = "ward", .handlers = ward_handlers, .handlers_count = 10

static const weft_service_type_t serial = {WARD_TYPE};
static const weft_service_type_t concurrent = {
    WARD_TYPE, .flags = WEFT_SERVICE_CONCURRENT};

static void ward_open(struct ward *ward, const weft_service_type_t *type)
{
    memset(ward, 0, sizeof(*ward));
    desk_open(&ward->desk, type);
    weft_event_init(&ward->gate, true);
    for (int i = 0; i < FIBERS; i++) {
        ward->stack[i] = frame_new(FIBER_STACK);
        weft_fiber_init(&ward->fiber[i].fiber, "ward", ward->stack[i],
                        FIBER_STACK);
    }
    CHECK_EQ(weft_service_fibers_set(&ward->desk.service, &ward->fibers,
                                     ward->fiber, FIBERS),
             0);
}

static void ward_gone(struct ward *ward)
{
    desk_close(&ward->desk);
    CHECK_EQ(ward->inside, 0);
    for (int i = 0; i < FIBERS; i++) {
        frame_drop(ward->stack[i], FIBER_STACK);
    }
}

static void let_one_in(struct ward *ward)
{
    weft_event_set(&ward->gate);
    desk_run(&ward->desk);
}

CASE(while_a_handler_waits_the_next_request_waits_for_its_end_08)
{
    struct ward ward;
    struct note notes[3] = {{.value = 1}, {.value = 2}, {.value = 3}};

    ward_open(&ward, &serial);
    desk_start(&ward.desk);
    desk_send(&ward.desk, WAIT, &notes[0]);
    desk_send(&ward.desk, DESK_NOTE, &notes[1]);
    desk_send(&ward.desk, WAIT, &notes[2]);
    desk_run(&ward.desk);
    desk_has(&ward.desk, 1, 1);
    let_one_in(&ward);
    desk_has(&ward.desk, 3, -1, 2, 3);
    ended(&notes[0], 1);
    ended(&notes[1], 2);
    waits(&notes[2]);
    let_one_in(&ward);
    ended(&notes[2], 3);
    CHECK_EQ(ward.most, 1);
    ward_gone(&ward);
}

CASE(a_concurrent_service_takes_the_next_while_it_has_a_fiber_left_08)
{
    struct ward ward;
    struct note notes[4] = {
        {.value = 1}, {.value = 2}, {.value = 3}, {.value = 4}};

    ward_open(&ward, &concurrent);
    desk_start(&ward.desk);
    desk_send(&ward.desk, WAIT, &notes[0]);
    desk_send(&ward.desk, DESK_NOTE, &notes[1]);
    desk_run(&ward.desk);
    desk_has(&ward.desk, 2, 1, 2);
    ended(&notes[1], 2);
    desk_send(&ward.desk, WAIT, &notes[2]);
    desk_send(&ward.desk, WAIT, &notes[3]);
    desk_run(&ward.desk);
    desk_has(&ward.desk, 1, 3); /* the last has to wait */
    let_one_in(&ward);
    desk_has(&ward.desk, 2, -1, 4);
    let_one_in(&ward);
    let_one_in(&ward);
    for (int i = 0; i < 4; i++) {
        ended(&notes[i], i + 1);
    }
    CHECK_EQ(ward.most, 2);
    ward_gone(&ward);
}

CASE(a_handler_in_a_fiber_asks_another_service_and_waits_08)
{
    struct ward ward;
    struct desk other;
    struct note note = {.value = 6};

    desk_serve(&other);
    ward_open(&ward, &serial);
    ward.other = &other;
    desk_start(&ward.desk);
    desk_send(&ward.desk, ASK, &note);
    desk_run(&ward.desk);
    waits(&note);
    desk_run(&other);
    desk_run(&ward.desk);
    ended(&note, 7);
    ward_gone(&ward);
    desk_close(&other);
}

/* The other one waits for something else, and leaves it a fiber. */
CASE(a_handler_in_a_fiber_asks_its_own_service_while_another_one_waits_08)
{
    struct ward ward;
    struct note notes[2] = {{.value = 1}, {.value = 6}};

    ward_open(&ward, &concurrent);
    ward.other = &ward.desk;
    desk_start(&ward.desk);
    desk_send(&ward.desk, WAIT, &notes[0]);
    desk_send(&ward.desk, ASK, &notes[1]);
    desk_run(&ward.desk);
    waits(&notes[1]);
    let_one_in(&ward);
    ended(&notes[0], 1);
    ended(&notes[1], 7);
    ward_gone(&ward);
}

CASE(a_handler_in_a_fiber_keeps_its_request_08)
{
    struct ward ward;
    struct note note = {.value = 6};

    ward_open(&ward, &serial);
    desk_start(&ward.desk);
    desk_send(&ward.desk, KEEP, &note);
    desk_run(&ward.desk);
    let_one_in(&ward);
    waits(&note);
    CHECK(weft_kept_settle(&ward.desk.kept[0], 5));
    ended(&note, 5);
    ward_gone(&ward);
}

CASE(a_stop_of_a_concurrent_service_cancels_the_waits_of_its_handlers_08)
{
    struct ward ward;
    struct note notes[2] = {{.value = 1}, {.value = 2}};
    struct note stop = {.value = 0};

    ward_open(&ward, &concurrent);
    desk_start(&ward.desk);
    desk_send(&ward.desk, WAIT, &notes[0]);
    desk_run(&ward.desk);
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

    ward_open(&ward, &concurrent);
    desk_start(&ward.desk);
    for (int i = 0; i < FIBERS; i++) {
        desk_send(&ward.desk, WAIT, &notes[i]);
    }
    desk_run(&ward.desk);
    desk_send(&ward.desk, WEFT_SERVICE_STOP, &stop);
    desk_run(&ward.desk);
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

        ward_open(&ward, &concurrent);
        desk_start(&ward.desk);
        desk_send(&ward.desk, KEEP_LATE, &note);
        desk_run(&ward.desk);
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

CASE(a_handler_that_fails_its_service_while_that_stops_changes_nothing_13)
{
    static const weft_service_type_t type = {
        WARD_TYPE, .flags = WEFT_SERVICE_CONCURRENT, .on_fail = desk__failed};
    struct ward ward;
    struct note notes[2] = {{.value = 1}, {.value = 2}};
    struct note stop = {.value = 0};

    ward_open(&ward, &type);
    for (int i = 0; i < 2; i++) { /* nor anything of the next life */
        desk_start(&ward.desk);
        desk_send(&ward.desk, FAIL_LATE, &notes[0]);
        desk_run(&ward.desk);
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
    static const weft_service_type_t type = {
        WARD_TYPE, .flags = WEFT_SERVICE_CONCURRENT, .on_fail = desk__failed};
    struct ward ward;
    struct note note = {.value = 1};
    struct note fail = {.value = WEFT_ERR_USER};

    ward_open(&ward, &type);
    desk_start(&ward.desk);
    desk_send(&ward.desk, FAIL_LATE, &note);
    desk_send(&ward.desk, DESK_FAIL, &fail);
    desk_run(&ward.desk);
    ended(&note, WEFT_ERR_CANCELLED);
    desk_has(&ward.desk, 2, FAILED, WEFT_ERR_USER);
    CHECK_EQ(weft_service_state(&ward.desk.service), WEFT_SERVICE_STOPPED);
    ward_gone(&ward);
}

CASE(the_fibers_serve_in_the_next_life_too_08)
{
    struct ward ward;
    struct note note = {.value = 1};

    ward_open(&ward, &concurrent);
    for (int i = 0; i < 3; i++) {
        desk_start(&ward.desk);
        desk_send(&ward.desk, WAIT, &note);
        desk_run(&ward.desk);
        let_one_in(&ward);
        ended(&note, 1);
        desk_stop(&ward.desk);
    }
    ward_gone(&ward);
}

/* --- answers to a fiber's handler */

CASE(an_answer_comes_to_a_handler_in_a_fiber_08)
{
    struct ward ward;
    struct desk other;
    struct note note = {.value = 6};
    weft_reply_t reply = {.context = NULL};

    desk_serve(&other);
    ward_open(&ward, &serial);
    desk_start(&ward.desk);
    weft_reply_init(&reply, &ward.desk.service, WAIT, NULL);
    desk_ask(&other, &note, &reply);
    desk_run(&other);
    desk_run(&ward.desk);
    desk_has(&ward.desk, 1, 6);
    let_one_in(&ward);
    desk_has(&ward.desk, 1, -6);
    ended(&note, 6);
    ward_gone(&ward);
    desk_close(&other);
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
    ward_open(&ward, &concurrent);
    desk_start(&ward.desk);
    weft_reply_init(&reply, &ward.desk.service, WAIT, NULL);
    weft_request_reply(&answer.request, &reply);
    for (int i = 0; i < FIBERS; i++) {
        desk_send(&ward.desk, WAIT, &notes[i]);
    }
    desk_run(&ward.desk);
    desk_send(&other, DESK_NOTE, &answer);
    desk_run(&other);
    desk_send(&ward.desk, WEFT_SERVICE_STOP, &stop);
    desk_run(&ward.desk);
    CHECK_EQ(ward.inside, FIBERS);
    let_one_in(&ward); /* now the answer begins, and then the stop is next */
    ended(&stop, 0);
    ended(&notes[0], 1);
    ended(&notes[1], WEFT_ERR_CANCELLED);
    CHECK_EQ(ward.most, FIBERS);
    ward_gone(&ward);
    desk_close(&other);
}

/* --- hooks in fibers */

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
    desk_send(&ward.desk, WEFT_SERVICE_START, &notes[0]);
    desk_run(&ward.desk);
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
    desk_send(&ward.desk, WEFT_SERVICE_STOP, &notes[4]);
    desk_run(&ward.desk);
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
        desk_send(&ward.desk, WEFT_SERVICE_STOP, &notes[1]);
        desk_run(&ward.desk);
        desk_send(&ward.desk, DESK_NOTE, &notes[2]);
        desk_run(&ward.desk);
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
    desk_send(&ward.desk, WEFT_SERVICE_START, &notes[0]);
    desk_run(&ward.desk);
    desk_send(&ward.desk, DESK_NOTE, &notes[1]);
    let_one_in(&ward);
    ended(&notes[0], WEFT_ERR_USER);
    ended(&notes[1], WEFT_ERR_USER);
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

    ward_open(&ward, &type);
    desk_start(&ward.desk);
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

/* --- no stack */

CASE(a_handler_that_gets_no_stack_fails_its_request_08)
{
    struct ward ward;
    struct note note = {.value = 1};
    enum { MEMORY = FIBER_STACK + 512 };
    void *memory = frame_new(MEMORY); /* the caller's: on all ports */
    weft_stack_config_t config = {.size = FIBER_STACK,
                                  .count_max = 1,
                                  .unguarded = true,
                                  .memory = memory,
                                  .memory_size = MEMORY};
    weft_stack_pool_t stacks;
    weft_stack_t *taken;

    weft_stack_pool_init(&stacks, &config);
    CHECK_EQ(weft_stack_acquire(&stacks, "taken", &taken), 0);
    ward_open(&ward, &serial);
    for (int i = 0; i < FIBERS; i++) {
        weft_fiber_init_pooled(&ward.fiber[i].fiber, "ward", &stacks);
    }
    desk_start(&ward.desk);
    desk_send(&ward.desk, WAIT, &note);
    desk_run(&ward.desk);
    ended(&note, WEFT_ERR_MEMORY);
    weft_stack_release(taken);
    desk_send(&ward.desk, WAIT, &note);
    desk_run(&ward.desk);
    let_one_in(&ward);
    ended(&note, 1);
    ward_gone(&ward);
    weft_stack_pool_deinit(&stacks);
    frame_drop(memory, MEMORY);
}

static int cleanups;

static void clean_up(weft_future_t *future)
{
    CHECK(weft_future_settled(future));
    cleanups++;
}

CASE(an_answer_whose_handler_gets_no_stack_goes_to_its_clean_up_14)
{
    struct ward ward;
    struct desk other;
    struct note note = {.value = 1};
    weft_reply_t reply = {.context = NULL};
    enum { MEMORY = FIBER_STACK + 512 };
    void *memory = frame_new(MEMORY);
    weft_stack_config_t config = {.size = FIBER_STACK,
                                  .count_max = 1,
                                  .unguarded = true,
                                  .memory = memory,
                                  .memory_size = MEMORY};
    weft_stack_pool_t stacks;
    weft_stack_t *taken;

    cleanups = 0;
    weft_stack_pool_init(&stacks, &config);
    CHECK_EQ(weft_stack_acquire(&stacks, "taken", &taken), 0);
    desk_serve(&other);
    ward_open(&ward, &serial);
    for (int i = 0; i < FIBERS; i++) {
        weft_fiber_init_pooled(&ward.fiber[i].fiber, "ward", &stacks);
    }
    desk_start(&ward.desk);
    weft_reply_init(&reply, &ward.desk.service, WAIT, clean_up);
    desk_ask(&other, &note, &reply);
    desk_run(&other);
    desk_run(&ward.desk);
    CHECK_EQ(cleanups, 1);
    CHECK(!weft_request_in_flight(&note.request));
    desk_has(&ward.desk, 0);
    weft_stack_release(taken);
    ward_gone(&ward);
    desk_close(&other);
    weft_stack_pool_deinit(&stacks);
    frame_drop(memory, MEMORY);
}

/* --- handlers that block their thread */

struct booth {
    struct core core;
    weft_service_t service;
    weft_event_t gate;
    uintptr_t inside; /* atomic */
};

static int blocks(weft_service_t *service, weft_request_t *request)
{
    struct booth *booth = WEFT_CONTAINER_OF(service, struct booth, service);

    weft_atomic_store_release_word(&booth->inside, 1);
    CHECK_EQ(weft_event_wait(&booth->gate), 0);
    CHECK(weft_sleep(WEFT_US(100)) == 0);
    weft_atomic_store_release_word(&booth->inside, 0);
    return note_of(request)->value;
}

/* The thread waits for the first time in its life in a handler. */
static int cancels_its_thread(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    (void)request;
    CHECK_EQ(weft_sleep(WEFT_US(10)), 0);
    weft_thread_cancel(weft_thread_self());
    return WEFT_OK;
}

static int sleeps(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    (void)request;
    return weft_sleep(WEFT_US(10));
}

static int answers_plainly(weft_service_t *service, weft_request_t *request)
{
    struct booth *booth = WEFT_CONTAINER_OF(service, struct booth, service);

    CHECK_EQ(weft_atomic_load_acquire_word(&booth->inside), 0);
    return note_of(request)->value;
}

static const weft_handler_t booth_handlers[] = {{0, 0, blocks},
                                                {1, 0, answers_plainly},
                                                {2, 0, cancels_its_thread},
                                                {3, 0, sleeps}};
static const weft_service_type_t booth_type = {
    .name = "booth",
    .handlers = booth_handlers,
    .handlers_count = 4,
    .flags = WEFT_SERVICE_BLOCKING,
    .on_start = answers_plainly,
};

CASE(a_blocking_handler_blocks_its_thread_and_the_next_request_waits_08)
{
    struct booth *booth = frame_new(sizeof(*booth));
    struct note start = {.value = 0};
    struct note notes[2] = {{.value = 1}, {.value = 2}};

    core_start(&booth->core);
    weft_event_init(&booth->gate, true);
    CHECK_EQ(weft_service_init(&booth->service, &booth_type,
                               &booth->core.loop.executor),
             0);
    CHECK_EQ(weft_call(&booth->service, WEFT_SERVICE_START, &start.request), 0);
    CHECK_EQ(weft_service_send(&booth->service, 0, &notes[0].request), 0);
    CHECK_EQ(weft_service_send(&booth->service, 1, &notes[1].request), 0);
    while (weft_atomic_load_acquire_word(&booth->inside) == 0) {
        weft_hook_spin();
    }
    waits(&notes[1]);
    weft_event_set(&booth->gate);
    CHECK_EQ(weft_future_await(&notes[0].request), 1);
    CHECK_EQ(weft_future_await(&notes[1].request), 2);
    CHECK_EQ(weft_call(&booth->service, WEFT_SERVICE_STOP, &start.request), 0);
    weft_thread_leave();
    core_stop(&booth->core);
    frame_drop(booth, sizeof(*booth));
}

CASE(a_thread_that_a_handler_has_blocked_stays_the_same_in_the_next_one_08)
{
    struct booth *booth = frame_new(sizeof(*booth));
    struct note note = {.value = 0};

    core_start(&booth->core);
    CHECK_EQ(weft_service_init(&booth->service, &booth_type,
                               &booth->core.loop.executor),
             0);
    CHECK_EQ(weft_call(&booth->service, WEFT_SERVICE_START, &note.request), 0);
    CHECK_EQ(weft_call(&booth->service, 2, &note.request), 0);
    CHECK_EQ(weft_call(&booth->service, 3, &note.request), WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_call(&booth->service, WEFT_SERVICE_STOP, &note.request), 0);
    weft_thread_leave();
    core_stop(&booth->core);
    frame_drop(booth, sizeof(*booth));
}
