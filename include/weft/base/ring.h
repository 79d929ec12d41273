/* weft/base/ring.h - bounded ring of elements of one size
 * SPDX-License-Identifier: MIT
 *
 * The buffer of a channel, or any bounded queue of values. Where the elements
 * have links of their own, queue.h needs no buffer and is never full.
 *
 *     uint16_t samples[32];
 *     weft_ring_t ring;
 *     weft_ring_init(&ring, samples, sizeof samples[0], 32);
 *     weft_ring_push(&ring, &sample);
 *
 * Push and pop copy. Large elements are written and read in place instead, in
 * two halves: reserve, fill, commit; peek, use, release.
 *
 * Context: one owner at a time, or under a lock; no locks inside. Each call is
 * O(1) and at most one copy. Memory: keeps the buffer until it is used no
 * more, and needs it aligned for the elements only when they are used in
 * place.
 */
#ifndef WEFT_BASE_RING_H
#define WEFT_BASE_RING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "weft/base/hooks.h"

typedef struct weft_ring {
    /* private */
    unsigned char *buffer;
    uint32_t size;     /* bytes of an element */
    uint32_t capacity; /* elements */
    uint32_t head;     /* index of the oldest element, below capacity or 0 */
    uint32_t count;    /* elements in use */
} weft_ring_t;

/* A ring of `capacity` elements of `size` bytes over `buffer`, which holds
 * them all. A capacity of 0 is a ring that is both empty and full. */
static inline void weft_ring_init(weft_ring_t *ring, void *buffer,
                                  uint32_t size, uint32_t capacity)
{
    WEFT_ASSERT(capacity == 0 || size <= SIZE_MAX / capacity,
                "a ring larger than memory");
    ring->buffer = (unsigned char *)buffer;
    ring->size = size;
    ring->capacity = capacity;
    ring->head = 0;
    ring->count = 0;
}

/* Copies one element. A constant size becomes a move or two: the sizes that
 * messages mostly have are spared the call of memcpy. */
static inline void weft__copy(void *to, const void *from, size_t size)
{
    switch (size) {
    case 0: break;
    case 4: memcpy(to, from, 4); break;
    case 8: memcpy(to, from, 8); break;
    case 16: memcpy(to, from, 16); break;
    default: memcpy(to, from, size);
    }
}

static inline uint32_t weft_ring_size(const weft_ring_t *ring)
{
    return ring->count;
}

static inline uint32_t weft_ring_capacity(const weft_ring_t *ring)
{
    return ring->capacity;
}

static inline bool weft_ring_empty(const weft_ring_t *ring)
{
    return ring->count == 0;
}

static inline bool weft_ring_full(const weft_ring_t *ring)
{
    return ring->count == ring->capacity;
}

static inline unsigned char *weft__ring_at(const weft_ring_t *ring,
                                           uint32_t index)
{
    return ring->buffer + (size_t)index * ring->size;
}

/* Index of the slot behind the newest element. head + count may be more than
 * 32 bits hold, the slots from the head to the buffer's end never are. */
static inline uint32_t weft__ring_tail(const weft_ring_t *ring)
{
    uint32_t to_end = ring->capacity - ring->head;

    return ring->count < to_end ? ring->head + ring->count
                                : ring->count - to_end;
}

/* Where the next element goes, or NULL when full. It is in the ring only after
 * the commit; to reserve again before that gives the same place. */
static inline void *weft_ring_reserve(weft_ring_t *ring)
{
    return weft_ring_full(ring) ? NULL
                                : weft__ring_at(ring, weft__ring_tail(ring));
}

static inline void weft_ring_commit(weft_ring_t *ring)
{
    WEFT_ASSERT(!weft_ring_full(ring), "commit on a full ring");
    ring->count++;
}

/* The oldest element, which stays until the release, or NULL when empty. */
static inline void *weft_ring_peek(const weft_ring_t *ring)
{
    return weft_ring_empty(ring) ? NULL : weft__ring_at(ring, ring->head);
}

static inline void weft_ring_release(weft_ring_t *ring)
{
    WEFT_ASSERT(!weft_ring_empty(ring), "release on an empty ring");
    ring->head = ring->head + 1 == ring->capacity ? 0 : ring->head + 1;
    ring->count--;
}

/* Copies an element in; false when full. */
static inline bool weft_ring_push(weft_ring_t *ring, const void *element)
{
    void *slot = weft_ring_reserve(ring);

    if (slot == NULL) {
        return false;
    }
    weft__copy(slot, element, ring->size);
    weft_ring_commit(ring);
    return true;
}

/* Copies the oldest element out; false when empty. */
static inline bool weft_ring_pop(weft_ring_t *ring, void *element)
{
    const void *slot = weft_ring_peek(ring);

    if (slot == NULL) {
        return false;
    }
    weft__copy(element, slot, ring->size);
    weft_ring_release(ring);
    return true;
}

#endif
