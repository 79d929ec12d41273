/* arena.c - an allocator in memory of the caller's
 * SPDX-License-Identifier: MIT
 *
 * A list of holes by address, no two of them side by side.
 */
#include "weft/arena.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define STEP sizeof(weft_arena_hole_t)

/* 0 where it does not fit into a size_t. */
static size_t rounded(size_t size)
{
    return (size + STEP - 1) & ~(STEP - 1);
}

static char *end_of(weft_arena_hole_t *hole)
{
    return (char *)hole + hole->size;
}

/* The link to the first hole at or behind an address. */
static weft_arena_hole_t **link_at(weft_arena_t *arena, const void *address)
{
    weft_arena_hole_t **link = &arena->holes;

    while (*link != NULL && (uintptr_t)*link < (uintptr_t)address) {
        link = &(*link)->next;
    }
    return link;
}

/* Cuts size bytes off the begin of a hole. */
static void *cut(weft_arena_t *arena, weft_arena_hole_t **link, size_t size)
{
    weft_arena_hole_t *hole = *link;
    weft_arena_hole_t *rest = hole->next;

    if (hole->size > size) {
        rest = (weft_arena_hole_t *)(void *)((char *)hole + size);
        *rest = (weft_arena_hole_t){hole->next, hole->size - size};
    }
    *link = rest;
    arena->used += size;
    if (arena->used > arena->peak) {
        arena->peak = arena->used;
    }
    return hole;
}

static void *take(weft_arena_t *arena, size_t size)
{
    weft_arena_hole_t **link = &arena->holes;

    while (*link != NULL && (*link)->size < size) {
        link = &(*link)->next;
    }
    return *link == NULL ? NULL : cut(arena, link, size);
}

/* The hole takes what follows into itself if nothing is between. */
static void join(weft_arena_hole_t *hole)
{
    weft_arena_hole_t *next = hole->next;

    if (next != NULL && end_of(hole) == (char *)next) {
        hole->size += next->size;
        hole->next = next->next;
    }
}

static void give(weft_arena_t *arena, void *pointer, size_t size)
{
    weft_arena_hole_t *before = NULL;
    weft_arena_hole_t *hole = pointer;
    weft_arena_hole_t *after = arena->holes;

    while (after != NULL && (uintptr_t)after < (uintptr_t)pointer) {
        before = after;
        after = after->next;
    }
    *hole = (weft_arena_hole_t){after, size};
    join(hole);
    if (before == NULL) {
        arena->holes = hole;
    } else {
        before->next = hole;
        join(before);
    }
    arena->used -= size;
}

/* Whether the block could be made larger where it is. */
static bool grow(weft_arena_t *arena, char *pointer, size_t from, size_t to)
{
    weft_arena_hole_t **link = link_at(arena, pointer);

    if (*link == NULL || (char *)*link != pointer + from ||
        (*link)->size < to - from) {
        return false;
    }
    (void)cut(arena, link, to - from);
    return true;
}

static void *move(weft_arena_t *arena, void *pointer, size_t from, size_t to)
{
    void *moved = take(arena, to);

    if (moved == NULL) {
        arena->refused++;
    } else if (from != 0) {
        memcpy(moved, pointer, from);
        give(arena, pointer, from);
    }
    return moved;
}

static void *resize(void *ctx, void *pointer, size_t old_size, size_t new_size)
{
    weft_arena_t *arena = ctx;
    size_t from = pointer == NULL ? 0 : rounded(old_size);
    size_t to = rounded(new_size);

    if (new_size > arena->size) {
        arena->refused++;
        return NULL;
    }
    if (to < from) {
        give(arena, (char *)pointer + to, from - to);
    } else if (to > from && (from == 0 || !grow(arena, pointer, from, to))) {
        return move(arena, pointer, from, to);
    }
    return to == 0 ? NULL : pointer;
}

void weft_arena_init(weft_arena_t *arena, void *memory, size_t size)
{
    size_t skip = (STEP - (uintptr_t)memory % STEP) % STEP;

    *arena = (weft_arena_t){.allocator = {resize, arena}};
    if (size >= skip + STEP) {
        arena->size = (size - skip) & ~(STEP - 1);
        arena->holes = (weft_arena_hole_t *)(void *)((char *)memory + skip);
        *arena->holes = (weft_arena_hole_t){NULL, arena->size};
    }
}

size_t weft_arena_largest(const weft_arena_t *arena)
{
    size_t largest = 0;

    for (const weft_arena_hole_t *hole = arena->holes; hole != NULL;
         hole = hole->next) {
        largest = hole->size > largest ? hole->size : largest;
    }
    return largest;
}
