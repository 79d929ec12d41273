/* test_ring.c - the bounded ring
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"

#include "weft/base/ring.h"

#define CAPACITY_MAX 9
#define SIZE_MAX_TRIED 33

static void fill(unsigned char *element, uint32_t size, uint32_t number)
{
    for (uint32_t i = 0; i < size; i++) {
        element[i] = (unsigned char)(number * 7 + i);
    }
}

/* Fills and drains at every offset, with bytes behind the buffer that must
 * stay as they are. */
static void try_all_offsets(uint32_t size, uint32_t capacity)
{
    unsigned char buffer[CAPACITY_MAX * SIZE_MAX_TRIED + 1];
    unsigned char in[SIZE_MAX_TRIED], out[SIZE_MAX_TRIED];
    uint32_t pushed = 0, popped = 0;
    weft_ring_t ring;

    buffer[capacity * size] = 0xA5;
    weft_ring_init(&ring, buffer, size, capacity);
    for (uint32_t round = 0; round < 3 * capacity + 1; round++) {
        uint32_t keep = round % (capacity + 1);

        while (fill(in, size, pushed), weft_ring_push(&ring, in)) {
            pushed++;
            CHECK_EQ(weft_ring_size(&ring), pushed - popped);
        }
        CHECK_EQ(weft_ring_size(&ring), capacity);
        CHECK(weft_ring_full(&ring));
        CHECK(weft_ring_reserve(&ring) == NULL);
        while (weft_ring_size(&ring) > keep) {
            CHECK(weft_ring_pop(&ring, out));
            fill(in, size, popped++);
            CHECK(memcmp(in, out, size) == 0);
        }
    }
    CHECK_EQ(weft_ring_capacity(&ring), capacity);
    CHECK_EQ(buffer[capacity * size], 0xA5);
}

CASE(gives_elements_back_in_order_at_every_offset)
{
    for (uint32_t size = 1; size <= SIZE_MAX_TRIED; size++) {
        for (uint32_t capacity = 1; capacity <= CAPACITY_MAX; capacity++) {
            try_all_offsets(size, capacity);
        }
    }
}

CASE(writes_and_reads_in_place)
{
    uint32_t buffer[3];
    weft_ring_t ring;
    uint32_t *slot;

    weft_ring_init(&ring, buffer, sizeof buffer[0], 3);
    CHECK(weft_ring_peek(&ring) == NULL);
    for (uint32_t i = 0; i < 10; i++) {
        slot = weft_ring_reserve(&ring);
        CHECK(slot == &buffer[i % 3]);
        CHECK_EQ(weft_ring_size(&ring), 0); /* not before the commit */
        CHECK(weft_ring_reserve(&ring) == slot);
        *slot = i;
        weft_ring_commit(&ring);
        CHECK(weft_ring_peek(&ring) == slot);
        CHECK_EQ(weft_ring_size(&ring), 1); /* not before the release */
        CHECK_EQ(*slot, i);
        weft_ring_release(&ring);
        CHECK(weft_ring_empty(&ring));
    }
}

CASE(without_capacity_is_full_and_empty)
{
    uint32_t element = 1;
    weft_ring_t ring;

    weft_ring_init(&ring, NULL, sizeof element, 0);
    CHECK(weft_ring_full(&ring));
    CHECK(weft_ring_empty(&ring));
    CHECK(!weft_ring_push(&ring, &element));
    CHECK(!weft_ring_pop(&ring, &element));
    CHECK(weft_ring_reserve(&ring) == NULL);
    CHECK(weft_ring_peek(&ring) == NULL);
    CHECK_EQ(element, 1);
}

/* The sum of head and count is more than 32 bits hold. The elements have no
 * bytes, so that the ring of four milliards needs none. */
CASE(largest_capacity_wraps_correctly)
{
    unsigned char buffer[1];
    weft_ring_t ring;

    weft_ring_init(&ring, buffer, 0, UINT32_MAX);
    ring.head = UINT32_MAX - 2;
    CHECK_EQ(weft__ring_tail(&ring), UINT32_MAX - 2);
    ring.count = 2;
    CHECK_EQ(weft__ring_tail(&ring), 0);
    ring.count = UINT32_MAX - 1;
    CHECK_EQ(weft__ring_tail(&ring), UINT32_MAX - 3);
    CHECK(weft_ring_push(&ring, buffer));
    CHECK(!weft_ring_push(&ring, buffer));
    CHECK_EQ(weft_ring_size(&ring), UINT32_MAX);
    CHECK(weft_ring_pop(&ring, buffer));
    CHECK_EQ(ring.head, UINT32_MAX - 1);
    CHECK(weft_ring_pop(&ring, buffer));
    CHECK_EQ(ring.head, 0);
    CHECK_EQ(weft_ring_size(&ring), UINT32_MAX - 2);
}

CASE_REAL_ONLY(dies_when_halves_do_not_match, "CHECK_DIES forks")
{
    uint32_t buffer[1];
    weft_ring_t ring;

    weft_ring_init(&ring, buffer, sizeof buffer[0], 1);
    CHECK_DIES(weft_ring_release(&ring), "release on an empty ring");
    weft_ring_commit(&ring);
    CHECK_DIES(weft_ring_commit(&ring), "commit on a full ring");
}
