/* image_channel.c - two tasks, a channel and a timer
 * SPDX-License-Identifier: MIT
 */
#include "weft/channel.h"
#include "weft/loop.h"
#include "weft/task.h"

WEFT_CHANNEL_DEFINE(readings, uint32_t, 4);

struct sampler {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    uint32_t reading;
};

WEFT_TASK(sampler)
{
    WEFT_BEGIN;
    for (;;) {
        WEFT_SLEEP(WEFT_MS(10));
        self->reading++;
        WEFT_AWAIT(weft_channel_send, &readings, &self->reading);
    }
    WEFT_END;
}

struct display {
    weft_task_t task;
    weft_await_t await;
    uint32_t reading;
};

static volatile uint32_t shown;

WEFT_TASK(display)
{
    WEFT_BEGIN;
    for (;;) {
        WEFT_AWAIT(weft_channel_recv, &readings, &self->reading);
        shown = self->reading;
    }
    WEFT_END;
}

static struct sampler sampler;
static struct display display;
static weft_loop_t loop;

int main(void)
{
    weft_loop_init(&loop, NULL);
    weft_spawn(&loop.executor, sampler_task(&sampler));
    weft_spawn(&loop.executor, display_task(&display));
    return weft_loop_run(&loop);
}
