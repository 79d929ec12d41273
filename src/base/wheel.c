/* wheel.c - hierarchical timer wheel
 * SPDX-License-Identifier: MIT
 *
 * After Varghese and Lauck (1987), with the levels of Linux's first wheel and
 * the bitmaps of later ones. Read a key as 11 digits of 6 bits. A node whose
 * key is beyond `elapsed` lies at the level of the highest digit in which key
 * and elapsed differ, in the slot that this digit of the key names:
 *
 *     elapsed  0 0 0 5 7 9
 *     key      0 0 0 5 8 3     -> level 1, slot 8
 *                      ^
 *
 * P(elapsed): every node lies where the line above says, and every node with
 * key <= elapsed is in `due`. The place depends on key and elapsed alone, not
 * on when the node came. All else follows from it:
 *
 * - The first slot of the lowest level in use holds the smallest keys. Its
 *   nodes share with elapsed all digits above their level; a node of a higher
 *   level has a larger digit there, a later slot of the same level a larger
 *   digit here. `start` of a slot is its smallest possible key: the digits of
 *   elapsed, then the slot's, then zeros.
 *
 * - elapsed may rise to e while e < start of that first slot, and P stays. Take
 *   a node at level l in a slot with start s: elapsed <= e < s, and elapsed
 *   and s agree above digit l, so e agrees with them; e's digit l is smaller
 *   than s's, as otherwise e >= s. So the highest digit in which e and the key
 *   differ is still l.
 *
 * - elapsed may rise to e, start <= e <= each key of the first slot, when the
 *   nodes of this slot are placed anew, for all other slots start beyond it.
 *   They go to lower levels, which are empty, or to `due`: a node moves at
 *   most 10 times.
 *
 * - Equal keys come out in the order armed. At any moment P puts nodes of
 *   equal keys into one list. An insertion appends, and a move walks a list
 *   from the front and appends to lists that were empty.
 *
 * - A node is the only one of its list exactly when both neighbours are one,
 *   the head; the head's address tells the slot.
 *
 * Nothing adds to a key or to elapsed, so nothing overflows near UINT64_MAX.
 */
#include "weft/base/wheel.h"

/* Nodes of a slot that are looked at to find its smallest key: when somebody
 * wants to sleep, and when the slot is moved anyway. */
#define SLEEP_SCAN 64
#define MOVE_SCAN 8

static weft_wheel_node_t *node_of(weft_list_node_t *list)
{
    return WEFT_CONTAINER_OF(list, weft_wheel_node_t, list);
}

void weft_wheel_init(weft_wheel_t *wheel, uint64_t now)
{
    wheel->elapsed = now;
    wheel->count = 0;
    wheel->levels = 0;
    weft_list_init(&wheel->due);
    for (unsigned i = 0; i < WEFT_WHEEL_LEVELS; i++) {
        wheel->bits[i] = 0;
    }
    for (unsigned i = 0; i < WEFT_WHEEL_LEVELS * WEFT_WHEEL_SLOTS; i++) {
        weft_list_init(&wheel->slots[i]);
    }
}

/* Puts a node where P wants it. */
static inline void place(weft_wheel_t *wheel, weft_wheel_node_t *node)
{
    uint64_t key = node->key;
    unsigned level, slot;

    if (key <= wheel->elapsed) {
        weft_list_push_back(&wheel->due, &node->list);
        return;
    }
    level = (63u - (unsigned)__builtin_clzll(key ^ wheel->elapsed)) /
            WEFT_WHEEL_BITS;
    slot = (unsigned)(key >> (level * WEFT_WHEEL_BITS)) % WEFT_WHEEL_SLOTS;
    wheel->bits[level] |= (uint64_t)1 << slot;
    wheel->levels |= 1u << level;
    weft_list_push_back(&wheel->slots[level * WEFT_WHEEL_SLOTS + slot],
                        &node->list);
}

static inline void mark_empty(weft_wheel_t *wheel, unsigned level,
                              unsigned slot)
{
    wheel->bits[level] &= ~((uint64_t)1 << slot);
    if (wheel->bits[level] == 0) {
        wheel->levels &= ~(1u << level);
    }
}

void weft_wheel_insert(weft_wheel_t *wheel, weft_wheel_node_t *node,
                       uint64_t key)
{
    WEFT_ASSERT(!weft_wheel_linked(node), "insert of a node that is linked");
    node->key = key;
    wheel->count++;
    place(wheel, node);
}

