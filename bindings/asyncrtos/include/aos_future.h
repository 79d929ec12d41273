/* aos_future.h - a future: who asks chooses its kind, who answers resolves it
 * SPDX-License-Identifier: MIT
 *
 * A future is new until it is resolved, once, by who answers; or rejected, by
 * AsyncRTOS itself, where nobody is there who would answer: then its end is
 * the same, and aos_isresolved is false. Arguments travel in it, in memory of
 * its own.
 *
 * This header has the generic kind, which calls a function at its end; the
 * others are awaitable, forgettable and eventful.
 *
 * Context: threads, RTOS tasks, handlers. A future has one owner at a time: who
 * has resolved one touches it no more.
 * Memory: one allocation each.
 */
#ifndef AOS_FUTURE_H
#define AOS_FUTURE_H

#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct _aos_future_t aos_future_t;

/* Its arguments, aligned for anything; NULL where it has none. */
void *aos_args_get(aos_future_t *future);

/* Ends it with success. A second time before its end was seen: an assertion. */
void aos_resolve(aos_future_t *future);

/* False: it is new, or was rejected. */
bool aos_isresolved(aos_future_t *future);

typedef struct aos_future_config_t {
    void (*cb)(aos_future_t *); /* called at its end, where it is resolved */
    void *ctx;
} aos_future_config_t;

/* A generic future with room for args_size bytes of arguments, all zero. NULL:
 * no memory, or no callback. */
aos_future_t *aos_future_alloc(aos_future_config_t *config, size_t args_size);

/* Its context. The callback may call it. NULL: nothing. */
void *aos_future_free(aos_future_t *future);

#ifdef __cplusplus
}
#endif

#endif
