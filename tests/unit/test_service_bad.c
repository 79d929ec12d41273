/* test_service_bad.c - services: what is refused, and what is an assertion
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/services.h"
#include "tests/support/test.h"

static weft_handler_entry_t entry;

/* --- tables */

static int init_with(const weft_handler_t *handlers, unsigned count)
{
    weft_service_type_t type = {
        .name = "bad", .handlers = handlers, .handlers_count = (uint16_t)count};
    weft_manual_t manual;
    weft_service_t service;

    weft_manual_init(&manual);
    return weft_service_init(&service, &type, &manual.executor);
}

CASE(a_table_with_a_duplicate_a_null_or_a_code_that_cannot_be_is_refused)
{
    weft_handler_t good[] = {{2, 0, desk__note}, {1, 0, desk__note}};
    weft_handler_t twice[] = {
        {1, 0, desk__note}, {2, 0, desk__note}, {1, 0, desk__keep}};
    weft_handler_t null[] = {{1, 0, desk__note}, {2, 0, NULL}};
    weft_handler_t high[] = {{WEFT_SERVICE_CODE_MAX + 1, 0, desk__note}};
    weft_handler_t stop[] = {{WEFT_SERVICE_STOP, 0, desk__note}};

    CHECK_EQ(init_with(good, 2), 0);
    CHECK_EQ(init_with(NULL, 0), 0);
    CHECK_EQ(init_with(twice, 3), WEFT_ERR_INVALID);
    CHECK_EQ(init_with(null, 2), WEFT_ERR_INVALID);
    CHECK_EQ(init_with(high, 1), WEFT_ERR_INVALID);
    CHECK_EQ(init_with(stop, 1), WEFT_ERR_INVALID);
    CHECK_EQ(init_with(NULL, 1), WEFT_ERR_INVALID);
}

CASE(flags_that_mean_nothing_are_refused)
{
    weft_handler_t handler[] = {{1, WEFT_HANDLER_FIBER << 1, desk__note}};
    weft_service_type_t type = {DESK_TYPE,
                                .flags = WEFT_SERVICE_FIBER_HOOKS << 1};
    weft_manual_t manual;
    weft_service_t service;

    weft_manual_init(&manual);
    CHECK_EQ(init_with(handler, 1), WEFT_ERR_INVALID);
    CHECK_EQ(weft_service_init(&service, &type, &manual.executor),
             WEFT_ERR_INVALID);
}

static void never_called(weft_service_t *service, weft_service_loop_t *loop)
{
    (void)service;
    (void)loop;
    FAIL("a loop of no interval");
}

/* What init has refused, or was never called for, is no service: no hang. */
static void is_none(weft_service_t *service)
{
    weft_request_t request = WEFT_FUTURE_INIT;
    weft_service_fibers_t fibers;
    weft_service_fiber_t fiber;
    weft_service_loop_t loop;
    weft_reply_t reply = {.context = NULL};

    CHECK_EQ(weft_service_state(service), WEFT_SERVICE_STOPPED);
    CHECK_DIES((void)weft_service_start(service, &request), "has not made");
    CHECK_DIES((void)weft_call(service, DESK_NOTE, &request), "has not made");
    CHECK_DIES((void)weft_service_fibers_set(service, &fibers, &fiber, 1),
               "has not made");
    CHECK_DIES((void)weft_service_bound(service, 1), "has not made");
    CHECK_DIES(
        (void)weft_service_handler_set(service, &entry, DESK_NOTE, desk__note),
        "has not made");
    CHECK_DIES((void)weft_service_loop_set(service, &loop, never_called, 1),
               "has not made");
    CHECK_DIES(weft_reply_init(&reply, service, 0, NULL), "has not made");
}

CASE(an_executor_that_runs_no_tasks_is_refused)
{
    static weft_service_t service;

    is_none(&service);
    CHECK_EQ(weft_service_init(&service, &desk_type, weft_inline_executor()),
             WEFT_ERR_INVALID);
    is_none(&service);
}

