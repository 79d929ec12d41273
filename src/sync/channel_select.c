/* channel_select.c - send and receive as cases of a select
 * SPDX-License-Identifier: MIT
 *
 * A select may have been claimed by a peer, through a case that it has linked
 * before. So it first makes its wait its own and only then takes from the
 * channel: with a peer by weft__match, which claims both or none.
 */
#include "weft/select.h"

#include "sync/channel_slots.h"

static int send_begin(weft_node_t *node);
static int send_attempt(weft_node_t *node);
static int recv_begin(weft_node_t *node);
static int recv_attempt(weft_node_t *node);

const weft_case_ops_t weft__case_send_ops = {send_begin, send_attempt};
const weft_case_ops_t weft__case_recv_ops = {recv_begin, recv_attempt};

static int unlocked(weft_channel_t *channel, uint32_t state, unsigned key,
                    int rc)
{
    weft__channel_unlock(channel, state, key);
    return rc;
}

/* Ends by an error that needs nobody. */
static int refused(weft_channel_t *channel, uint32_t state, unsigned key,
                   weft_node_t *node, int rc)
{
    return unlocked(channel, state, key,
                    weft__claim_self(node) ? rc : WEFT__LOST);
}

static int parked(weft_channel_t *channel, uint32_t state, unsigned key,
                  weft_node_t *node, uint8_t what)
{
    weft__channel_link(channel, node, what);
    return unlocked(channel, state, key, WEFT_PENDING);
}

/* Under the lock, before anything else is done: claims the first of a side and
 * the own wait. Behind more ended selects than a hold has steps for this takes
 * several: look at the state afterwards. *peer NULL: nobody is there, or the
 * channel has slots or is closed. False: LOST. */
static bool match(weft_channel_t *channel, weft_waiters_t *side,
                  weft_node_t *own, weft_node_t **peer, uint32_t *state,
                  unsigned *key)
{
    enum weft__match outcome = WEFT__MATCH_AGAIN;

    *peer = NULL;
    while (weft__channel_matches(*state)) {
        outcome = weft__match(side, own, peer);
        if (outcome != WEFT__MATCH_AGAIN) {
            break;
        }
        weft__channel_relock(channel, state, key);
    }
    return outcome != WEFT__MATCH_LOST;
}

/* --- slots: all goes through the ring -------------------------------------
 * Where a slot is free and yet somebody waits for one, a settle is between two
 * of its steps. It will come to those who park behind him, too.
 */

static int send_slots(weft_channel_t *channel, uint32_t state, unsigned key,
                      weft_node_t *node)
{
    if (channel->size > WEFT_COPY_MAX) {
        return refused(channel, state, key, node, WEFT_ERR_INVALID);
    }
    if (state >> CHANNEL_SHIFT >= channel->capacity ||
        channel->senders.first != NULL) {
        return parked(channel, state, key, node, CHANNEL_SEND);
    }
    if (!weft__claim_self(node)) {
        return unlocked(channel, state, key, WEFT__LOST);
    }
    weft__channel_copy(weft__slots_add(channel, &state, SLOT_FULL),
                       (const void *)node->buffer, channel->size);
    weft__slots_settle(channel, state, key);
    return WEFT_OK;
}

static int recv_slots(weft_channel_t *channel, uint32_t state, unsigned key,
                      weft_node_t *node)
{
    if (channel->size > WEFT_COPY_MAX) {
        return refused(channel, state, key, node, WEFT_ERR_INVALID);
    }
    if (!weft__slots_ready(channel, state) && (state & CHANNEL_CLOSED) != 0) {
        return refused(channel, state, key, node, WEFT_ERR_CLOSED);
    }
    if (!weft__slots_ready(channel, state) ||
        (channel->receivers.first != NULL && (state & CHANNEL_CLOSED) == 0)) {
        return parked(channel, state, key, node, CHANNEL_RECV);
    }
    if (!weft__claim_self(node)) {
        return unlocked(channel, state, key, WEFT__LOST);
    }
    weft__channel_copy((void *)node->buffer,
                       weft__slots_take(channel, SLOT_DEAD), channel->size);
    weft__slots_settle(channel, state, key);
    return WEFT_OK;
}

