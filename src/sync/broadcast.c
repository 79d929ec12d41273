/* broadcast.c - the broadcast: a ring that each subscriber reads at its pace
 * SPDX-License-Identifier: MIT
 *
 * All fields are under the lock. Values are numbered by `sent`; a subscriber
 * knows how many it has received, so what it has to read is the difference, and
 * what of that exceeds the ring it has missed. Who waits has received all, or
 * is due (core/crowd.h) and will be given its next value. A node's buffer is
 * its subscriber; of a sender, who is in a list of its own, its value.
 *
 * Where none may be missed each slot counts by how many it is unread. All read
 * in order, so the slots that somebody has still to read are the last `used`
 * ones. At rest no sender waits while one of the others is free: whatever
 * frees a slot settles the crowd, and its refill lets senders in.
 */
#include "weft/broadcast.h"

#include <string.h>

#include "core/crowd.h"
#include "core/wait.h"
#include "core/waiters.h"
#include "coro/block.h"

enum { SENDER = 1 };

static bool withdraw(weft_node_t *node, int reason);
static int serve(weft_crowd_t *crowd, weft_node_t *node);
static weft_node_t *refill(weft_crowd_t *crowd);

const weft_crowd_ops_t weft__broadcast_ops = {
    .object = {"broadcast", withdraw},
    .serve = serve,
    .refill = refill,
    .go_on = weft__crowd_go_on,
};

static int make(weft_broadcast_t *broadcast, void *slots, uint32_t *unread,
                size_t size, size_t capacity)
{
    if (size == 0 || size > WEFT_COPY_MAX || capacity == 0 ||
        capacity > WEFT_BROADCAST_CAPACITY_MAX || slots == NULL) {
        return WEFT_ERR_INVALID;
    }
    *broadcast =
        (weft_broadcast_t)WEFT__BROADCAST_INIT(slots, unread, size, capacity);
    return WEFT_OK;
}

int weft_broadcast_init(weft_broadcast_t *broadcast, void *slots, size_t size,
                        size_t capacity)
{
    return make(broadcast, slots, NULL, size, capacity);
}

int weft_broadcast_init_all(weft_broadcast_t *broadcast, void *slots,
                            uint32_t *unread, size_t size, size_t capacity)
{
    if (unread == NULL) {
        return WEFT_ERR_INVALID;
    }
    return make(broadcast, slots, unread, size, capacity);
}

/* --- the ring, under the lock -------------------------------------------- */

static void *slot_at(const weft_broadcast_t *broadcast, uint32_t index)
{
    return (char *)broadcast->slots + (size_t)index * broadcast->size;
}

/* The slot of the value that was sent so many ago; 1: the last. */
static uint32_t slot_before(const weft_broadcast_t *broadcast, uint64_t ago)
{
    uint32_t back = (uint32_t)ago; /* the capacity at most */

    return broadcast->next >= back
               ? broadcast->next - back
               : broadcast->next + broadcast->capacity - back;
}

static bool full(const weft_broadcast_t *broadcast)
{
    return broadcast->used == broadcast->capacity;
}

/* There is room for it. Those who wait are due. Without subscribers it goes
 * nowhere: nobody would make room again. */
static void put(weft_broadcast_t *broadcast, const void *value)
{
    if (broadcast->subscribers == 0) {
        return;
    }
    (void)memcpy(slot_at(broadcast, broadcast->next), value, broadcast->size);
    if (broadcast->unread != NULL) {
        broadcast->unread[broadcast->next] = broadcast->subscribers;
        broadcast->used++;
    }
    broadcast->sent++;
    broadcast->next++;
    if (broadcast->next == broadcast->capacity) {
        broadcast->next = 0;
    }
    weft__crowd_due(&broadcast->crowd);
}

/* One less has to read it. */
static void read_one(weft_broadcast_t *broadcast, uint32_t slot)
{
    if (broadcast->unread != NULL) {
        broadcast->unread[slot]--;
        broadcast->used -= broadcast->unread[slot] == 0;
    }
}

static uint64_t behind(const weft_subscriber_t *subscriber)
{
    return subscriber->broadcast->sent - subscriber->received;
}

