/* channel.h - internal: the parts of a channel
 * SPDX-License-Identifier: MIT
 *
 * word: LOCK, CLOSED (for good), SLOTS (made so), then how many slots are
 * used. While it is locked it is LOCK and nothing else: the holder has the
 * state, and the store that unlocks brings it back. So taking the lock is one
 * exchange, which does no harm where it finds the lock taken.
 *
 * Without lock, of a channel that copies:
 *   a receiver waits  => no slot is used, no sender waits, it is not closed
 *   a sender waits    => all slots are used, it is not closed
 * but for nodes of a select on both sides, and stale ones. While a close goes
 * through its steps CLOSED is set and some still wait: nobody matches them.
 */
#ifndef WEFT_SRC_SYNC_CHANNEL_H
#define WEFT_SRC_SYNC_CHANNEL_H

#include <string.h>

#include "weft/channel.h"

#include "core/copy.h"
#include "core/wait.h"
#include "core/waiters.h"

enum {
    CHANNEL_LOCK = 1,
    CHANNEL_CLOSED = 2,
    CHANNEL_SLOTS = 4,
    CHANNEL_ONE = 8, /* one used slot */
    CHANNEL_SHIFT = 3,
};

/* node->spare: what it waits for. Those before RECV are senders. */
enum {
    CHANNEL_SEND = 0,
    CHANNEL_RESERVE = 1,
    CHANNEL_RECV = 2,
    CHANNEL_PEEK = 3,
};

/* The state has LOCK: another has it; unmask. */
WEFT__INLINE unsigned weft__channel_try_lock(weft_channel_t *channel,
                                             uint32_t *state)
{
    unsigned key = weft__mask();

    *state = WEFT_SINGLE_CORE ? weft_atomic_load_relaxed_u32(&channel->word)
                              : weft_atomic_exchange_acquire_u32(&channel->word,
                                                                 CHANNEL_LOCK);
    return key;
}

WEFT__INLINE unsigned weft__channel_lock(weft_channel_t *channel,
                                         uint32_t *state)
{
    uint32_t old;
    unsigned key = weft__channel_try_lock(channel, &old);

    while (!WEFT_SINGLE_CORE && (old & CHANNEL_LOCK) != 0) {
        /* Wait by reading: exchanges would take the line from its holder. */
        do {
            weft_hook_spin();
            old = weft_atomic_load_relaxed_u32(&channel->word);
        } while ((old & CHANNEL_LOCK) != 0);
        old = weft_atomic_exchange_acquire_u32(&channel->word, CHANNEL_LOCK);
    }
    *state = old;
    return key;
}

WEFT__INLINE void weft__channel_unlock(weft_channel_t *channel, uint32_t state,
                                       unsigned key)
{
    weft_atomic_store_release_u32(&channel->word, state);
    weft__unmask(key);
}

/* A call costs more than copying what most channels carry. */
WEFT__INLINE void weft__channel_copy(void *to, const void *from, size_t size)
{
    if (WEFT_SMALL) {
        weft__copy(to, from, size);
        return;
    }
    switch (size) {
    case 4: (void)memcpy(to, from, 4); break;
    case 8: (void)memcpy(to, from, 8); break;
    default: (void)memcpy(to, from, size); break;
    }
}

/* What the short paths copy themselves; see weft__channel_plain. */
static inline void weft__channel_copy_small(void *to, const void *from,
                                            size_t size)
{
    if (size == 8) {
        (void)memcpy(to, from, 8);
    } else {
        (void)memcpy(to, from, 4);
    }
}

/* Whether the lock is ours and all is as the short paths know it: it is open,
 * copies 4 or 8 bytes, and the first on the other side waits for it alone. */
static inline bool weft__channel_plain(const weft_channel_t *channel,
                                       uint32_t state,
                                       const weft_waiters_t *peers)
{
    return (state & (CHANNEL_LOCK | CHANNEL_CLOSED | CHANNEL_SLOTS)) == 0 &&
           (channel->size == 8 || channel->size == 4) &&
           (peers->first == NULL || peers->first->wait->count == 1);
}

WEFT__INLINE void *weft__channel_slot(const weft_channel_t *channel,
                                      uint32_t index)
{
    return (char *)channel->slots + (size_t)index * channel->size;
}

/* The slot so many behind the oldest. */
WEFT__INLINE uint32_t weft__channel_index(const weft_channel_t *channel,
                                          uint32_t behind)
{
    uint32_t index = channel->head + behind;

    return index >= channel->capacity ? index - channel->capacity : index;
}

WEFT__INLINE void *weft__channel_free_slot(const weft_channel_t *channel,
                                           uint32_t state)
{
    return weft__channel_slot(
        channel, weft__channel_index(channel, state >> CHANNEL_SHIFT));
}

/* Under the lock, where a slot is free: the state with the value in it. */
WEFT__INLINE uint32_t weft__channel_put(weft_channel_t *channel, uint32_t state,
                                        const void *value)
{
    weft__channel_copy(weft__channel_free_slot(channel, state), value,
                       channel->size);
    return state + CHANNEL_ONE;
}

