/* channel.c - send and receive: copies through a ring, or hand to hand
 * SPDX-License-Identifier: MIT
 *
 * Into and out of the ring values are copied under the lock. Between two
 * waiters they are copied when one has claimed the other and let go of the
 * lock: the claimed one's wait cannot end before the delivery (docs/internals/
 * channel.md). All that is common is in line here, for one free look at
 * "somebody waits" and "nobody is there"; channels of slots are elsewhere.
 */
#include "sync/channel.h"

#include "coro/block.h"

static bool withdraw(weft_node_t *node, int reason);

const weft_object_ops_t weft__channel_ops = {"channel", withdraw};

int weft__channel_make(weft_channel_t *channel, void *buffer, size_t size,
                       size_t capacity, uint32_t word)
{
    if (size == 0 || size > UINT32_MAX ||
        capacity > WEFT_CHANNEL_CAPACITY_MAX ||
        (capacity > 0 &&
         (buffer == NULL || size >= (SIZE_MAX / 2 - 8) / capacity))) {
        return WEFT_ERR_INVALID;
    }
    *channel = (weft_channel_t)WEFT__CHANNEL_INIT(buffer, size, capacity, word);
    return WEFT_OK;
}

int weft_channel_init(weft_channel_t *channel, void *buffer,
                      size_t element_size, size_t capacity)
{
    if (capacity > 0 && element_size > WEFT_COPY_MAX) {
        return WEFT_ERR_INVALID;
    }
    return weft__channel_make(channel, buffer, element_size, capacity, 0);
}

void weft_channel_deinit(weft_channel_t *channel)
{
    WEFT_ASSERT(channel->senders.first == NULL &&
                    channel->receivers.first == NULL,
                "deinit of a channel that somebody waits for");
    channel->ops = NULL;
}

static uint32_t look(weft_channel_t *channel)
{
    uint32_t state;
    unsigned key = weft__channel_lock(channel, &state);

    weft__channel_unlock(channel, state, key);
    return state;
}

bool weft_channel_is_closed(weft_channel_t *channel)
{
    return (look(channel) & CHANNEL_CLOSED) != 0;
}

size_t weft_channel_count(weft_channel_t *channel)
{
    return look(channel) >> CHANNEL_SHIFT;
}

/* --- send ---------------------------------------------------------------- */

/* await NULL: it does not wait. */
static inline int send(weft_channel_t *channel, const void *value,
                       weft_await_t *await, weft_waiter_t *waiter)
{
    uint32_t state;
    unsigned key = weft__channel_lock(channel, &state);
    weft_node_t *receiver;
    int rc;

    if ((state & (CHANNEL_CLOSED | CHANNEL_SLOTS)) != 0) {
        return weft__channel_send_rare(channel, state, key, value, await,
                                       waiter);
    }
    receiver = weft__waiters_take(&channel->receivers);
    if (receiver != NULL) {
        size_t size = channel->size;

        weft__channel_unlock(channel, state, key);
        weft__channel_copy((void *)receiver->buffer, value, size);
        weft__deliver(receiver, WEFT_OK);
        return WEFT_OK;
    }
    rc = WEFT_ERR_FULL;
    if (state >> CHANNEL_SHIFT < channel->capacity) {
        state = weft__channel_put(channel, state, value);
        rc = WEFT_OK;
    } else if (await != NULL) {
        weft__channel_park(channel, await, waiter, (uintptr_t)value,
                           CHANNEL_SEND);
        rc = WEFT_PENDING;
    }
    weft__channel_unlock(channel, state, key);
    return rc;
}

int weft_channel_try_send(weft_channel_t *channel, const void *value)
{
    return send(channel, value, NULL, NULL);
}

int weft_channel_send_begin(weft_await_t *await, weft_channel_t *channel,
                            const void *value)
{
    weft_waiter_t *waiter;
    int rc = weft__wait_enter_waiter(await, &waiter);

    if (rc < 0) {
        return rc;
    }
    rc = send(channel, value, await, waiter);
    return rc == WEFT_PENDING ? rc : weft__wait_done(await, waiter, rc);
}

