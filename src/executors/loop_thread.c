/* loop_thread.c - a loop with a thread of its own
 * SPDX-License-Identifier: MIT
 */
#include "weft/loop_thread.h"

#include "weft/thread.h"

/* What it waited for as a thread, in a handler that may block, ends with it. */
static void run(void *ctx)
{
    weft_loop_thread_t *thread = ctx;

    /* Each error is a limit of a stop that has passed. */
    while (weft_loop_run(&thread->loop) < 0) {}
    weft_thread_leave();
}

int weft_loop_thread_start(weft_loop_thread_t *thread,
                           const weft_loop_thread_config_t *config)
{
    weft_loop_thread_config_t all = {0};
    int rc;

    if (config != NULL) {
        all = *config;
    }
    *thread = (weft_loop_thread_t){.thread = {.stack_size = all.stack_size,
                                              .priority = all.priority,
                                              .name = all.name}};
    (void)weft_loop_init(&thread->loop, all.loop);
    rc = weft_port_thread_start(&thread->thread, run, thread);
    if (rc < 0) {
        weft_loop_deinit(&thread->loop);
    }
    return rc;
}

void weft_loop_thread_stop(weft_loop_thread_t *thread)
{
    weft_loop_stop(&thread->loop);
}

void weft_loop_thread_join(weft_loop_thread_t *thread)
{
    weft_port_thread_join(&thread->thread);
    weft_loop_deinit(&thread->loop);
}
