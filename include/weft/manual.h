/* manual.h - an executor that runs nothing until it is told to
 * SPDX-License-Identifier: MIT
 *
 * When to use it: in tests, where each step is to be seen, and inside a
 * framework with a loop of its own that wants to decide when work runs.
 *
 * Example:
 *
 *     weft_manual_t manual;
 *     weft_manual_init(&manual);
 *     weft_spawn(&manual.executor, probe_task(&probe));
 *     while (weft_manual_run_one(&manual)) { check(&probe); }
 *
 * A framework that sleeps calls weft_manual_rest before: then kick tells it
 * when work has come.
 *
 * It has no timers: a task that sleeps or sets a limit on it is an assertion.
 *
 * Context: init, rest and run on one thread at a time; spawn and submit from
 * anywhere. Memory: the caller's.
 */
#ifndef WEFT_MANUAL_H
#define WEFT_MANUAL_H

#include <stdbool.h>
#include <stddef.h>

#include "weft/executor.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_manual {
    weft_executor_t executor;
    /* private */
    weft_home_t home;
    weft_runnable_t stop_post;
} weft_manual_t;

void weft_manual_init(weft_manual_t *manual);

/* Runs the first entry: 1, or 0 when there was none. */
size_t weft_manual_run_one(weft_manual_t *manual);

/* Runs at most n entries, those included that come meanwhile; how many. */
size_t weft_manual_run_n(weft_manual_t *manual, size_t n);

/* Runs what is queued at entry and nothing that comes meanwhile; how many. */
size_t weft_manual_run_batch(weft_manual_t *manual);

/* Runs until nothing is queued; how many. Endless if a task keeps waking
 * itself. */
size_t weft_manual_drain(weft_manual_t *manual);

/* Entries that are queued now. */
size_t weft_manual_count(weft_manual_t *manual);

/* kick is called, from anywhere, interrupts too, when work comes after a rest;
 * it may not run the executor. To be set before the first spawn. */
void weft_manual_set_kick(weft_manual_t *manual, weft_kick_fn *kick, void *ctx);

/* Nothing is run now until kick was called, which it will be once. False:
 * something is queued already. */
bool weft_manual_rest(weft_manual_t *manual);

/* Takes no new tasks or runnables from now on. */
void weft_manual_stop(weft_manual_t *manual);

#ifdef __cplusplus
}
#endif

#endif