/* Under the lock, where a slot is used: the state without its value. */
WEFT__INLINE uint32_t weft__channel_get(weft_channel_t *channel, uint32_t state,
                                        void *value)
{
    weft__channel_copy(value, weft__channel_slot(channel, channel->head),
                       channel->size);
    channel->head = weft__channel_index(channel, 1);
    return state - CHANNEL_ONE;
}

static inline weft_waiters_t *weft__channel_side(weft_channel_t *channel,
                                                 uint8_t what)
{
    return what < CHANNEL_RECV ? &channel->senders : &channel->receivers;
}

/* Under the lock: links a node for later. */
static inline void weft__channel_link(weft_channel_t *channel,
                                      weft_node_t *node, uint8_t what)
{
    node->spare = what;
    weft__waiters_append(weft__channel_side(channel, what), node);
}

/* Under the lock: has the waiter wait. */
static inline void weft__channel_park(weft_channel_t *channel,
                                      weft_await_t *await,
                                      weft_waiter_t *waiter, uintptr_t buffer,
                                      uint8_t what)
{
    weft_node_t *node;

    weft__wait_prepare(await, waiter);
    node = weft__wait_arm(await, channel, buffer, WEFT__NODE_OBJECT);
    weft__channel_link(channel, node, what);
}

/* Another hold of the lock, between which interrupts and others come in. */
static inline void weft__channel_relock(weft_channel_t *channel,
                                        uint32_t *state, unsigned *key)
{
    weft__channel_unlock(channel, *state, *key);
    *key = weft__channel_lock(channel, state);
}

/* Whether it is open and copies: then who waits there can be claimed. */
static inline bool weft__channel_matches(uint32_t state)
{
    return (state & (CHANNEL_CLOSED | CHANNEL_SLOTS)) == 0;
}

/* Under the lock: claims the first of a side, before anything else is done.
 * Behind more ended selects than a hold has steps for this takes several: look
 * at the state afterwards. NULL: nobody is there, or the channel has slots or
 * is closed. */
static inline weft_node_t *weft__channel_claim_of_many(weft_channel_t *channel,
                                                       weft_waiters_t *side,
                                                       uint32_t *state,
                                                       unsigned *key)
{
    while (weft__channel_matches(*state)) {
        weft_node_t *node = weft__waiters_take(side);

        if (node != NULL || side->first == NULL) {
            return node;
        }
        weft__channel_relock(channel, state, key);
    }
    return NULL;
}

WEFT__INLINE weft_node_t *weft__channel_claim(weft_channel_t *channel,
                                              weft_waiters_t *side,
                                              uint32_t *state, unsigned *key)
{
    weft_node_t *node = side->first;

    if (!weft__channel_matches(*state) ||
        (node != NULL && node->wait->count != 1)) {
        return weft__channel_claim_of_many(channel, side, state, key);
    }
    if (node != NULL) {
        weft__waiters_remove_first(side, node);
    }
    return node;
}

/* Under the lock, which it releases: takes the value of a used slot; the place
 * goes to a sender that is claimed, or is NULL. */
static inline int weft__channel_recv_slot(weft_channel_t *channel,
                                          uint32_t state, unsigned key,
                                          void *value, weft_node_t *sender)
{
    state = weft__channel_get(channel, state, value);
    if (sender != NULL) {
        state = weft__channel_put(channel, state, (const void *)sender->buffer);
    }
    weft__channel_unlock(channel, state, key);
    if (sender != NULL) {
        weft__deliver(sender, WEFT_OK);
    }
    return WEFT_OK;
}

/* After the last touch of the channel: ends the waits of a chain. */
static inline void weft__channel_deliver(weft_link_t *chain, int result)
{
    while (chain != NULL) {
        weft_link_t *link = chain;
        chain = link->next;
        weft__deliver((weft_node_t *)(void *)link, result);
    }
}

/* What weft_channel_init and weft_channel_init_slots have in common. */
int weft__channel_make(weft_channel_t *channel, void *buffer, size_t size,
                       size_t capacity, uint32_t word);

/* Of a channel with slots, so that who has none does not link them: send and
 * receive, called under the lock, which they release. await NULL: they do not
 * wait. */
typedef struct weft__channel_slots_ops {
    weft_object_ops_t base;
    int (*send)(weft_channel_t *channel, uint32_t state, unsigned key,
                const void *value, weft_await_t *await, weft_waiter_t *waiter);
    int (*recv)(weft_channel_t *channel, uint32_t state, unsigned key,
                void *value, weft_await_t *await, weft_waiter_t *waiter);
} weft__channel_slots_ops_t;

bool weft__channel_withdraw(weft_node_t *node, int reason);

/* The same of what is closed or has slots. */
int weft__channel_send_rare(weft_channel_t *channel, uint32_t state,
                            unsigned key, const void *value,
                            weft_await_t *await, weft_waiter_t *waiter);
int weft__channel_recv_rare(weft_channel_t *channel, uint32_t state,
                            unsigned key, void *value, weft_await_t *await,
                            weft_waiter_t *waiter);

#endif