/* There is something for it. */
static void take(weft_subscriber_t *subscriber, void *value)
{
    weft_broadcast_t *broadcast = subscriber->broadcast;
    uint64_t ago = behind(subscriber);
    uint32_t slot;

    subscriber->missed = 0;
    if (ago > broadcast->capacity) {
        uint64_t missed = ago - broadcast->capacity;

        subscriber->missed =
            missed < UINT32_MAX ? (uint32_t)missed : UINT32_MAX;
        ago = broadcast->capacity;
    }
    slot = slot_before(broadcast, ago);
    (void)memcpy(value, slot_at(broadcast, slot), broadcast->size);
    read_one(broadcast, slot);
    subscriber->received = broadcast->sent - ago + 1;
}

/* The end of a recv that waits: its next value; none: it is closed. */
static int serve(weft_crowd_t *crowd, weft_node_t *node)
{
    weft_subscriber_t *subscriber = (weft_subscriber_t *)node->buffer;
    void *value = subscriber->value;

    (void)crowd;
    subscriber->value = NULL;
    if (behind(subscriber) == 0) {
        return WEFT_ERR_CLOSED;
    }
    take(subscriber, value);
    return WEFT_OK;
}

/* The next sender, its value in the ring; of a closed one, its end. */
static weft_node_t *refill(weft_crowd_t *crowd)
{
    weft_broadcast_t *broadcast = (weft_broadcast_t *)(void *)crowd;
    weft_node_t *node;

    if (full(broadcast) && !broadcast->closed) {
        return NULL;
    }
    node = weft__waiters_take(&broadcast->senders);
    if (node == NULL) {
        return NULL;
    }
    node->wait->result = WEFT_ERR_CLOSED;
    if (!broadcast->closed) {
        put(broadcast, (const void *)node->buffer);
        node->wait->result = WEFT_OK;
    }
    return node;
}

/* --- subscribe ----------------------------------------------------------- */

void weft_broadcast_subscribe(weft_broadcast_t *broadcast,
                              weft_subscriber_t *subscriber)
{
    uint32_t state;
    unsigned key;

    WEFT_ASSERT(!weft__in_interrupt(), "an interrupt that subscribes");
    key = weft__bit_lock(&broadcast->crowd.word, &state);
    *subscriber = (weft_subscriber_t){
        .broadcast = broadcast,
        .received = broadcast->sent,
    };
    broadcast->subscribers++;
    weft__crowd_unlock(&broadcast->crowd, state, key);
}

/* Under the lock: what it leaves unread counts as read, from the oldest on, at
 * most WEFT_STEP values. True: that was all. */
static bool leave_unread(weft_subscriber_t *subscriber)
{
    weft_broadcast_t *broadcast = subscriber->broadcast;
    int left;

    if (broadcast->unread == NULL) {
        return true;
    }
    for (left = WEFT_STEP; left > 0 && behind(subscriber) > 0; left--) {
        read_one(broadcast, slot_before(broadcast, behind(subscriber)));
        subscriber->received++;
    }
    return behind(subscriber) == 0;
}

/* Until its last hold it is a subscriber, also of what is sent meanwhile: what
 * some have still to read is never followed by what nobody has. Senders that
 * wait are let in then, or by another call before. */
void weft_broadcast_unsubscribe(weft_subscriber_t *subscriber)
{
    weft_broadcast_t *broadcast = subscriber->broadcast;
    uint32_t state;
    unsigned key;

    WEFT_ASSERT(!weft__in_interrupt(), "an interrupt that unsubscribes");
    key = weft__bit_lock(&broadcast->crowd.word, &state);
    WEFT_ASSERT(subscriber->value == NULL,
                "unsubscribed by another while it waits");
    while (!leave_unread(subscriber)) {
        weft__crowd_unlock(&broadcast->crowd, state, key);
        key = weft__bit_lock(&broadcast->crowd.word, &state);
    }
    broadcast->subscribers--;
    subscriber->broadcast = NULL;
    weft__crowd_settle(&broadcast->crowd, state, key);
}

/* --- send ---------------------------------------------------------------- */

/* Look, and link in the same hold. await NULL: it does not wait. */
static int send(weft_broadcast_t *broadcast, const void *value,
                weft_await_t *await)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&broadcast->crowd.word, &state);
    int rc = WEFT_ERR_FULL;

    if (broadcast->closed) {
        rc = WEFT_ERR_CLOSED;
    } else if (!full(broadcast) && broadcast->senders.first == NULL) {
        put(broadcast, value);
        weft__crowd_settle(&broadcast->crowd, state, key);
        return WEFT_OK;
    } else if (await != NULL) {
        weft_node_t *node = weft__wait_arm(await, broadcast, (uintptr_t)value,
                                           WEFT__NODE_OBJECT);
        node->spare = SENDER;
        weft__waiters_append(&broadcast->senders, node);
        rc = WEFT_PENDING;
    }
    weft__crowd_unlock(&broadcast->crowd, state, key);
    return rc;
}

