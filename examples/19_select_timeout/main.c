/* main.c - a display that waits for readings, a button and half a second
 * SPDX-License-Identifier: MIT
 *
 * The sensor is sometimes late: then the display says so. One select waits for
 * all of it, and of what it waits for exactly one thing happens.
 */
#include <stdio.h>

#include "weft/weft.h"

WEFT_CHANNEL_DEFINE(readings, int, 0);
static weft_event_t button = WEFT_EVENT_INIT_AUTO;
static uint64_t start_us;

static unsigned ms(void)
{
    return (unsigned)((weft_now_us() - start_us) / 1000);
}

/* Sends what it measures after so many milliseconds each. */
static int sensor(void *ctx)
{
    static const int pauses[] = {200, 300, 1200, 100};
    int rc = WEFT_OK;

    (void)ctx;
    for (int i = 0; i < 4 && rc == WEFT_OK; i++) {
        int celsius = 20 + i;

        rc = weft_sleep((uint64_t)WEFT_MS(pauses[i]));
        rc = rc == WEFT_OK ? weft_channel_send(&readings, &celsius) : rc;
    }
    (void)weft_channel_close(&readings);
    return rc;
}

static int finger(void *ctx)
{
    int rc = weft_sleep(WEFT_MS(600));

    (void)ctx;
    weft_event_set(&button);
    return rc;
}

static int display(void *ctx)
{
    enum { READING, BUTTON, LATE, CASES };
    int celsius;

    (void)ctx;
    for (;;) {
        weft_case_t cases[CASES] = {
            [READING] = weft_case_recv(&readings, &celsius),
            [BUTTON] = weft_case_event(&button),
            [LATE] = weft_case_timer(weft_deadline(WEFT_MS(500))),
        };

        switch (weft_select(cases, CASES, WEFT_SELECT_FAIR)) {
        case READING:
            if (cases[READING].rc == WEFT_ERR_CLOSED) {
                printf("%4u ms: no more readings\n", ms());
                return WEFT_OK;
            }
            printf("%4u ms: %d degrees\n", ms(), celsius);
            break;
        case BUTTON: printf("%4u ms: the button\n", ms()); break;
        case LATE: printf("%4u ms: the sensor is late\n", ms()); break;
        default: return WEFT_ERR_CANCELLED;
        }
    }
}

int main(void)
{
    static weft_loop_t loop;
    static weft_stack_pool_t stacks;
    static weft_fiber_t senses, presses, displays;
    static unsigned char memory[4 * 16384]; /* of three stacks */
    weft_stack_config_t config = {
        .size = 16384,
        .memory = memory,
        .memory_size = sizeof(memory),
    };
    int rc;

    start_us = weft_now_us();
    weft_loop_init(&loop, NULL);
    weft_stack_pool_init(&stacks, &config);
    weft_fiber_init_pooled(&senses, "sensor", &stacks);
    weft_fiber_init_pooled(&presses, "finger", &stacks);
    weft_fiber_init_pooled(&displays, "display", &stacks);
    (void)weft_go(&loop.executor, &senses, sensor, NULL);
    (void)weft_go(&loop.executor, &presses, finger, NULL);
    rc = weft_loop_run_task(&loop, weft_fiber_task(&displays, display, NULL));
    weft_loop_stop(&loop);
    (void)weft_loop_run(&loop);
    weft_stack_pool_deinit(&stacks);
    weft_loop_deinit(&loop);
    return rc;
}
