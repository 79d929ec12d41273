/* test_arena.c - memory of a fixed piece: taken, given back, joined, refused
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"

#include <string.h>

#include "weft/arena.h"

#define SIZE 4096
#define STEP (2 * sizeof(void *))

static _Alignas(16) unsigned char room[SIZE + 1];
static weft_arena_t arena;

static void *take(size_t size)
{
    return arena.allocator.resize(&arena, NULL, 0, size);
}

static void *resize(void *pointer, size_t from, size_t to)
{
    return arena.allocator.resize(&arena, pointer, from, to);
}

CASE(holes_that_touch_become_one)
{
    void *block[3];

    weft_arena_init(&arena, room, SIZE);
    for (int i = 0; i < 3; i++) {
        block[i] = take(SIZE / 4);
    }
    CHECK(resize(block[0], SIZE / 4, 0) == NULL);
    CHECK(resize(block[2], SIZE / 4, 0) == NULL);
    CHECK_EQ(weft_arena_largest(&arena), SIZE / 2);
    CHECK(resize(block[1], SIZE / 4, 0) == NULL);
    CHECK_EQ(weft_arena_largest(&arena), SIZE);
    CHECK_EQ(arena.used, 0);
    CHECK_EQ(arena.peak, SIZE / 4 * 3);
}

CASE(a_block_grows_into_the_hole_behind_it)
{
    char *block;

    weft_arena_init(&arena, room, SIZE);
    block = take(10);
    memset(block, 7, 10);
    CHECK(resize(block, 10, 1000) == block);
    CHECK(resize(block, 1000, 3) == block);
    CHECK_EQ(block[0], 7);
    CHECK_EQ(block[2], 7);
    CHECK_EQ(arena.used, STEP);
}

CASE(what_there_is_no_room_for_is_refused_and_counted)
{
    char *block;

    weft_arena_init(&arena, room, SIZE);
    block = take(SIZE / 2);
    block[0] = 'a';
    CHECK(take(SIZE / 2 + 1) == NULL);
    CHECK(resize(block, SIZE / 2, SIZE + 1) == NULL);
    CHECK(take((size_t)-1) == NULL);
    CHECK(take((size_t)-8) == NULL);
    CHECK_EQ(block[0], 'a');
    CHECK_EQ(arena.refused, 4);
    CHECK(take(SIZE / 2) != NULL);
    CHECK_EQ(weft_arena_largest(&arena), 0);
}

CASE(memory_that_is_not_aligned_loses_its_ends)
{
    weft_arena_init(&arena, room + 1, SIZE);
    CHECK_EQ(arena.size, SIZE - STEP);
    CHECK_EQ((uintptr_t)take(1) % STEP, 0);
    weft_arena_init(&arena, room + 1, STEP);
    CHECK_EQ(arena.size, 0);
    CHECK(take(1) == NULL);
}

/* --- many blocks of all sizes --------------------------------------------- */

enum { BLOCKS = 40, ROUNDS = 20000 };

static struct block {
    unsigned char *at;
    size_t size;
} blocks[BLOCKS];

static void fill(const struct block *block, size_t from)
{
    size_t mark = (size_t)(block - blocks);

    for (size_t i = from; i < block->size; i++) {
        block->at[i] = (unsigned char)(mark + i);
    }
}

static void check_content(const struct block *block, size_t size)
{
    size_t mark = (size_t)(block - blocks);

    for (size_t i = 0; i < size; i++) {
        CHECK_EQ(block->at[i], (unsigned char)(mark + i));
    }
}

static size_t sum(void)
{
    size_t all = 0;

    for (int i = 0; i < BLOCKS; i++) {
        all += (blocks[i].size + STEP - 1) / STEP * STEP;
    }
    return all;
}

CASE(no_block_touches_another)
{
    uint32_t random = 1;

    weft_arena_init(&arena, room, SIZE);
    memset(blocks, 0, sizeof(blocks));
    for (int round = 0; round < ROUNDS; round++) {
        random = random * 1664525u + 1013904223u;
        struct block *block = &blocks[(random >> 8) % BLOCKS];
        size_t size = (random >> 16) % 300;
        size_t kept = size < block->size ? size : block->size;
        void *at = resize(block->at, block->size, size);
        if (at == NULL && size > 0) {
            check_content(block, block->size);
            continue;
        }
        *block = (struct block){at, size};
        check_content(block, kept);
        fill(block, kept);
        CHECK_EQ(arena.used, sum());
    }
    for (int i = 0; i < BLOCKS; i++) {
        check_content(&blocks[i], blocks[i].size);
        (void)resize(blocks[i].at, blocks[i].size, 0);
    }
    CHECK_EQ(weft_arena_largest(&arena), SIZE);
}
