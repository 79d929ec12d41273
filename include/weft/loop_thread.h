/* loop_thread.h - a loop with a thread, RTOS task or core of its own
 * SPDX-License-Identifier: MIT
 *
 * When to use it: for what is to be kept apart: a service whose handlers block
 * (weft/service.h), or a part of the program that may keep its thread busy
 * without holding up the others. Where each core is to have a loop take
 * weft/cores.h, for work that any thread may do a pool (weft/pool.h).
 *
 * Example:
 *
 *     static weft_loop_thread_t files;
 *     static struct blink led = { .pin = 13 };
 *     int rc = weft_loop_thread_start(&files, NULL);
 *     if (rc == 0) {
 *         weft_spawn(&files.loop.executor, blink_task(&led));
 *         weft_loop_thread_stop(&files);
 *         weft_loop_thread_join(&files);
 *     }
 *
 * Context: start as the port starts threads, at task level; stop from anywhere,
 * interrupts too; join from any other thread, which it blocks. Memory: the
 * caller's, until join has returned.
 */
#ifndef WEFT_LOOP_THREAD_H
#define WEFT_LOOP_THREAD_H

#include <stddef.h>

#include "weft/loop.h"
#include "weft/port.h"

#ifdef __cplusplus
extern "C" {
#endif

/* All zero is the default. */
typedef struct weft_loop_thread_config {
    const weft_loop_config_t *loop; /* copied; NULL: defaults */
    size_t stack_size; /* bytes; these three are hints: weft_port_thread_t */
    unsigned priority; /* the platform's own number */
    const char *name;  /* borrows, as long as the thread runs */
} weft_loop_thread_config_t;

typedef struct weft_loop_thread {
    weft_loop_t loop; /* spawn and submit on loop.executor */
    /* private */
    weft_port_thread_t thread;
} weft_loop_thread_t;

/* Makes the loop and starts a thread or the next free core that runs it. Copies
 * config; NULL: defaults. Errors, after which nothing runs and nothing is to be
 * joined: WEFT_ERR_UNSUPPORTED: no thread or core is left; WEFT_ERR_TIMEOUT: it
 * did not come up; WEFT_ERR_MEMORY, also where its stacks are smaller than what
 * was asked for. */
int weft_loop_thread_start(weft_loop_thread_t *thread,
                           const weft_loop_thread_config_t *config);

/* The loop takes no new tasks from now on (WEFT_ERR_STOPPED), and the thread
 * ends when those alive have ended: see weft_loop_stop. Those that outlive the
 * limit of a stop are told to the configured function each time it passes. */
void weft_loop_thread_stop(weft_loop_thread_t *thread);

/* Waits, blocking the calling thread, until it has ended, which a stop must
 * have asked for. Then it may be started again. */
void weft_loop_thread_join(weft_loop_thread_t *thread);

#ifdef __cplusplus
}
#endif

#endif
