/* channel_slots.c - the ring of slots, and who waits for it
 * SPDX-License-Identifier: MIT
 */
#include "sync/channel_slots.h"

static uint8_t *bytes(const weft_channel_t *channel)
{
    return (uint8_t *)channel->slots +
           (size_t)channel->size * channel->capacity;
}

uint8_t *weft__slots_at(weft_channel_t *channel, uint32_t index)
{
    return bytes(channel) + index;
}

/* Nothing says that it is aligned. */
static uint32_t taken_of(const weft_channel_t *channel)
{
    uint32_t taken;

    (void)memcpy(&taken, bytes(channel) + channel->capacity, sizeof(taken));
    return taken;
}

static void set_taken(weft_channel_t *channel, uint32_t taken)
{
    (void)memcpy(bytes(channel) + channel->capacity, &taken, sizeof(taken));
}

static int send(weft_channel_t *channel, uint32_t state, unsigned key,
                const void *value, weft_await_t *await, weft_waiter_t *waiter);
static int recv(weft_channel_t *channel, uint32_t state, unsigned key,
                void *value, weft_await_t *await, weft_waiter_t *waiter);

static const weft__channel_slots_ops_t slots_ops = {
    {"channel", weft__channel_withdraw}, send, recv};

int weft_channel_init_slots(weft_channel_t *channel, void *buffer,
                            size_t element_size, size_t capacity)
{
    int rc = capacity == 0 ? WEFT_ERR_INVALID
                           : weft__channel_make(channel, buffer, element_size,
                                                capacity, CHANNEL_SLOTS);

    if (rc == WEFT_OK) {
        (void)memset(bytes(channel), SLOT_FREE, capacity);
        set_taken(channel, 0);
        channel->ops = &slots_ops.base;
    }
    return rc;
}

uint32_t weft__slots_index(const weft_channel_t *channel, const void *slot)
{
    size_t behind = (size_t)((const char *)slot - (char *)channel->slots);

    WEFT_ASSERT(behind % channel->size == 0 &&
                    behind / channel->size < channel->capacity,
                "no slot of this channel");
    return (uint32_t)(behind / channel->size);
}

bool weft__slots_ready(weft_channel_t *channel, uint32_t state)
{
    uint32_t used = state >> CHANNEL_SHIFT;
    uint32_t taken = taken_of(channel);
    bool ready = false;

    for (; taken < used; taken++) {
        uint8_t slot =
            *weft__slots_at(channel, weft__channel_index(channel, taken));

        ready = slot == SLOT_FULL;
        /* What is reserved when the channel is closed will not be sent. */
        if (slot != SLOT_DEAD &&
            (slot != SLOT_RESERVED || (state & CHANNEL_CLOSED) == 0)) {
            break;
        }
    }
    set_taken(channel, taken);
    return ready;
}

void *weft__slots_add(weft_channel_t *channel, uint32_t *state, enum slot to)
{
    uint32_t index = weft__channel_index(channel, *state >> CHANNEL_SHIFT);

    *weft__slots_at(channel, index) = (uint8_t)to;
    *state += CHANNEL_ONE;
    return weft__channel_slot(channel, index);
}

void *weft__slots_take(weft_channel_t *channel, enum slot to)
{
    uint32_t taken = taken_of(channel);
    uint32_t index = weft__channel_index(channel, taken);

    *weft__slots_at(channel, index) = (uint8_t)to;
    set_taken(channel, taken + 1);
    return weft__channel_slot(channel, index);
}

/* Frees the oldest slots that are dead. */
static void trim(weft_channel_t *channel, uint32_t *state)
{
    uint32_t taken = taken_of(channel);

    while (taken > 0 && *weft__slots_at(channel, channel->head) == SLOT_DEAD) {
        *weft__slots_at(channel, channel->head) = SLOT_FREE;
        channel->head = weft__channel_index(channel, 1);
        *state -= CHANNEL_ONE;
        taken--;
    }
    set_taken(channel, taken);
}

