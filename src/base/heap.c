/* heap.c - pairing heap that works in steps
 * SPDX-License-Identifier: MIT
 *
 * After Fredman, Sedgewick, Sleator and Tarjan (1986), two passes. The passes
 * are kept in the heap as two rows of trees, so that they can stop anywhere:
 *
 *     loose    --pass 1, from the left: two become one-->  paired (a stack)
 *     paired   --pass 2, from the top: two become one-->   one tree, the root
 *
 * Settled is: loose empty, at most one tree in paired. Only then is the
 * smallest node known. To take out a node its children become `loose`; what
 * is below in `paired`, the root where it was not the root that went, takes
 * part in pass 2 like any pair; so does what is inserted meanwhile, linked to
 * the top of `paired` at once.
 *
 * Both rows are headed like the children of a tree. So a tree is unlinked in
 * one way wherever it is, and `prev` is never NULL while it is linked.
 */
#include "weft/base/heap.h"

static weft_heap_tree_t *next_of(const weft_heap_tree_t *tree)
{
    return (weft_heap_tree_t *)(void *)tree->link.next;
}

static weft_heap_node_t *node_of(weft_heap_tree_t *tree)
{
    return WEFT_CONTAINER_OF(tree, weft_heap_node_t, tree);
}

static bool before(weft_heap_tree_t *x, weft_heap_tree_t *y)
{
    const weft_heap_node_t *a = node_of(x);
    const weft_heap_node_t *b = node_of(y);

    if (a->key != b->key) {
        return a->key < b->key;
    }
    return (int32_t)(a->seq - b->seq) < 0; /* seq wraps */
}

/* Makes `tree` the first of `row`. */
static void push(weft_heap_row_t *row, weft_heap_tree_t *tree)
{
    tree->link.next = NULL;
    if (row->child != NULL) {
        tree->link.next = &row->child->link;
        row->child->prev = &tree->below;
    }
    tree->prev = row;
    row->child = tree;
}

/* Takes `tree`, with what is below it, out of its row. */
static void cut(weft_heap_tree_t *tree)
{
    weft_heap_tree_t *next = next_of(tree);

    if (next != NULL) {
        next->prev = tree->prev;
    }
    if (tree->prev->child == tree) {
        tree->prev->child = next;
    } else {
        WEFT_CONTAINER_OF(tree->prev, weft_heap_tree_t, below)->link.next =
            tree->link.next;
    }
}

static weft_heap_tree_t *take(weft_heap_row_t *row)
{
    weft_heap_tree_t *tree = row->child;

    if (tree != NULL) {
        cut(tree);
    }
    return tree;
}

/* Makes two trees, of which the second may be NULL, one. */
static weft_heap_tree_t *meld(weft_heap_tree_t *a, weft_heap_tree_t *b)
{
    if (b == NULL) {
        return a;
    }
    if (before(b, a)) {
        push(&b->below, a);
        return b;
    }
    push(&a->below, b);
    return a;
}

WEFT__INLINE bool settled(const weft_heap_t *heap)
{
    const weft_heap_tree_t *top = heap->paired.child;

    return heap->loose.child == NULL && (top == NULL || top->link.next == NULL);
}

/* One link of either pass; the heap is not settled. */
static void link_two(weft_heap_t *heap)
{
    weft_heap_row_t *row =
        heap->loose.child != NULL ? &heap->loose : &heap->paired;
    weft_heap_tree_t *first = take(row);

    push(&heap->paired, meld(first, take(row)));
}

bool weft_heap_step(weft_heap_t *heap)
{
    for (unsigned i = 0; i < WEFT_STEP && !settled(heap); i++) {
        link_two(heap);
    }
    return !settled(heap);
}

static void settle(weft_heap_t *heap)
{
    while (!settled(heap)) {
        link_two(heap);
    }
}

void weft_heap_init(weft_heap_t *heap, uint64_t now)
{
    static const weft_heap_t empty;

    (void)now;
    *heap = empty;
}

void weft_heap_insert(weft_heap_t *heap, weft_heap_node_t *node, uint64_t key)
{
    weft_heap_tree_t *top;

    WEFT_ASSERT(!weft_heap_linked(node), "insert of a node that is linked");
    node->tree.below.child = NULL;
    node->key = key;
    node->seq = heap->seq++;
    heap->count++;
    top = heap->paired.child;
    if (top != NULL && !before(&node->tree, top)) {
        push(&top->below, &node->tree); /* most often: nothing else changes */
        return;
    }
    if (top != NULL) {
        cut(top);
        push(&node->tree.below, top);
    }
    push(&heap->paired, &node->tree);
}

void weft_heap_remove(weft_heap_t *heap, weft_heap_node_t *node)
{
    weft_heap_tree_t *tree = &node->tree;

    WEFT_ASSERT(weft_heap_linked(node), "remove of a node that is unlinked");
    if (tree->below.child != NULL && heap->loose.child != NULL) {
        settle(heap); /* two rows of children cannot be joined in O(1) */
    }
    cut(tree);
    if (tree->below.child != NULL) {
        heap->loose = tree->below;
        heap->loose.child->prev = &heap->loose;
    }
    tree->prev = NULL;
    heap->count--;
}

/* The smallest, or NULL. */
static weft_heap_node_t *smallest(weft_heap_t *heap)
{
    if (!settled(heap)) {
        settle(heap);
    }
    return heap->paired.child == NULL ? NULL : node_of(heap->paired.child);
}

weft_heap_node_t *weft_heap_pop(weft_heap_t *heap, uint64_t now)
{
    weft_heap_node_t *node = smallest(heap);

    if (node == NULL || node->key > now) {
        return NULL;
    }
    weft_heap_remove(heap, node);
    return node;
}

uint64_t weft_heap_next(weft_heap_t *heap)
{
    const weft_heap_node_t *node = smallest(heap);

    return node == NULL ? UINT64_MAX : node->key;
}
