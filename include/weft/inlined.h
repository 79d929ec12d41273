/* inlined.h - opt-in: the plain names switch without a call
 * SPDX-License-Identifier: MIT
 *
 * When to use it: in the few files where switches are the work. Include it
 * after the others; calls of the names below are then inlined, 100 to 200
 * bytes of code at each. Behaviour is the same; weft/coroutine_inlined.h names
 * what a function that changes threads must not do.
 *
 * Example:
 *
 *     #include "weft/coroutine.h"
 *     #include "weft/inlined.h"
 *
 * Context: as the plain functions. Memory: none.
 */
#ifndef WEFT_INLINED_H
#define WEFT_INLINED_H

#include "weft/coroutine_inlined.h"
#include "weft/fiber_inlined.h"

#define weft_coroutine_resume(self) weft_coroutine_resume_inlined(self)
#define weft_coroutine_suspend(self) weft_coroutine_suspend_inlined(self)
#define weft_yield() weft_yield_inlined()
#define weft_event_wait(event) weft_event_wait_inlined(event)
#define weft_signal_wait(signal, value) weft_signal_wait_inlined(signal, value)
#define weft_channel_send(channel, value)                                      \
    weft_channel_send_inlined(channel, value)
#define weft_channel_recv(channel, value)                                      \
    weft_channel_recv_inlined(channel, value)
#define weft_select(cases, count, flags)                                       \
    weft_select_inlined(cases, count, flags)
#define weft_mutex_lock(mutex) weft_mutex_lock_inlined(mutex)
#define weft_semaphore_acquire(semaphore, n)                                   \
    weft_semaphore_acquire_inlined(semaphore, n)
#define weft_condition_wait(condition, mutex)                                  \
    weft_condition_wait_inlined(condition, mutex)
#define weft_rwlock_read(lock) weft_rwlock_read_inlined(lock)
#define weft_rwlock_write(lock) weft_rwlock_write_inlined(lock)

#endif
