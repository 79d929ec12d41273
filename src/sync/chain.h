/* chain.h - internal: claimed nodes between an unlock and their delivery
 * SPDX-License-Identifier: MIT
 *
 * The last touch of an object comes before the first delivery (WAIT rule 11):
 * what is taken out goes to a chain of the caller's own, at most WEFT_STEP in
 * one hold of the lock, and is delivered when the object is let go for good.
 */
#ifndef WEFT_SRC_SYNC_CHAIN_H
#define WEFT_SRC_SYNC_CHAIN_H

#include "core/home.h"

typedef struct weft__chain {
    weft_link_t *first;
    weft_link_t **end;
} weft__chain_t;

static inline void weft__chain_init(weft__chain_t *chain)
{
    chain->first = NULL;
    chain->end = &chain->first;
}

static inline void weft__chain_add(weft__chain_t *chain, weft_node_t *node)
{
    node->link.next = NULL;
    *chain->end = &node->link;
    chain->end = &node->link.next;
}

/* Takes the first out, before anything is done with it; NULL: none. Nothing
 * is added any more. */
static inline weft_node_t *weft__chain_take(weft__chain_t *chain)
{
    weft_link_t *link = chain->first;

    if (link != NULL) {
        chain->first = link->next;
    }
    return (weft_node_t *)(void *)link;
}

static inline void weft__chain_deliver(weft__chain_t *chain)
{
    weft_node_t *node;

    while ((node = weft__chain_take(chain)) != NULL) {
        weft__deliver(node, WEFT_OK);
    }
}

#endif