CASE(a_code_that_cannot_be_is_refused_everywhere)
{
    struct desk desk;
    struct note note = {.value = 1};

    desk_serve(&desk);
    CHECK_EQ(
        weft_service_send(&desk.service, WEFT_SERVICE_STOP + 1, &note.request),
        WEFT_ERR_INVALID);
    CHECK_EQ(weft_service_send(&desk.service, 0x10000, &note.request),
             WEFT_ERR_INVALID);
    waits(&note); /* nothing was done */
    desk_send(&desk, DESK_NOTE, &note);
    CHECK_EQ(weft_service_handler_set(&desk.service, &entry,
                                      WEFT_SERVICE_CODE_MAX + 1, desk__note),
             WEFT_ERR_INVALID);
    desk_run(&desk);
    ended(&note, 1);
    desk_close(&desk);
}

/* --- a bound and an interval of zero */

CASE(a_bound_of_zero_is_refused_and_one_of_a_running_service_an_assertion_05)
{
    struct desk desk;

    desk_open(&desk, NULL);
    CHECK_EQ(weft_service_bound(&desk.service, 0), WEFT_ERR_INVALID);
    desk_start(&desk);
    CHECK_DIES((void)weft_service_bound(&desk.service, 1), "bound");
    desk_close(&desk);
}

CASE(an_interval_of_zero_and_a_loop_of_nothing_are_refused_19)
{
    struct desk desk;
    weft_service_loop_t loop;

    desk_open(&desk, NULL);
    CHECK_EQ(weft_service_loop_set(&desk.service, &loop, never_called, 0),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_service_loop_set(&desk.service, &loop, NULL, 1),
             WEFT_ERR_INVALID);
    desk_start(&desk);
    desk_close(&desk);
}

/* --- in flight */

CASE(a_request_in_flight_is_not_sent_again_wherever_it_is)
{
    struct desk desk;
    struct desk other;
    struct note notes[3] = {{.value = 1}, {.value = 2}, {.value = 3}};

    desk_serve(&desk);
    desk_serve(&other);
    desk_send(&desk, DESK_NOTE, &notes[0]);
    desk_send(&desk, DESK_KEEP, &notes[1]);
    desk_send(&desk, DESK_TAKE, &notes[2]);
    for (int run = 0; run < 2; run++) {
        for (int i = run; i < 3; i++) {
            CHECK_EQ(
                weft_service_send(&desk.service, DESK_NOTE, &notes[i].request),
                WEFT_ERR_BUSY);
            CHECK_EQ(
                weft_service_send(&other.service, DESK_NOTE, &notes[i].request),
                WEFT_ERR_BUSY);
            CHECK_EQ(weft_service_stop(&desk.service, &notes[i].request),
                     WEFT_ERR_BUSY);
            waits(&notes[i]);
        }
        desk_run(&desk);
        desk_run(&other);
    }
    CHECK_EQ(weft_call(&desk.service, DESK_NOTE, &notes[1].request),
             WEFT_ERR_BUSY);
    desk_has(&desk, 2, STARTED, 1);
    desk_has(&other, 1, STARTED);
    CHECK(weft_kept_settle(&desk.kept[0], 4));
    weft_request_settle(desk.taken, 5);
    ended(&notes[0], 1);
    ended(&notes[1], 4);
    ended(&notes[2], 5);
    weft_thread_leave();
    desk_close(&desk);
    desk_close(&other);
}

CASE(what_happens_at_the_end_of_a_request_in_flight_is_not_changed)
{
    struct desk desk;
    struct note note = {.value = 1};

    desk_serve(&desk);
    desk_send(&desk, DESK_NOTE, &note);
    CHECK_DIES(weft_future_then(&note.request, count_end), "in flight");
    CHECK_DIES((void)weft_future_settle(&note.request, 1),
               "a request settled as a plain future");
    desk_run(&desk);
    ended(&note, 1);
    desk_close(&desk);
}

/* --- answers */

