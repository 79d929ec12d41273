/* block.h - internal: the blocking form of a waiting operation
 * SPDX-License-Identifier: MIT
 *
 *     int weft_event_wait(weft_event_t *event)
 *     {
 *         weft_await_t await;
 *         return weft__block(&await, weft_event_wait_begin(&await, event));
 *     }
 *
 * Of a fiber or a thread; in a stackless task, which cannot block, an
 * assertion.
 */
#ifndef WEFT_SRC_CORO_BLOCK_H
#define WEFT_SRC_CORO_BLOCK_H

#include "weft/wait.h"

int weft__block_pending(weft_await_t *await);
int weft__block_pending_until(weft_await_t *await, uint64_t deadline_us);

/* Waits for the end of what was begun, if it is pending. */
static inline int weft__block(weft_await_t *await, int begun)
{
    return begun == WEFT_PENDING ? weft__block_pending(await) : begun;
}

/* The same with a limit. */
static inline int weft__block_until(weft_await_t *await, uint64_t deadline_us,
                                    int begun)
{
    return begun == WEFT_PENDING ? weft__block_pending_until(await, deadline_us)
                                 : begun;
}

/* Stops the running fiber or thread until it has to look again. deadline_us:
 * when a thread has to; a fiber's timer is armed by its caller. */
void weft__block_once(weft_waiter_t *waiter, uint64_t deadline_us);

#endif
