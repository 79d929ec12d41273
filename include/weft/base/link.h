/* weft/base/link.h - the one link, and the tags of queue entries
 * SPDX-License-Identifier: MIT
 *
 * Everything that goes through a queue starts with a weft_link_t. An entry is
 * a pointer to a link whose two low bits, the tag, say what the link is part
 * of; `next` holds an entry too, so a queue of mixed things needs no type
 * field in them.
 *
 *     weft_queue_push(&home->queue,
 *                     weft_link_tagged(&node->link, WEFT_TAG_NODE));
 *
 * `next` has this C type in all its uses and is written through this struct
 * (also in lists, see list.h): a link changes from list to queue with no
 * aliasing to think about. Strip the tag before each dereference.
 *
 * Memory: borrows; a link is aligned to 4 bytes at least.
 */
#ifndef WEFT_BASE_LINK_H
#define WEFT_BASE_LINK_H

#include <stddef.h>
#include <stdint.h>

#include "weft/base/hooks.h"

typedef struct weft_link {
    struct weft_link *next; /* an entry: tagged, or NULL */
} weft_link_t;

#define WEFT_TAG_RUNNABLE 0u /* a runnable to run */
#define WEFT_TAG_NODE 1u     /* a node: its wait has ended */
#define WEFT_TAG_WAKE 2u     /* a waiter that was woken */
#define WEFT_TAG_LANE 3u     /* the lane of a pool task */
#define WEFT_TAG_MASK 3u

/* The tag of an entry. */
WEFT__INLINE unsigned weft_link_tag(const weft_link_t *entry)
{
    return (unsigned)((uintptr_t)entry & WEFT_TAG_MASK);
}

/* The link of an entry, without its tag. */
WEFT__INLINE weft_link_t *weft_link_strip(weft_link_t *entry)
{
    return (weft_link_t *)((uintptr_t)entry & ~(uintptr_t)WEFT_TAG_MASK);
}

/* The entry of a link that has no tag yet. */
WEFT__INLINE weft_link_t *weft_link_tagged(weft_link_t *link, unsigned tag)
{
    return (weft_link_t *)((uintptr_t)link | tag);
}

/* Turns a chain of entries round, tags kept, and gives its new first entry. An
 * inbox is a stack: this makes first come first again. NULL gives NULL. */
WEFT__INLINE weft_link_t *weft_link_reverse(weft_link_t *chain)
{
    weft_link_t *reversed = NULL;

    while (chain != NULL) {
        weft_link_t *link = weft_link_strip(chain);
        weft_link_t *next = link->next;

        link->next = reversed;
        reversed = chain;
        chain = next;
    }
    return reversed;
}

#endif