CASE(answering_twice_is_an_assertion)
{
    struct desk desk;
    struct note kept = {.value = 1};
    struct note taken = {.value = 1};
    struct note stopped = {.value = 1};

    desk_serve(&desk);
    desk_send(&desk, DESK_KEEP, &kept);
    desk_send(&desk, DESK_KEEP, &stopped);
    desk_send(&desk, DESK_TAKE, &taken);
    desk_run(&desk);
    CHECK(weft_kept_settle(&desk.kept[0], 1));
    CHECK_DIES((void)weft_kept_settle(&desk.kept[0], 1), "answered before");
    CHECK_DIES((void)weft_kept_take(&desk.kept[0]), "answered before");
    weft_request_settle(desk.taken, 1);
    CHECK_DIES(weft_request_settle(desk.taken, 1), "settled twice");
    desk_close(&desk);
    CHECK(!weft_kept_settle(&desk.kept[1], 1));
    CHECK_DIES((void)weft_kept_settle(&desk.kept[1], 1), "answered before");
}

static int settles_and_answers(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    weft_request_settle(request, 1);
    return WEFT_OK;
}

CASE(answering_what_was_not_kept_is_an_assertion)
{
    struct desk desk;
    struct note note = {.value = 1};
    struct note never_sent = {.value = 1};
    weft_kept_t nothing;

    memset(&nothing, 0, sizeof(nothing));
    CHECK_DIES((void)weft_kept_settle(&nothing, 1), "not kept");
    CHECK_DIES(weft_request_settle(&never_sent.request, 1), "settled twice");
    desk_open(&desk, NULL);
    CHECK_EQ(weft_service_handler_set(&desk.service, &entry, 50,
                                      settles_and_answers),
             0);
    desk_start(&desk);
    desk_send(&desk, 50, &note);
    CHECK_DIES(desk_run(&desk), "settled twice");
}

/* --- handlers that do it wrong */

static int keeps_nothing(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    (void)request;
    return WEFT_PENDING;
}

static int keeps_and_answers(weft_service_t *service, weft_request_t *request)
{
    (void)desk__keep(service, request);
    return WEFT_OK;
}

static struct note another;

static int keeps_another(weft_service_t *service, weft_request_t *request)
{
    (void)request;
    return desk__keep(service, &another.request);
}

static int takes_twice(weft_service_t *service, weft_request_t *request)
{
    (void)weft_request_take(service, request);
    return weft_request_take(service, request);
}

static int passes_on_another(weft_service_t *service, weft_request_t *request)
{
    (void)request;
    return weft_request_forward(service, &another.request, service, DESK_NOTE);
}

static int says_too_much(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    (void)request;
    return WEFT_FUTURE_RESULT_MAX + 1;
}

static void dies_in(weft_handler_fn *fn, const char *words)
{
    struct desk desk;
    struct note note = {.value = 1};

    another = (struct note){.value = 2};
    desk_open(&desk, NULL);
    CHECK_EQ(weft_service_handler_set(&desk.service, &entry, 50, fn), 0);
    desk_start(&desk);
    desk_send(&desk, 50, &note);
    CHECK_DIES(desk_run(&desk), words);
}

CASE(a_handler_that_answers_wrongly_is_an_assertion)
{
    dies_in(keeps_nothing, "neither kept nor passed on");
    dies_in(keeps_and_answers, "answers what it has kept");
    dies_in(keeps_another, "kept by who does not handle it");
    dies_in(takes_twice, "kept by who does not handle it");
    dies_in(passes_on_another, "passed on by who does not handle it");
    dies_in(says_too_much, "out of a future's range");
}

static int passes_on_to_nowhere(weft_service_t *service,
                                weft_request_t *request)
{
    int rc = weft_request_forward(service, request, service,
                                  WEFT_SERVICE_CODE_MAX + 1);

    CHECK_EQ(rc, WEFT_ERR_INVALID);
    rc = weft_request_forward(service, request, service, WEFT_SERVICE_STOP);
    CHECK_EQ(rc, WEFT_ERR_INVALID);
    return rc;
}

