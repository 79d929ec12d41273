/* weft/base/wheel.h - hierarchical timer wheel: order by key, flat cost
 * SPDX-License-Identifier: MIT
 *
 * For many nodes of which most are removed before their key comes: timers on
 * a host. Insert and remove cost the same at ten nodes and at a million. It
 * takes 11 KB (6 KB on 32 bits); heap.h has the same calls and takes a few
 * words.
 *
 *     weft_wheel_init(&wheel, now);
 *     weft_wheel_insert(&wheel, &timer->node, now + 100);
 *     while ((node = weft_wheel_pop(&wheel, now)) != NULL) {
 *         fire(node);
 *     }
 *     sleep_until(weft_wheel_next(&wheel));
 *
 * Keys are 64 bits, in any unit, and exact: nothing comes early or is rounded.
 * They do not wrap. Nodes come out by key, equal keys in the order of their
 * insertion. Between pops any node may be inserted or removed.
 *
 * Context: one owner at a time; no locks inside. Memory: borrows each node
 * until it is popped or removed.
 */
#ifndef WEFT_BASE_WHEEL_H
#define WEFT_BASE_WHEEL_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/base/list.h"
#include "weft/config.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WEFT_WHEEL_BITS 6    /* of the key, a level */
#define WEFT_WHEEL_SLOTS 64  /* a level: 2^6 */
#define WEFT_WHEEL_LEVELS 11 /* 11 * 6 bits hold 64 */

/* All zero is an unlinked node. A popped or removed node's list.link may go
 * into a queue. */
typedef struct weft_wheel_node {
    /* private */
    weft_list_node_t list;
    /* read only */
    uint64_t key;
} weft_wheel_node_t;

WEFT_SIZE_ASSERT(weft_wheel_node_t, 16, 24);

typedef struct weft_wheel {
    /* private */
    uint64_t elapsed; /* keys up to here are due; never goes back */
    uint32_t count;   /* nodes linked, due ones included */
    uint32_t levels;  /* bit l: bits[l] is not 0 */
    weft_list_t due;  /* nodes with key <= elapsed */
    uint64_t bits[WEFT_WHEEL_LEVELS]; /* bit s: that slot is not empty */
    weft_list_t slots[WEFT_WHEEL_LEVELS * WEFT_WHEEL_SLOTS];
} weft_wheel_t;

/* An empty wheel whose time is `now`. O(slots). */
void weft_wheel_init(weft_wheel_t *wheel, uint64_t now);

/* Links a node that is unlinked. A key that is already past counts as if it
 * were the time that the wheel has reached, so it comes after what is due
 * already. O(1). */
void weft_wheel_insert(weft_wheel_t *wheel, weft_wheel_node_t *node,
                       uint64_t key);

/* Takes out a node that is linked. O(1). */
void weft_wheel_remove(weft_wheel_t *wheel, weft_wheel_node_t *node);

/* Takes out and gives the next node with a key up to `now`, NULL when there is
 * none. A `now` smaller than an earlier one is taken for that one. A node
 * moves down at most 10 times in its life, so this is amortised O(1), yet one
 * call may move all nodes of one slot: where that is too long, take heap.h. */
weft_wheel_node_t *weft_wheel_pop(weft_wheel_t *wheel, uint64_t now);

/* When to pop again: UINT64_MAX when empty, at most the time of the wheel when
 * something is due, else the smallest key, exactly, as long as at most 64
 * nodes share its slot. With more it may be less, never more than that key:
 * who sleeps until then wakes once too early for each level (at most 10
 * times in the life of that key), pops nothing and asks again. At most 64
 * steps. */
uint64_t weft_wheel_next(const weft_wheel_t *wheel);

/* Whether the node is in a wheel. Meaningless while its link is in a queue. */
static inline bool weft_wheel_linked(const weft_wheel_node_t *node)
{
    return weft_list_linked(&node->list);
}

/* How many nodes are linked. */
static inline uint32_t weft_wheel_count(const weft_wheel_t *wheel)
{
    return wheel->count;
}

#ifdef __cplusplus
}
#endif

#endif
