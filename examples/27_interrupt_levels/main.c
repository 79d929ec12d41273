/* main.c - a motor's control and its guard, each in a priority of its own
 * SPDX-License-Identifier: MIT
 *
 * The control samples every 10 ms, the guard switches off within a few
 * instructions of a fault, whatever the rest is at, and the printer takes its
 * time at task level.
 */
#include <stdio.h>

#include "weft/weft.h"

enum { SAMPLES = 5, LIMIT = 7 };

struct sample {
    int number;
    int amperes;
    int stopped;
};

WEFT_CHANNEL_DEFINE(samples, struct sample, SAMPLES);
static weft_event_t fault = WEFT_EVENT_INIT;
static weft_event_t off = WEFT_EVENT_INIT;

/* What the guard, the control and the printer change and look at. */
static const weft_ceiling_t totals_lock = WEFT_CEILING(0, 1, 3);
static struct {
    int samples;
    int faults;
} totals;

static void count(int *total)
{
    weft_ceiling_key_t key = weft_ceiling_lock(&totals_lock);

    *total += 1;
    weft_ceiling_unlock(key);
}

/* Priority 3. */
struct guard {
    weft_task_t task;
    weft_await_t await;
};
WEFT_TASK(guard)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_event_wait, &fault);
    count(&totals.faults);
    weft_event_set(&off);
    WEFT_END;
}

/* Priority 1. */
struct control {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_ticker_t ticker;
    struct sample sample;
};
WEFT_TASK(control)
{
    WEFT_BEGIN;
    weft_ticker_init(&self->ticker, WEFT_MS(10));
    while (self->sample.number < SAMPLES) {
        WEFT_SLEEP_UNTIL(weft_ticker_next(&self->ticker));
        self->sample.number++;
        self->sample.amperes =
            self->sample.stopped ? 0 : 2 * self->sample.number;
        if (self->sample.amperes > LIMIT) {
            weft_event_set(&fault);
            WEFT_AWAIT(weft_event_wait, &off);
            self->sample.stopped = 1;
        }
        count(&totals.samples);
        WEFT_AWAIT(weft_channel_send, &samples, &self->sample);
    }
    WEFT_END;
}

/* Task level. */
struct printer {
    weft_task_t task;
    weft_await_t await;
    struct sample sample;
};
WEFT_TASK(printer)
{
    WEFT_BEGIN;
    while (self->sample.number < SAMPLES) {
        WEFT_AWAIT(weft_channel_recv, &samples, &self->sample);
        printf("sample %d: %d A%s\n", self->sample.number, self->sample.amperes,
               self->sample.amperes > LIMIT ? ", switched off" : "");
    }
    WEFT_END;
}

int main(void)
{
    static weft_loop_t loop;
    static weft_isr_t isr[2];
    static struct guard guard;
    static struct control control;
    static struct printer printer;
    weft_isr_config_t above = {.priority = 3};
    weft_isr_config_t below = {.priority = 1};

    if (weft_ceiling_check(&totals_lock) < 0) {
        printf("there are no such priorities here\n");
        return 0;
    }
    weft_loop_init(&loop, NULL);
    if (weft_isr_init(&isr[1], &above) < 0 ||
        weft_isr_init(&isr[0], &below) < 0 ||
        weft_spawn(&isr[1].executor, guard_task(&guard)) < 0 ||
        weft_spawn(&isr[0].executor, control_task(&control)) < 0) {
        return 1;
    }
    if (weft_loop_run_task(&loop, printer_task(&printer)) < 0) {
        return 1;
    }
    printf("%d samples, %d fault\n", totals.samples, totals.faults);
    return 0;
}
