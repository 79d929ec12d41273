/* main.c - callbacks that send again and again, while the service stays
 * responsive
 * SPDX-License-Identifier: MIT
 *
 * Two clients of a counter each have one request, whose callback sends it
 * again as soon as it is answered, a thousand times. One callback is called
 * where the answer is given, inside of the service; the other one on an
 * executor of the client's. All the time the mailbox is full of them; who asks
 * something else waits for what was sent before, and no longer.
 */
#include <stdio.h>

#include "weft/weft.h"

enum { TIMES = 1000, PINGS = 5 };

/* --- the service ---------------------------------------------------------- */

enum { COUNTER_ADD, COUNTER_ASK };
WEFT_REQUEST(counter_add, COUNTER_ADD, int amount;);
WEFT_REQUEST(counter_ask, COUNTER_ASK, int total;);

struct counter {
    weft_service_t service;
    int total;
};

static int answer_add(weft_service_t *service, weft_request_t *request)
{
    WEFT_CONTAINER_OF(service, struct counter, service)->total +=
        counter_add_of(request)->amount;
    return WEFT_OK;
}

static int answer_ask(weft_service_t *service, weft_request_t *request)
{
    counter_ask_of(request)->total =
        WEFT_CONTAINER_OF(service, struct counter, service)->total;
    return WEFT_OK;
}

static const weft_handler_t handlers[] = {
    {COUNTER_ADD, 0, answer_add},
    {COUNTER_ASK, 0, answer_ask},
};
static const weft_service_type_t type = {
    .name = "counter", .handlers = handlers, .handlers_count = 2};

static struct counter counter;

/* --- those who call again and again --------------------------------------- */

static weft_wait_group_t running = WEFT_WAIT_GROUP_INIT;

struct client {
    struct counter_add add;
    weft_future_on_t on; /* memory for a callback on an executor */
    weft_executor_t *executor;
    weft_future_fn *answered;
    int times;
};

static void send(struct client *self)
{
    if (self->executor != NULL) {
        weft_future_on(&self->add.request, &self->on, self->executor,
                       self->answered);
    } else {
        weft_future_then(&self->add.request, self->answered);
    }
    (void)counter_add_send(&counter.service, &self->add);
}

/* The callback. The request is the client's own again, and may be sent. */
static void answered(weft_future_t *future)
{
    struct client *self = WEFT_CONTAINER_OF(future, struct client, add.request);

    self->times++;
    if (weft_future_result(future) == WEFT_OK && self->times < TIMES) {
        send(self);
    } else {
        weft_wait_group_done(&running);
    }
}

/* --- and one who asks now and then ---------------------------------------- */

struct watcher {
    weft_task_t task;
    weft_await_t await;
    weft_request_t request;
    struct counter_ask ask;
    int ping;
    int before;
};
WEFT_TASK(watcher)
{
    static struct client inside = {.add = {.amount = 1}, .answered = answered};
    static struct client outside = {.add = {.amount = 1000},
                                    .answered = answered};

    WEFT_BEGIN;
    outside.executor = &weft_loop_current()->executor;
    WEFT_AWAIT(weft_call, &counter.service, WEFT_SERVICE_START, &self->request);
    weft_wait_group_add(&running, 2);
    send(&inside);
    send(&outside);
    for (self->ping = 1; self->ping <= PINGS; self->ping++) {
        self->before = inside.times;
        WEFT_AWAIT(counter_ask_call, &counter.service, &self->ask);
        printf("ping %d: %s\n", self->ping,
               inside.times - self->before < TIMES / PINGS ? "in time"
                                                           : "late");
    }
    WEFT_AWAIT(weft_wait_group_wait, &running);
    WEFT_AWAIT(counter_ask_call, &counter.service, &self->ask);
    printf("counted %d\n", self->ask.total);
    WEFT_AWAIT(weft_call, &counter.service, WEFT_SERVICE_STOP, &self->request);
    WEFT_END;
}

int main(void)
{
    static weft_loop_t loop;
    static struct watcher watcher;

    weft_loop_init(&loop, NULL);
    (void)weft_service_init(&counter.service, &type, &loop.executor);
    return weft_loop_run_task(&loop, watcher_task(&watcher));
}
