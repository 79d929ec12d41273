/* test_log_drops.c - a log that drops: no room, rates, and the line that tells
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/logs.h"

static struct bench bench;

/* Logs until one is dropped; how many were not. */
static uint32_t fill(const char *tag)
{
    weft_log_record_t record = {
        .level = WEFT_LOG_INFO, .tag = tag, .text = "fills"};
    uint32_t count = 0;

    while (weft_log_write(&bench.log, &record)) {
        count++;
        CHECK(count < 10000);
    }
    return count;
}

CASE(what_finds_no_room_is_dropped_counted_and_told)
{
    uint32_t count;

    bench_begin(&bench);
    bench.sink.times = 0;
    count = fill("t");
    CHECK(count > sizeof(bench.room) / 32);
    CHECK(!weft_log_write(
        &bench.log, &(weft_log_record_t){WEFT_LOG_ERROR, "t", "too", NULL, 0}));
    CHECK_EQ(weft_log_counts(&bench.log).full, 2);
    CHECK_EQ(weft_log_counts(&bench.log).waiting, count);
    for (uint32_t left = count; left > 0; left--) {
        bench.sink.times = 1;
        weft_log_ready(&bench.log);
        bench_run(&bench);
        CHECK_STR_EQ(lines(&bench), "I t: fills\n");
    }
    CHECK_EQ(weft_log_counts(&bench.log).waiting, 0);
    bench.sink.times = -1;
    weft_log_ready(&bench.log);
    bench_run(&bench);
    CHECK_STR_EQ(lines(&bench),
                 "W log: dropped lines=2 full=2 rate=0 sink=0\n");
    counts_are(&bench, count, 2, 0, 0);
    bench_end(&bench);
}

/* A log that lets `burst` lines of a tag through at once, and then one a
 * second. */
static void limited(uint32_t burst, bool each_tag)
{
    weft_log_config_t config = bench_config(&bench);

    config.rate = 1;
    config.burst = burst;
    if (each_tag) {
        config.buckets = bench.buckets;
        config.buckets_count = 3;
    }
    bench_init(&bench, &config);
    bench_start(&bench);
}

CASE(each_tag_has_a_rate_of_its_own_as_far_as_there_are_buckets)
{
    limited(3, true);
    CHECK_EQ(fill("one"), 3);
    CHECK_EQ(fill("two"), 3);
    CHECK_EQ(fill("two"), 0);
    CHECK_EQ(fill("three"), 3);
    CHECK_EQ(fill("four"), 0);
    CHECK_EQ(fill("one"), 0);
    bench_run(&bench);
    counts_are(&bench, 9, 0, 6, 0);
    CHECK(strstr(lines(&bench),
                 "W log: dropped lines=6 full=0 rate=6 sink=0") != NULL);
    bench_end(&bench);
}

CASE(without_buckets_all_tags_share_one)
{
    weft_log_config_t config = bench_config(&bench);

    config.rate = 5;
    bench_init(&bench, &config);
    bench_start(&bench);
    CHECK_EQ(fill("one") + fill("two"), 5);
    bench_run(&bench);
    counts_are(&bench, 5, 0, 2, 0);
    bench_end(&bench);
}

CASE_SIM_ONLY(a_bucket_fills_at_its_rate_and_up_to_its_burst, "virtual time")
{
    weft_log_config_t config = bench_config(&bench);
    uint64_t start_us = weft_now_us();

    config.rate = 10;
    config.burst = 2;
    bench_init(&bench, &config);
    CHECK_EQ(fill("t"), 2);
    stand_until(start_us + WEFT_MS(99));
    CHECK_EQ(fill("t"), 0);
    stand_until(start_us + WEFT_MS(100));
    CHECK_EQ(fill("t"), 1);
    stand_until(start_us + WEFT_S(60));
    CHECK_EQ(fill("t"), 2);
    weft_loop_deinit(&bench.loop);
}

CASE_SIM_ONLY(drops_are_told_at_once_and_then_once_a_while, "virtual time")
{
    uint64_t start_us = weft_now_us();
    int told = 0;

    limited(1, false);
    CHECK_EQ(fill("t"), 1);
    bench_run(&bench);
    CHECK(strstr(lines(&bench), "dropped lines=1 full=0 rate=1") != NULL);
    for (int i = 1; i <= 29; i++) {
        weft_log(&bench.log, WEFT_LOG_INFO, "t", "flood");
        stand_until(start_us + WEFT_MS(100) * (uint64_t)i);
        bench_run(&bench);
    }
    for (const char *at = lines(&bench); (at = strstr(at, "dropped")) != NULL;
         at++) {
        told++;
    }
    CHECK_EQ(told, 2);
    stand_until(start_us + WEFT_S(10));
    bench_run(&bench);
    CHECK(strstr(lines(&bench), "dropped") != NULL);
    stand_until(start_us + WEFT_S(11));
    bench_run(&bench);
    CHECK_STR_EQ(lines(&bench), "");
    CHECK(weft_loop_next(&bench.loop) == WEFT_FOREVER);
    bench_end(&bench);
}

CASE(a_flush_tells_drops_though_they_were_told_a_moment_ago)
{
    struct weft_log_flush flush = {.next = NULL};

    limited(1, false);
    CHECK_EQ(fill("t"), 1);
    bench_run(&bench);
    (void)lines(&bench);
    CHECK_EQ(fill("t"), 0);
    bench_run(&bench);
    CHECK_STR_EQ(lines(&bench), "");
    CHECK_EQ(weft_log_flush_send(&bench.log.service, &flush), 0);
    bench_run(&bench);
    CHECK_EQ(weft_future_result(&flush.request), 0);
    CHECK_STR_EQ(lines(&bench),
                 "W log: dropped lines=1 full=0 rate=1 sink=0\n");
    bench_end(&bench);
}

CASE(drops_are_told_where_the_first_of_them_happened)
{
    limited(2, true);
    CHECK_EQ(fill("t"), 2);
    weft_log(&bench.log, WEFT_LOG_INFO, "other", "later");
    CHECK_EQ(fill("t"), 0);
    bench_run(&bench);
    CHECK_STR_EQ(lines(&bench), "I t: fills\nI t: fills\n"
                                "W log: dropped lines=2 full=0 rate=2 sink=0\n"
                                "I other: later\n");
    bench_end(&bench);
}