void weft_wheel_remove(weft_wheel_t *wheel, weft_wheel_node_t *node)
{
    weft_list_node_t *prev = node->list.prev;
    bool alone;

    WEFT_ASSERT(weft_wheel_linked(node), "remove of a node that is unlinked");
    alone = node->list.link.next == &prev->link;
    wheel->count--;
    weft_list_remove(&node->list);
    if (alone && prev != &wheel->due.head) {
        unsigned index = (unsigned)(WEFT_CONTAINER_OF(prev, weft_list_t, head) -
                                    wheel->slots);

        mark_empty(wheel, index / WEFT_WHEEL_SLOTS, index % WEFT_WHEEL_SLOTS);
    }
}

/* The slot with the smallest keys. */
struct first {
    unsigned level;
    unsigned slot;
    uint64_t start;
};

static inline struct first find_first(const weft_wheel_t *wheel)
{
    struct first f;
    unsigned shift;

    f.level = (unsigned)__builtin_ctz(wheel->levels);
    f.slot = (unsigned)__builtin_ctzll(wheel->bits[f.level]);
    shift = f.level * WEFT_WHEEL_BITS;
    f.start = (wheel->elapsed >> shift) & ~(uint64_t)(WEFT_WHEEL_SLOTS - 1);
    f.start = (f.start | f.slot) << shift;
    return f;
}

/* The smallest key of a slot, or its start where more than `scan` nodes would
 * have to be looked at. */
static uint64_t smallest(const weft_list_t *list, const struct first *f,
                         unsigned scan)
{
    weft_list_node_t *at = weft_list_first(list);
    uint64_t min = UINT64_MAX;

    if (f->level == 0) {
        return f->start;
    }
    for (; at != NULL; at = weft_list_next(list, at)) {
        if (scan-- == 0) {
            return f->start;
        }
        min = node_of(at)->key < min ? node_of(at)->key : min;
    }
    return min;
}

/* Places all nodes of a slot anew, from the front. With many timers each node
 * is a cache miss, and its link is all that leads to the next one. So a second
 * walk comes from the back until they meet, and does nothing but touch: two
 * misses are served at a time. */
static void move_down(weft_wheel_t *wheel, weft_list_t *list)
{
    weft_list_node_t *at = weft_list_first(list);
    weft_list_node_t *back = weft_list_last(list);

    while (at != NULL) {
        weft_list_node_t *next = weft_list_next(list, at);

        if (back != NULL) {
            back = back == at || back == next ? NULL : back->prev;
        }
        place(wheel, node_of(at));
        at = next;
    }
    weft_list_init(list);
}

/* Lets time enter the first slot, whose start has come: its nodes move to
 * lower levels, the first ones to `due`. */
static void enter(weft_wheel_t *wheel, const struct first *f, uint64_t now)
{
    weft_list_t *list = &wheel->slots[f->level * WEFT_WHEEL_SLOTS + f->slot];
    uint64_t min = smallest(list, f, MOVE_SCAN);

    wheel->elapsed = min < now ? min : now;
    mark_empty(wheel, f->level, f->slot);
    if (f->level == 0) { /* one key, which is elapsed now */
        weft_list_splice(&wheel->due, list);
        return;
    }
    move_down(wheel, list);
}

weft_wheel_node_t *weft_wheel_pop(weft_wheel_t *wheel, uint64_t now)
{
    while (weft_list_empty(&wheel->due)) {
        struct first f = {0, 0, UINT64_MAX};

        if (wheel->levels != 0) {
            f = find_first(wheel);
        }
        if (wheel->levels == 0 || f.start > now) {
            wheel->elapsed = now > wheel->elapsed ? now : wheel->elapsed;
            return NULL;
        }
        enter(wheel, &f, now);
    }
    wheel->count--;
    return node_of(weft_list_pop(&wheel->due));
}

uint64_t weft_wheel_next(const weft_wheel_t *wheel)
{
    struct first f;

    if (!weft_list_empty(&wheel->due)) {
        return node_of(weft_list_first(&wheel->due))->key;
    }
    if (wheel->levels == 0) {
        return UINT64_MAX;
    }
    f = find_first(wheel);
    return smallest(&wheel->slots[f.level * WEFT_WHEEL_SLOTS + f.slot], &f,
                    SLEEP_SCAN);
}
