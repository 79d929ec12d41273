/* signal.h - the newest value, for one consumer
 * SPDX-License-Identifier: MIT
 *
 * When to use it: a producer (an interrupt, a driver) has a value again and
 * again, and one task wants the newest: a value that nobody took is
 * overwritten. Where only the fact counts use weft/event.h.
 *
 * Example:
 *
 *     WEFT_SIGNAL_DEFINE(celsius, int);
 *
 *     struct display { weft_task_t task; weft_await_t await; int value; };
 *     WEFT_TASK(display)
 *     {
 *         WEFT_BEGIN;
 *         for (;;) {
 *             WEFT_AWAIT(weft_signal_wait, &celsius.signal, &self->value);
 *             show(self->value);
 *         }
 *         WEFT_END;
 *     }
 *     void adc_interrupt(int raw)
 *     {
 *         int value = raw / 8;
 *         weft_signal_set(&celsius.signal, &value);
 *     }
 *
 * Context: set, clear and try_wait from any thread, core and interrupt; wait
 * from one task at a time. Memory: the caller's; a value is copied under the
 * signal's lock, so its size is at most WEFT_COPY_MAX.
 */
#ifndef WEFT_SIGNAL_H
#define WEFT_SIGNAL_H

#include <stddef.h>
#include <stdint.h>

#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_signal {
    const weft_object_ops_t *ops;
    /* private */
    weft_node_t *waiter;
    uint32_t word; /* atomic: LOCK, FULL, where the value is, its size */
} weft_signal_t;
WEFT_SIZE_ASSERT(weft_signal_t, 12, 24);

extern const weft_object_ops_t weft__signal_ops;

#define WEFT__SIGNAL_WORD(room, size)                                          \
    (((uint32_t)(room) << 8) | ((uint32_t)(size) << 16))

/* Zeroes the value, be it a number or a struct, without a warning. */
#ifdef __cplusplus
#define WEFT__SIGNAL_VALUE(...)                                                \
    {__VA_ARGS__},                                                             \
    {                                                                          \
    }
#else
#define WEFT__SIGNAL_VALUE(...) .signal = {__VA_ARGS__}
#endif

/* A static signal with room for a type, ready to use as &name.signal. */
#define WEFT_SIGNAL_DEFINE(name, type)                                         \
    WEFT_STATIC_ASSERT(sizeof(type) <= WEFT_COPY_MAX,                          \
                       "the value of " #name " is too large");                 \
    static struct name##_signal {                                              \
        weft_signal_t signal;                                                  \
        type value;                                                            \
    } name = {WEFT__SIGNAL_VALUE(                                              \
        &weft__signal_ops, 0,                                                  \
        WEFT__SIGNAL_WORD(offsetof(struct name##_signal, value),               \
                          sizeof(type)))};                                     \
    WEFT_STATIC_ASSERT(offsetof(struct name##_signal, value) <= 255,           \
                       "the value of " #name " is aligned too much")

/* An empty signal that keeps its value of size bytes at value, which is
 * behind it in the same struct. A size of 0 or above WEFT_COPY_MAX is an
 * assertion. */
void weft_signal_init(weft_signal_t *signal, void *value, size_t size);

/* Copies value in: to the waiting consumer, or over what is there. */
void weft_signal_set(weft_signal_t *signal, const void *value);

/* Drops a value that was not taken. */
void weft_signal_clear(weft_signal_t *signal);

/* Takes the value: 0; WEFT_ERR_EMPTY. */
int weft_signal_try_wait(weft_signal_t *signal, void *value);

/* WEFT_AWAIT(weft_signal_wait, &signal, &value): 0 and the value, which must
 * stay in place until then; WEFT_ERR_BUSY: another task waits for it;
 * WEFT_ERR_CANCELLED; with a limit WEFT_ERR_TIMEOUT. Without 0 no value was
 * taken. */
int weft_signal_wait_begin(weft_await_t *await, weft_signal_t *signal,
                           void *value);

/* The same in a fiber or a thread, which it blocks. */
int weft_signal_wait(weft_signal_t *signal, void *value);
int weft_signal_wait_until(weft_signal_t *signal, void *value,
                           uint64_t deadline_us);

#ifdef __cplusplus
}
#endif

#endif
