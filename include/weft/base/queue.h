/* weft/base/queue.h - first in, first out, of tagged links
 * SPDX-License-Identifier: MIT
 *
 * The ready queue of a loop, or any queue of things that carry their own link.
 * Where an element must leave from the middle, take list.h.
 *
 *     weft_queue_t queue = WEFT_QUEUE_INIT;
 *     weft_queue_push(&queue, &job->link);
 *     for (weft_link_t *e; (e = weft_queue_pop(&queue)) != NULL;) {
 *         run(weft_link_strip(e));
 *     }
 *
 * All zero is an empty queue. Each call is O(1) unless it says otherwise.
 * Context: one owner at a time; no locks inside. Memory: borrows each link
 * until it is popped, and pushing cannot fail.
 */
#ifndef WEFT_BASE_QUEUE_H
#define WEFT_BASE_QUEUE_H

#include <stdbool.h>

#include "weft/base/link.h"

typedef struct weft_queue {
    /* private */
    weft_link_t *head; /* the first entry, NULL when empty */
    weft_link_t *tail; /* the last link, stripped; meaningless when empty */
} weft_queue_t;

#define WEFT_QUEUE_INIT                                                        \
    {                                                                          \
        NULL, NULL                                                             \
    }

static inline void weft_queue_init(weft_queue_t *q)
{
    q->head = NULL;
    q->tail = NULL;
}

static inline bool weft_queue_empty(const weft_queue_t *q)
{
    return q->head == NULL;
}

/* The first entry, which stays; NULL when empty. */
static inline weft_link_t *weft_queue_first(const weft_queue_t *q)
{
    return q->head;
}

/* Appends a chain of entries: `first` is an entry, `last` the stripped link of
 * the chain's last one. What `last->next` held does not matter. */
WEFT__INLINE void weft_queue_push_list(weft_queue_t *q, weft_link_t *first,
                                       weft_link_t *last)
{
    last->next = NULL;
    if (q->head == NULL) {
        q->head = first;
    } else {
        q->tail->next = first;
    }
    q->tail = last;
}

/* Appends an entry. */
static inline void weft_queue_push(weft_queue_t *q, weft_link_t *entry)
{
    weft_queue_push_list(q, entry, weft_link_strip(entry));
}

/* The same of a link that has no tag yet. */
WEFT__INLINE void weft_queue_push_tagged(weft_queue_t *q, weft_link_t *link,
                                         unsigned tag)
{
    weft_queue_push_list(q, weft_link_tagged(link, tag), link);
}

/* Puts an entry before all others. */
static inline void weft_queue_push_front(weft_queue_t *q, weft_link_t *entry)
{
    weft_link_t *link = weft_link_strip(entry);

    if (q->head == NULL) {
        q->tail = link;
    }
    link->next = q->head;
    q->head = entry;
}

/* Appends a stack, the newest entry first, in the order it was pushed: what an
 * inbox gives. NULL is allowed. O(entries). */
static inline void weft_queue_push_stack(weft_queue_t *q, weft_link_t *stack)
{
    if (stack != NULL) {
        weft_link_t *last = weft_link_strip(stack);

        weft_queue_push_list(q, weft_link_reverse(stack), last);
    }
}

/* Appends all of `from`, which is then empty. */
static inline void weft_queue_splice(weft_queue_t *q, weft_queue_t *from)
{
    if (from->head != NULL) {
        weft_queue_push_list(q, from->head, from->tail);
        from->head = NULL;
    }
}

/* Takes out the first entry, with its tag; NULL when empty. The link's `next`
 * is left as it was. */
WEFT__INLINE weft_link_t *weft_queue_pop(weft_queue_t *q)
{
    weft_link_t *entry = q->head;

    if (entry != NULL) {
        q->head = weft_link_strip(entry)->next;
    }
    return entry;
}

#endif