int weft_broadcast_try_send(weft_broadcast_t *broadcast, const void *value)
{
    return send(broadcast, value, NULL);
}

int weft_broadcast_send_begin(weft_await_t *await, weft_broadcast_t *broadcast,
                              const void *value)
{
    int rc = weft__wait_enter(await);

    if (rc < 0) {
        return rc;
    }
    rc = send(broadcast, value, await);
    return rc == WEFT_PENDING ? rc : weft__wait_ready(await, rc);
}

int weft_broadcast_send(weft_broadcast_t *broadcast, const void *value)
{
    weft_await_t await;

    return weft__block(&await,
                       weft_broadcast_send_begin(&await, broadcast, value));
}

int weft_broadcast_send_until(weft_broadcast_t *broadcast, const void *value,
                              uint64_t deadline_us)
{
    weft_await_t await;

    return weft__block_until(
        &await, deadline_us,
        weft_broadcast_send_begin(&await, broadcast, value));
}

/* --- receive ------------------------------------------------------------- */

/* Look, and link in the same hold. await NULL: it does not wait. */
static int recv(weft_subscriber_t *subscriber, void *value, weft_await_t *await)
{
    weft_broadcast_t *broadcast = subscriber->broadcast;
    uint32_t state;
    unsigned key = weft__bit_lock(&broadcast->crowd.word, &state);
    int rc = WEFT_ERR_EMPTY;

    WEFT_ASSERT(subscriber->value == NULL, "a subscriber that already waits");
    if (behind(subscriber) != 0) {
        take(subscriber, value);
        weft__crowd_settle(&broadcast->crowd, state, key);
        return WEFT_OK;
    }
    if (broadcast->closed) {
        rc = WEFT_ERR_CLOSED;
    } else if (await != NULL) {
        subscriber->value = value;
        weft__crowd_park(&broadcast->crowd, await, (uintptr_t)subscriber);
        rc = WEFT_PENDING;
    }
    weft__crowd_unlock(&broadcast->crowd, state, key);
    return rc;
}

int weft_broadcast_try_recv(weft_subscriber_t *subscriber, void *value)
{
    return recv(subscriber, value, NULL);
}

int weft_broadcast_recv_begin(weft_await_t *await,
                              weft_subscriber_t *subscriber, void *value)
{
    int rc = weft__wait_enter(await);

    if (rc < 0) {
        return rc;
    }
    rc = recv(subscriber, value, await);
    return rc == WEFT_PENDING ? rc : weft__wait_ready(await, rc);
}

int weft_broadcast_recv(weft_subscriber_t *subscriber, void *value)
{
    weft_await_t await;

    return weft__block(&await,
                       weft_broadcast_recv_begin(&await, subscriber, value));
}

int weft_broadcast_recv_until(weft_subscriber_t *subscriber, void *value,
                              uint64_t deadline_us)
{
    weft_await_t await;

    return weft__block_until(
        &await, deadline_us,
        weft_broadcast_recv_begin(&await, subscriber, value));
}

/* --- the end ------------------------------------------------------------- */

int weft_broadcast_close(weft_broadcast_t *broadcast)
{
    uint32_t state;
    unsigned key;

    WEFT_ASSERT(!weft__in_interrupt(), "a broadcast closed in an interrupt");
    key = weft__bit_lock(&broadcast->crowd.word, &state);
    if (broadcast->closed) {
        weft__crowd_unlock(&broadcast->crowd, state, key);
        return WEFT_ERR_CLOSED;
    }
    broadcast->closed = true;
    weft__crowd_end(&broadcast->crowd, state, key);
    return WEFT_OK;
}

/* What it was to get or to send stays where it is. */
static bool withdraw(weft_node_t *node, int reason)
{
    weft_broadcast_t *broadcast = (weft_broadcast_t *)node->object;
    uint32_t state;
    unsigned key = weft__bit_lock(&broadcast->crowd.word, &state);
    bool linked = weft_atomic_load_relaxed_u8(&node->linked) != 0;

    (void)reason;
    if (linked && node->spare == SENDER) {
        weft__waiters_remove(&broadcast->senders, node);
    } else if (linked) {
        ((weft_subscriber_t *)node->buffer)->value = NULL;
        weft__crowd_remove(&broadcast->crowd, node);
    }
    weft__crowd_unlock(&broadcast->crowd, state, key);
    return linked;
}
