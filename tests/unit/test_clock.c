/* test_clock.c - deadlines, the ticker, and a clock near its end
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "tests/support/cores.h"
#include "tests/support/frames.h"

/* --- deadlines and the ticker */

CASE(a_deadline_that_does_not_fit_is_for_ever)
{
    uint64_t now_us = weft_now_us();

    CHECK(weft_deadline(0) >= now_us);
    CHECK(weft_deadline(WEFT_S(2)) >= now_us + 2000000);
    CHECK(weft_deadline(WEFT_FOREVER) == WEFT_FOREVER);
    CHECK(weft_deadline(WEFT_FOREVER - weft_now_us() / 2) == WEFT_FOREVER ||
          now_us < 2);
}

CASE(a_ticker_gives_points_at_a_fixed_distance_from_the_first)
{
    weft_ticker_t ticker;
    uint64_t now_us = weft_now_us();

    weft_ticker_init(&ticker, WEFT_S(10));
    uint64_t first_us = weft_ticker_next(&ticker);
    CHECK(first_us >= now_us + WEFT_S(10));
    for (unsigned i = 1; i < 5; i++) {
        CHECK(weft_ticker_next(&ticker) == first_us + i * WEFT_S(10));
    }
    CHECK_EQ(ticker.missed, 0);
}

CASE(a_late_ticker_skips_what_has_passed_but_for_the_newest_and_counts)
{
    weft_ticker_t ticker;

    weft_ticker_init(&ticker, WEFT_US(100));
    uint64_t first_us = ticker.next_us;
    stand_until(first_us + 250);
    uint64_t point_us = weft_ticker_next(&ticker);
    CHECK((point_us - first_us) % 100 == 0);
    CHECK(point_us <= weft_now_us());
    CHECK(point_us + 200 > first_us + 250);
    CHECK_EQ(ticker.missed, (point_us - first_us) / 100);
    CHECK(ticker.missed >= 2);
    CHECK(weft_ticker_next(&ticker) % 100 == first_us % 100);
}

CASE(missed_points_never_wrap)
{
    weft_ticker_t ticker;

    weft_ticker_init(&ticker, 1);
    ticker.next_us = 0;
    ticker.missed = UINT32_MAX - 1;
    stand_until(10);
    (void)weft_ticker_next(&ticker);
    CHECK_EQ(ticker.missed, UINT32_MAX);
    CHECK_DIES(weft_ticker_init(&ticker, 0), "a ticker with a period of 0");
}

struct beat {
    weft_task_t task;
    weft_timer_node_t timer;
    weft_ticker_t ticker;
    uint64_t start_us;
    unsigned beats;
};
WEFT_TASK(beat)
{
    WEFT_BEGIN;
    weft_ticker_init(&self->ticker, WEFT_MS(1));
    self->start_us = self->ticker.next_us;
    while (self->beats < 20) {
        WEFT_SLEEP_UNTIL(weft_ticker_next(&self->ticker));
        self->beats++;
    }
    WEFT_END;
}

CASE(a_task_that_ticks_does_not_drift)
{
    weft_loop_t loop;
    struct beat beat = {.beats = 0};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, beat_task(&beat)), 0);
    CHECK(weft_now_us() >=
          beat.start_us + (19 + beat.ticker.missed) * WEFT_MS(1));
    CHECK((beat.ticker.next_us - beat.start_us) % WEFT_MS(1) == 0);
    weft_loop_deinit(&loop);
}

/* --- near the end of the clock: the simulator starts it there */

#if TEST_IN_SIM
enum { LEFT_US = 1000 };

struct last {
    weft_timer_t timer;
    char *names;
    char name;
};

static void on_last(weft_timer_t *timer, void *ctx)
{
    struct last *last = ctx;

    (void)timer;
    last->names[strlen(last->names)] = last->name;
}

static void sleep_near_the_end(void *ctx)
{
    weft_loop_t loop;
    struct sleeper sleeper = {.deadline_us = UINT64_MAX - LEFT_US / 2};

    (void)ctx;
    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, sleeper_task(&sleeper)), 7);
    CHECK(weft_now_us() == UINT64_MAX - LEFT_US / 2);
    CHECK(weft_deadline(LEFT_US) == WEFT_FOREVER);
    sleeper.deadline_us = UINT64_MAX - 1;
    CHECK_EQ(weft_loop_run_task(&loop, sleeper_task(&sleeper)), 7);
    CHECK(weft_now_us() == UINT64_MAX - 1);
    weft_loop_deinit(&loop);
}

