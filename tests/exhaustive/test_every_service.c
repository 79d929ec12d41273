/* test_every_service.c - a small service's sends, starts and stops in all
 * schedules
 * SPDX-License-Identifier: MIT
 *
 * The numbers at the ends of names: see tests/unit/test_service.c.
 */
#include "tests/support/explore.h"
#include "tests/support/futures.h"

enum { VALUE = 5, KEEP = 1 };

static weft_loop_t loop;
static weft_service_t service;
static weft_request_t requests[4];
static unsigned ends[4];
static unsigned handled;
static weft_kept_t kept;
static bool took_effect;

static int answers(weft_service_t *own, weft_request_t *request)
{
    (void)own;
    (void)request;
    handled++;
    return VALUE;
}

static int keeps(weft_service_t *own, weft_request_t *request)
{
    return weft_request_keep(own, request, &kept);
}

static const weft_handler_t handlers[] = {{0, 0, answers}, {KEEP, 0, keeps}};
static const weft_service_type_t type = {
    .name = "every", .handlers = handlers, .handlers_count = 2};

static void count(weft_future_t *future)
{
    for (unsigned i = 0; i < 4; i++) {
        ends[i] += future == &requests[i];
    }
}

static void prepare(void)
{
    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_service_init(&service, &type, &loop.executor), 0);
    handled = 0;
    took_effect = false;
    for (unsigned i = 0; i < 4; i++) {
        ends[i] = 0;
        weft_future_init(&requests[i]);
        weft_future_then(&requests[i], count);
    }
}

/* --- who waits for it, on the same loop: it sleeps until that has come */

struct caller {
    weft_task_t task;
    weft_await_t await;
    unsigned code;
    weft_request_t request;
};
WEFT_TASK(caller)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_RC(rc, weft_call, &service, self->code, &self->request);
    return rc;
    WEFT_END;
}

static int call(unsigned code)
{
    struct caller caller = {.code = code};

    return weft_loop_run_task(&loop, caller_task(&caller));
}

static int await(unsigned i)
{
    struct asker asker = {.future = &requests[i]};

    return weft_loop_run_task(&loop, asker_task(&asker));
}

static void start(void)
{
    CHECK_EQ(call(WEFT_SERVICE_START), 0);
}

/* The service is gone by then. */
static void stop(void)
{
    CHECK_EQ(call(WEFT_SERVICE_STOP), 0);
}

/* All that was sent is over by then. */
static void end(void)
{
    sides_join();
    stop();
    CHECK_EQ(weft_service_state(&service), WEFT_SERVICE_STOPPED);
    weft_loop_deinit(&loop);
}

static void send_one(void *ctx)
{
    int rc = weft_service_send(&service, 0, ctx);

    CHECK(rc == 0 || rc == WEFT_ERR_STOPPED || rc == WEFT_ERR_FULL);
}

static void settled_once(unsigned i, int otherwise)
{
    int rc = weft_future_result(&requests[i]);

    CHECK_EQ(ends[i], 1);
    CHECK(rc == VALUE || rc == otherwise);
}

EXPLORE(a_send_meets_a_service_that_begins_to_wait_04)
{
    prepare();
    CHECK_EQ(weft_service_start(&service, &requests[1]), 0);
    weft_future_init(&requests[0]);
    side(send_one, &requests[0]);
    CHECK_EQ(await(0), VALUE);
    end();
}

EXPLORE(a_send_meets_a_start_16)
{
    prepare();
    side(send_one, &requests[0]);
    start();
    end();
    settled_once(0, WEFT_ERR_STOPPED);
    CHECK_EQ(handled, weft_future_result(&requests[0]) == VALUE);
}

EXPLORE(a_send_meets_a_stop_and_is_settled_once_13)
{
    prepare();
    start();
    side(send_one, &requests[0]);
    stop();
    CHECK_EQ(weft_service_state(&service), WEFT_SERVICE_STOPPED);
    end();
    settled_once(0, WEFT_ERR_STOPPED);
    CHECK_EQ(handled, weft_future_result(&requests[0]) == VALUE);
}

EXPLORE_LARGE(two_sends_meet_a_stop_and_are_settled_once_13, 3)
{
    prepare();
    start();
    side(send_one, &requests[0]);
    side(send_one, &requests[1]);
    stop();
    end();
    settled_once(0, WEFT_ERR_STOPPED);
    settled_once(1, WEFT_ERR_STOPPED);
}

static void send_stop(void *ctx)
{
    CHECK_EQ(weft_service_stop(&service, ctx), 0);
}

EXPLORE(two_stops_meet_and_both_succeed_10)
{
    prepare();
    start();
    weft_future_init(&requests[0]);
    side(send_stop, &requests[0]);
    stop();
    CHECK_EQ(await(0), 0);
    CHECK_EQ(weft_service_state(&service), WEFT_SERVICE_STOPPED);
    end();
}

static void send_start(void *ctx)
{
    CHECK_EQ(weft_service_start(&service, ctx), 0);
}

EXPLORE(a_start_meets_a_stop_and_both_happen_10)
{
    prepare();
    start();
    weft_future_init(&requests[0]);
    side(send_start, &requests[0]);
    stop();
    CHECK_EQ(await(0), 0);
    end();
}