CASE(a_request_passed_on_as_a_code_that_cannot_be_is_answered_so_09)
{
    struct desk desk;
    struct note note = {.value = 1};

    desk_open(&desk, NULL);
    CHECK_EQ(weft_service_handler_set(&desk.service, &entry, 50,
                                      passes_on_to_nowhere),
             0);
    desk_start(&desk);
    desk_send(&desk, 50, &note);
    desk_run(&desk);
    ended(&note, WEFT_ERR_INVALID);
    CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_SERVING);
    desk_close(&desk);
}

static int hook_keeps(weft_service_t *service, weft_request_t *request)
{
    return desk__keep(service, request);
}

CASE(a_hook_that_keeps_its_request_is_an_assertion_10)
{
    static const weft_service_type_t type = {.on_start = hook_keeps};
    struct desk desk;
    struct note start = {.value = 1};

    desk_open(&desk, &type);
    desk_send(&desk, WEFT_SERVICE_START, &start);
    CHECK_DIES(desk_run(&desk), "kept by who does not handle it");
}

CASE(a_reply_of_a_code_that_cannot_be_is_an_assertion_17)
{
    struct desk desk;
    weft_reply_t reply = {.context = NULL};

    desk_open(&desk, NULL);
    CHECK_DIES(
        weft_reply_init(&reply, &desk.service, WEFT_SERVICE_CODE_MAX + 1, NULL),
        "a reply of a code that cannot be");
}

/* --- fibers */

static const weft_handler_t fiber_handler = {0, WEFT_HANDLER_FIBER, desk__note};
static const weft_service_type_t fibrous = {.handlers = &fiber_handler,
                                            .handlers_count = 1};

CASE(a_handler_in_a_fiber_and_no_fibers_fail_the_start_08)
{
    static const weft_service_type_t hooks = {.flags = WEFT_SERVICE_FIBER_HOOKS,
                                              .on_start = desk__started};

    for (int i = 0; i < 2; i++) {
        struct desk desk;
        struct note notes[2] = {{.value = 1}, {.value = 2}};

        desk_open(&desk, i == 0 ? &fibrous : &hooks);
        desk_send(&desk, WEFT_SERVICE_START, &notes[0]);
        desk_send(&desk, 0, &notes[1]);
        desk_run(&desk);
        ended(&notes[0], WEFT_ERR_INVALID);
        ended(&notes[1], WEFT_ERR_INVALID);
        CHECK_EQ(weft_service_state(&desk.service), WEFT_SERVICE_STOPPED);
        desk_close(&desk);
    }
}

CASE(no_fibers_and_fibers_on_a_pool_are_refused_08)
{
    struct desk desk;
    weft_service_fibers_t fibers;
    weft_service_fiber_t *fiber = frame_new(sizeof(*fiber));
    weft_pool_t *pool = frame_new(sizeof(*pool));
    weft_pool_worker_t *worker = frame_new(sizeof(*worker));
    weft_pool_config_t config = {.workers = worker, .count = 1};

    desk_open(&desk, &fibrous);
    CHECK_EQ(weft_service_fibers_set(&desk.service, &fibers, fiber, 0),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_pool_init(pool, &config), 0);
    CHECK_EQ(weft_service_init(&desk.service, &fibrous, &pool->executor), 0);
    CHECK_EQ(weft_service_fibers_set(&desk.service, &fibers, fiber, 1),
             WEFT_ERR_INVALID);
    weft_pool_deinit(pool);
    frame_drop(worker, sizeof(*worker));
    frame_drop(pool, sizeof(*pool));
    frame_drop(fiber, sizeof(*fiber));
}

CASE(a_concurrent_service_without_fibers_is_called_like_any_08)
{
    static const weft_service_type_t type = {DESK_TYPE,
                                             .flags = WEFT_SERVICE_CONCURRENT};
    struct desk desk;
    struct note note = {.value = 1};

    desk_open(&desk, &type);
    CHECK_EQ(weft_call(&desk.service, DESK_NOTE, &note.request),
             WEFT_ERR_STOPPED);
    weft_thread_leave();
    desk_close(&desk);
}
