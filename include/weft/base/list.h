/* weft/base/list.h - doubly linked list of nodes in their owners' memory
 * SPDX-License-Identifier: MIT
 *
 * For what may leave from the middle: waiters of an object, children of a
 * scope. Where nothing does, queue.h is one word a node smaller.
 *
 *     weft_list_t waiters;
 *     weft_list_init(&waiters);
 *     weft_list_push_back(&waiters, &node->list);
 *     weft_list_remove(&node->list);
 *
 * The list is a circle through its head, so no operation has a branch for the
 * ends. A node is a link plus `prev`: once it is removed the same `next` can
 * go into a queue (link.h). All zero is an unlinked node, but no valid list.
 *
 * Context: one owner at a time, or under a lock; no locks inside. Each call is
 * O(1). Memory: borrows each node until it is removed.
 */
#ifndef WEFT_BASE_LIST_H
#define WEFT_BASE_LIST_H

#include <stdbool.h>

#include "weft/base/link.h"

typedef struct weft_list_node {
    /* private */
    weft_link_t link; /* next in the circle, without a tag; NULL: unlinked */
    struct weft_list_node *prev;
} weft_list_node_t;

typedef struct weft_list {
    /* private */
    weft_list_node_t head;
} weft_list_t;

/* For statics: `static weft_list_t all = WEFT_LIST_INIT(all);` */
#define WEFT_LIST_INIT(name)                                                   \
    {                                                                          \
        {                                                                      \
            {&(name).head.link}, &(name).head                                  \
        }                                                                      \
    }

static inline void weft_list_init(weft_list_t *list)
{
    list->head.link.next = &list->head.link;
    list->head.prev = &list->head;
}

/* The node's neighbour in the circle; the head where it is the last one. */
static inline weft_list_node_t *weft__list_next(const weft_list_node_t *node)
{
    return (weft_list_node_t *)(void *)node->link.next;
}

static inline bool weft_list_empty(const weft_list_t *list)
{
    return list->head.link.next == &list->head.link;
}

/* Makes a node unlinked that holds garbage. Zeroed nodes need it not. */
static inline void weft_list_node_init(weft_list_node_t *node)
{
    node->link.next = NULL;
    node->prev = NULL;
}

/* Whether the node is in a list. Meaningless while its link is in a queue. */
static inline bool weft_list_linked(const weft_list_node_t *node)
{
    return node->link.next != NULL;
}

/* The first node, the last one, and the one after `node`; NULL where there is
 * none. */
static inline weft_list_node_t *weft_list_first(const weft_list_t *list)
{
    return weft_list_empty(list) ? NULL : weft__list_next(&list->head);
}

static inline weft_list_node_t *weft_list_last(const weft_list_t *list)
{
    return weft_list_empty(list) ? NULL : list->head.prev;
}

static inline weft_list_node_t *weft_list_next(const weft_list_t *list,
                                               const weft_list_node_t *node)
{
    return node->link.next == &list->head.link ? NULL : weft__list_next(node);
}

/* Links `node`, which is in no list, in front of `at`, which is in one. */
static inline void weft_list_insert_before(weft_list_node_t *at,
                                           weft_list_node_t *node)
{
    node->link.next = &at->link;
    node->prev = at->prev;
    at->prev->link.next = &node->link;
    at->prev = node;
}

static inline void weft_list_push_back(weft_list_t *list,
                                       weft_list_node_t *node)
{
    weft_list_insert_before(&list->head, node);
}

static inline void weft_list_push_front(weft_list_t *list,
                                        weft_list_node_t *node)
{
    weft_list_insert_before(weft__list_next(&list->head), node);
}

/* Takes the node out of the list it is in; then it is unlinked. */
static inline void weft_list_remove(weft_list_node_t *node)
{
    node->prev->link.next = node->link.next;
    weft__list_next(node)->prev = node->prev;
    node->link.next = NULL;
}

/* Takes out the first node and gives it; NULL when empty. */
static inline weft_list_node_t *weft_list_pop(weft_list_t *list)
{
    weft_list_node_t *node = weft_list_first(list);

    if (node != NULL) {
        weft_list_remove(node);
    }
    return node;
}

/* Moves all nodes of `from`, in order, to the end of `list`; `from` is then
 * empty. */
static inline void weft_list_splice(weft_list_t *list, weft_list_t *from)
{
    if (!weft_list_empty(from)) {
        weft_list_node_t *first = weft__list_next(&from->head);
        weft_list_node_t *last = from->head.prev;

        first->prev = list->head.prev;
        list->head.prev->link.next = &first->link;
        last->link.next = &list->head.link;
        list->head.prev = last;
        weft_list_init(from);
    }
}

#endif
