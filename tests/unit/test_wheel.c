/* test_wheel.c - the timer wheel against a plain array, and its edges
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"

#include <string.h>

#include "weft/base/wheel.h"

#define Q(name) weft_wheel_##name
#define LEVEL_BITS WEFT_WHEEL_BITS

static uint64_t rank(const weft_wheel_t *w, uint64_t key)
{
    return key > w->elapsed ? key : w->elapsed;
}

static weft_wheel_node_t *node_at(weft_list_node_t *at)
{
    return WEFT_CONTAINER_OF(at, weft_wheel_node_t, list);
}

/* How many nodes a slot has, each of which must belong there. */
static uint32_t check_slot(const weft_wheel_t *w, unsigned level, unsigned slot)
{
    const weft_list_t *list = &w->slots[level * WEFT_WHEEL_SLOTS + slot];
    weft_list_node_t *at = weft_list_first(list);
    uint32_t count = 0;

    for (; at != NULL; at = weft_list_next(list, at)) {
        uint64_t key = node_at(at)->key;
        uint64_t differ = (key ^ w->elapsed) >> (level * LEVEL_BITS);

        CHECK(key > w->elapsed);
        CHECK(differ != 0 && differ < WEFT_WHEEL_SLOTS);
        CHECK((key >> (level * LEVEL_BITS)) % WEFT_WHEEL_SLOTS == slot);
        count++;
    }
    CHECK_EQ(w->bits[level] >> slot & 1, count != 0);
    return count;
}

static void check_whole(weft_wheel_t *w)
{
    weft_list_node_t *at = weft_list_first(&w->due);
    uint32_t count = 0;

    for (; at != NULL; at = weft_list_next(&w->due, at)) {
        CHECK(node_at(at)->key <= w->elapsed);
        count++;
    }
    for (unsigned level = 0; level < WEFT_WHEEL_LEVELS; level++) {
        CHECK_EQ(w->levels >> level & 1, w->bits[level] != 0);
        for (unsigned slot = 0; slot < WEFT_WHEEL_SLOTS; slot++) {
            count += check_slot(w, level, slot);
        }
    }
    CHECK_EQ(weft_wheel_count(w), count);
}

/* As promised: 64 nodes in the first slot are looked at. */
static bool next_is_exact(const weft_wheel_t *w)
{
    return w->count <= 64;
}

#include "tests/unit/order_model.h"

static struct model model;
static weft_wheel_t wheel;
static weft_wheel_node_t nodes[200];

static weft_wheel_node_t *pop(uint64_t now)
{
    return weft_wheel_pop(&wheel, now);
}

static void start(uint64_t now)
{
    memset(nodes, 0, sizeof nodes);
    weft_wheel_init(&wheel, now);
}

CASE_REAL_ONLY(agrees_with_a_sorted_array, "no atomics in it, and it is long")
{
    for (uint64_t seed = 1; seed <= 300; seed++) {
        model_run(&model, seed, 1000);
    }
}

CASE(fires_in_key_order_at_the_exact_time)
{
    static const uint64_t keys[] = {
        1, 63, 64, 65, 4095, 4096, 300000, 1u << 30, (uint64_t)1 << 40};

    start(0);
    for (unsigned i = 0; i < 9; i++) {
        weft_wheel_insert(&wheel, &nodes[i], keys[8 - i]);
    }
    for (unsigned i = 0; i < 9; i++) {
        CHECK(weft_wheel_next(&wheel) == keys[i]);
        CHECK(pop(keys[i] - 1) == NULL);
        CHECK(weft_wheel_next(&wheel) == keys[i]);
        CHECK(pop(keys[i]) == &nodes[8 - i]);
        CHECK(pop(keys[i]) == NULL);
    }
    CHECK(weft_wheel_next(&wheel) == UINT64_MAX);
    check_whole(&wheel);
}

/* The second node is armed when the first has come down a few levels. */
CASE(equal_keys_of_different_levels_keep_the_order_armed)
{
    const uint64_t key = 5 * 64 * 64 * 64 + 7 * 64 * 64 + 9 * 64 + 11;
    static const uint64_t nows[] = {
        0, 5 * 64 * 64 * 64, 5 * 64 * 64 * 64 + 7 * 64 * 64 + 1,
        5 * 64 * 64 * 64 + 7 * 64 * 64 + 9 * 64, key - 1};

    start(0);
    for (unsigned i = 0; i < 5; i++) {
        CHECK(pop(nows[i]) == NULL);
        weft_wheel_insert(&wheel, &nodes[i], key);
        check_whole(&wheel);
    }
    CHECK(pop(key) == &nodes[0]);
    weft_wheel_insert(&wheel, &nodes[5], key); /* due at once, behind them */
    for (unsigned i = 1; i <= 5; i++) {
        CHECK(pop(key) == &nodes[i]);
    }
    CHECK(pop(key) == NULL);
}

CASE(past_keys_come_after_what_is_due)
{
    start(1000);
    weft_wheel_insert(&wheel, &nodes[0], 1000);
    weft_wheel_insert(&wheel, &nodes[1], 3);
    weft_wheel_insert(&wheel, &nodes[2], 0);
    CHECK(weft_wheel_next(&wheel) <= 1000);
    for (unsigned i = 0; i < 3; i++) {
        CHECK(pop(1000) == &nodes[i]);
    }
    CHECK(pop(1000) == NULL);
}

