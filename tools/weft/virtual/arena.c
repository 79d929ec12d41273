/* arena.c - weft-sim: memory at the same addresses in every run
 * SPDX-License-Identifier: MIT
 *
 * Lua orders tables keyed by tables, and prints functions, by their address.
 * The C library's heap begins elsewhere in each run; this one does not: one
 * region at a fixed address, handed out in order, freed blocks kept in a list
 * for each size: multiples of 16 bytes up to 1 KB, then powers of two.
 *
 * Where the region cannot be had, and under the address sanitizer, which is
 * to see each block, the C library's heap is used.
 */
#define _DEFAULT_SOURCE

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include "tools/weft/world.h"

enum {
    STEP = 16,
    SMALL_MAX = 1024,
    SMALL_CLASSES = SMALL_MAX / STEP + 1,
    LARGE_CLASSES = 64,
    TRIM_MIN = 1 << 20, /* from here on a freed block gives its pages back */
};

#define REGION_ADDRESS ((void *)UINT64_C(0x200000000000))
#define REGION_SIZE (UINT64_C(64) << 30)

struct block {
    struct block *next;
};

static struct arena {
    char *at;
    char *end;
    struct block *free[SMALL_CLASSES + LARGE_CLASSES];
} arena;

static unsigned class_of(size_t size)
{
    if (size <= SMALL_MAX) {
        return (unsigned)((size + STEP - 1) / STEP);
    }
    return SMALL_CLASSES + 64u - (unsigned)__builtin_clzll(size - 1);
}

static size_t size_of(unsigned class)
{
    return class < SMALL_CLASSES ? class * (size_t)STEP
                                 : (size_t)1 << (class - SMALL_CLASSES);
}

static void *take(unsigned class)
{
    struct block *block = arena.free[class];
    size_t size = size_of(class);

    if (block != NULL) {
        arena.free[class] = block->next;
        return block;
    }
    if (size > (size_t)(arena.end - arena.at)) {
        return NULL;
    }
    block = (struct block *)(void *)arena.at;
    arena.at += size;
    return block;
}

static void give(void *pointer, unsigned class)
{
    struct block *block = pointer;

    if (size_of(class) >= TRIM_MIN) {
        (void)madvise(pointer, size_of(class), MADV_DONTNEED);
    }
    block->next = arena.free[class];
    arena.free[class] = block;
}

static void *resize(void *ctx, void *pointer, size_t old_size, size_t new_size)
{
    unsigned from = pointer == NULL ? 0 : class_of(old_size);
    unsigned to = new_size > REGION_SIZE ? 0 : class_of(new_size);
    void *moved;

    (void)ctx;
    if (new_size > REGION_SIZE) {
        return NULL;
    }
    if (from == to) {
        return pointer;
    }
    moved = to == 0 ? NULL : take(to);
    if (moved != NULL && from != 0) {
        (void)memcpy(moved, pointer, old_size < new_size ? old_size : new_size);
    }
    if (from != 0 && (moved != NULL || to == 0)) {
        give(pointer, from);
    }
    return moved;
}

#if defined(__SANITIZE_ADDRESS__)
#define WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WATCHED 1
#endif
#endif
#ifndef WATCHED
#define WATCHED 0
#endif

const weft_allocator_t *world_allocator(void)
{
    static const weft_allocator_t fixed = {resize, NULL};

    if (arena.at == NULL && !WATCHED) {
        void *region = mmap(REGION_ADDRESS, REGION_SIZE, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (region == REGION_ADDRESS) {
            arena.at = region;
            arena.end = arena.at + REGION_SIZE;
        } else if (region != MAP_FAILED) {
            (void)munmap(region, REGION_SIZE);
        }
    }
    return arena.at != NULL ? &fixed : NULL;
}