EXPLORE(two_starts_of_a_stopped_service_meet_and_both_succeed_10)
{
    prepare();
    weft_future_init(&requests[0]);
    side(send_start, &requests[0]);
    start();
    CHECK_EQ(await(0), 0);
    CHECK_EQ(weft_service_state(&service), WEFT_SERVICE_SERVING);
    end();
}

static void start_and_send(void *ctx)
{
    (void)ctx;
    send_start(&requests[0]);
    CHECK_EQ(weft_service_send(&service, 0, &requests[1]), 0);
}

/* A stop that was sent before them: the request is of the next life. */
EXPLORE(a_start_and_a_request_behind_it_meet_the_end_of_a_life_10)
{
    prepare();
    start();
    for (unsigned i = 0; i < 3; i++) {
        weft_future_init(&requests[i]);
    }
    send_stop(&requests[2]);
    side(start_and_send, NULL);
    CHECK_EQ(await(2), 0);
    CHECK_EQ(await(0), 0);
    CHECK_EQ(await(1), VALUE);
    end();
}

/* --- the memory */

static void gone(weft_future_t *future)
{
    count(future);
    weft_loop_stop(&loop);
    drop(&service, sizeof(service));
}

static void send_last_stop(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_service_stop(&service, &requests[0]), 0);
}

EXPLORE(the_service_goes_in_the_function_of_its_stop_15)
{
    prepare();
    start();
    weft_future_then(&requests[0], gone);
    side(send_last_stop, NULL);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(ends[0], 1);
    drop(&loop, sizeof(loop));
    sides_join();
}

/* --- what is kept */

static void settle_kept(void *ctx)
{
    (void)ctx;
    took_effect = weft_kept_settle(&kept, 7);
}

EXPLORE(of_an_answer_and_a_stop_one_settles_what_is_kept_13)
{
    prepare();
    start();
    CHECK_EQ(weft_service_send(&service, KEEP, &requests[0]), 0);
    (void)weft_loop_step(&loop);
    side(settle_kept, NULL);
    stop();
    drop(&service, sizeof(service));
    sides_join();
    CHECK_EQ(ends[0], 1);
    CHECK_EQ(weft_future_result(&requests[0]),
             took_effect ? 7 : WEFT_ERR_CANCELLED);
    weft_loop_deinit(&loop);
}

/* --- cancel */

static void cancel(void *ctx)
{
    (void)weft_future_cancel(ctx);
}

EXPLORE(a_cancel_meets_the_handling_and_it_is_settled_once_18)
{
    prepare();
    start();
    CHECK_EQ(weft_service_send(&service, 0, &requests[0]), 0);
    side(cancel, &requests[0]);
    (void)weft_loop_step(&loop);
    end();
    settled_once(0, WEFT_ERR_CANCELLED);
    CHECK_EQ(handled, weft_future_result(&requests[0]) == VALUE);
}

static void cancel_caller(void *ctx)
{
    weft_task_cancel(ctx);
}

EXPLORE(a_cancel_of_a_call_meets_its_answer_18)
{
    static struct caller caller;
    int rc;

    prepare();
    start();
    caller = (struct caller){.code = 0};
    CHECK_EQ(weft_spawn(&loop.executor, caller_task(&caller)), 0);
    side(cancel_caller, &caller.task);
    CHECK_EQ(call(0), VALUE);
    sides_join();
    CHECK_EQ(call(0), VALUE);
    CHECK(weft_task_finished(&caller.task));
    rc = weft_task_result(&caller.task);
    CHECK(rc == VALUE || rc == WEFT_ERR_CANCELLED);
    end();
}

/* --- the bound */

/* The first is handled before the third is sent: whatever becomes of the
 * second, nothing but that can be queued. */
EXPLORE(a_send_that_finds_nothing_queued_is_taken_05)
{
    prepare();
    CHECK_EQ(weft_service_bound(&service, 1), 0);
    start();
    side(send_one, &requests[1]);
    weft_future_init(&requests[0]);
    if (weft_service_send(&service, 0, &requests[0]) == 0) {
        CHECK_EQ(await(0), VALUE);
        (void)weft_service_send(&service, 0, &requests[2]);
        end();
        settled_once(1, WEFT_ERR_FULL);
        settled_once(2, WEFT_ERR_FULL);
        CHECK(weft_future_result(&requests[1]) == VALUE ||
              weft_future_result(&requests[2]) == VALUE);
    } else {
        end();
        settled_once(1, VALUE);
    }
}

/* --- a late answer as a message */

static weft_reply_t reply;
static unsigned cleanups;

static void clean_up(weft_future_t *future)
{
    (void)future;
    cleanups++;
}

static weft_job_t job;
static weft_manual_t manual;

static int runs(weft_job_t *own)
{
    (void)own;
    return 1;
}

static void run_job(void *ctx)
{
    (void)ctx;
    (void)weft_manual_drain(&manual);
}

EXPLORE(an_answer_meets_the_stop_of_who_asked_14)
{
    prepare();
    cleanups = 0;
    start();
    reply = (weft_reply_t){.context = NULL};
    weft_reply_init(&reply, &service, 0, clean_up);
    weft_manual_init(&manual);
    job = (weft_job_t){.fn = NULL};
    weft_request_reply(&job.future, &reply);
    CHECK_EQ(weft_job_start(&manual.executor, &job, runs), 0);
    side(run_job, NULL);
    stop();
    drop(&service, sizeof(service));
    sides_join();
    CHECK_EQ(handled + cleanups, 1);
    weft_loop_deinit(&loop);
}
