/* counted.h - memory that is counted, and can run out
 * SPDX-License-Identifier: MIT
 *
 * Takes the place of bindings/asyncrtos/memory.c, in one program each.
 */
#ifndef WEFT_TEST_ASYNCRTOS_COUNTED_H
#define WEFT_TEST_ASYNCRTOS_COUNTED_H

#include <aos.h>
#include <stdlib.h>

#include "bindings/asyncrtos/memory.h"
#include "bindings/asyncrtos/thread.h"
#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/thread.h"
#include "weft/time.h"

static uint32_t counted_blocks; /* atomic */
static uint32_t counted_fail;   /* atomic: this many more, then one fails */

void *aos__alloc(size_t size)
{
    uint32_t left = weft_atomic_load_relaxed_u32(&counted_fail);

    if (left > 0) {
        weft_atomic_store_relaxed_u32(&counted_fail, left - 1);
        if (left == 1) {
            return NULL;
        }
    }
    (void)weft_atomic_fetch_add_relaxed_u32(&counted_blocks, 1);
    return calloc(1, size);
}

void aos__free(void *memory)
{
    if (memory != NULL) {
        (void)weft_atomic_fetch_sub_relaxed_u32(&counted_blocks, 1);
    }
    free(memory);
}

/* The n-th allocation from now on fails, once; 0: none. */
static inline void counted_fail_at(uint32_t n)
{
    weft_atomic_store_relaxed_u32(&counted_fail, n);
}

/* When all threads are over nothing is left. */
static inline void counted_check(void)
{
    while (aos__threads_join() > 0) {
        (void)weft_sleep(WEFT_MS(1));
    }
    CHECK_EQ(weft_atomic_load_relaxed_u32(&counted_blocks), 0);
}

/* --- what nearly every case does ------------------------------------------ */

/* Awaits and frees it; whether it was resolved. */
static inline bool await_free(aos_future_t *future)
{
    bool resolved = aos_isresolved(aos_await(future));

    aos_awaitable_free(future);
    return resolved;
}

static inline bool start_task(aos_task_t *task)
{
    return await_free(aos_task_start(task, aos_awaitable_alloc(0)));
}

static inline bool stop_task(aos_task_t *task)
{
    return await_free(aos_task_stop(task, aos_awaitable_alloc(0)));
}

static inline bool send_task(aos_task_t *task, int event)
{
    return await_free(aos_task_send(task, event, aos_awaitable_alloc(0)));
}

/* One that a board has a thread for: else the case is skipped. */
#define START_OR_SKIP(task)                                                    \
    do {                                                                       \
        if (!start_task(task)) {                                               \
            aos_task_free(task);                                               \
            SKIP("no thread is left");                                         \
        }                                                                      \
    } while (0)

#endif
