/* image_blink.c - a light that blinks, and a button that changes how fast
 * SPDX-License-Identifier: MIT
 */
#include "boards/board.h"
#include "weft/event.h"
#include "weft/loop.h"
#include "weft/task.h"

static weft_event_t pressed = WEFT_EVENT_INIT_AUTO;
static uint32_t period_us = 500000;

struct blink {
    weft_task_t task;
    weft_timer_node_t timer;
    bool on;
};

WEFT_TASK(blink)
{
    WEFT_BEGIN;
    for (;;) {
        self->on = !self->on;
        board_led(0, self->on);
        WEFT_SLEEP(period_us);
    }
    WEFT_END;
}

struct button {
    weft_task_t task;
    weft_await_t await;
};

WEFT_TASK(button)
{
    WEFT_BEGIN;
    for (;;) {
        WEFT_AWAIT(weft_event_wait, &pressed);
        period_us = period_us > 100000 ? period_us / 2 : 500000;
    }
    WEFT_END;
}

static void press(void)
{
    weft_event_set(&pressed);
}

static struct blink blink;
static struct button button;
static weft_loop_t loop;

int main(void)
{
    board_button_on_press(press);
    weft_loop_init(&loop, NULL);
    weft_spawn(&loop.executor, blink_task(&blink));
    weft_spawn(&loop.executor, button_task(&button));
    return weft_loop_run(&loop);
}
