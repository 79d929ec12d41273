/* waiters.c - claims of selects: which of several peers, or of two selects
 * SPDX-License-Identifier: MIT
 *
 * Two selects that meet claim both words or none. A searching owner first
 * says MATCHING in its own, so that nobody can claim it meanwhile, and then
 * claims the peer's. Two that search at the same time, each holding the lock
 * of one object and meeting the other's node, are told apart by the addresses
 * of their waits: the higher one gives way. MATCHING lasts within one hold of
 * a lock, and whoever waits for its end waits for words only.
 */
#include "core/waiters.h"

#include "core/wait.h"

bool weft__claim_word(weft_node_t *node)
{
    uint8_t *word = &node->wait->word;

    for (;;) {
        uint8_t seen = WEFT__SELECT_OPEN;

        if (weft_atomic_cas_acq_rel_u8(
                word, &seen, (uint8_t)(WEFT__SELECT_CLAIMED + node->index))) {
            return true;
        }
        if (seen != WEFT__SELECT_MATCHING) {
            return false;
        }
        weft_hook_spin();
    }
}

bool weft__claim_self(weft_node_t *own)
{
    uint8_t seen = WEFT__SELECT_OPEN;

    return own->wait->count == 1 ||
           weft_atomic_cas_acq_rel_u8(
               &own->wait->word, &seen,
               (uint8_t)(WEFT__SELECT_CLAIMED + own->index));
}

static bool begin_matching(uint8_t *word)
{
    uint8_t seen = WEFT__SELECT_OPEN;

    return weft_atomic_cas_acq_rel_u8(word, &seen, WEFT__SELECT_MATCHING);
}

/* Both words stand at what they were when we gave way: nothing to try yet. */
static void wait_for_change(const uint8_t *own, const uint8_t *peer)
{
    while (weft_atomic_load_acquire_u8(own) == WEFT__SELECT_OPEN &&
           weft_atomic_load_acquire_u8(peer) == WEFT__SELECT_MATCHING) {
        weft_hook_spin();
    }
}

enum outcome { GOT, GONE, LOST };

/* Two selects. own is in MATCHING, also after GONE; not after LOST. */
static enum outcome match_select(weft_node_t *own, weft_node_t *peer)
{
    uint8_t *own_word = &own->wait->word;
    uint8_t *peer_word = &peer->wait->word;

    for (;;) {
        uint8_t seen = WEFT__SELECT_OPEN;

        if (weft_atomic_cas_acq_rel_u8(
                peer_word, &seen,
                (uint8_t)(WEFT__SELECT_CLAIMED + peer->index))) {
            return GOT;
        }
        if (seen != WEFT__SELECT_MATCHING) {
            return GONE;
        }
        if ((uintptr_t)own->wait < (uintptr_t)peer->wait) {
            weft_hook_spin();
            continue;
        }
        weft_atomic_store_release_u8(own_word, WEFT__SELECT_OPEN);
        wait_for_change(own_word, peer_word);
        if (!begin_matching(own_word)) {
            return LOST;
        }
    }
}

/* A select looks for a peer. Its own nodes are no step: it skips them again
 * in the next hold, and they are at most WEFT_SELECT_MAX. */
static enum weft__match match_from_select(weft_waiters_t *waiters,
                                          weft_node_t *own, weft_node_t **peer)
{
    uint8_t *word = &own->wait->word;
    weft_node_t *node = waiters->first;
    int left = WEFT_STEP;

    if (!begin_matching(word)) {
        return WEFT__MATCH_LOST;
    }
    while (node != NULL && left > 0) {
        weft_node_t *next = weft__waiters_next(node);
        enum outcome outcome = GOT;

        if (node->wait == own->wait) {
            node = next; /* its own, on the other side of the same object */
            continue;
        }
        if (node->wait->count != 1) {
            outcome = match_select(own, node);
        }
        if (outcome == LOST) {
            return WEFT__MATCH_LOST;
        }
        if (outcome == GOT) {
            weft_atomic_store_release_u8(
                word, (uint8_t)(WEFT__SELECT_CLAIMED + own->index));
            weft__waiters_remove(waiters, node);
            *peer = node;
            return WEFT__MATCH_DONE;
        }
        weft__waiters_remove(waiters, node);
        left--;
        node = next;
    }
    weft_atomic_store_release_u8(word, WEFT__SELECT_OPEN);
    return node == NULL ? WEFT__MATCH_DONE : WEFT__MATCH_AGAIN;
}

enum weft__match weft__match_one(weft_waiters_t *waiters, weft_node_t *own,
                                 weft_node_t **peer)
{
    if (own->wait->count == 1) {
        *peer = weft__waiters_take(waiters);
        return *peer == NULL && waiters->first != NULL ? WEFT__MATCH_AGAIN
                                                       : WEFT__MATCH_DONE;
    }
    return match_from_select(waiters, own, peer);
}
