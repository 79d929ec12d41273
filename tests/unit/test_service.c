/* test_service.c - services: requests and handlers
 * SPDX-License-Identifier: MIT
 *
 * What services promise has numbers; a case of tests/unit/test_service*.c and
 * test_job.c ends with that of what it tests:
 *
 *      1 a constant table of handlers
 *      2 handlers set, replaced and unset at run time
 *      3 a request is a future with a code and a payload of the user's type
 *      4 a send never blocks and never allocates, in interrupts too
 *      5 a bound makes going over it an error of the sender's
 *      6 a service may send to itself, and two may flood each other
 *      7 first come first served, one at a time
 *      8 handlers are plain or fibers, which may wait
 *      9 a request that is kept, or passed on, is answered later
 *     10 start and stop are requests with hooks, and succeed for all who ask
 *     11 a start's hook that fails fails what is queued
 *     12 a stop's hook may refuse
 *     13 a stop settles what is queued, and cancels what is kept
 *     14 a late answer to a stopped service goes to its clean-up
 *     15 the stop is settled last
 *     16 no handler; a service that is stopped
 *     17 an answer as a message that nobody handles is dropped
 *     18 cancel
 *     19 loops
 *     20 jobs
 *     21 failures and restarts
 */
#include "tests/support/handler.h"
#include "tests/support/services.h"
#include "tests/support/test.h"

CASE(a_request_is_handled_by_who_the_table_says_01)
{
    struct desk desk;
    struct note note = {.value = 5};
    struct note taken = {.value = 6};

    desk_serve(&desk);
    desk_send(&desk, DESK_NOTE, &note);
    waits(&note);
    desk_send(&desk, DESK_TAKE, &taken);
    desk_run(&desk);
    ended(&note, 5);
    waits(&taken);
    CHECK(desk.taken == &taken.request);
    weft_request_settle(&taken.request, 7);
    ended(&taken, 7);
    desk_has(&desk, 2, STARTED, 5);
    desk_close(&desk);
}

static const weft_handler_t sparse[] = {{WEFT_SERVICE_CODE_MAX, 0, desk__note},
                                        {7, 0, desk__note}};

CASE(codes_of_a_table_may_be_any_in_any_order_01)
{
    static const weft_service_type_t type = {
        .name = "sparse", .handlers = sparse, .handlers_count = 2};
    struct desk desk;
    struct note note = {.value = 5};

    desk_open(&desk, &type);
    desk_start(&desk);
    desk_send(&desk, WEFT_SERVICE_CODE_MAX, &note);
    desk_run(&desk);
    ended(&note, 5);
    desk_send(&desk, 7, &note);
    desk_run(&desk);
    ended(&note, 5);
    desk_send(&desk, 0, &note);
    desk_run(&desk);
    ended(&note, WEFT_ERR_NO_HANDLER);
    desk_has(&desk, 2, 5, 5);
    desk_close(&desk);
}

/* --- handlers at run time */

static weft_handler_entry_t first;
static weft_handler_entry_t second;

static int says_one(weft_service_t *service, weft_request_t *request)
{
    (void)request;
    desk_write(desk_of(service), 1);
    return 1;
}

static int says_two(weft_service_t *service, weft_request_t *request)
{
    (void)request;
    desk_write(desk_of(service), 2);
    return 2;
}

static int result_of(struct desk *desk, unsigned code)
{
    struct note note = {.value = 99};

    desk_send(desk, code, &note);
    desk_run(desk);
    return weft_future_result(&note.request);
}

