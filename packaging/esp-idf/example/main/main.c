/* main.c - two stackless tasks and a channel, on the loop of app_main's task
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "weft/weft.h"

WEFT_CHANNEL_DEFINE(numbers, int, 2);

struct counter {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    int number;
};
WEFT_TASK(counter)
{
    WEFT_BEGIN;
    for (self->number = 1; self->number <= 3; self->number++) {
        WEFT_SLEEP(WEFT_MS(500));
        WEFT_AWAIT(weft_channel_send, &numbers, &self->number);
    }
    weft_channel_close(&numbers);
    WEFT_END;
}

struct printer {
    weft_task_t task;
    weft_await_t await;
    int number;
};
WEFT_TASK(printer)
{
    WEFT_BEGIN;
    for (;;) {
        WEFT_AWAIT(weft_channel_recv, &numbers, &self->number);
        printf("number %d\n", self->number);
    }
    WEFT_END;
}

void app_main(void);
void app_main(void)
{
    static weft_loop_t loop;
    static struct counter counter;
    static struct printer printer;

    weft_loop_init(&loop, NULL);
    weft_spawn(&loop.executor, counter_task(&counter));
    weft_loop_run_task(&loop, printer_task(&printer));
    printf("done\n");
}
