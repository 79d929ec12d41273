/* test_ticks.c - a counter of 64 bits as microseconds, at any rate
 * SPDX-License-Identifier: MIT
 *
 * Only arithmetic: it runs everywhere, also where no such counter is.
 */
#include "ports/riscv/ticks.h"

#include "tests/support/test.h"

/* What is exact: a moment is never shown before it is over, and never reached
 * later than by the first tick at which it is. */
#define CHECK_RATE(hz)                                                         \
    for (unsigned i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {      \
        uint64_t ticks = moments[i];                                           \
        uint64_t us = weft__ticks_to_us(ticks, hz);                            \
        CHECK(us <= weft__ticks_to_us(ticks + 1, hz));                         \
        CHECK(weft__us_to_ticks(us, hz) <= ticks);                             \
        CHECK(weft__us_to_ticks(us + 1, hz) > ticks);                          \
        CHECK(weft__ticks_to_us(weft__us_to_ticks(us, hz), hz) == us ||        \
              (hz) < 1000000);                                                 \
    }

static const uint64_t moments[] = {
    0,
    1,
    9,
    10,
    11,
    99999,
    UINT64_C(0xffffffff),
    UINT64_C(0x100000000),
    UINT64_C(0x100000001),
    UINT64_C(0x9ffffffff),
    UINT64_C(0xf23456789ab),
    UINT64_C(0xfffffffffff),
};

CASE(microseconds_and_ticks_agree_at_each_rate){
    CHECK_RATE(1000000) CHECK_RATE(10000000) CHECK_RATE(12500000)
        CHECK_RATE(1843200) CHECK_RATE(32768) CHECK_RATE(1000)
            CHECK_RATE(66666667)}

CASE(ten_megahertz_is_a_tenth_to_the_end)
{
    CHECK_EQ(weft__ticks_to_us(UINT64_MAX, 10000000),
             UINT64_C(1844674407370955161));
    CHECK_EQ(weft__us_to_ticks(UINT64_C(1844674407370955161), 10000000),
             UINT64_C(18446744073709551610));
}

CASE(what_lies_beyond_the_counter_is_its_end)
{
    CHECK_EQ(weft__us_to_ticks(UINT64_C(1844674407370955162), 10000000),
             UINT64_MAX);
    CHECK_EQ(weft__us_to_ticks(UINT64_MAX, 10000000), UINT64_MAX);
    CHECK_EQ(weft__us_to_ticks(UINT64_MAX, 1000000), UINT64_MAX);
}

CASE(division_by_pieces_is_division)
{
    static const uint32_t divisors[] = {1,   2,   3,     10,    25,
                                        512, 625, 15625, 65535, 65537};

    for (unsigned i = 0; i < sizeof(moments) / sizeof(moments[0]); i++) {
        for (unsigned k = 0; k < sizeof(divisors) / sizeof(divisors[0]); k++) {
            CHECK_EQ(weft__divide(moments[i], divisors[k]),
                     moments[i] / divisors[k]);
        }
    }
    CHECK_EQ(weft__divide(UINT64_MAX, 65535), UINT64_MAX / 65535);
}
