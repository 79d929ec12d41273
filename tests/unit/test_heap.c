/* test_heap.c - the pairing heap against a plain array, and its steps
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"

#include <string.h>

#include "weft/base/heap.h"

#define Q(name) weft_heap_##name

static uint64_t rank(const weft_heap_t *h, uint64_t key)
{
    (void)h;
    return key;
}

static uint64_t draw(uint64_t below);

static weft_heap_tree_t *sibling(weft_heap_tree_t *tree)
{
    return (weft_heap_tree_t *)(void *)tree->link.next;
}

static weft_heap_node_t *node_at(weft_heap_tree_t *tree)
{
    return WEFT_CONTAINER_OF(tree, weft_heap_node_t, tree);
}

/* How many nodes a row has, with all below; none may be before `above`. */
static uint32_t check_row(weft_heap_row_t *row, const weft_heap_node_t *above)
{
    weft_heap_row_t *prev = row;
    uint32_t count = 0;

    for (weft_heap_tree_t *at = row->child; at != NULL; at = sibling(at)) {
        weft_heap_node_t *node = node_at(at);

        CHECK(at->prev == prev);
        CHECK(above == NULL || above->key < node->key ||
              (above->key == node->key && above->seq < node->seq));
        count += 1 + check_row(&at->below, node);
        prev = &at->below;
    }
    return count;
}

/* Called between the model's steps: here it also does some of the heap's. */
static void check_whole(weft_heap_t *h)
{
    CHECK_EQ(weft_heap_count(h),
             check_row(&h->loose, NULL) + check_row(&h->paired, NULL));
    if (draw(2) == 0) {
        (void)weft_heap_step(h);
    }
}

static bool next_is_exact(const weft_heap_t *h)
{
    (void)h;
    return true;
}

#include "tests/unit/order_model.h"

static struct model model;
static weft_heap_t heap;
static weft_heap_node_t nodes[1000];

static void start(void)
{
    memset(nodes, 0, sizeof nodes);
    weft_heap_init(&heap, 0);
}

static weft_heap_node_t *pop(uint64_t now)
{
    return weft_heap_pop(&heap, now);
}

CASE_REAL_ONLY(agrees_with_a_sorted_array, "no atomics in it, and it is long")
{
    for (uint64_t seed = 1; seed <= 300; seed++) {
        model_run(&model, seed, 1000);
    }
}

CASE(fires_in_key_order_at_the_exact_time)
{
    start();
    CHECK(weft_heap_next(&heap) == UINT64_MAX);
    CHECK(pop(UINT64_MAX) == NULL);
    for (unsigned i = 0; i < 100; i++) {
        weft_heap_insert(&heap, &nodes[i], 10 * (37 * i % 100));
    }
    for (unsigned i = 0; i < 100; i++) {
        CHECK(weft_heap_next(&heap) == 10 * i);
        CHECK(i == 0 || pop(10 * i - 1) == NULL);
        CHECK(pop(10 * i) == &nodes[73 * i % 100]); /* 37 * 73 = 1 mod 100 */
    }
    CHECK(pop(UINT64_MAX) == NULL);
}

CASE(equal_keys_keep_the_order_armed_when_the_count_wraps)
{
    start();
    heap.seq = UINT32_MAX - 50;
    for (unsigned i = 0; i < 100; i++) {
        weft_heap_insert(&heap, &nodes[i], i % 2);
    }
    for (unsigned i = 0; i < 100; i++) {
        CHECK(pop(1) == &nodes[i < 50 ? 2 * i : 2 * (i - 50) + 1]);
    }
}

CASE(works_at_both_ends_of_time)
{
    start();
    weft_heap_insert(&heap, &nodes[0], UINT64_MAX);
    weft_heap_insert(&heap, &nodes[1], 0);
    weft_heap_insert(&heap, &nodes[2], UINT64_MAX - 1);
    CHECK(pop(0) == &nodes[1]);
    CHECK(pop(UINT64_MAX - 2) == NULL);
    CHECK(pop(UINT64_MAX - 1) == &nodes[2]);
    CHECK(pop(UINT64_MAX - 1) == NULL);
    CHECK(pop(UINT64_MAX) == &nodes[0]);
}

/* Steps until the heap is settled. */
static unsigned steps_left(void)
{
    unsigned steps = 0;

    do {
        steps++;
    } while (weft_heap_step(&heap));
    return steps;
}

CASE(pop_leaves_its_work_to_bounded_steps)
{
    start();
    for (unsigned i = 0; i < 1000; i++) {
        weft_heap_insert(&heap, &nodes[i], i);
    }
    CHECK(!weft_heap_step(&heap));
    CHECK(pop(0) == &nodes[0]); /* the root had all others as children */
    /* 500 links in pass 1, the odd tree's included, and 499 in pass 2. */
    CHECK_EQ(steps_left(), (999 + WEFT_STEP - 1) / WEFT_STEP);
    CHECK(!weft_heap_step(&heap));
    CHECK(pop(1) == &nodes[1]);
    CHECK(steps_left() <= 500 / WEFT_STEP + 1); /* it gets better each time */
}

/* Insert and remove in the midst of the steps, and each loses nothing. */
CASE(changes_between_steps)
{
    for (unsigned stop = 0; stop < 20; stop++) {
        start();
        random_state = stop;
        for (unsigned i = 0; i < 100; i++) {
            weft_heap_insert(&heap, &nodes[i], i);
        }
        CHECK(pop(0) == &nodes[0]);
        for (unsigned i = 0; i < stop; i++) {
            (void)weft_heap_step(&heap);
        }
        weft_heap_remove(&heap, &nodes[3]);
        weft_heap_remove(&heap, &nodes[2]);
        weft_heap_insert(&heap, &nodes[0], 2);
        weft_heap_remove(&heap, &nodes[99]);
        CHECK_EQ(weft_heap_count(&heap), 97);
        for (unsigned i = 1; i < 99; i++) {
            if (i != 3) {
                CHECK(weft_heap_next(&heap) == i);
                CHECK(pop(i) == (i == 2 ? &nodes[0] : &nodes[i]));
            }
        }
        CHECK_EQ(weft_heap_count(&heap), 0);
        CHECK(pop(UINT64_MAX) == NULL);
    }
}

CASE(past_keys_come_first)
{
    static weft_heap_t zeroed; /* all zero is an empty heap */

    start();
    weft_heap_insert(&zeroed, &nodes[0], 1000);
    weft_heap_insert(&zeroed, &nodes[1], 3);
    CHECK(weft_heap_pop(&zeroed, 1000) == &nodes[1]);
    CHECK(weft_heap_pop(&zeroed, 1000) == &nodes[0]);
    CHECK_EQ(weft_heap_count(&zeroed), 0);
}

CASE_REAL_ONLY(dies_when_nodes_are_misused, "CHECK_DIES forks")
{
    start();
    CHECK_DIES(weft_heap_remove(&heap, &nodes[0]), "node that is unlinked");
    weft_heap_insert(&heap, &nodes[0], 5);
    CHECK_DIES(weft_heap_insert(&heap, &nodes[0], 6), "node that is linked");
}