/* The first receiver, if there is something for it. */
static weft_node_t *serve_receiver(weft_channel_t *channel, uint32_t state,
                                   int *left)
{
    weft_node_t *node = weft__slots_ready(channel, state)
                            ? weft__waiters_take_step(&channel->receivers, left)
                            : NULL;

    if (node != NULL && node->spare == CHANNEL_PEEK) {
        *(void **)node->buffer = weft__slots_take(channel, SLOT_PEEKED);
    } else if (node != NULL) {
        weft__channel_copy((void *)node->buffer,
                           weft__slots_take(channel, SLOT_DEAD), channel->size);
    }
    return node;
}

/* The first sender, if there is a slot for it. */
static weft_node_t *serve_sender(weft_channel_t *channel, uint32_t *state,
                                 int *left)
{
    weft_node_t *node = (*state & CHANNEL_CLOSED) == 0 &&
                                *state >> CHANNEL_SHIFT < channel->capacity
                            ? weft__waiters_take_step(&channel->senders, left)
                            : NULL;

    if (node != NULL && node->spare == CHANNEL_RESERVE) {
        *(void **)node->buffer = weft__slots_add(channel, state, SLOT_RESERVED);
    } else if (node != NULL) {
        weft__channel_copy(weft__slots_add(channel, state, SLOT_FULL),
                           (const void *)node->buffer, channel->size);
    }
    return node;
}

bool weft__slots_step(weft_channel_t *channel, uint32_t *state,
                      weft_link_t ***end)
{
    int left = WEFT_STEP;

    while (left > 0) {
        weft_node_t *node = serve_receiver(channel, *state, &left);

        trim(channel, state);
        if (node == NULL) {
            node = serve_sender(channel, state, &left);
        }
        if (node == NULL) {
            return left == 0;
        }
        node->link.next = NULL;
        **end = &node->link;
        *end = &node->link.next;
    }
    return true;
}

void weft__slots_settle(weft_channel_t *channel, uint32_t state, unsigned key)
{
    weft_link_t *chain = NULL;
    weft_link_t **end = &chain;

    while (weft__slots_step(channel, &state, &end)) {
        weft__channel_unlock(channel, state, key);
        key = weft__channel_lock(channel, &state);
    }
    weft__channel_unlock(channel, state, key);
    weft__channel_deliver(chain, WEFT_OK);
}

/* --- copies -------------------------------------------------------------- */

static int send(weft_channel_t *channel, uint32_t state, unsigned key,
                const void *value, weft_await_t *await, weft_waiter_t *waiter)
{
    int rc = WEFT_ERR_FULL;

    if ((state & CHANNEL_CLOSED) != 0) {
        rc = WEFT_ERR_CLOSED;
    } else if (channel->size > WEFT_COPY_MAX) {
        rc = WEFT_ERR_INVALID;
    } else if (state >> CHANNEL_SHIFT < channel->capacity &&
               (await == NULL || channel->senders.first == NULL)) {
        weft__channel_copy(weft__slots_add(channel, &state, SLOT_FULL), value,
                           channel->size);
        rc = WEFT_OK;
    } else if (await != NULL) {
        weft__channel_park(channel, await, waiter, (uintptr_t)value,
                           CHANNEL_SEND);
        rc = WEFT_PENDING;
    }
    weft__slots_settle(channel, state, key);
    return rc;
}

static int recv(weft_channel_t *channel, uint32_t state, unsigned key,
                void *value, weft_await_t *await, weft_waiter_t *waiter)
{
    int rc = WEFT_ERR_EMPTY;

    if (channel->size > WEFT_COPY_MAX) {
        rc = WEFT_ERR_INVALID;
    } else if (weft__slots_ready(channel, state) &&
               (await == NULL || channel->receivers.first == NULL ||
                (state & CHANNEL_CLOSED) != 0)) {
        weft__channel_copy(value, weft__slots_take(channel, SLOT_DEAD),
                           channel->size);
        rc = WEFT_OK;
    } else if ((state & CHANNEL_CLOSED) != 0) {
        rc = WEFT_ERR_CLOSED;
    } else if (await != NULL) {
        weft__channel_park(channel, await, waiter, (uintptr_t)value,
                           CHANNEL_RECV);
        rc = WEFT_PENDING;
    }
    weft__slots_settle(channel, state, key);
    return rc;
}