CASE_ALONE(a_sleep_near_the_end_of_the_clock_is_exact)
{
    for (uint64_t seed = 0; seed < 10; seed++) {
        weft_sim_config_t config = {.seed = seed,
                                    .start_us = UINT64_MAX - LEFT_US};
        CHECK_EQ(weft_sim_run(&config, sleep_near_the_end, NULL), 0);
    }
}

static void fire_near_the_end(void *ctx)
{
    weft_loop_t loop;
    char names[32] = "";
    struct last lasts[5];
    struct sleeper sleeper = {.deadline_us = UINT64_MAX - 1};
    static const uint64_t left_us[5] = {2, 600, 0, 600, 300};

    (void)ctx;
    weft_loop_init(&loop, NULL);
    for (int i = 0; i < 5; i++) {
        lasts[i].names = names;
        lasts[i].name = (char)('a' + i);
        weft_timer_init(&lasts[i].timer, &loop, on_last, &lasts[i]);
        weft_timer_start(&lasts[i].timer, UINT64_MAX - left_us[i]);
    }
    CHECK_EQ(weft_loop_run_task(&loop, sleeper_task(&sleeper)), 7);
    CHECK_STR_EQ(names, "bdea");
    CHECK_EQ(weft_timer_stop(&lasts[2].timer), WEFT_TIMER_PREVENTED);
    weft_loop_deinit(&loop);
}

CASE_ALONE(timers_near_the_end_of_the_clock_keep_their_order)
{
    weft_sim_config_t config = {.seed = 1, .start_us = UINT64_MAX - LEFT_US};

    CHECK_EQ(weft_sim_run(&config, fire_near_the_end, NULL), 0);
}

static void tick_into_the_end(void *ctx)
{
    weft_loop_t loop;
    char names[64] = "";
    struct last last = {.names = names, .name = 'x'};
    struct sleeper sleeper = {.deadline_us = UINT64_MAX - 1};
    weft_ticker_t ticker;

    (void)ctx;
    weft_loop_init(&loop, NULL);
    weft_timer_init(&last.timer, &loop, on_last, &last);
    weft_timer_start_every(&last.timer, UINT64_MAX - 900, 400);
    weft_ticker_init(&ticker, 400);
    CHECK_EQ(weft_loop_run_task(&loop, sleeper_task(&sleeper)), 7);
    /* 900, 500 and 100 before the end; the next would not fit. */
    CHECK_STR_EQ(names, "xxx");
    CHECK(weft_timer_active(&last.timer));
    CHECK(weft_ticker_next(&ticker) == UINT64_MAX - LEFT_US + 800);
    CHECK(weft_ticker_next(&ticker) == WEFT_FOREVER);
    CHECK_EQ(weft_timer_stop(&last.timer), WEFT_TIMER_PREVENTED);
    weft_loop_deinit(&loop);
}

CASE_ALONE(a_period_that_runs_into_the_end_of_the_clock_stops_there)
{
    weft_sim_config_t config = {.seed = 1, .start_us = UINT64_MAX - LEFT_US};

    CHECK_EQ(weft_sim_run(&config, tick_into_the_end, NULL), 0);
}

/* Deadlines at which all low bits of the clock turn over. */
static void cross_powers(void *ctx)
{
    uint64_t turn_us = *(uint64_t *)ctx;
    weft_loop_t loop;
    char names[32] = "";
    struct last lasts[4];
    struct sleeper sleeper = {.deadline_us = turn_us + 3};

    weft_loop_init(&loop, NULL);
    for (unsigned i = 0; i < 4; i++) {
        lasts[i].names = names;
        lasts[i].name = (char)('a' + i);
        weft_timer_init(&lasts[i].timer, &loop, on_last, &lasts[i]);
        weft_timer_start(&lasts[i].timer, turn_us + 1 - i % 2);
    }
    CHECK_EQ(weft_loop_run_task(&loop, sleeper_task(&sleeper)), 7);
    CHECK(weft_now_us() == turn_us + 3);
    CHECK_STR_EQ(names, "bdac");
    weft_loop_deinit(&loop);
}

CASE_ALONE(deadlines_where_a_16_or_32_bit_counter_wraps_are_exact)
{
    for (unsigned bits = 6; bits < 64; bits++) {
        uint64_t turn_us = UINT64_C(1) << bits;
        weft_sim_config_t config = {.seed = bits, .start_us = turn_us - 10};
        CHECK_EQ(weft_sim_run(&config, cross_powers, &turn_us), 0);
    }
}
#endif