/* --- send ---------------------------------------------------------------- */

static int send_to_ring(weft_channel_t *channel, uint32_t state, unsigned key,
                        weft_node_t *node)
{
    if (state >> CHANNEL_SHIFT >= channel->capacity) {
        return parked(channel, state, key, node, CHANNEL_SEND);
    }
    if (!weft__claim_self(node)) {
        return unlocked(channel, state, key, WEFT__LOST);
    }
    state = weft__channel_put(channel, state, (const void *)node->buffer);
    return unlocked(channel, state, key, WEFT_OK);
}

static int send_begin(weft_node_t *node)
{
    weft_channel_t *channel = (weft_channel_t *)node->object;
    uint32_t state;
    unsigned key = weft__channel_lock(channel, &state);
    size_t size = channel->size;
    weft_node_t *receiver;

    if (!match(channel, &channel->receivers, node, &receiver, &state, &key)) {
        return unlocked(channel, state, key, WEFT__LOST);
    }
    if ((state & CHANNEL_CLOSED) != 0) {
        return refused(channel, state, key, node, WEFT_ERR_CLOSED);
    }
    if ((state & CHANNEL_SLOTS) != 0) {
        return send_slots(channel, state, key, node);
    }
    if (receiver == NULL) {
        return send_to_ring(channel, state, key, node);
    }
    weft__channel_unlock(channel, state, key);
    weft__channel_copy((void *)receiver->buffer, (const void *)node->buffer,
                       size);
    weft__deliver(receiver, WEFT_OK);
    return WEFT_OK;
}

static int send_attempt(weft_node_t *node)
{
    int rc = weft_channel_try_send((weft_channel_t *)node->object,
                                   (const void *)node->buffer);

    return rc == WEFT_ERR_FULL ? WEFT_PENDING : rc;
}

/* --- receive ------------------------------------------------------------- */

/* With a sender its wait was claimed, too. */
static int recv_from_ring(weft_channel_t *channel, uint32_t state, unsigned key,
                          weft_node_t *node, weft_node_t *sender)
{
    if (sender == NULL && !weft__claim_self(node)) {
        return unlocked(channel, state, key, WEFT__LOST);
    }
    return weft__channel_recv_slot(channel, state, key, (void *)node->buffer,
                                   sender);
}

static int recv_begin(weft_node_t *node)
{
    weft_channel_t *channel = (weft_channel_t *)node->object;
    uint32_t state;
    unsigned key = weft__channel_lock(channel, &state);
    size_t size = channel->size;
    weft_node_t *sender;

    if (!match(channel, &channel->senders, node, &sender, &state, &key)) {
        return unlocked(channel, state, key, WEFT__LOST);
    }
    if ((state & CHANNEL_SLOTS) != 0) {
        return recv_slots(channel, state, key, node);
    }
    if (state >= CHANNEL_ONE) {
        return recv_from_ring(channel, state, key, node, sender);
    }
    if ((state & CHANNEL_CLOSED) != 0) {
        return refused(channel, state, key, node, WEFT_ERR_CLOSED);
    }
    if (sender == NULL) {
        return parked(channel, state, key, node, CHANNEL_RECV);
    }
    weft__channel_unlock(channel, state, key);
    weft__channel_copy((void *)node->buffer, (const void *)sender->buffer,
                       size);
    weft__deliver(sender, WEFT_OK);
    return WEFT_OK;
}

static int recv_attempt(weft_node_t *node)
{
    int rc = weft_channel_try_recv((weft_channel_t *)node->object,
                                   (void *)node->buffer);

    return rc == WEFT_ERR_EMPTY ? WEFT_PENDING : rc;
}
