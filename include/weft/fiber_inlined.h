/* fiber_inlined.h - waits of fibers with the switch in the caller's code
 * SPDX-License-Identifier: MIT
 *
 * When to use it: where a fiber does little between two waits; an ordinary
 * call costs two to three times as much as the rest of a wait, because the
 * processor mispredicts each return after a switch. weft/inlined.h gives these
 * to the plain names. The two forms mix freely, and in a thread they do the
 * same as the plain ones.
 *
 * Example:
 *
 *     static int relay(void *ctx)
 *     {
 *         struct { weft_event_t in, out; } *pipe = ctx;
 *
 *         while (weft_event_wait_inlined(&pipe->in) == WEFT_OK) {
 *             weft_event_set(&pipe->out);
 *         }
 *         return WEFT_ERR_CANCELLED;
 *     }
 *
 * Context and memory: as the plain functions; weft/coroutine_inlined.h names
 * what a function that changes threads must not do.
 */
#ifndef WEFT_FIBER_INLINED_H
#define WEFT_FIBER_INLINED_H

#include "weft/channel.h"
#include "weft/condition.h"
#include "weft/coroutine_inlined.h"
#include "weft/event.h"
#include "weft/fiber.h"
#include "weft/mutex.h"
#include "weft/rwlock.h"
#include "weft/select.h"
#include "weft/semaphore.h"
#include "weft/signal.h"

#ifdef __cplusplus
extern "C" {
#endif

/* private: weft__block, inlined. */
static inline __attribute__((always_inline)) int weft__block_inlined(
    weft_await_t *await, int begun)
{
    while (__builtin_expect(begun == WEFT_PENDING, 0)) {
        weft_coroutine_t *self = weft__wait_leaves(await);

        if (self != 0) {
            weft__coroutine_leave(self);
        }
        begun = weft_await_poll(await);
    }
    return begun;
}

/* weft_yield, inlined. */
static inline __attribute__((always_inline)) int weft_yield_inlined(void)
{
    int rc;
    weft_coroutine_t *self = weft__yield_leaves(&rc);

    if (self != 0) {
        weft__coroutine_leave(self);
        rc = weft__yield_poll();
    }
    return rc;
}

/* weft_event_wait, inlined. */
static inline __attribute__((always_inline)) int weft_event_wait_inlined(
    weft_event_t *event)
{
    weft_await_t await;

    return weft__block_inlined(&await, weft_event_wait_begin(&await, event));
}

/* weft_signal_wait, inlined. */
static inline __attribute__((always_inline)) int weft_signal_wait_inlined(
    weft_signal_t *signal, void *value)
{
    weft_await_t await;

    return weft__block_inlined(&await,
                               weft_signal_wait_begin(&await, signal, value));
}

/* weft_channel_send, inlined. */
static inline __attribute__((always_inline)) int weft_channel_send_inlined(
    weft_channel_t *channel, const void *value)
{
    weft_await_t await;

    return weft__block_inlined(&await,
                               weft_channel_send_begin(&await, channel, value));
}

/* weft_channel_recv, inlined. */
static inline __attribute__((always_inline)) int weft_channel_recv_inlined(
    weft_channel_t *channel, void *value)
{
    weft_await_t await;

    return weft__block_inlined(&await,
                               weft_channel_recv_begin(&await, channel, value));
}

/* weft_select, inlined. */
static inline __attribute__((always_inline)) int weft_select_inlined(
    weft_case_t *cases, size_t count, unsigned flags)
{
    weft_await_t await;
    int rc = weft_select_begin(&await, cases, count, flags);

    while (__builtin_expect(rc == WEFT_PENDING, 0)) {
        weft_coroutine_t *self = weft__select_leaves(&await);

        if (self != 0) {
            weft__coroutine_leave(self);
        }
        rc = weft_await_poll(&await);
    }
    return rc;
}

/* weft_mutex_lock, inlined. */
static inline __attribute__((always_inline)) int weft_mutex_lock_inlined(
    weft_mutex_t *mutex)
{
    weft_await_t await;

    return weft__block_inlined(&await, weft_mutex_lock_begin(&await, mutex));
}

/* weft_semaphore_acquire, inlined. */
static inline __attribute__((always_inline)) int weft_semaphore_acquire_inlined(
    weft_semaphore_t *semaphore, uint32_t n)
{
    weft_await_t await;

    return weft__block_inlined(
        &await, weft_semaphore_acquire_begin(&await, semaphore, n));
}

/* weft_condition_wait, inlined. */
static inline __attribute__((always_inline)) int weft_condition_wait_inlined(
    weft_condition_t *condition, weft_mutex_t *mutex)
{
    weft_await_t await;

    return weft__block_inlined(
        &await, weft_condition_wait_begin(&await, condition, mutex));
}

/* weft_rwlock_read, inlined. */
static inline __attribute__((always_inline)) int weft_rwlock_read_inlined(
    weft_rwlock_t *lock)
{
    weft_await_t await;

    return weft__block_inlined(&await, weft_rwlock_read_begin(&await, lock));
}

/* weft_rwlock_write, inlined. */
static inline __attribute__((always_inline)) int weft_rwlock_write_inlined(
    weft_rwlock_t *lock)
{
    weft_await_t await;

    return weft__block_inlined(&await, weft_rwlock_write_begin(&await, lock));
}

#ifdef __cplusplus
}
#endif

#endif
