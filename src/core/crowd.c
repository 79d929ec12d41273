/* crowd.c - ends many waits at once, in steps, an interrupt one step only
 * SPDX-License-Identifier: MIT
 */
#include "core/crowd.h"

#include "core/wait.h"
#include "core/waiters.h"

int weft__crowd_serve(weft_crowd_t *crowd, weft_node_t *node)
{
    (void)crowd;
    (void)node;
    return WEFT_OK;
}

void weft__crowd_remove(weft_crowd_t *crowd, weft_node_t *node)
{
    if (crowd->until == node) {
        crowd->until = node->prev;
    }
    weft__waiters_remove(&crowd->waiters, node);
}

void weft__crowd_park(weft_crowd_t *crowd, weft_await_t *await,
                      uintptr_t buffer)
{
    weft__waiters_append(&crowd->waiters, weft__wait_arm(await, crowd, buffer,
                                                         WEFT__NODE_OBJECT));
}

static const weft_crowd_ops_t *ops_of(const weft_crowd_t *crowd)
{
    return (const weft_crowd_ops_t *)(const void *)crowd->ops;
}

static weft_link_t **put(weft_link_t **end, weft_node_t *node)
{
    node->link.next = NULL;
    *end = &node->link;
    return &node->link.next;
}

/* With the lock: looks at no more than WEFT_STEP of who are due, moves those
 * that can be had to the chain's end. Selects that have ended elsewhere are
 * dropped once the chain holds somebody; until then they stay, see settle. */
static weft_link_t **take_step(weft_crowd_t *crowd, weft_link_t **chain,
                               weft_link_t **end)
{
    weft_node_t *node = crowd->until != NULL ? crowd->waiters.first : NULL;
    int left;

    for (left = WEFT_STEP; left > 0 && node != NULL; left--) {
        bool last = node == crowd->until;
        weft_node_t *next = last ? NULL : weft__waiters_next(node);
        bool ours = weft__claim(node);

        if (ours || *chain != NULL) {
            weft__crowd_remove(crowd, node);
        }
        if (ours) {
            node->wait->result = (int8_t)ops_of(crowd)->serve(crowd, node);
            end = put(end, node);
        }
        node = next;
    }
    return end;
}

/* With the lock, when nobody is due: true, there may be more to do. */
static bool refill(weft_crowd_t *crowd, weft_link_t ***end)
{
    weft_node_t *node = NULL;

    if (ops_of(crowd)->refill != NULL) {
        node = ops_of(crowd)->refill(crowd);
    }
    if (node != NULL) {
        *end = put(*end, node);
    }
    return node != NULL;
}

static void deliver(weft_link_t *chain)
{
    while (chain != NULL) {
        weft_node_t *node = (weft_node_t *)(void *)chain;

        chain = chain->next;
        weft__deliver(node, node->wait->result);
    }
}

/* Who looks at the object again between two holds has somebody in his chain,
 * whose wait has not returned: else the object could be gone. A step that meets
 * nothing but ended selects has nobody, and no relay either, and may not go on
 * for longer in an interrupt. It leaves them where they are, and who is due
 * behind them to their owners. This is enough: such a node is linked, and only
 * its owner's withdrawal, which is still to come (it needs the lock), or
 * another settle takes it out. A withdrawal settles (rule 25), after it has
 * taken out one more of them, and its own wait has not returned either. So as
 * long as somebody is due there is a chain, a relay, or the node of an ended
 * select, whose owner comes. */
void weft__crowd_settle(weft_crowd_t *crowd, uint32_t state, unsigned key)
{
    bool interrupt = weft__in_interrupt();
    weft_link_t *chain = NULL;
    weft_link_t **end = &chain;

    for (;;) {
        bool more;

        end = take_step(crowd, &chain, end);
        more = crowd->until != NULL || refill(crowd, &end);
        if (more && interrupt && chain != NULL) {
            ((weft_node_t *)(void *)chain)->spare |= WEFT__NODE_RELAYS;
        }
        more = more && !interrupt && chain != NULL;
        weft__crowd_unlock(crowd, state, key);
        if (!more) {
            break;
        }
        key = weft__bit_lock(&crowd->word, &state);
    }
    deliver(chain);
}

void weft__crowd_end(weft_crowd_t *crowd, uint32_t state, unsigned key)
{
    weft__crowd_due(crowd);
    weft__crowd_settle(crowd, state, key);
}

void weft__crowd_go_on(weft_crowd_t *crowd)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&crowd->word, &state);

    weft__crowd_settle(crowd, state, key);
}

bool weft__crowd_withdraw(weft_crowd_t *crowd, weft_node_t *node, uint32_t due)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&crowd->word, &state);
    bool linked = weft_atomic_load_relaxed_u8(&node->linked) != 0;

    if (linked && (state & due) != 0 && node->wait->count == 1) {
        weft__crowd_settle(crowd, state, key);
        return false;
    }
    if (linked) {
        weft__crowd_remove(crowd, node);
    }
    weft__crowd_settle(crowd, state, key);
    return linked;
}
