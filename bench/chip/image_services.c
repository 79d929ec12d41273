/* image_services.c - two services: one asks the other
 * SPDX-License-Identifier: MIT
 */
#include "weft/loop.h"
#include "weft/service.h"

enum { ADD, ANSWER };

WEFT_REQUEST(add, ADD, int a, b, sum;);

static weft_loop_t loop;
static weft_service_t adder, display;
static weft_reply_t reply;
static struct add call;
static volatile int shown;

static int handle_add(weft_service_t *service, weft_request_t *request)
{
    struct add *one = add_of(request);

    (void)service;
    one->sum = one->a + one->b;
    return WEFT_OK;
}

static void ask(void)
{
    call.a = shown;
    call.b = 1;
    weft_request_reply(&call.request, &reply);
    (void)add_send(&adder, &call);
}

static int handle_answer(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    shown = add_of(request)->sum;
    ask();
    return WEFT_OK;
}

static const weft_handler_t adder_handlers[] = {{ADD, 0, handle_add}};
static const weft_service_type_t adder_type = {
    .name = "adder", .handlers = adder_handlers, .handlers_count = 1};
static const weft_handler_t display_handlers[] = {{ANSWER, 0, handle_answer}};
static const weft_service_type_t display_type = {
    .name = "display", .handlers = display_handlers, .handlers_count = 1};

int main(void)
{
    static weft_request_t starts[2];

    weft_loop_init(&loop, NULL);
    (void)weft_service_init(&adder, &adder_type, &loop.executor);
    (void)weft_service_init(&display, &display_type, &loop.executor);
    (void)weft_service_start(&adder, &starts[0]);
    (void)weft_service_start(&display, &starts[1]);
    weft_reply_init(&reply, &display, ANSWER, NULL);
    ask();
    return weft_loop_run(&loop);
}
