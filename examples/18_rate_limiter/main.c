/* main.c - a rate limiter: bursts of three, then one request every 100 ms
 * SPDX-License-Identifier: MIT
 *
 * A semaphore holds the permits; a periodic timer adds one as long as fewer
 * than three are there. Who finds none waits, first in, first out.
 */
#include <stdio.h>

#include "weft/weft.h"

enum { BURST = 3, REQUESTS = 7 };

static weft_loop_t loop;
static weft_semaphore_t permits = WEFT_SEMAPHORE_INIT(BURST, BURST);
static uint64_t started_us;

static void refill(weft_timer_t *timer, void *ctx)
{
    (void)timer;
    (void)ctx;
    if (weft_semaphore_value(&permits) < BURST) {
        weft_semaphore_release(&permits, 1);
    }
}

static int requests(void *ctx)
{
    (void)ctx;
    for (int i = 1; i <= REQUESTS; i++) {
        int rc = weft_semaphore_acquire(&permits, 1);
        if (rc < 0) {
            return rc;
        }
        /* Rounded down: a real host may be a little late. */
        printf("request %d at %u ms\n", i,
               (unsigned)((weft_now_us() - started_us) / 50000 * 50));
    }
    return WEFT_OK;
}

int main(void)
{
    static weft_timer_t tick;
    static weft_fiber_t client;
    static char stack[65536];
    int rc;

    weft_loop_init(&loop, NULL);
    weft_timer_init(&tick, &loop, refill, NULL);
    started_us = weft_now_us();
    weft_timer_start_every(&tick, started_us + WEFT_MS(100), WEFT_MS(100));
    weft_fiber_init(&client, "client", stack, sizeof(stack));
    rc = weft_loop_run_task(&loop, weft_fiber_task(&client, requests, NULL));
    weft_timer_stop(&tick);
    weft_loop_deinit(&loop);
    return rc;
}