int weft_channel_send(weft_channel_t *channel, const void *value)
{
    weft_await_t await;

    return weft__block(&await, weft_channel_send_begin(&await, channel, value));
}

int weft_channel_send_until(weft_channel_t *channel, const void *value,
                            uint64_t deadline_us)
{
    weft_await_t await;

    return weft__block_until(&await, deadline_us,
                             weft_channel_send_begin(&await, channel, value));
}

/* --- receive ------------------------------------------------------------- */

/* A slot is used: takes its value, and lets the first sender have its place. */
static inline void recv_slot(weft_channel_t *channel, uint32_t state,
                             unsigned key, void *value)
{
    weft_node_t *sender = NULL;

    state = weft__channel_get(channel, state, value);
    if (channel->senders.first != NULL) {
        sender = weft__channel_admit(channel, &state);
    }
    weft__channel_unlock(channel, state, key);
    if (sender != NULL) {
        weft__deliver(sender, WEFT_OK);
    }
}

/* await NULL: it does not wait. */
static inline int recv(weft_channel_t *channel, void *value,
                       weft_await_t *await, weft_waiter_t *waiter)
{
    uint32_t state;
    unsigned key = weft__channel_lock(channel, &state);
    weft_node_t *sender;
    int rc;

    if ((state & (CHANNEL_CLOSED | CHANNEL_SLOTS)) != 0) {
        return weft__channel_recv_rare(channel, state, key, value, await,
                                       waiter);
    }
    if (state >= CHANNEL_ONE) {
        recv_slot(channel, state, key, value);
        return WEFT_OK;
    }
    sender = weft__waiters_take(&channel->senders);
    if (sender != NULL) {
        size_t size = channel->size;

        weft__channel_unlock(channel, state, key);
        weft__channel_copy(value, (const void *)sender->buffer, size);
        weft__deliver(sender, WEFT_OK);
        return WEFT_OK;
    }
    rc = WEFT_ERR_EMPTY;
    if (await != NULL) {
        weft__channel_park(channel, await, waiter, (uintptr_t)value,
                           CHANNEL_RECV);
        rc = WEFT_PENDING;
    }
    weft__channel_unlock(channel, state, key);
    return rc;
}

int weft_channel_try_recv(weft_channel_t *channel, void *value)
{
    return recv(channel, value, NULL, NULL);
}

int weft_channel_recv_begin(weft_await_t *await, weft_channel_t *channel,
                            void *value)
{
    weft_waiter_t *waiter;
    int rc = weft__wait_enter_waiter(await, &waiter);

    if (rc < 0) {
        return rc;
    }
    rc = recv(channel, value, await, waiter);
    return rc == WEFT_PENDING ? rc : weft__wait_done(await, waiter, rc);
}

int weft_channel_recv(weft_channel_t *channel, void *value)
{
    weft_await_t await;

    return weft__block(&await, weft_channel_recv_begin(&await, channel, value));
}

int weft_channel_recv_until(weft_channel_t *channel, void *value,
                            uint64_t deadline_us)
{
    weft_await_t await;

    return weft__block_until(&await, deadline_us,
                             weft_channel_recv_begin(&await, channel, value));
}

/* --- leaving ------------------------------------------------------------- */

/* Nobody is served by it: all senders wait for the same, a free slot or a
 * receiver, and so do all receivers. */
static bool withdraw(weft_node_t *node, int reason)
{
    weft_channel_t *channel = (weft_channel_t *)node->object;
    uint32_t state;
    unsigned key = weft__channel_lock(channel, &state);
    bool linked =
        weft__waiters_withdraw(weft__channel_side(channel, node->spare), node);

    (void)reason;
    weft__channel_unlock(channel, state, key);
    return linked;
}
