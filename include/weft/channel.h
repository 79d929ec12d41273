/* channel.h - values of one size, handed over first in, first out
 * SPDX-License-Identifier: MIT
 *
 * When to use it: to hand values from those who make them to those who use
 * them, be they tasks, fibers or threads, on one core or several. With
 * capacity 0 a send waits for its receiver (rendezvous); with capacity n it
 * waits while n values lie there. To tell only that something happened use
 * weft/event.h; where only the newest value counts, weft/signal.h; to wait for
 * several channels at once, weft/select.h.
 *
 * Example:
 *
 *     WEFT_CHANNEL_DEFINE(readings, int, 8);
 *
 *     struct logger { weft_task_t task; weft_await_t await; int value; };
 *     WEFT_TASK(logger)
 *     {
 *         WEFT_BEGIN;
 *         for (;;) {
 *             WEFT_AWAIT(weft_channel_recv, &readings, &self->value);
 *             log_value(self->value);
 *         }
 *         WEFT_END;
 *     }
 *     void adc_interrupt(int raw)
 *     {
 *         if (weft_channel_try_send(&readings, &raw) < 0) { lost(); }
 *     }
 *
 * Senders are served first in, first out, and so are receivers. A wait that
 * ended by an error has sent or taken nothing. A value is copied in by the
 * send and out by the recv; what a task names must stay in place until its
 * await is over. Elements above WEFT_COPY_MAX bytes go through a rendezvous,
 * by pointer, or by slots (weft_channel_init_slots): a sender reserves a slot,
 * fills it and commits it, a receiver peeks at it and releases it; nothing is
 * copied.
 *
 * Context: try_x, commit, abandon and release from any thread, core and
 * interrupt; close from a task, fiber or thread. Memory: the caller's; the
 * channel borrows its buffer until it is deinitialised. Whoever's wait a call
 * has ended may free the channel when no other call on it is under way.
 */
#ifndef WEFT_CHANNEL_H
#define WEFT_CHANNEL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_channel {
    const weft_object_ops_t *ops;
    /* private */
    uint32_t word; /* atomic: LOCK, CLOSED, SLOTS, and how many are used */
    uint32_t size; /* of an element */
    void *slots;
    uint32_t capacity;
    uint32_t head; /* the oldest slot that is used */
    weft_waiters_t senders;
    weft_waiters_t receivers;
} weft_channel_t;
WEFT_SIZE_ASSERT(weft_channel_t, 40, 64);

extern const weft_object_ops_t weft__channel_ops;

/* The most slots a channel can have. */
#define WEFT_CHANNEL_CAPACITY_MAX ((uint32_t)0x0fffffff)

#define WEFT__CHANNEL_SLOTS ((uint32_t)4)
#define WEFT__CHANNEL_INIT(slots, size, capacity, word)                        \
    {                                                                          \
        &weft__channel_ops, (word), (uint32_t)(size), (slots),                 \
            (uint32_t)(capacity), 0, {0, 0},                                   \
        {                                                                      \
            0, 0                                                               \
        }                                                                      \
    }

