/* main.c - a log, and a watchdog that is fed while all parts report
 * SPDX-License-Identifier: MIT
 *
 * A sensor measures, says so in the log, and reports that it is alive. Then its
 * bus hangs, and the watchdog is not fed until it is back; a burst of
 * messages is cut down to the rate of its tag; and it sleeps on purpose, which
 * is no reason to reset the device. The log and the health are services: the
 * sink below may be as slow as a serial line, and nobody waits for it.
 */
#include <stdio.h>
#include <string.h>

#include "weft/weft.h"

static weft_loop_t loop;

/* --- the log -------------------------------------------------------------- */

/* Lines without their times, which differ on a real host. */
static int console(void *ctx, const char *bytes, size_t size)
{
    const char *rest = memchr(bytes, ' ', size);

    (void)ctx;
    printf("%.*s", (int)(size - (size_t)(rest - bytes) - 1), rest + 1);
    return (int)size;
}

static weft_log_t device_log;

static int log_begin(void)
{
    static uint32_t room[256];
    static char line[128];
    static weft_log_bucket_t buckets[4]; /* for so many tags */
    weft_log_config_t config = {
        .sink = console,
        .room = room,
        .room_size = sizeof(room),
        .line = line,
        .line_size = sizeof(line),
        .rate = 10,
        .burst = 6,
        .buckets = buckets,
        .buckets_count = 4,
    };

    return weft_log_init(&device_log, &config, &loop.executor);
}

/* --- the health ----------------------------------------------------------- */

static weft_health_t health;
static int fed;

static void feed(void *ctx)
{
    (void)ctx;
    fed++; /* a chip's watchdog is fed here */
}

static void late(void *ctx, weft_health_party_t *party, uint64_t silent_us)
{
    (void)ctx;
    (void)silent_us;
    weft_log(&device_log, WEFT_LOG_ERROR, "health", "not fed, somebody is late",
             weft_log_text("who", party->name),
             weft_log_uint("limit_ms", party->period_us / 1000));
}

static void back(void *ctx, weft_health_party_t *party, uint64_t silent_us)
{
    (void)ctx;
    (void)silent_us;
    weft_log(&device_log, WEFT_LOG_INFO, "health", "fed again",
             weft_log_text("who", party->name));
}

/* --- the sensor ----------------------------------------------------------- */

static weft_health_party_t party = {.name = "sensor",
                                    .period_us = WEFT_MS(250)};

struct sensor {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_request_t request;
    struct weft_health_register enter;
    struct weft_health_status status;
    struct weft_log_flush flush;
    int i;
    int fed; /* before it slept */
};
WEFT_TASK(sensor)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_call, &device_log.service, WEFT_SERVICE_START,
               &self->request);
    WEFT_AWAIT(weft_call, &health.service, WEFT_SERVICE_START, &self->request);
    self->enter.party = &party;
    WEFT_AWAIT(weft_health_register_call, &health.service, &self->enter);

    for (self->i = 0; self->i < 3; self->i++) {
        WEFT_SLEEP(WEFT_MS(150));
        weft_health_alive(&party);
        weft_log(&device_log, WEFT_LOG_INFO, "sensor", "measured",
                 weft_log_fixed("celsius", 215 + self->i, 1),
                 weft_log_hex("raw", 0x1a0 + (unsigned)self->i));
    }

    weft_log(&device_log, WEFT_LOG_WARN, "sensor", "the bus hangs");
    WEFT_SLEEP(WEFT_MS(700));
    weft_health_alive(&party);
    weft_log(&device_log, WEFT_LOG_INFO, "sensor", "the bus is back");
    WEFT_SLEEP(WEFT_MS(150));

    weft_log(&device_log, WEFT_LOG_DEBUG, "sensor", "nobody wants to know");
    weft_health_pause(&party);
    weft_log(&device_log, WEFT_LOG_INFO, "sensor", "sleeps on purpose");
    self->fed = fed;
    WEFT_SLEEP(WEFT_MS(1000));
    weft_health_alive(&party);
    weft_log(&device_log, WEFT_LOG_INFO, "sensor", "awake",
             weft_log_text("fed", fed > self->fed ? "yes" : "no"));

    for (self->i = 0; self->i < 20; self->i++) {
        weft_log(&device_log, WEFT_LOG_INFO, "burst", "too much to say",
                 weft_log_int("number", self->i));
    }
    WEFT_AWAIT(weft_log_flush_call, &device_log.service, &self->flush);

    WEFT_AWAIT(weft_health_status_call, &health.service, &self->status);
    printf("%u party, %s\n", (unsigned)self->status.count,
           self->status.feeds ? "fed" : "not fed");
    WEFT_AWAIT(weft_call, &health.service, WEFT_SERVICE_STOP, &self->request);
    WEFT_AWAIT(weft_call, &device_log.service, WEFT_SERVICE_STOP,
               &self->request);
    WEFT_END;
}

int main(void)
{
    static struct sensor sensor;
    weft_health_config_t config = {.feed = feed, .late = late, .back = back};
    int rc;

    weft_loop_init(&loop, NULL);
    rc = log_begin();
    if (rc == WEFT_OK) {
        rc = weft_health_init(&health, &config, &loop.executor);
    }
    return rc < 0 ? rc : weft_loop_run_task(&loop, sensor_task(&sensor));
}
