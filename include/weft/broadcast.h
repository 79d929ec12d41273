/* broadcast.h - each value to every subscriber
 * SPDX-License-Identifier: MIT
 *
 * When to use it: several tasks, fibers or threads each want all of a run of
 * values: messages of a bus, lines of a log, changes of state. For values that
 * go to one receiver each take a weft/channel.h; where only the newest counts,
 * a weft/watch.h.
 *
 * Example:
 *
 *     WEFT_BROADCAST_DEFINE(frames, int, 16);
 *
 *     struct logger { weft_task_t task; weft_await_t await;
 *                     weft_subscriber_t sub; int frame; };
 *     WEFT_TASK(logger)
 *     {
 *         WEFT_BEGIN;
 *         weft_broadcast_subscribe(&frames, &self->sub);
 *         for (;;) {
 *             WEFT_AWAIT(weft_broadcast_recv, &self->sub, &self->frame);
 *             if (self->sub.missed > 0) { log_lost(self->sub.missed); }
 *             log_frame(self->frame);
 *         }
 *         WEFT_END;
 *     }
 *     void bus_interrupt(int raw)
 *     {
 *         (void)weft_broadcast_try_send(&frames, &raw);
 *     }
 *
 * A subscriber gets the values sent after it subscribed, in their order; its
 * field `missed` says after each recv how many it was too slow for just before
 * that value. For a broadcast that must lose none (WEFT_BROADCAST_DEFINE_ALL,
 * weft_broadcast_init_all) a send waits instead, first in, first out, while
 * the oldest value has not been received by all. Without subscribers a value
 * goes nowhere, and no send waits.
 *
 * Context: the try forms from any thread, core and interrupt; send and recv
 * from a task, a fiber or a thread; subscribe, unsubscribe and close not from
 * an interrupt. A subscriber is for one at a time. In an interrupt a send ends
 * WEFT_STEP waits itself, the home of the first goes on with the others.
 * Memory: the caller's; the broadcast borrows its buffers and, until they
 * unsubscribe, those of _all their subscribers. A value is copied under the
 * lock, so its size is at most WEFT_COPY_MAX.
 */
#ifndef WEFT_BROADCAST_H
#define WEFT_BROADCAST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WEFT_BROADCAST_CAPACITY_MAX (UINT32_C(1) << 28)

typedef struct weft_broadcast {
    /* private */
    weft_crowd_t crowd; /* word: LOCK, WAITERS */
    weft_waiters_t senders;
    void *slots;
    uint32_t *unread; /* of each slot, by how many; NULL: slow ones miss */
    uint32_t size;
    uint32_t capacity;
    uint64_t sent; /* how many values, in all */
    uint32_t next; /* the slot of the next one */
    uint32_t used; /* slots that are unread by some */
    uint32_t subscribers;
    bool closed;
} weft_broadcast_t;
WEFT_SIZE_ASSERT(weft_broadcast_t, 72, 104);

typedef struct weft_subscriber {
    uint32_t missed; /* values lost just before the one that was received; more
                        than UINT32_MAX: that */
    /* private */
    weft_broadcast_t *broadcast;
    void *value;       /* of the wait that is under way */
    uint64_t received; /* how many of those sent */
} weft_subscriber_t;
WEFT_SIZE_ASSERT(weft_subscriber_t, 24, 32);

extern const weft_crowd_ops_t weft__broadcast_ops;

#define WEFT__BROADCAST_INIT(slots, unread, size, capacity)                    \
    {                                                                          \
        WEFT__CROWD_INIT(weft__broadcast_ops, 0), {0, 0}, (slots), (unread),   \
            (uint32_t)(size), (uint32_t)(capacity), 0, 0, 0, 0, false          \
    }

