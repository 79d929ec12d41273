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

/* Where size counts there is one path, without calls; else a short one, and
 * the long one aside. */
#if WEFT_SMALL
#define NOINLINE
#define ASIDE WEFT__INLINE
#else
#define NOINLINE __attribute__((noinline))
#define ASIDE static
#endif

const weft_object_ops_t weft__channel_ops = {"channel", weft__channel_withdraw};

int weft__channel_make(weft_channel_t *channel, void *buffer, size_t size,
                       size_t capacity, uint32_t word)
{
    if (size == 0 || size >= UINT32_MAX ||
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

/* Closed, without slots: what is left. */
static int recv_closed(weft_channel_t *channel, uint32_t state, unsigned key,
                       void *value)
{
    bool any = state >= CHANNEL_ONE;

    if (any) {
        state = weft__channel_get(channel, state, value);
    }
    weft__channel_unlock(channel, state, key);
    return any ? WEFT_OK : WEFT_ERR_CLOSED;
}

static const weft__channel_slots_ops_t *slots_ops(const weft_channel_t *channel)
{
    return (const weft__channel_slots_ops_t *)(const void *)channel->ops;
}

int weft__channel_send_rare(weft_channel_t *channel, uint32_t state,
                            unsigned key, const void *value,
                            weft_await_t *await, weft_waiter_t *waiter)
{
    if ((state & CHANNEL_SLOTS) != 0) {
        return slots_ops(channel)->send(channel, state, key, value, await,
                                        waiter);
    }
    weft__channel_unlock(channel, state, key);
    return WEFT_ERR_CLOSED;
}

int weft__channel_recv_rare(weft_channel_t *channel, uint32_t state,
                            unsigned key, void *value, weft_await_t *await,
                            weft_waiter_t *waiter)
{
    return (state & CHANNEL_SLOTS) != 0
               ? slots_ops(channel)->recv(channel, state, key, value, await,
                                          waiter)
               : recv_closed(channel, state, key, value);
}

/* --- send ---------------------------------------------------------------- */

/* With the lock, which it releases. await NULL: it does not wait. */
ASIDE int send(weft_channel_t *channel, uint32_t state, unsigned key,
               const void *value, weft_await_t *await, weft_waiter_t *waiter)
{
    weft_node_t *receiver =
        weft__channel_claim(channel, &channel->receivers, &state, &key);
    int rc = WEFT_ERR_FULL;

    if (!weft__channel_matches(state)) {
        return weft__channel_send_rare(channel, state, key, value, await,
                                       waiter);
    }
    if (receiver != NULL) {
        size_t size = channel->size;

        weft__channel_unlock(channel, state, key);
        weft__channel_copy((void *)receiver->buffer, value, size);
        weft__deliver(receiver, WEFT_OK);
        return WEFT_OK;
    }
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
    uint32_t state;
    unsigned key = weft__channel_lock(channel, &state);

    return send(channel, state, key, value, NULL, NULL);
}

static NOINLINE int send_slowly(weft_await_t *await, weft_channel_t *channel,
                                const void *value)
{
    weft_waiter_t *waiter;
    uint32_t state;
    unsigned key;
    int rc = weft__wait_enter_waiter(await, &waiter);

    if (rc < 0) {
        return rc;
    }
    key = weft__channel_lock(channel, &state);
    rc = send(channel, state, key, value, await, waiter);
    return rc == WEFT_PENDING ? rc : weft__wait_done(await, waiter, rc);
}

/* The lock was tried. */
static NOINLINE int send_rarely(weft_channel_t *channel, uint32_t state,
                                unsigned key, const void *value,
                                weft_await_t *await, weft_waiter_t *waiter)
{
    int rc;

    if ((state & CHANNEL_LOCK) != 0) {
        weft__unmask(key);
        return send_slowly(await, channel, value);
    }
    rc = send(channel, state, key, value, await, waiter);
    return rc == WEFT_PENDING ? rc : weft__wait_done(await, waiter, rc);
}

/* What is common, in line and without a frame: somebody waits for this alone,
 * there is room, or nobody and nothing is there. */
int weft_channel_send_begin(weft_await_t *await, weft_channel_t *channel,
                            const void *value)
{
    weft_waiter_t *waiter = WEFT_SMALL ? NULL : weft__waiter_at_once();
    weft_node_t *receiver;
    uint32_t state;
    unsigned key;

    if (WEFT_SMALL || waiter == NULL) {
        return send_slowly(await, channel, value);
    }
    key = weft__channel_try_lock(channel, &state);
    if (!weft__channel_plain(channel, state, &channel->receivers)) {
        return send_rarely(channel, state, key, value, await, waiter);
    }
    receiver = channel->receivers.first;
    if (receiver != NULL) {
        size_t size = channel->size;

        weft__waiters_remove_first(&channel->receivers, receiver);
        weft__channel_unlock(channel, state, key);
        weft__channel_copy_small((void *)receiver->buffer, value, size);
        weft__local()->budget--;
        return weft__deliver_ok(receiver);
    }
    if (state >> CHANNEL_SHIFT < channel->capacity) {
        weft__channel_copy_small(weft__channel_free_slot(channel, state), value,
                                 channel->size);
        weft__channel_unlock(channel, state + CHANNEL_ONE, key);
        weft__local()->budget--;
        return WEFT_OK;
    }
    weft__channel_park(channel, await, waiter, (uintptr_t)value, CHANNEL_SEND);
    weft__channel_unlock(channel, state, key);
    return WEFT_PENDING;
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

/* With the lock, which it releases. await NULL: it does not wait. */
ASIDE int recv(weft_channel_t *channel, uint32_t state, unsigned key,
               void *value, weft_await_t *await, weft_waiter_t *waiter)
{
    weft_node_t *sender =
        weft__channel_claim(channel, &channel->senders, &state, &key);
    int rc = WEFT_ERR_EMPTY;

    if (!weft__channel_matches(state)) {
        return weft__channel_recv_rare(channel, state, key, value, await,
                                       waiter);
    }
    if (state >= CHANNEL_ONE) {
        return weft__channel_recv_slot(channel, state, key, value, sender);
    }
    if (sender != NULL) {
        size_t size = channel->size;

        weft__channel_unlock(channel, state, key);
        weft__channel_copy(value, (const void *)sender->buffer, size);
        weft__deliver(sender, WEFT_OK);
        return WEFT_OK;
    }
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
    uint32_t state;
    unsigned key = weft__channel_lock(channel, &state);

    return recv(channel, state, key, value, NULL, NULL);
}

static NOINLINE int recv_slowly(weft_await_t *await, weft_channel_t *channel,
                                void *value)
{
    weft_waiter_t *waiter;
    uint32_t state;
    unsigned key;
    int rc = weft__wait_enter_waiter(await, &waiter);

    if (rc < 0) {
        return rc;
    }
    key = weft__channel_lock(channel, &state);
    rc = recv(channel, state, key, value, await, waiter);
    return rc == WEFT_PENDING ? rc : weft__wait_done(await, waiter, rc);
}

static NOINLINE int recv_rarely(weft_channel_t *channel, uint32_t state,
                                unsigned key, void *value, weft_await_t *await,
                                weft_waiter_t *waiter)
{
    int rc;

    if ((state & CHANNEL_LOCK) != 0) {
        weft__unmask(key);
        return recv_slowly(await, channel, value);
    }
    rc = recv(channel, state, key, value, await, waiter);
    return rc == WEFT_PENDING ? rc : weft__wait_done(await, waiter, rc);
}

int weft_channel_recv_begin(weft_await_t *await, weft_channel_t *channel,
                            void *value)
{
    weft_waiter_t *waiter = WEFT_SMALL ? NULL : weft__waiter_at_once();
    weft_node_t *sender;
    uint32_t state;
    unsigned key;

    if (WEFT_SMALL || waiter == NULL) {
        return recv_slowly(await, channel, value);
    }
    key = weft__channel_try_lock(channel, &state);
    if (!weft__channel_plain(channel, state, &channel->senders)) {
        return recv_rarely(channel, state, key, value, await, waiter);
    }
    sender = channel->senders.first;
    if (sender != NULL && state >= CHANNEL_ONE) {
        return recv_rarely(channel, state, key, value, await, waiter);
    }
    if (sender != NULL) {
        size_t size = channel->size;

        weft__waiters_remove_first(&channel->senders, sender);
        weft__channel_unlock(channel, state, key);
        weft__channel_copy_small(value, (const void *)sender->buffer, size);
        weft__local()->budget--;
        return weft__deliver_ok(sender);
    }
    if (state >= CHANNEL_ONE) {
        weft__channel_copy_small(
            value, weft__channel_slot(channel, channel->head), channel->size);
        channel->head = weft__channel_index(channel, 1);
        weft__channel_unlock(channel, state - CHANNEL_ONE, key);
        weft__local()->budget--;
        return WEFT_OK;
    }
    weft__channel_park(channel, await, waiter, (uintptr_t)value, CHANNEL_RECV);
    weft__channel_unlock(channel, state, key);
    return WEFT_PENDING;
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
bool weft__channel_withdraw(weft_node_t *node, int reason)
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
