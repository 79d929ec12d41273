/* test_atomic.c - what each atomic operation does to the word
 * SPDX-License-Identifier: MIT
 *
 * Orders are a matter of stress tests and models; here is the arithmetic.
 */
#include <string.h>

#include "tests/support/test.h"

#include "weft/base/atomic.h"
#include "weft/port.h"

/* One test for each type; `max` is all ones. */
#define TRY_FAMILY(name, type, max)                                            \
    do {                                                                       \
        type one = (type)1, two = (type)2, big = (type)(max);                  \
        type word = one, expected;                                             \
        CHECK(weft_atomic_load_relaxed_##name(&word) == one);                  \
        CHECK(weft_atomic_load_acquire_##name(&word) == one);                  \
        weft_atomic_store_relaxed_##name(&word, two);                          \
        CHECK(weft_atomic_load_seq_cst_##name(&word) == two);                  \
        weft_atomic_store_release_##name(&word, big);                          \
        CHECK(word == big);                                                    \
        weft_atomic_store_seq_cst_##name(&word, one);                          \
        CHECK(weft_atomic_exchange_acquire_##name(&word, two) == one);         \
        CHECK(weft_atomic_exchange_release_##name(&word, big) == two);         \
        CHECK(weft_atomic_exchange_acq_rel_##name(&word, one) == big);         \
        TRY_CAS(relaxed, name);                                                \
        TRY_CAS(acquire, name);                                                \
        TRY_CAS(release, name);                                                \
        TRY_CAS(acq_rel, name);                                                \
    } while (0)

/* Fails and tells what is there; then succeeds, from one to two and back. */
#define TRY_CAS(order, name)                                                   \
    expected = two;                                                            \
    CHECK(!weft_atomic_cas_##order##_##name(&word, &expected, big));           \
    CHECK(expected == one && word == one);                                     \
    CHECK(weft_atomic_cas_##order##_##name(&word, &expected, two));            \
    CHECK(expected == one && word == two);                                     \
    expected = two;                                                            \
    CHECK(weft_atomic_cas_##order##_##name(&word, &expected, one))

#define TRY_COUNTER(name, type, max)                                           \
    do {                                                                       \
        type word = (type)(max);                                               \
        CHECK(weft_atomic_fetch_add_relaxed_##name(&word, 2) == (max));        \
        CHECK(weft_atomic_fetch_add_acq_rel_##name(&word, 1) == 1);            \
        CHECK(weft_atomic_fetch_sub_relaxed_##name(&word, 1) == 2);            \
        CHECK(weft_atomic_fetch_sub_release_##name(&word, 1) == 1);            \
        CHECK(weft_atomic_fetch_sub_acq_rel_##name(&word, 1) == 0);            \
        CHECK(word == (max));                                                  \
    } while (0)

CASE(bytes_change_alone)
{
    struct {
        uint8_t before, word, after;
    } s = {0x55, 0, 0xAA};

    TRY_FAMILY(u8, uint8_t, UINT8_MAX);
    TRY_COUNTER(u8, uint8_t, UINT8_MAX);
    CHECK_EQ(weft_atomic_exchange_acq_rel_u8(&s.word, 0xFF), 0);
    CHECK_EQ(weft_atomic_fetch_add_acq_rel_u8(&s.word, 1), 0xFF);
    CHECK_EQ(s.before, 0x55);
    CHECK_EQ(s.word, 0);
    CHECK_EQ(s.after, 0xAA);
}

CASE(words_do_what_the_names_say)
{
    TRY_FAMILY(u32, uint32_t, UINT32_MAX);
    TRY_COUNTER(u32, uint32_t, UINT32_MAX);
    TRY_FAMILY(word, uintptr_t, UINTPTR_MAX);
    TRY_COUNTER(word, uintptr_t, UINTPTR_MAX);
}

typedef void *pointer;

CASE(pointers_do_what_the_names_say)
{
    TRY_FAMILY(ptr, pointer, UINTPTR_MAX);
}

CASE(fence_can_be_called)
{
    weft_atomic_fence_seq_cst();
    CHECK(true);
}

/* Four bytes in one word: where a machine has words only, who changes one of
 * them must not bring back an old neighbour. */
enum { TURNS = TEST_IN_SIM ? 20 : 20000 };

static _Alignas(4) uint8_t bytes[4];

static void count_two(uint8_t *first, uint8_t *second)
{
    for (int i = 0; i < TURNS; i++) {
        uint8_t seen = weft_atomic_load_relaxed_u8(second);

        (void)weft_atomic_fetch_add_acq_rel_u8(first, 1);
        CHECK(weft_atomic_cas_acq_rel_u8(second, &seen, (uint8_t)(seen + 3)));
        CHECK_EQ(weft_atomic_exchange_acq_rel_u8(second, (uint8_t)(seen + 1)),
                 (uint8_t)(seen + 3));
        (void)weft_atomic_fetch_sub_acq_rel_u8(first, 3);
    }
}

static void count_upper(void *ctx)
{
    (void)ctx;
    count_two(&bytes[1], &bytes[3]);
}

CASE(neighbours_change_at_the_same_time)
{
    weft_port_thread_t thread = {0};

    memset(bytes, 0, sizeof(bytes));
    CHECK_STARTED(weft_port_thread_start(&thread, count_upper, NULL));
    count_two(&bytes[0], &bytes[2]);
    weft_port_thread_join(&thread);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(bytes[i], (uint8_t)(TURNS * -2));
        CHECK_EQ(bytes[2 + i], (uint8_t)TURNS);
    }
}
