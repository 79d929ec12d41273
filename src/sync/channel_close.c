/* channel_close.c - the end of a channel: who waits is told, what lies stays
 * SPDX-License-Identifier: MIT
 *
 * CLOSED is set in the first hold; from then on nobody is linked any more and
 * nobody is matched with who still is. So the lists only get shorter, and all
 * that is in them ends with WEFT_ERR_CLOSED, in steps, delivered after the
 * last touch of the channel.
 */
#include "sync/channel_slots.h"

/* At most WEFT_STEP of them, to the end of a chain. True: there may be more. */
static bool take_step(weft_channel_t *channel, weft_link_t ***end)
{
    int left = WEFT_STEP;

    while (left > 0) {
        weft_node_t *node = weft__waiters_take_step(&channel->senders, &left);

        if (node == NULL) {
            node = weft__waiters_take_step(&channel->receivers, &left);
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

int weft_channel_close(weft_channel_t *channel)
{
    weft_link_t *served = NULL;
    weft_link_t **served_end = &served;
    weft_link_t *chain = NULL;
    weft_link_t **end = &chain;
    uint32_t state;
    unsigned key;

    WEFT_ASSERT(!weft__in_interrupt(), "a channel closed in an interrupt");
    key = weft__channel_lock(channel, &state);
    if ((state & CHANNEL_CLOSED) != 0) {
        weft__channel_unlock(channel, state, key);
        return WEFT_ERR_CLOSED;
    }
    state |= CHANNEL_CLOSED;
    /* What lies behind a slot that is only reserved can go now. */
    while (((state & CHANNEL_SLOTS) != 0 &&
            weft__slots_step(channel, &state, &served_end)) ||
           take_step(channel, &end)) {
        weft__channel_unlock(channel, state, key);
        key = weft__channel_lock(channel, &state);
    }
    weft__channel_unlock(channel, state, key);
    weft__channel_deliver(served, WEFT_OK);
    weft__channel_deliver(chain, WEFT_ERR_CLOSED);
    return WEFT_OK;
}
