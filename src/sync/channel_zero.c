/* channel_zero.c - reserve and commit, peek and release: nothing is copied
 * SPDX-License-Identifier: MIT
 */
#include "sync/channel_slots.h"

#include "coro/block.h"

/* --- reserve ------------------------------------------------------------- */

/* await NULL: it does not wait. Who waits goes behind those that do. */
static int reserve(weft_channel_t *channel, void **slot, weft_await_t *await,
                   weft_waiter_t *waiter)
{
    uint32_t state;
    unsigned key = weft__channel_lock(channel, &state);
    int rc = WEFT_ERR_FULL;

    if ((state & CHANNEL_SLOTS) == 0) {
        weft__channel_unlock(channel, state, key);
        return WEFT_ERR_INVALID;
    }
    if ((state & CHANNEL_CLOSED) != 0) {
        rc = WEFT_ERR_CLOSED;
    } else if (state >> CHANNEL_SHIFT < channel->capacity &&
               (await == NULL || channel->senders.first == NULL)) {
        *slot = weft__slots_add(channel, &state, SLOT_RESERVED);
        rc = WEFT_OK;
    } else if (await != NULL) {
        weft__channel_park(channel, await, waiter, (uintptr_t)slot,
                           CHANNEL_RESERVE);
        rc = WEFT_PENDING;
    }
    weft__slots_settle(channel, state, key);
    return rc;
}

int weft_channel_try_reserve(weft_channel_t *channel, void **slot)
{
    return reserve(channel, slot, NULL, NULL);
}

int weft_channel_reserve_begin(weft_await_t *await, weft_channel_t *channel,
                               void **slot)
{
    weft_waiter_t *waiter;
    int rc = weft__wait_enter_waiter(await, &waiter);

    if (rc < 0) {
        return rc;
    }
    rc = reserve(channel, slot, await, waiter);
    return rc == WEFT_PENDING ? rc : weft__wait_done(await, waiter, rc);
}

int weft_channel_reserve(weft_channel_t *channel, void **slot)
{
    weft_await_t await;

    return weft__block(&await,
                       weft_channel_reserve_begin(&await, channel, slot));
}

int weft_channel_reserve_until(weft_channel_t *channel, void **slot,
                               uint64_t deadline_us)
{
    weft_await_t await;

    return weft__block_until(&await, deadline_us,
                             weft_channel_reserve_begin(&await, channel, slot));
}

/* --- peek ---------------------------------------------------------------- */

static int peek(weft_channel_t *channel, void **slot, weft_await_t *await,
                weft_waiter_t *waiter)
{
    uint32_t state;
    unsigned key = weft__channel_lock(channel, &state);
    int rc = WEFT_ERR_EMPTY;

    if ((state & CHANNEL_SLOTS) == 0) {
        weft__channel_unlock(channel, state, key);
        return WEFT_ERR_INVALID;
    }
    if (weft__slots_ready(channel, state) &&
        (await == NULL || channel->receivers.first == NULL ||
         (state & CHANNEL_CLOSED) != 0)) {
        *slot = weft__slots_take(channel, SLOT_PEEKED);
        rc = WEFT_OK;
    } else if ((state & CHANNEL_CLOSED) != 0) {
        rc = WEFT_ERR_CLOSED;
    } else if (await != NULL) {
        weft__channel_park(channel, await, waiter, (uintptr_t)slot,
                           CHANNEL_PEEK);
        rc = WEFT_PENDING;
    }
    weft__slots_settle(channel, state, key);
    return rc;
}

int weft_channel_try_peek(weft_channel_t *channel, void **slot)
{
    return peek(channel, slot, NULL, NULL);
}

int weft_channel_peek_begin(weft_await_t *await, weft_channel_t *channel,
                            void **slot)
{
    weft_waiter_t *waiter;
    int rc = weft__wait_enter_waiter(await, &waiter);

    if (rc < 0) {
        return rc;
    }
    rc = peek(channel, slot, await, waiter);
    return rc == WEFT_PENDING ? rc : weft__wait_done(await, waiter, rc);
}

int weft_channel_peek(weft_channel_t *channel, void **slot)
{
    weft_await_t await;

    return weft__block(&await, weft_channel_peek_begin(&await, channel, slot));
}

int weft_channel_peek_until(weft_channel_t *channel, void **slot,
                            uint64_t deadline_us)
{
    weft_await_t await;

    return weft__block_until(&await, deadline_us,
                             weft_channel_peek_begin(&await, channel, slot));
}

/* --- giving slots back --------------------------------------------------- */

/* The slot goes from one state to another; the channel's state. */
static uint32_t move(weft_channel_t *channel, void *slot, enum slot from,
                     enum slot to)
{
    uint32_t state;
    unsigned key = weft__channel_lock(channel, &state);
    uint32_t was = state;
    uint8_t *at;

    WEFT_ASSERT((state & CHANNEL_SLOTS) != 0, "a channel without such slots");
    at = weft__slots_at(channel, weft__slots_index(channel, slot));
    WEFT_ASSERT(from == SLOT_PEEKED || *at == SLOT_RESERVED,
                "a slot that was not reserved");
    WEFT_ASSERT(from == SLOT_RESERVED || *at == SLOT_PEEKED,
                "a slot that was not peeked at");
    *at = (uint8_t)((state & CHANNEL_CLOSED) != 0 ? SLOT_DEAD : to);
    weft__slots_settle(channel, state, key);
    return was;
}

int weft_channel_commit(weft_channel_t *channel, void *slot)
{
    return (move(channel, slot, SLOT_RESERVED, SLOT_FULL) & CHANNEL_CLOSED) != 0
               ? WEFT_ERR_CLOSED
               : WEFT_OK;
}

void weft_channel_abandon(weft_channel_t *channel, void *slot)
{
    (void)move(channel, slot, SLOT_RESERVED, SLOT_DEAD);
}

void weft_channel_release(weft_channel_t *channel, void *slot)
{
    (void)move(channel, slot, SLOT_PEEKED, SLOT_DEAD);
}
