/* weft/base/heap.h - pairing heap: order by key in a few words
 * SPDX-License-Identifier: MIT
 *
 * The calls of wheel.h for microcontrollers: no table, a node costs 24 bytes
 * on 32 bits, and the work can be cut into bounded steps.
 *
 *     weft_heap_init(&heap, 0);
 *     weft_heap_insert(&heap, &timer->node, now + 100);
 *     while ((node = weft_heap_pop(&heap, now)) != NULL) {
 *         fire(node);
 *     }
 *     sleep_until(weft_heap_next(&heap));
 *
 * Keys are 64 bits and do not wrap. Nodes come out by key, equal keys in the
 * order of their insertion, as long as fewer than 2^31 insertions lie between
 * them. Between pops any node may be inserted or removed.
 *
 * Cost: insert O(1). Remove and pop take a node out in O(1) and leave its
 * children to be paired: amortised O(log n), at worst O(n) in one go by the
 * next pop, next or remove. Who cannot stand that (a lock is held, interrupts
 * are off) calls weft_heap_step until it gives false, letting go in between:
 * each step links at most WEFT_STEP trees, and while no step is left to do
 * every call is O(1).
 *
 * Context: one owner at a time; no locks inside. Memory: borrows each node
 * until it is popped or removed.
 */
#ifndef WEFT_BASE_HEAP_H
#define WEFT_BASE_HEAP_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/base/link.h"
#include "weft/config.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The head of a row of trees: in the heap, and in their parent. */
typedef struct weft_heap_row {
    /* private */
    struct weft_heap_tree *child; /* the first, or NULL */
} weft_heap_row_t;

/* The links of a node in its heap. */
typedef struct weft_heap_tree {
    /* private */
    weft_link_t link;      /* next sibling, or NULL */
    weft_heap_row_t *prev; /* `below` of the previous one, or the row that it is
                              the first of; NULL: unlinked */
    weft_heap_row_t below; /* its children */
} weft_heap_tree_t;

/* Aligned like a word of 32 bits, for a node without padding. */
typedef uint64_t weft_heap_key_t __attribute__((aligned(4)));

/* All zero is an unlinked node. A popped or removed node's tree.link may go
 * into a queue. */
typedef struct weft_heap_node {
    /* private */
    weft_heap_tree_t tree;
    uint32_t seq;
    /* read only */
    weft_heap_key_t key;
} weft_heap_node_t;

WEFT_SIZE_ASSERT(weft_heap_node_t, 24, 40);

typedef struct weft_heap {
    /* private */
    weft_heap_row_t loose;  /* trees to be paired */
    weft_heap_row_t paired; /* trees to be joined; one: the root */
    uint32_t seq;           /* of the next insertion */
    uint32_t count;         /* nodes linked */
} weft_heap_t;

WEFT_SIZE_ASSERT(weft_heap_t, 16, 24);

/* An empty heap. `now` is there for wheel.h's sake. All zero is an empty heap
 * too. */
void weft_heap_init(weft_heap_t *heap, uint64_t now);

/* Links a node that is unlinked. A key in the past comes out first. */
void weft_heap_insert(weft_heap_t *heap, weft_heap_node_t *node, uint64_t key);

/* Takes out a node that is linked. */
void weft_heap_remove(weft_heap_t *heap, weft_heap_node_t *node);

/* Takes out and gives the next node with a key up to `now`, NULL when there is
 * none. */
weft_heap_node_t *weft_heap_pop(weft_heap_t *heap, uint64_t now);

/* The smallest key, UINT64_MAX when empty. */
uint64_t weft_heap_next(weft_heap_t *heap);

/* Does at most WEFT_STEP links of the work that is left over; whether more is
 * left. */
bool weft_heap_step(weft_heap_t *heap);

/* Whether the node is in a heap. */
static inline bool weft_heap_linked(const weft_heap_node_t *node)
{
    return node->tree.prev != NULL;
}

/* How many nodes are linked. */
static inline uint32_t weft_heap_count(const weft_heap_t *heap)
{
    return heap->count;
}

#ifdef __cplusplus
}
#endif

#endif