#define WEFT__BROADCAST_CHECK(name, type, capacity)                            \
    WEFT_STATIC_ASSERT(sizeof(type) <= WEFT_COPY_MAX,                          \
                       "values of " #name " are too large to be copied");      \
    WEFT_STATIC_ASSERT((capacity) > 0 &&                                       \
                           (capacity) <= WEFT_BROADCAST_CAPACITY_MAX,          \
                       "the capacity of " #name " is 0 or too large")

/* A static broadcast `name` that keeps so many values of a type, ready to use
 * as &name; of _ALL the slow ones miss none, and sends wait for them. */
#define WEFT_BROADCAST_DEFINE(name, type, capacity)                            \
    WEFT__BROADCAST_CHECK(name, type, capacity);                               \
    static type name##_slots[(capacity)];                                      \
    static weft_broadcast_t name =                                             \
        WEFT__BROADCAST_INIT(name##_slots, 0, sizeof(type), capacity)
#define WEFT_BROADCAST_DEFINE_ALL(name, type, capacity)                        \
    WEFT__BROADCAST_CHECK(name, type, capacity);                               \
    static type name##_slots[(capacity)];                                      \
    static uint32_t name##_unread[(capacity)];                                 \
    static weft_broadcast_t name = WEFT__BROADCAST_INIT(                       \
        name##_slots, name##_unread, sizeof(type), capacity)

/* Makes it one that keeps the last capacity values of size bytes; slots has
 * room for them. WEFT_ERR_INVALID: a size of 0 or above WEFT_COPY_MAX, a
 * capacity of 0 or above WEFT_BROADCAST_CAPACITY_MAX, no slots. */
int weft_broadcast_init(weft_broadcast_t *broadcast, void *slots, size_t size,
                        size_t capacity);

/* Makes it one whose subscribers miss nothing; unread has room for capacity
 * numbers. The same errors. */
int weft_broadcast_init_all(weft_broadcast_t *broadcast, void *slots,
                            uint32_t *unread, size_t size, size_t capacity);

/* A subscriber for all that is sent from now on, and its end. While it waits
 * for a value: an assertion. */
void weft_broadcast_subscribe(weft_broadcast_t *broadcast,
                              weft_subscriber_t *subscriber);
void weft_broadcast_unsubscribe(weft_subscriber_t *subscriber);

/* Copies value in, for all subscribers: 0; WEFT_ERR_CLOSED; of _all
 * WEFT_ERR_FULL: some have not received the oldest. */
int weft_broadcast_try_send(weft_broadcast_t *broadcast, const void *value);

/* WEFT_AWAIT(weft_broadcast_send, &broadcast, &value): 0; WEFT_ERR_CLOSED;
 * WEFT_ERR_CANCELLED; with a limit WEFT_ERR_TIMEOUT. Without 0 nothing was
 * sent. The value must stay in place until then. Never waits but of _all. */
int weft_broadcast_send_begin(weft_await_t *await, weft_broadcast_t *broadcast,
                              const void *value);

/* The same in a fiber or a thread, which it blocks. */
int weft_broadcast_send(weft_broadcast_t *broadcast, const void *value);
int weft_broadcast_send_until(weft_broadcast_t *broadcast, const void *value,
                              uint64_t deadline_us);

/* The subscriber's next value: 0; WEFT_ERR_EMPTY; WEFT_ERR_CLOSED: it has had
 * all. */
int weft_broadcast_try_recv(weft_subscriber_t *subscriber, void *value);

/* WEFT_AWAIT(weft_broadcast_recv, &subscriber, &value): 0; WEFT_ERR_CLOSED;
 * WEFT_ERR_CANCELLED; with a limit WEFT_ERR_TIMEOUT. Without 0 nothing was
 * received. subscriber and value must stay in place until then. While another
 * waits with it: an assertion. */
int weft_broadcast_recv_begin(weft_await_t *await,
                              weft_subscriber_t *subscriber, void *value);

/* The same in a fiber or a thread, which it blocks. */
int weft_broadcast_recv(weft_subscriber_t *subscriber, void *value);
int weft_broadcast_recv_until(weft_subscriber_t *subscriber, void *value,
                              uint64_t deadline_us);

/* Nothing is sent any more: sends that wait end with WEFT_ERR_CLOSED, and so
 * does who has received all. A second close: WEFT_ERR_CLOSED. */
int weft_broadcast_close(weft_broadcast_t *broadcast);

#ifdef __cplusplus
}
#endif

#endif