CASE(removes_what_is_due_and_what_shares_a_slot)
{
    start(0);
    for (unsigned i = 0; i < 6; i++) {
        weft_wheel_insert(&wheel, &nodes[i], 100);
    }
    CHECK(pop(100) == &nodes[0]);
    weft_wheel_remove(&wheel, &nodes[2]); /* due */
    weft_wheel_insert(&wheel, &nodes[6], 500);
    weft_wheel_insert(&wheel, &nodes[7], 501);
    weft_wheel_remove(&wheel, &nodes[6]);
    check_whole(&wheel);
    CHECK(pop(100) == &nodes[1]);
    CHECK(pop(100) == &nodes[3]);
    weft_wheel_remove(&wheel, &nodes[5]);
    weft_wheel_remove(&wheel, &nodes[4]);
    CHECK(pop(100) == NULL);
    CHECK(weft_wheel_next(&wheel) == 501);
    weft_wheel_remove(&wheel, &nodes[7]);
    CHECK(weft_wheel_next(&wheel) == UINT64_MAX);
    CHECK_EQ(weft_wheel_count(&wheel), 0);
    check_whole(&wheel);
}

CASE(works_at_both_ends_of_time)
{
    start(0);
    weft_wheel_insert(&wheel, &nodes[0], UINT64_MAX);
    weft_wheel_insert(&wheel, &nodes[1], 0);
    weft_wheel_insert(&wheel, &nodes[2], UINT64_MAX - 1);
    CHECK(pop(0) == &nodes[1]);
    CHECK(pop(UINT64_MAX - 2) == NULL);
    CHECK(weft_wheel_next(&wheel) == UINT64_MAX - 1);
    weft_wheel_insert(&wheel, &nodes[1], UINT64_MAX);
    CHECK(pop(UINT64_MAX) == &nodes[2]);
    CHECK(pop(UINT64_MAX) == &nodes[0]);
    CHECK(pop(UINT64_MAX) == &nodes[1]);
    weft_wheel_insert(&wheel, &nodes[1], UINT64_MAX);
    CHECK(pop(UINT64_MAX) == &nodes[1]);
    CHECK(pop(UINT64_MAX) == NULL);
    check_whole(&wheel);
}

CASE(next_is_exact_up_to_64_nodes_in_the_slot)
{
    start(0);
    for (unsigned i = 0; i < 63; i++) {
        weft_wheel_insert(&wheel, &nodes[i], 64 * 64 + 100);
    }
    weft_wheel_insert(&wheel, &nodes[63], 64 * 64 + 5);
    CHECK(weft_wheel_next(&wheel) == 64 * 64 + 5);
    weft_wheel_insert(&wheel, &nodes[64], 64 * 64 + 7);
    CHECK(weft_wheel_next(&wheel) == 64 * 64);
}

/* With more nodes in the slot than are looked at, a sleeper wakes too early
 * at most once a level, and never too late. */
CASE(crowded_slot_wakes_early_a_few_times_and_never_late)
{
    const uint64_t key = (uint64_t)1 << 50 | 0x123456789ABC;
    uint64_t now = 0;
    unsigned wakes = 0;

    start(now);
    for (unsigned i = 0; i < 200; i++) {
        weft_wheel_insert(&wheel, &nodes[i], key + i / 2);
    }
    while (pop(now) == NULL) {
        uint64_t next = weft_wheel_next(&wheel);

        CHECK(next > now);
        CHECK(next <= key);
        now = next;
        wakes++;
    }
    CHECK_EQ(now, key);
    CHECK(wakes <= 10);
    CHECK(pop(now) == &nodes[1]);
    CHECK(pop(now) == NULL);
}

CASE(time_never_goes_back)
{
    start(100);
    weft_wheel_insert(&wheel, &nodes[0], 150);
    CHECK(pop(120) == NULL);
    CHECK(pop(0) == NULL);
    weft_wheel_insert(&wheel, &nodes[1], 119);
    CHECK(pop(0) == &nodes[1]); /* past for the wheel */
    CHECK(pop(149) == NULL);
    CHECK(pop(150) == &nodes[0]);
}

CASE(thousands_of_cancelled_timers_leave_nothing)
{
    start(0);
    for (uint64_t now = 0; now < 10000; now++) {
        weft_wheel_node_t *node = &nodes[now % 200];

        if (weft_wheel_linked(node)) {
            weft_wheel_remove(&wheel, node);
        }
        CHECK(pop(now) == NULL);
        weft_wheel_insert(&wheel, node, now + 1000);
    }
    for (unsigned i = 0; i < 200; i++) {
        weft_wheel_remove(&wheel, &nodes[i]);
    }
    CHECK(weft_wheel_next(&wheel) == UINT64_MAX);
    check_whole(&wheel);
}

CASE_REAL_ONLY(dies_when_nodes_are_misused, "CHECK_DIES forks")
{
    start(0);
    CHECK_DIES(weft_wheel_remove(&wheel, &nodes[0]), "node that is unlinked");
    weft_wheel_insert(&wheel, &nodes[0], 5);
    CHECK_DIES(weft_wheel_insert(&wheel, &nodes[0], 6), "node that is linked");
}
