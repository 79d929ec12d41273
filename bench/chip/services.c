/* services.c - instructions of a request there and its answer back
 * SPDX-License-Identifier: MIT
 */
#include "bench/chip/count.h"
#include "weft/loop.h"
#include "weft/service.h"
#include "weft/task.h"

enum { ADD, ANSWER };

WEFT_REQUEST(add, ADD, int a, b, sum;);

static weft_loop_t loop;
static weft_service_t adder;
static uint32_t from, handled;

static int handle_add(weft_service_t *service, weft_request_t *request)
{
    struct add *call = add_of(request);

    (void)service;
    handled = count_now();
    call->sum = call->a + call->b;
    return WEFT_OK;
}

static const weft_handler_t adder_handlers[] = {{ADD, 0, handle_add}};
static const weft_service_type_t adder_type = {
    .name = "adder", .handlers = adder_handlers, .handlers_count = 1};

/* --- asked by a task ------------------------------------------------------ */

struct asker {
    weft_task_t task;
    weft_await_t await;
    struct add call;
    unsigned round;
};

WEFT_TASK(asker)
{
    WEFT_BEGIN;
    WEFT_YIELD(); /* the service has started, and waits */
    WEFT_YIELD();
    for (self->round = 0; self->round < COUNT_ROUNDS; self->round++) {
        from = count_now();
        WEFT_AWAIT(add_call, &adder, &self->call);
        count_add("request, round trip", from, count_now());
        count_add("request, call to handler", from, handled);
    }
    WEFT_END;
}

/* --- one service asks another --------------------------------------------- */

static weft_service_t front;
static weft_reply_t reply;
static struct add call;
static weft_request_t stops[2];
static unsigned round;

static void again(void)
{
    from = count_now();
    weft_request_reply(&call.request, &reply);
    (void)add_send(&adder, &call);
}

static int handle_answer(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    (void)request;
    count_add("request, its answer as a message", from, count_now());
    if (++round < COUNT_ROUNDS) {
        again();
        return WEFT_OK;
    }
    (void)weft_service_stop(&front, &stops[0]);
    (void)weft_service_stop(&adder, &stops[1]);
    weft_loop_stop(&loop);
    return WEFT_OK;
}

static const weft_handler_t front_handlers[] = {{ANSWER, 0, handle_answer}};
static const weft_service_type_t front_type = {
    .name = "front", .handlers = front_handlers, .handlers_count = 1};

int main(void)
{
    static weft_request_t starts[2];
    static struct asker asker;

    count_start();
    weft_loop_init(&loop, NULL);
    (void)weft_service_init(&adder, &adder_type, &loop.executor);
    (void)weft_service_start(&adder, &starts[0]);
    (void)weft_loop_run_task(&loop, asker_task(&asker));
    (void)weft_service_init(&front, &front_type, &loop.executor);
    (void)weft_service_start(&front, &starts[1]);
    weft_reply_init(&reply, &front, ANSWER, NULL);
    again();
    (void)weft_loop_run(&loop);
    count_print();
    return 0;
}
