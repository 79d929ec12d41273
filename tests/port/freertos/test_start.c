/* test_start.c - freertos: Weft before the scheduler starts
 * SPDX-License-Identifier: MIT
 */
#include <FreeRTOS.h>
#include <task.h>

#include "tests/support/test.h"
#include "weft/freertos.h"
#include "weft/port.h"
#include "weft/weft.h"

enum { STACK = 128 };

void before_scheduler(void);

static weft_loop_t loop;
static weft_local_t *locals[WEFT_FREERTOS_TASKS];

static void idle(void *ctx)
{
    (void)ctx;
    for (;;) {
        vTaskDelay(portMAX_DELAY);
    }
}

/* Called by the board. The kernel's current task is by then the last one of
 * those that were created, and none of them runs. */
void before_scheduler(void)
{
    static StaticTask_t tasks[WEFT_FREERTOS_TASKS];
    static StackType_t stacks[WEFT_FREERTOS_TASKS][STACK];

    for (unsigned i = 0; i < WEFT_FREERTOS_TASKS; i++) {
        (void)xTaskCreateStatic(idle, "idle", STACK, NULL,
                                WEFT_FREERTOS_PRIORITY, stacks[i], &tasks[i]);
        locals[i] = weft_port_local();
    }
    weft_loop_init(&loop, NULL);
}

struct sleeper {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
};
WEFT_TASK(sleeper)
{
    WEFT_BEGIN;
    WEFT_SLEEP(WEFT_MS(2));
    return 7;
    WEFT_END;
}

CASE(what_runs_before_the_scheduler_takes_no_place_of_a_task)
{
    static struct sleeper sleeper;

    for (unsigned i = 0; i < WEFT_FREERTOS_TASKS; i++) {
        CHECK(locals[i] == locals[0]);
    }
    CHECK(weft_port_local() != locals[0]);
    CHECK_EQ(weft_loop_run_task(&loop, sleeper_task(&sleeper)), 7);
    weft_loop_deinit(&loop);
}
