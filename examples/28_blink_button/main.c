/* main.c - an LED blinks, and a button switches another: two tasks, one loop
 * SPDX-License-Identifier: MIT
 *
 * The same on a host and on every board. As small as it can be built, for one
 * core and without assertions, it takes less than 8 KB of flash and 400 bytes
 * of RAM beside the stack: `make size`.
 */
#include "boards/board.h"
#include "weft/event.h"
#include "weft/loop.h"
#include "weft/task.h"

static weft_event_t pressed = WEFT_EVENT_INIT_AUTO;

struct blink {
    weft_task_t task;
    weft_timer_node_t timer;
    uint8_t times;
};
WEFT_TASK(blink)
{
    WEFT_BEGIN;
    for (; self->times < 10; self->times++) {
        board_led(0, self->times % 2 == 0);
        WEFT_SLEEP(WEFT_MS(500));
        if (self->times % 4 == 2) {
            board_press(); /* there may be nobody to do it */
        }
    }
    board_exit(0); /* firmware would go on */
    WEFT_END;
}

struct toggle {
    weft_task_t task;
    weft_await_t await;
    bool on;
};
WEFT_TASK(toggle)
{
    WEFT_BEGIN;
    for (;;) {
        WEFT_AWAIT(weft_event_wait, &pressed);
        self->on = !self->on;
        board_led(1, self->on);
    }
    WEFT_END;
}

static void button_interrupt(void)
{
    weft_event_set(&pressed);
}

int main(void)
{
    static weft_loop_t loop;
    static struct blink blink;
    static struct toggle toggle;

    weft_loop_init(&loop, NULL);
    board_button_on_press(button_interrupt);
    (void)weft_spawn(&loop.executor, blink_task(&blink));
    (void)weft_spawn(&loop.executor, toggle_task(&toggle));
    return weft_loop_run(&loop);
}
