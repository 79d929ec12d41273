/* test_counter.c - microseconds out of a counter of 16 to 32 bits, by values
 * SPDX-License-Identifier: MIT
 *
 * ports/cortex_m/counter.h needs no chip: the test is the counter.
 */
#include "ports/cortex_m/counter.h"

#include "tests/support/test.h"

static const struct weft__counter_rate rates[] = {
    WEFT__COUNTER_RATE(16, 32768u),     WEFT__COUNTER_RATE(16, 1000000u),
    WEFT__COUNTER_RATE(24, 32768u),     WEFT__COUNTER_RATE(24, 16000000u),
    WEFT__COUNTER_RATE(32, 25000000u),  WEFT__COUNTER_RATE(32, 1000000u),
    WEFT__COUNTER_RATE(32, 11059200u),  WEFT__COUNTER_RATE(16, 7u),
    WEFT__COUNTER_RATE(32, 168000000u), WEFT__COUNTER_RATE(16, 999999u),
};
enum { RATES = sizeof(rates) / sizeof(rates[0]) };

static uint64_t exact(struct weft__counter_rate rate, uint64_t counts)
{
    return counts * rate.num / rate.den;
}

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

CASE(rates_are_in_lowest_terms)
{
    CHECK_EQ(rates[0].num, 15625);
    CHECK_EQ(rates[0].den, 512);
    CHECK_EQ(rates[0].mask, 0xffff);
    CHECK_EQ(rates[3].num, 1);
    CHECK_EQ(rates[3].den, 16);
    CHECK_EQ(rates[5].mask, UINT32_MAX);
    CHECK_EQ(rates[7].num, 1000000);
    CHECK_EQ(rates[7].den, 7);
}

/* However often it is read, and across any number of wraps, it is what one
   exact division of all counts would give. */
CASE(reads_lose_nothing_across_wraps)
{
    for (int i = 0; i < RATES; i++) {
        struct weft__counter counter = {0};
        uint64_t counts = 0;
        uint32_t random = 1;

        for (int j = 0; j < 20000; j++) {
            uint32_t step = next_random(&random) * 256u & rates[i].mask;
            if (j % 3 == 0) {
                step = (uint32_t)(j % 7);
            }
            counts += step;
            uint64_t us =
                weft__counter_read(&counter, rates[i], (uint32_t)counts);
            CHECK(us == exact(rates[i], counts));
        }
    }
}

/* Its bits above the mask are anything. */
CASE(only_the_counters_own_bits_count)
{
    struct weft__counter counter = {0};
    const struct weft__counter_rate *rate = &rates[1];

    CHECK_EQ(weft__counter_read(&counter, *rate, 0xabcd0005u), 5);
    CHECK_EQ(weft__counter_read(&counter, *rate, 0x12340005u), 5);
    CHECK_EQ(weft__counter_read(&counter, *rate, 0xffff0004u), 65540);
}

/* When so many counts have passed the deadline is reached, and one earlier it
   is not. */
CASE(an_alarm_is_the_first_count_that_is_not_early)
{
    for (int i = 0; i < RATES; i++) {
        uint32_t random = 7;

        for (int j = 0; j < 5000; j++) {
            struct weft__counter counter = {0};
            uint32_t start = next_random(&random) * 256u;
            uint64_t now =
                weft__counter_read(&counter, rates[i], start & rates[i].mask);
            uint64_t deadline = now + next_random(&random) % 3000;
            uint32_t left = weft__counter_until(&counter, rates[i], deadline);
            CHECK(left <= weft__counter_most(rates[i]));
            if (deadline == now) {
                CHECK_EQ(left, 0);
                continue;
            }
            CHECK(left >= 1);
            struct weft__counter before = counter;
            CHECK(weft__counter_read(&before, rates[i], start + left - 1) <
                  deadline);
            if (left < weft__counter_most(rates[i])) {
                CHECK(weft__counter_read(&counter, rates[i], start + left) >=
                      deadline);
            }
        }
    }
}

/* The alarm's count is 0, or the last one before it. */
CASE(an_alarm_on_the_wrap_is_one_of_it)
{
    for (int i = 0; i < RATES; i++) {
        for (uint32_t off = 0; off < 3; off++) {
            struct weft__counter counter = {0};
            uint64_t counts = (uint64_t)rates[i].mask + off;
            uint32_t start = rates[i].mask - 100;
            (void)weft__counter_read(&counter, rates[i], start / 2);
            (void)weft__counter_read(&counter, rates[i], start);
            uint64_t deadline = exact(rates[i], counts);
            uint32_t left = weft__counter_until(&counter, rates[i], deadline);
            CHECK(left <= 100 + off);
            CHECK(weft__counter_read(&counter, rates[i], start + left) ==
                  deadline);
        }
    }
}

/* What is farther away than three quarters of a wrap comes in steps, each of
   which reads the counter in time. */
CASE(a_far_alarm_comes_in_steps)
{
    for (int i = 0; i < RATES; i++) {
        struct weft__counter counter = {0};
        uint64_t deadline = exact(rates[i], 10 * (uint64_t)rates[i].mask) + 5;
        uint32_t count = 0;
        int steps = 0;

        while (weft__counter_read(&counter, rates[i], count) < deadline) {
            uint32_t left = weft__counter_until(&counter, rates[i], deadline);
            CHECK(left >= 1 && left <= rates[i].mask / 4 * 3 + 3);
            count += left;
            steps++;
        }
        CHECK(steps >= 13 && steps <= 15);
        CHECK(counter.us - deadline <= rates[i].num / rates[i].den + 1);
    }
}

CASE(no_deadline_is_farthest_away)
{
    struct weft__counter counter = {.us = 1000};

    CHECK(weft__counter_until(&counter, rates[4], UINT64_MAX) ==
          weft__counter_most(rates[4]));
    CHECK_EQ(weft__counter_until(&counter, rates[4], 0), 0);
    CHECK_EQ(weft__counter_until(&counter, rates[4], 1000), 0);
}

/* A debugger holds the core while the counter goes on: up to a wrap all of it
   is seen at once; beyond, whole wraps are lost, but time does not go back. */
CASE(a_halt_jumps_forward_or_stands_still)
{
    for (int i = 0; i < RATES; i++) {
        struct weft__counter counter = {0};
        uint64_t wrap = (uint64_t)rates[i].mask + 1;
        uint64_t before = weft__counter_read(&counter, rates[i], 1000);
        uint64_t after = weft__counter_read(&counter, rates[i], rates[i].mask);
        CHECK(after == exact(rates[i], rates[i].mask));
        CHECK_EQ(weft__counter_until(&counter, rates[i], before + 1), 0);
        uint64_t halted = wrap * 3 + rates[i].mask;
        CHECK(weft__counter_read(&counter, rates[i], (uint32_t)halted) ==
              after);
        CHECK(weft__counter_read(&counter, rates[i],
                                 (uint32_t)(halted + 5 * wrap + 9)) ==
              exact(rates[i], (uint64_t)rates[i].mask + 9));
    }
}
