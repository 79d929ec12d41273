/* main.c - a service that fails is started again, and its requests wait
 * SPDX-License-Identifier: MIT
 *
 * A modem hangs up now and then. The service notices, says that it has failed,
 * and is started again after a pause that doubles as long as it does not help.
 * Who asks in the meantime waits: the type says that requests are kept. The
 * request during which it failed gets the error, and whoever sent it decides.
 */
#include <stdio.h>

#include "weft/weft.h"

enum { LINE_LOST = WEFT_ERR_USER - 1, NO_CARRIER = WEFT_ERR_USER - 2 };

enum { MODEM_MESSAGE };
WEFT_REQUEST(modem_message, MODEM_MESSAGE, int number;);

struct modem {
    weft_service_t service;
    int sent;
    int dialled;
};

static struct modem *modem_of(weft_service_t *service)
{
    return WEFT_CONTAINER_OF(service, struct modem, service);
}

/* At the first start, and at each restart, where there is no request. The
 * second and third call find nobody at the other end. */
static int dial(weft_service_t *service, weft_request_t *request)
{
    struct modem *self = modem_of(service);
    bool carrier = self->dialled != 1 && self->dialled != 2;

    self->dialled++;
    printf("modem: dials%s%s\n", request == NULL ? " again" : "",
           carrier ? "" : ", no carrier");
    return carrier ? WEFT_OK : NO_CARRIER;
}

static void on_fail(weft_service_t *service, int error)
{
    (void)service;
    printf("modem: failed, %s\n",
           error == LINE_LOST ? "the line was lost" : "no carrier");
}

static int answer_message(weft_service_t *service, weft_request_t *request)
{
    struct modem *self = modem_of(service);

    self->sent++;
    if (self->sent == 3) {
        weft_service_fail(service, LINE_LOST);
        return LINE_LOST;
    }
    printf("modem: message %d\n", modem_message_of(request)->number);
    return WEFT_OK;
}

static const weft_handler_t handlers[] = {{MODEM_MESSAGE, 0, answer_message}};
static const weft_service_type_t type = {
    .name = "modem",
    .handlers = handlers,
    .handlers_count = 1,
    .restart = WEFT_RESTART_BACKOFF,
    .restart_keeps = true,
    .backoff_us = 2000, /* then 4 ms, 8 ms, */
    .backoff_max_us = 10000,
    .on_start = dial,
    .on_fail = on_fail,
};

static struct modem modem;

enum { MESSAGES = 5 };

struct sender {
    weft_task_t task;
    weft_await_t await;
    weft_request_t request;
    struct modem_message messages[MESSAGES];
    int i;
};
WEFT_TASK(sender)
{
    int rc;

    WEFT_BEGIN;
    WEFT_AWAIT(weft_call, &modem.service, WEFT_SERVICE_START, &self->request);
    for (self->i = 0; self->i < MESSAGES; self->i++) {
        self->messages[self->i].number = self->i + 1;
        (void)modem_message_send(&modem.service, &self->messages[self->i]);
    }
    for (self->i = 0; self->i < MESSAGES; self->i++) {
        WEFT_AWAIT_RC(rc, weft_future_await, &self->messages[self->i].request);
        if (rc == LINE_LOST) {
            printf("message %d was lost, once more\n", self->i + 1);
            WEFT_AWAIT_RC(rc, modem_message_call, &modem.service,
                          &self->messages[self->i]);
        }
        printf("message %d: %s\n", self->i + 1, weft_error_text(rc));
    }
    WEFT_AWAIT(weft_call, &modem.service, WEFT_SERVICE_STOP, &self->request);
    WEFT_END;
}

int main(void)
{
    static weft_loop_t loop;
    static struct sender sender;

    weft_loop_init(&loop, NULL);
    (void)weft_service_init(&modem.service, &type, &loop.executor);
    return weft_loop_run_task(&loop, sender_task(&sender));
}