CASE(handlers_are_set_over_others_and_unset_again_in_any_order_02)
{
    struct desk desk;

    desk_open(&desk, NULL);
    CHECK_EQ(
        weft_service_handler_set(&desk.service, &first, DESK_NOTE, says_one),
        0);
    desk_start(&desk);
    CHECK_EQ(result_of(&desk, DESK_NOTE), 1);
    CHECK_EQ(
        weft_service_handler_set(&desk.service, &second, DESK_NOTE, says_two),
        0);
    CHECK_EQ(result_of(&desk, DESK_NOTE), 2);
    weft_service_handler_unset(&desk.service, &first);
    CHECK_EQ(result_of(&desk, DESK_NOTE), 2);
    CHECK_EQ(
        weft_service_handler_set(&desk.service, &first, DESK_NOTE, says_one),
        0);
    CHECK_EQ(result_of(&desk, DESK_NOTE), 1);
    weft_service_handler_unset(&desk.service, &first);
    CHECK_EQ(result_of(&desk, DESK_NOTE), 2);
    weft_service_handler_unset(&desk.service, &second);
    weft_service_handler_unset(&desk.service, &second);
    CHECK_EQ(result_of(&desk, DESK_NOTE), 99);
    desk_close(&desk);
}

CASE(a_handler_may_be_taken_away_from_a_code_and_given_to_a_new_one_02)
{
    struct desk desk;

    desk_serve(&desk);
    CHECK_EQ(weft_service_handler_set(&desk.service, &first, DESK_NOTE, NULL),
             0);
    CHECK_EQ(result_of(&desk, DESK_NOTE), WEFT_ERR_NO_HANDLER);
    /* The same entry again: it is for that code only now. */
    CHECK_EQ(weft_service_handler_set(&desk.service, &first, 77, says_one), 0);
    CHECK_EQ(result_of(&desk, 77), 1);
    CHECK_EQ(result_of(&desk, DESK_NOTE), 99);
    weft_service_handler_unset(&desk.service, &first);
    CHECK_EQ(result_of(&desk, 77), WEFT_ERR_NO_HANDLER);
    desk_close(&desk);
}

static int unsets_itself(weft_service_t *service, weft_request_t *request)
{
    weft_service_handler_unset(service, &first);
    memset(&first, 0xdb, sizeof(first)); /* its memory is free */
    return says_one(service, request);
}

static int replaces_itself(weft_service_t *service, weft_request_t *request)
{
    CHECK_EQ(weft_service_handler_set(service, &first, 50, says_two), 0);
    return says_one(service, request);
}

CASE(a_handler_may_unset_itself_while_it_runs_02)
{
    struct desk desk;

    desk_serve(&desk);
    CHECK_EQ(weft_service_handler_set(&desk.service, &first, 50, unsets_itself),
             0);
    CHECK_EQ(result_of(&desk, 50), 1);
    CHECK_EQ(result_of(&desk, 50), WEFT_ERR_NO_HANDLER);
    desk_close(&desk);
}

CASE(a_handler_may_replace_itself_while_it_runs_02)
{
    struct desk desk;

    desk_serve(&desk);
    CHECK_EQ(
        weft_service_handler_set(&desk.service, &first, 50, replaces_itself),
        0);
    CHECK_EQ(result_of(&desk, 50), 1);
    CHECK_EQ(result_of(&desk, 50), 2);
    desk_close(&desk);
}

/* --- requests with a payload, in one line */

enum { MIX = 60, PLAIN = 61 };

WEFT_REQUEST(mix, MIX, char a; int b; void *p; double d; char z; double sum;);
WEFT_STATIC_ASSERT(offsetof(struct mix, request) == 0, "the request is first");

static int handle_mix(weft_service_t *service, weft_request_t *request)
{
    struct mix *call = mix_of(request);

    CHECK(call->p == service);
    call->sum = (double)call->a + (double)call->b + call->d + (double)call->z;
    call->z = 'y';
    return call->b;
}

CASE(arguments_of_mixed_sizes_come_as_they_were_sent_03)
{
    struct desk desk;
    struct mix call = {
        .a = 'a', .b = 30000, .p = &desk.service, .d = 0.25, .z = 'x'};

    desk_open(&desk, NULL);
    CHECK_EQ(weft_service_handler_set(&desk.service, &first, MIX, handle_mix),
             0);
    desk_start(&desk);
    CHECK_EQ(mix_send(&desk.service, &call), 0);
    desk_run(&desk);
    CHECK_EQ(weft_future_result(&call.request), 30000);
    CHECK(call.sum == (double)'a' + 30000.0 + 0.25 + (double)'x');
    CHECK_EQ(call.z, 'y');
    CHECK_EQ(call.a, 'a');
    CHECK(call.p == &desk.service);
    desk_close(&desk);
}

