/* waiters.h - internal: the list of nodes that wait at an object
 * SPDX-License-Identifier: MIT
 *
 * Everything here is called under the object's lock (WAIT rule 5). A node of a
 * wait for one object is claimed by taking it out. A node of a select is one
 * of several that many may want at once: the word of its wait says who got it.
 *
 *     OPEN     -1-> CLAIMED+index  1 weft__claim: a peer
 *     OPEN     -2-> MATCHING       2 weft__match: the owner, while it links
 *     MATCHING -3-> CLAIMED+index  3 weft__match, after claiming the peer
 *     MATCHING -4-> OPEN           4 weft__match, the peer was gone
 *     OPEN     -5-> WITHDRAWN      5 the owner: cancelled or timed out
 *     OPEN     -6-> CLAIMED+index  6 weft__claim_self: the owner needs no peer
 */
#ifndef WEFT_SRC_CORE_WAITERS_H
#define WEFT_SRC_CORE_WAITERS_H

#include "weft/base/atomic.h"
#include "weft/wait.h"

/* wait->word of a select. From CLAIMED on: the index of the node it was. */
enum {
    WEFT__SELECT_OPEN = 0,
    WEFT__SELECT_MATCHING = 1,
    WEFT__SELECT_WITHDRAWN = 2,
    WEFT__SELECT_CLAIMED = 3,
};

static inline weft_node_t *weft__waiters_next(const weft_node_t *node)
{
    return (weft_node_t *)(void *)node->link.next;
}

/* Of a claimed node that is to wait for more: not linked, as its owner sees
 * it, so that nobody withdraws it. Its object stays what it was. */
static inline void weft__waiters_append_claimed(weft_waiters_t *waiters,
                                                weft_node_t *node)
{
    node->link.next = NULL;
    node->prev = waiters->last;
    if (waiters->last != NULL) {
        waiters->last->link.next = &node->link;
    } else {
        waiters->first = node;
    }
    waiters->last = node;
}

static inline void weft__waiters_append(weft_waiters_t *waiters,
                                        weft_node_t *node)
{
    weft__waiters_append_claimed(waiters, node);
    weft_atomic_store_relaxed_u8(&node->linked, 1);
}

/* linked = 0 comes last: then the node is no longer ours to find, only the
 * claimer's to push, and its owner's again where nobody has claimed it. */
static inline void weft__waiters_remove(weft_waiters_t *waiters,
                                        weft_node_t *node)
{
    weft_node_t *next = weft__waiters_next(node);

    if (node->prev != NULL) {
        node->prev->link.next = node->link.next;
    } else {
        waiters->first = next;
    }
    if (next != NULL) {
        next->prev = node->prev;
    } else {
        waiters->last = node->prev;
    }
    weft_atomic_store_release_u8(&node->linked, 0);
}

/* The same of the first, in fewer steps. */
WEFT__INLINE void weft__waiters_remove_first(weft_waiters_t *waiters,
                                             weft_node_t *node)
{
    weft_node_t *next = weft__waiters_next(node);

    waiters->first = next;
    if (next != NULL) {
        next->prev = NULL;
    } else {
        waiters->last = NULL;
    }
    weft_atomic_store_release_u8(&node->linked, 0);
}

/* The word of a select's node: claims it, waiting while its owner is matching.
 * False: somebody else has, or it was withdrawn. */
bool weft__claim_word(weft_node_t *node);

/* Whether the node, still linked, is of a select that has ended elsewhere. */
static inline bool weft__stale(const weft_node_t *node)
{
    return node->wait->count != 1 &&
           weft_atomic_load_acquire_u8(&node->wait->word) >=
               WEFT__SELECT_WITHDRAWN;
}

/* Whether the node, still linked, is ours now. */
static inline bool weft__claim(weft_node_t *node)
{
    return node->wait->count == 1 || weft__claim_word(node);
}

/* Takes out the first waiter that is still to be had, claimed; those that are
 * not are dropped. Each that goes counts *left down; at 0 the hold of the lock
 * is over (WAIT rule 19). NULL: nobody, if the list is empty; else *left is 0:
 * whoever stands there is looked at in another hold. */
static inline weft_node_t *weft__waiters_take_step(weft_waiters_t *waiters,
                                                   int *left)
{
    weft_node_t *node;

    while (*left > 0 && (node = waiters->first) != NULL) {
        bool ours = weft__claim(node);

        weft__waiters_remove(waiters, node);
        (*left)--;
        if (ours) {
            return node;
        }
    }
    return NULL;
}

/* The same for one waiter in a hold. NULL with an empty list: nobody; with
 * another, which only selects can leave: unlock, and begin the look again. */
static inline weft_node_t *weft__waiters_take(weft_waiters_t *waiters)
{
    int left = WEFT_STEP;

    return weft__waiters_take_step(waiters, &left);
}

/* Takes a node out if it is still linked: the body of a withdrawal. */
static inline bool weft__waiters_withdraw(weft_waiters_t *waiters,
                                          weft_node_t *node)
{
    bool linked = weft_atomic_load_relaxed_u8(&node->linked) != 0;

    if (linked) {
        weft__waiters_remove(waiters, node);
    }
    return linked;
}

/* Before an owner takes what needs no peer, or a peer that waits for one
 * object: its own wait must still be open. False: a peer has claimed it. */
bool weft__claim_self(weft_node_t *own);

enum weft__match {
    WEFT__MATCH_DONE,  /* *peer is claimed and own's wait with it, or is NULL */
    WEFT__MATCH_LOST,  /* a peer has claimed own's wait */
    WEFT__MATCH_AGAIN, /* nothing but a step of dropped nodes: as above */
};

/* For an owner that looks for a peer while its node `own` is not linked here:
 * takes out the first waiter it can have, and claims its own wait with it. */
enum weft__match weft__match_one(weft_waiters_t *waiters, weft_node_t *own,
                                 weft_node_t **peer);

static inline enum weft__match weft__match(weft_waiters_t *waiters,
                                           weft_node_t *own, weft_node_t **peer)
{
    *peer = NULL;
    return waiters->first == NULL ? WEFT__MATCH_DONE
                                  : weft__match_one(waiters, own, peer);
}

#endif
