/* main.c - a button's interrupt sets an event, a task counts
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "weft/weft.h"

static weft_event_t pressed = WEFT_EVENT_INIT_AUTO;

struct counter {
    weft_task_t task;
    weft_await_t await;
    unsigned presses;
};
WEFT_TASK(counter)
{
    WEFT_BEGIN;
    while (self->presses < 3) {
        WEFT_AWAIT(weft_event_wait, &pressed);
        self->presses++;
        printf("pressed %u, LED %s\n", self->presses,
               self->presses % 2 ? "on" : "off");
    }
    WEFT_END;
}

/* On a chip this is the handler of the pin's interrupt. */
static void button_interrupt(void)
{
    weft_event_set(&pressed);
}

/* Here a timer presses the button. */
static void press(weft_timer_t *timer, void *ctx)
{
    (void)timer;
    (void)ctx;
    button_interrupt();
}

int main(void)
{
    static weft_loop_t loop;
    static weft_timer_t finger;
    static struct counter counting;

    weft_loop_init(&loop, NULL);
    weft_timer_init(&finger, &loop, press, NULL);
    weft_timer_start_every(&finger, weft_deadline(WEFT_MS(100)), WEFT_MS(100));
    return weft_loop_run_task(&loop, counter_task(&counting));
}
