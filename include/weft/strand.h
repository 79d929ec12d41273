/* strand.h - one after another, on top of any executor
 * SPDX-License-Identifier: MIT
 *
 * When to use it: where several tasks or runnables share data and run on a
 * pool. What is put on a strand never runs at the same time as other work of
 * that strand, in the order it came; nobody waits for a lock, and the threads
 * of the pool stay free for others.
 *
 * Example:
 *
 *     static int book(weft_runnable_t *runnable);
 *     static weft_runnable_t order = {.run = book};
 *     ...
 *     static weft_pool_t pool;
 *     static weft_strand_t accounts;
 *     weft_strand_init(&accounts, &pool.executor);
 *     weft_submit(&accounts.executor, &order, WEFT_HINT_DEFAULT);
 *
 * Any task or fiber may run on a strand; its timers are those of the inner
 * executor. A strand may stand on a strand; on an inline executor it is an
 * assertion. It takes a turn of at most WEFT_LOOP_BATCH entries, then others
 * of the inner executor have theirs.
 *
 * What lives on a strand lives on its inner executor too: when that was
 * stopped the strand takes no more (WEFT_ERR_STOPPED), and the stop waits for
 * what is left on the strand. An idle strand keeps nobody.
 *
 * Context: submit, spawn and stop from anywhere, interrupts too. Memory: the
 * caller's, until stop was asked and weft_strand_drained() is true or join has
 * returned, or the inner executor has ended.
 */
#ifndef WEFT_STRAND_H
#define WEFT_STRAND_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/executor.h"
#include "weft/runnable.h"
#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_strand {
    const weft_object_ops_t *ops; /* private: join waits for it */
    weft_executor_t executor;     /* spawn and submit here */
    /* private */
    weft_home_t home;
    weft_inner_t inner;
    weft_runnable_t turn;
    uintptr_t end; /* atomic: 0; who joins; 1: drained */
} weft_strand_t;

/* A strand on inner, which must stay as long as the strand. */
void weft_strand_init(weft_strand_t *strand, weft_executor_t *inner);

/* Takes no new work from now on (WEFT_ERR_STOPPED). Those alive go on. */
void weft_strand_stop(weft_strand_t *strand);

/* Whether it was stopped and nothing lives on it: its memory is free. */
bool weft_strand_drained(const weft_strand_t *strand);

/* Waits until it is drained: WEFT_AWAIT(weft_strand_join, &strand) in a task.
 * WEFT_ERR_BUSY: somebody joins it already; WEFT_ERR_CANCELLED,
 * WEFT_ERR_TIMEOUT: of this wait. Context: not on the strand itself. */
int weft_strand_join_begin(weft_await_t *await, weft_strand_t *strand);
int weft_strand_join(weft_strand_t *strand);
int weft_strand_join_until(weft_strand_t *strand, uint64_t deadline_us);

#ifdef __cplusplus
}
#endif

#endif
