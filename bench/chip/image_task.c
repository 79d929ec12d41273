/* image_task.c - the smallest program: an executor and one task
 * SPDX-License-Identifier: MIT
 */
#include "weft/loop.h"
#include "weft/task.h"

struct idle {
    weft_task_t task;
};

WEFT_TASK(idle)
{
    WEFT_BEGIN;
    for (;;) {
        WEFT_SUSPEND();
    }
    WEFT_END;
}

static struct idle idle;
static weft_loop_t loop;

int main(void)
{
    weft_loop_init(&loop, NULL);
    weft_spawn(&loop.executor, idle_task(&idle));
    return weft_loop_run(&loop);
}
