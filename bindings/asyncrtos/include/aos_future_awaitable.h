/* aos_future_awaitable.h - a future that is waited for
 * SPDX-License-Identifier: MIT
 *
 *     aos_future_t *future = aos_awaitable_alloc(0);
 *     aos_await(aos_task_start(task, future));
 *     aos_awaitable_free(future);
 */
#ifndef AOS_FUTURE_AWAITABLE_H
#define AOS_FUTURE_AWAITABLE_H

#include <aos_future.h>

#ifdef __cplusplus
extern "C" {
#endif

/* NULL: no memory. */
aos_future_t *aos_awaitable_alloc(size_t args_size);

/* Waits until it is resolved or rejected, and gives it back. Any number of
 * times, by any number of threads. Context: where a thread may block, handlers
 * and hooks too. */
aos_future_t *aos_await(aos_future_t *future);

/* When no await of it is left. NULL: nothing. */
void aos_awaitable_free(aos_future_t *future);

#ifdef __cplusplus
}
#endif

#endif
