/* cores.h - a loop on each core, found by the core's number
 * SPDX-License-Identifier: MIT
 *
 * When to use it: on a chip with several cores, where each task has its core:
 * the radio on one, the rest on the other. Where any core will do take a pool
 * (weft/pool.h). On a host the cores are threads.
 *
 * Example:
 *
 *     static weft_core_t core[2];
 *     static weft_cores_t cores;
 *     static struct blink led = { .pin = 13 };
 *     int rc = weft_cores_start(&cores, core, 2);
 *     if (rc == 0) {
 *         weft_spawn_on(&cores, 1, blink_task(&led));
 *         rc = weft_cores_run(&cores);
 *     }
 *
 * A task or fiber changes its core between two statements:
 * weft_migrate_to(&cores, 1), in a task WEFT_AWAIT(weft_migrate_to, &cores, 1).
 *
 * Core 0 is the one that starts them, core i the i-th that the port started:
 * the chip's own numbers where nobody else has started one.
 *
 * Context: start and run on core 0; all else from anywhere, interrupts too.
 * Memory: the caller's, until run has returned.
 */
#ifndef WEFT_CORES_H
#define WEFT_CORES_H

#include "weft/executor.h"
#include "weft/loop_thread.h"
#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef weft_loop_thread_t weft_core_t;

typedef struct weft_cores {
    /* private */
    weft_core_t *core;
    unsigned count;
} weft_cores_t;

/* Makes count loops, and starts all but the first, each on a core of its own.
 * WEFT_ERR_INVALID: count is 0. WEFT_ERR_UNSUPPORTED: there are fewer cores;
 * WEFT_ERR_TIMEOUT: one did not come up; WEFT_ERR_MEMORY: then those that had
 * come up have ended again. */
int weft_cores_start(weft_cores_t *cores, weft_core_t *core, unsigned count);

/* Runs the first one's loop, until stop was asked and no task lives on it, then
 * waits for the others. Always 0. */
int weft_cores_run(weft_cores_t *cores);

/* Stops all the loops: see weft_loop_stop. */
void weft_cores_stop(weft_cores_t *cores);

/* The loop of a core, as an executor; NULL: there is no such core. */
weft_executor_t *weft_core_executor(const weft_cores_t *cores, unsigned core);

/* As weft_spawn; WEFT_ERR_INVALID: there is no such core. */
int weft_spawn_on(const weft_cores_t *cores, unsigned core, weft_task_t *task);

/* As weft_switch_to (weft/fiber.h); WEFT_ERR_INVALID: there is no such core. */
int weft_migrate_to_begin(weft_await_t *await, const weft_cores_t *cores,
                          unsigned core);
int weft_migrate_to(const weft_cores_t *cores, unsigned core);

#ifdef __cplusplus
}
#endif

#endif
