/* main.c - one source, several listeners: all of it, the newest, or a sign
 * SPDX-License-Identifier: MIT
 *
 * A thermometer sends each reading to all who subscribed (a broadcast), keeps
 * the newest for who looks now and then (a watch), and raises a flag when it
 * is too hot or when it ends. A logger wants every reading, a display the
 * newest only, an alarm just the flags.
 */
#include <stdio.h>

#include "weft/weft.h"

enum { HOT = 1, END = 2, LIMIT = 25 };

WEFT_BROADCAST_DEFINE(readings, int, 8);
WEFT_WATCH_DEFINE(newest, int);
static weft_flags_t signs = WEFT_FLAGS_INIT;

struct thermometer {
    weft_task_t task;
    weft_await_t await;
    int degrees;
};
WEFT_TASK(thermometer)
{
    WEFT_BEGIN;
    for (self->degrees = 20; self->degrees <= 28; self->degrees++) {
        (void)weft_broadcast_try_send(&readings, &self->degrees);
        (void)weft_watch_set(&newest, &self->degrees);
        if (self->degrees > LIMIT) {
            weft_flags_set(&signs, HOT);
        }
        if (self->degrees % 3 == 0) {
            WEFT_YIELD(); /* the others have their turn */
        }
    }
    (void)weft_broadcast_close(&readings);
    (void)weft_watch_close(&newest);
    weft_flags_set(&signs, END);
    WEFT_END;
}

struct logger {
    weft_task_t task;
    weft_await_t await;
    weft_subscriber_t subscriber;
    int degrees;
};
WEFT_TASK(logger)
{
    int rc;

    WEFT_BEGIN;
    weft_broadcast_subscribe(&readings, &self->subscriber);
    for (;;) {
        WEFT_AWAIT_RC(rc, weft_broadcast_recv, &self->subscriber,
                      &self->degrees);
        if (rc < 0) {
            break;
        }
        printf("logger: %d\n", self->degrees);
    }
    weft_broadcast_unsubscribe(&self->subscriber);
    WEFT_END;
}

struct display {
    weft_task_t task;
    weft_await_t await;
    weft_watch_reader_t reader;
    int degrees;
};
WEFT_TASK(display)
{
    int rc;

    WEFT_BEGIN;
    weft_watch_reader_init(&self->reader, &newest);
    for (;;) {
        WEFT_AWAIT_RC(rc, weft_watch_wait, &self->reader, &self->degrees);
        if (rc < 0) {
            break;
        }
        printf("display: %d\n", self->degrees);
    }
    WEFT_END;
}

struct alarm {
    weft_task_t task;
    weft_await_t await;
    uint32_t got;
};
WEFT_TASK(alarm)
{
    WEFT_BEGIN;
    do {
        WEFT_AWAIT(weft_flags_wait_any, &signs, HOT | END, &self->got);
        printf("alarm:%s%s\n", (self->got & HOT) != 0 ? " hot" : "",
               (self->got & END) != 0 ? " end" : "");
    } while ((self->got & END) == 0);
    WEFT_END;
}

int main(void)
{
    static weft_loop_t loop;
    static struct logger logger;
    static struct display display;
    static struct alarm alarm;
    static struct thermometer thermometer;

    weft_loop_init(&loop, NULL);
    (void)weft_spawn(&loop.executor, logger_task(&logger));
    (void)weft_spawn(&loop.executor, display_task(&display));
    (void)weft_spawn(&loop.executor, alarm_task(&alarm));
    (void)weft_spawn(&loop.executor, thermometer_task(&thermometer));
    weft_loop_stop(&loop); /* run returns when all have ended */
    return weft_loop_run(&loop);
}