CASE(a_settled_request_is_sent_again_and_keeps_what_happens_at_its_end_03)
{
    struct desk desk;
    struct note note = {.value = 1};

    desk_serve(&desk);
    weft_future_then(&note.request, count_end);
    for (int i = 1; i <= 3; i++) {
        desk_send(&desk, DESK_NOTE, &note);
        waits(&note);
        desk_run(&desk);
        ended(&note, 1);
        CHECK_EQ(note.ends, i);
    }
    desk_close(&desk);
}

/* --- sending */

static struct note urgent[3];

static void send_urgent(void *ctx)
{
    struct desk *desk = ctx;

    desk_send(desk, DESK_NOTE, &urgent[0]);
    desk_send(desk, DESK_NOTE, &urgent[1]);
    desk_send(desk, DESK_NOTE, &urgent[2]);
    CHECK(weft_future_cancel(&urgent[1].request));
}

CASE_INTERRUPT(an_interrupt_sends_and_cancels_04)
{
    struct desk desk;

    desk_serve(&desk);
    memset(urgent, 0, sizeof(urgent));
    for (int i = 0; i < 3; i++) {
        urgent[i].value = i + 1;
        weft_future_then(&urgent[i].request, count_end);
    }
    handle(send_urgent, &desk);
    waits(&urgent[0]);
    desk_run(&desk);
    desk_has(&desk, 3, STARTED, 1, 3);
    ended(&urgent[1], WEFT_ERR_CANCELLED);
    for (int i = 0; i < 3; i++) {
        CHECK_EQ(urgent[i].ends, 1);
    }
    desk_close(&desk);
}

static void start_and_send(void *ctx)
{
    struct desk *desk = ctx;

    desk_send(desk, WEFT_SERVICE_START, &urgent[0]);
    desk_send(desk, DESK_NOTE, &urgent[1]);
    desk_send(desk, WEFT_SERVICE_STOP, &urgent[2]);
}

CASE_INTERRUPT(an_interrupt_starts_and_stops_04)
{
    struct desk desk;

    desk_open(&desk, NULL);
    memset(urgent, 0, sizeof(urgent));
    urgent[1].value = 5;
    handle(start_and_send, &desk);
    desk_run(&desk);
    desk_has(&desk, 3, STARTED, 5, STOPPED);
    ended(&urgent[0], 0);
    ended(&urgent[1], 5);
    ended(&urgent[2], 0);
    desk_close(&desk);
}

/* --- nobody there */

CASE(a_code_without_handler_fails_and_what_is_around_it_does_not_16)
{
    struct desk desk;
    struct note notes[3] = {{.value = 1}, {.value = 2}, {.value = 3}};

    desk_serve(&desk);
    desk_send(&desk, DESK_NOTE, &notes[0]);
    desk_send(&desk, DESK_CODES, &notes[1]);
    desk_send(&desk, DESK_NOTE, &notes[2]);
    desk_run(&desk);
    ended(&notes[0], 1);
    ended(&notes[1], WEFT_ERR_NO_HANDLER);
    CHECK_EQ(weft_future_state(&notes[1].request), WEFT_FUTURE_FAILED);
    ended(&notes[2], 3);
    desk_close(&desk);
}

CASE(a_request_to_a_service_that_never_started_or_stopped_fails_at_once_16)
{
    struct desk desk;
    struct note note = {.value = 1};

    desk_open(&desk, NULL);
    weft_future_then(&note.request, count_end);
    CHECK_EQ(weft_service_send(&desk.service, DESK_NOTE, &note.request),
             WEFT_ERR_STOPPED);
    CHECK_EQ(note.ends, 1);
    ended(&note, WEFT_ERR_STOPPED);
    desk_start(&desk);
    desk_stop(&desk);
    CHECK_EQ(weft_service_send(&desk.service, DESK_NOTE, &note.request),
             WEFT_ERR_STOPPED);
    CHECK_EQ(note.ends, 2);
    desk_has(&desk, 2, STARTED, STOPPED);
    desk_close(&desk);
}
