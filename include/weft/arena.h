/* arena.h - an allocator in memory of the caller's: for chips without a heap
 * SPDX-License-Identifier: MIT
 *
 * When to use it: to give what allocates, a Lua machine above all, a fixed
 * piece of memory that it cannot leave, and that no one else fragments.
 *
 * Example:
 *
 *     static _Alignas(16) unsigned char room[48 * 1024];
 *     static weft_arena_t arena;
 *
 *     weft_arena_init(&arena, room, sizeof(room));
 *     weft_lua_config_t config = {.loop = &loop,
 *                                 .allocator = &arena.allocator};
 *
 * Blocks have no headers: their sizes come with each call, and are rounded up
 * to two pointers. Freed ones join their neighbours; the first that is large
 * enough is taken, so that the far end stays whole. A call looks at the free
 * blocks before its own: as many as there are holes.
 *
 * Context: one at a time, never from an interrupt. Memory: the caller's.
 */
#ifndef WEFT_ARENA_H
#define WEFT_ARENA_H

#include <stddef.h>

#include "weft/allocator.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_arena_hole {
    struct weft_arena_hole *next; /* at a higher address */
    size_t size;
} weft_arena_hole_t;

typedef struct weft_arena {
    weft_allocator_t allocator; /* give its address to what allocates */
    size_t size;                /* of all */
    size_t used;                /* now */
    size_t peak;                /* the most that was used */
    size_t refused;             /* calls for which there was no room */
    /* private */
    weft_arena_hole_t *holes;
} weft_arena_t;

/* Keeps memory. What cannot be used at its ends for want of alignment is left
 * out of size. */
void weft_arena_init(weft_arena_t *arena, void *memory, size_t size);

/* The largest block that could be had now. */
size_t weft_arena_largest(const weft_arena_t *arena);

#ifdef __cplusplus
}
#endif

#endif
