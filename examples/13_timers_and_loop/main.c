/* main.c - only timers and the loop: no task at all
 * SPDX-License-Identifier: MIT
 *
 * Two periodic timers and one that ends the program. Points in time do not
 * drift, and equal deadlines fire in the order they were started.
 */
#include <stdio.h>

#include "weft/loop.h"
#include "weft/timer.h"

static weft_loop_t loop;
static uint64_t started_us;

static void say(weft_timer_t *timer, void *ctx)
{
    (void)timer;
    /* Rounded down to 10 ms: on a busy host a timer may be a little late. */
    printf("%3u ms %s\n", (unsigned)((weft_now_us() - started_us) / 10000 * 10),
           (const char *)ctx);
}

static void finish(weft_timer_t *timer, void *ctx)
{
    (void)timer;
    (void)ctx;
    puts("done");
    weft_loop_stop(&loop);
}

int main(void)
{
    static weft_timer_t tick, tock, end;
    static char tick_name[] = "tick", tock_name[] = "tock";

    weft_loop_init(&loop, NULL);
    started_us = weft_now_us();
    weft_timer_init(&tick, &loop, say, tick_name);
    weft_timer_init(&tock, &loop, say, tock_name);
    weft_timer_init(&end, &loop, finish, NULL);
    weft_timer_start_every(&tick, started_us + WEFT_MS(100), WEFT_MS(100));
    weft_timer_start_every(&tock, started_us + WEFT_MS(200), WEFT_MS(200));
    weft_timer_start(&end, started_us + WEFT_MS(450));
    return weft_loop_run(&loop);
}