/* A static channel `name` of a type, ready to use as &name. */
#define WEFT_CHANNEL_DEFINE(name, type, capacity)                              \
    WEFT_STATIC_ASSERT((capacity) == 0 || sizeof(type) <= WEFT_COPY_MAX,       \
                       "elements of " #name " are too large to be copied");    \
    WEFT_STATIC_ASSERT((capacity) <= WEFT_CHANNEL_CAPACITY_MAX,                \
                       "the capacity of " #name " is too large");              \
    static type name##_slots[(capacity) == 0 ? 1 : (capacity)];                \
    static weft_channel_t name = WEFT__CHANNEL_INIT(                           \
        (capacity) == 0 ? 0 : name##_slots, sizeof(type), capacity, 0)

/* Bytes of a buffer for that many slots, which can be reserved and peeked at:
 * behind them each has a byte of state. */
#define WEFT_CHANNEL_SLOTS_SIZE(element_size, capacity)                        \
    (((element_size) + 1u) * (capacity) + sizeof(uint32_t))

/* Makes it an empty channel for elements of element_size bytes. buffer has
 * room for capacity of them; with capacity 0, a rendezvous, it is not used.
 * WEFT_ERR_INVALID: a size of 0, a size above WEFT_COPY_MAX with a capacity, no
 * buffer for it, or more bytes than memory can have. */
int weft_channel_init(weft_channel_t *channel, void *buffer,
                      size_t element_size, size_t capacity);

/* The same for elements of any size in slots that can be reserved and peeked
 * at. buffer has WEFT_CHANNEL_SLOTS_SIZE(element_size, capacity) bytes and is
 * aligned for an element. A capacity of 0 is WEFT_ERR_INVALID, too. Those
 * that send or receive copies must not be larger than WEFT_COPY_MAX. */
int weft_channel_init_slots(weft_channel_t *channel, void *buffer,
                            size_t element_size, size_t capacity);

/* Ends its use. Somebody who still waits for it is an assertion. */
void weft_channel_deinit(weft_channel_t *channel);

/* No more sends. Waiting senders get WEFT_ERR_CLOSED and keep their value;
 * receivers get what is left, then WEFT_ERR_CLOSED. WEFT_ERR_CLOSED: it was
 * closed before. Not in an interrupt. */
int weft_channel_close(weft_channel_t *channel);

/* At this moment: whether it is closed; how many slots are used. */
bool weft_channel_is_closed(weft_channel_t *channel);
size_t weft_channel_count(weft_channel_t *channel);

/* Sends without waiting: 0; WEFT_ERR_FULL; WEFT_ERR_CLOSED. */
int weft_channel_try_send(weft_channel_t *channel, const void *value);

/* WEFT_AWAIT(weft_channel_send, &channel, &value): 0; WEFT_ERR_CLOSED;
 * WEFT_ERR_CANCELLED; with a limit WEFT_ERR_TIMEOUT. */
int weft_channel_send_begin(weft_await_t *await, weft_channel_t *channel,
                            const void *value);

/* The same in a fiber or a thread, which it blocks. */
int weft_channel_send(weft_channel_t *channel, const void *value);
int weft_channel_send_until(weft_channel_t *channel, const void *value,
                            uint64_t deadline_us);

/* Receives without waiting: 0 with the value; WEFT_ERR_EMPTY, also while the
 * oldest slot is reserved and not yet committed; WEFT_ERR_CLOSED: closed and
 * nothing is left. */
int weft_channel_try_recv(weft_channel_t *channel, void *value);

/* WEFT_AWAIT(weft_channel_recv, &channel, &value): as send. */
int weft_channel_recv_begin(weft_await_t *await, weft_channel_t *channel,
                            void *value);

/* The same in a fiber or a thread, which it blocks. */
int weft_channel_recv(weft_channel_t *channel, void *value);
int weft_channel_recv_until(weft_channel_t *channel, void *value,
                            uint64_t deadline_us);

/* --- without copies: channels of weft_channel_init_slots; others are
 *     WEFT_ERR_INVALID */

/* Takes the next free slot, whose address goes to *slot: results as of send.
 * What is sent meanwhile comes behind it, and nobody receives anything past
 * it until it is committed or abandoned. */
int weft_channel_try_reserve(weft_channel_t *channel, void **slot);
int weft_channel_reserve_begin(weft_await_t *await, weft_channel_t *channel,
                               void **slot);
int weft_channel_reserve(weft_channel_t *channel, void **slot);
int weft_channel_reserve_until(weft_channel_t *channel, void **slot,
                               uint64_t deadline_us);

/* Sends the reserved slot: 0; WEFT_ERR_CLOSED: the channel was closed
 * meanwhile, the slot is abandoned. A slot that is not reserved is an
 * assertion, here and in abandon, which gives it back unsent. */
int weft_channel_commit(weft_channel_t *channel, void *slot);
void weft_channel_abandon(weft_channel_t *channel, void *slot);

/* Receives the oldest value where it lies: results as of recv. Others receive
 * what comes behind it. */
int weft_channel_try_peek(weft_channel_t *channel, void **slot);
int weft_channel_peek_begin(weft_await_t *await, weft_channel_t *channel,
                            void **slot);
int weft_channel_peek(weft_channel_t *channel, void **slot);
int weft_channel_peek_until(weft_channel_t *channel, void **slot,
                            uint64_t deadline_us);

/* Gives the slot of a peek back, for the next send. One that was not peeked at
 * is an assertion. */
void weft_channel_release(weft_channel_t *channel, void *slot);

#ifdef __cplusplus
}
#endif

#endif
