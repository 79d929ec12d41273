/* aos_future_forgettable.h - a future that nobody waits for
 * SPDX-License-Identifier: MIT
 *
 *     aos_task_send(task, EVENT, aos_forgettable_alloc(0));
 */
#ifndef AOS_FUTURE_FORGETTABLE_H
#define AOS_FUTURE_FORGETTABLE_H

#include <aos_future.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A future that is freed when it is resolved or rejected. NULL: no memory. */
aos_future_t *aos_forgettable_alloc(size_t args_size);

#ifdef __cplusplus
}
#endif

#endif
