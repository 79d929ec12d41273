/* test_service_self.c - services: a call that would wait for its caller
 * SPDX-License-Identifier: MIT
 *
 * Each is an assertion, never a hang. The numbers at the ends of names: see
 * test_service.c.
 */
#include "tests/support/fibers.h"
#include "tests/support/services.h"
#include "tests/support/test.h"

static int calls(weft_service_t *service, weft_request_t *request)
{
    struct note note = {.value = 1};

    (void)request;
    return weft_call(service, DESK_NOTE, &note.request);
}

static int stops(weft_service_t *service, weft_request_t *request)
{
    struct note note = {.value = 1};

    (void)request;
    return weft_call(service, WEFT_SERVICE_STOP, &note.request);
}

/* --- plain handlers ------------------------------------------------------- */

static void dies_in(weft_handler_fn *fn, unsigned flags, const char *words)
{
    weft_handler_t handler = {0, 0, fn};
    weft_service_type_t type = {
        .handlers = &handler, .handlers_count = 1, .flags = (uint8_t)flags};
    struct desk desk;
    struct note note = {.value = 1};

    desk_open(&desk, &type);
    desk_start(&desk);
    desk_send(&desk, 0, &note);
    CHECK_DIES(desk_run(&desk), words);
}

CASE(a_plain_handler_that_waits_also_for_its_own_stop_is_an_assertion_08)
{
    dies_in(calls, 0, "a blocking call in a task");
    dies_in(stops, 0, "a blocking call in a task");
}

CASE(so_is_one_that_blocks_the_thread_and_calls_its_own_service_08)
{
    dies_in(calls, WEFT_SERVICE_BLOCKING, "a service that calls itself");
    dies_in(stops, WEFT_SERVICE_BLOCKING, "a service that calls itself");
}

static struct desk *beside;

static int calls_beside(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    return calls(&beside->service, request);
}

CASE(so_is_one_that_blocks_the_thread_of_the_service_it_calls_08)
{
    static const weft_handler_t handler = {0, 0, calls_beside};
    static const weft_service_type_t type = {.handlers = &handler,
                                             .handlers_count = 1,
                                             .flags = WEFT_SERVICE_BLOCKING};
    struct desk desk;
    weft_service_t caller;
    struct note notes[2] = {{.value = 1}, {.value = 2}};

    beside = &desk;
    desk_serve(&desk);
    CHECK_EQ(weft_service_init(&caller, &type, &desk.manual.executor), 0);
    CHECK_EQ(weft_service_start(&caller, &notes[0].request), 0);
    desk_run(&desk);
    CHECK_EQ(weft_service_send(&caller, 0, &notes[1].request), 0);
    CHECK_DIES(desk_run(&desk), "a service of its own thread");
}

/* --- in fibers ------------------------------------------------------------ */

static const weft_handler_t handlers[] = {{0, WEFT_HANDLER_FIBER, calls},
                                          {1, WEFT_HANDLER_FIBER, stops}};
static const weft_service_type_t serial = {.handlers = handlers,
                                           .handlers_count = 2};
static const weft_service_type_t concurrent = {.handlers = handlers,
                                               .handlers_count = 2,
                                               .flags =
                                                   WEFT_SERVICE_CONCURRENT};

/* With so many fibers, asked code: of a start or stop its hook calls. */
static void dies(const weft_service_type_t *type, unsigned count, unsigned code)
{
    struct desk desk;
    struct note note = {.value = 1};
    weft_service_fibers_t fibers;
    weft_service_fiber_t *fiber = frame_new(2 * sizeof(*fiber));
    char *stacks = frame_new((size_t)2 * FIBER_STACK);

    desk_open(&desk, type);
    for (unsigned i = 0; i < count; i++) {
        weft_fiber_init(&fiber[i].fiber, "own",
                        stacks + i * (size_t)FIBER_STACK, FIBER_STACK);
    }
    CHECK_EQ(weft_service_fibers_set(&desk.service, &fibers, fiber, count), 0);
    if (code != WEFT_SERVICE_START) {
        desk_start(&desk);
    }
    desk_send(&desk, code, &note);
    CHECK_DIES(desk_run(&desk), "a service that calls itself");
    free(stacks);
    free(fiber);
}

CASE(a_handler_in_a_fiber_that_calls_its_own_service_is_an_assertion_08)
{
    dies(&serial, 1, 0);
    dies(&serial, 1, 1); /* a stop from inside that is waited for */
}

CASE(so_is_one_of_a_concurrent_service_without_another_fiber_08)
{
    dies(&concurrent, 1, 0);
    dies(&concurrent, 1, 1);
}

CASE(so_is_one_that_waits_for_a_stop_which_waits_for_it_08)
{
    dies(&concurrent, 2, 1);
}

CASE(so_is_a_hook_in_a_fiber_beside_which_no_request_is_taken_08)
{
    static const weft_service_type_t starts = {
        .handlers = handlers,
        .handlers_count = 2,
        .flags = WEFT_SERVICE_CONCURRENT | WEFT_SERVICE_FIBER_HOOKS,
        .on_start = calls};
    static const weft_service_type_t ends = {.handlers = handlers,
                                             .handlers_count = 2,
                                             .flags = WEFT_SERVICE_CONCURRENT |
                                                      WEFT_SERVICE_FIBER_HOOKS,
                                             .on_stop = calls};

    dies(&starts, 2, WEFT_SERVICE_START);
    dies(&ends, 2, WEFT_SERVICE_STOP);
}
