/* test_log.c - a log: levels, its ring, its start and stop, and who may log
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/handler.h"
#include "tests/support/logs.h"

static struct bench bench;

/* --- levels */

static int evaluated;

static int64_t costly(void)
{
    return ++evaluated;
}

CASE(what_its_level_does_not_let_through_costs_and_counts_nothing)
{
    bench_begin(&bench);
    evaluated = 0;
    weft_log(&bench.log, WEFT_LOG_DEBUG, "t", "no",
             weft_log_int("n", costly()));
    CHECK_EQ(evaluated, 0);
    CHECK(!weft_log_write(
        &bench.log, &(weft_log_record_t){.level = WEFT_LOG_DEBUG, .tag = "t"}));
    CHECK_EQ(weft_log_counts(&bench.log).logged, 0);
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "yes",
             weft_log_int("n", costly()));
    bench_run(&bench);
    CHECK_STR_EQ(lines(&bench), "I t: yes n=1\n");
    bench_end(&bench);
}

static int set_level(enum weft_log_level level)
{
    struct weft_log_set_level call = {.level = level};

    CHECK_EQ(weft_log_set_level_send(&bench.log.service, &call), 0);
    bench_run(&bench);
    return weft_future_result(&call.request);
}

CASE(the_level_changes_by_a_request_that_tells_the_one_before)
{
    bench_begin(&bench);
    CHECK_EQ(set_level(WEFT_LOG_DEBUG), WEFT_LOG_INFO);
    weft_log(&bench.log, WEFT_LOG_DEBUG, "t", "detail");
    CHECK_EQ(set_level(WEFT_LOG_ERROR), WEFT_LOG_DEBUG);
    weft_log(&bench.log, WEFT_LOG_WARN, "t", "no");
    weft_log(&bench.log, WEFT_LOG_ERROR, "t", "error");
    CHECK_EQ(set_level(WEFT_LOG_OFF), WEFT_LOG_ERROR);
    weft_log(&bench.log, WEFT_LOG_ERROR, "t", "no");
    CHECK_EQ(set_level((enum weft_log_level)5), WEFT_ERR_INVALID);
    CHECK_EQ(set_level(WEFT_LOG_INFO), WEFT_LOG_OFF);
    CHECK_STR_EQ(lines(&bench), "D t: detail\nE t: error\n");
    counts_are(&bench, 2, 0, 0, 0);
    bench_end(&bench);
}

/* --- the ring */

CASE(records_of_all_lengths_go_round_the_ring_unharmed)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz";
    weft_log_config_t config = bench_config(&bench);

    config.room = (char *)bench.room + 1;
    config.room_size = 2 * WEFT_LOG_RECORD_MAX + 2;
    bench_init(&bench, &config);
    bench_start(&bench);
    for (uint32_t i = 0; i < 200; i++) {
        const char *text = letters + i % 26;
        weft_log_field_t field = weft_log_uint("i", i);
        const char *line = line_of(&bench, text, &field, 1);

        CHECK(strncmp(line, "I t: ", 5) == 0);
        CHECK(strncmp(line + 5, text, strlen(text)) == 0);
        CHECK(strncmp(line + 5 + strlen(text), " i=", 3) == 0);
    }
    counts_are(&bench, 200, 0, 0, 0);
    bench_end(&bench);
}

/* --- its life */

CASE(what_is_logged_before_the_start_is_written_after_it)
{
    weft_log_config_t config = bench_config(&bench);

    bench_init(&bench, &config);
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "early");
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "early, too");
    bench_start(&bench);
    CHECK_STR_EQ(lines(&bench), "I t: early\nI t: early, too\n");
    bench_end(&bench);
}

CASE(a_stop_writes_what_is_there_as_far_as_the_sink_takes_it)
{
    struct weft_log_flush flush = {.next = NULL};

    bench_begin(&bench);
    bench.sink.times = 1;
    bench.sink.most = 4;
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "one");
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "two");
    CHECK_EQ(weft_log_flush_send(&bench.log.service, &flush), 0);
    bench_run(&bench);
    bench_stop(&bench);
    CHECK_EQ(weft_future_result(&flush.request), WEFT_ERR_STOPPED);
    CHECK_EQ(weft_log_counts(&bench.log).waiting, 2);
    CHECK_EQ(bench.sink.size, 4);
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "while it is stopped");
    bench.sink.times = -1;
    bench_start(&bench);
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "again");
    bench_stop(&bench);
    CHECK_STR_EQ(lines(&bench), "I t: one\nI t: two\n"
                                "I t: while it is stopped\nI t: again\n");
    counts_are(&bench, 4, 0, 0, 0);
    weft_loop_deinit(&bench.loop);
}

CASE(with_a_bound_what_is_logged_goes_out_with_the_next_request)
{
    weft_log_config_t config = bench_config(&bench);
    struct weft_log_set_level call[2] = {{.level = WEFT_LOG_INFO},
                                         {.level = WEFT_LOG_INFO}};

    bench_init(&bench, &config);
    CHECK_EQ(weft_service_bound(&bench.log.service, 1), 0);
    bench_start(&bench);
    CHECK_EQ(weft_log_set_level_send(&bench.log.service, &call[0]), 0);
    CHECK_EQ(weft_log_set_level_send(&bench.log.service, &call[1]),
             WEFT_ERR_FULL);
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "one");
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "two");
    bench_run(&bench);
    CHECK_STR_EQ(lines(&bench), "I t: one\nI t: two\n");
    bench_end(&bench);
}

CASE(a_configuration_out_of_its_bounds_is_refused)
{
    weft_log_config_t good = bench_config(&bench);
    weft_log_config_t bad[12];

    weft_loop_init(&bench.loop, NULL);
    for (int i = 0; i < 12; i++) {
        bad[i] = good;
    }
    bad[0].sink = NULL;
    bad[1].room = NULL;
    bad[2].room_size = 2 * WEFT_LOG_RECORD_MAX - 1;
    bad[3].room_size = 0x1000001;
    bad[4].line = NULL;
    bad[5].line_size = 79;
    bad[6].line_size = 4097;
    bad[7].rate = 1000001;
    bad[8].burst = 1000001;
    bad[9].level = (enum weft_log_level)5;
    bad[10].buckets_count = 1;
    bad[11].buckets = bench.buckets;
    for (int i = 0; i < 12; i++) {
        CHECK_EQ(weft_log_init(&bench.log, &bad[i], &bench.loop.executor),
                 WEFT_ERR_INVALID);
    }
    CHECK_EQ(weft_log_init(&bench.log, &good, &bench.loop.executor), 0);
    weft_loop_deinit(&bench.loop);
}

CASE(a_record_of_no_level_is_never_written)
{
    weft_log_record_t record = {WEFT_LOG_OFF, "t", "off", NULL, 0};

    bench_begin(&bench);
    weft_atomic_store_relaxed_u8(&bench.log.level, WEFT_LOG_DEBUG);
    for (int i = 0; i < 2; i++) {
        weft_log(&bench.log, WEFT_LOG_OFF, "t", "off");
        weft_log(&bench.log, (enum weft_log_level)(WEFT_LOG_DEBUG + 1), "t",
                 "no level");
        CHECK(!weft_log_write(&bench.log, &record));
        weft_atomic_store_relaxed_u8(&bench.log.level, WEFT_LOG_OFF);
    }
    bench_run(&bench);
    CHECK_STR_EQ(lines(&bench), "");
    CHECK_EQ(weft_log_counts(&bench.log).logged, 0);
    bench_end(&bench);
}

static void write_unknown_field(void)
{
    weft_log_field_t field = {.key = "key"};
    weft_log_record_t record = {WEFT_LOG_INFO, "t", "", &field, 1};

    (void)weft_log_write(&bench.log, &record);
}

CASE(a_record_without_a_tag_and_a_field_of_no_key_kind_or_digits_are_assertions)
{
    bench_begin(&bench);
    CHECK_DIES(weft_log(&bench.log, WEFT_LOG_INFO, "t", "text",
                        weft_log_int("key", 1), weft_log_text(NULL, "value")),
               "a field of a log without a key");
    CHECK_DIES(weft_log(&bench.log, WEFT_LOG_INFO, NULL, "text"),
               "a record of a log without a tag");
    CHECK_DIES(weft_log(&bench.log, WEFT_LOG_INFO, "t", "text",
                        weft_log_fixed("key", 215, 10)),
               "a field of a log with over 9 digits");
    CHECK_DIES(weft_log(&bench.log, WEFT_LOG_INFO, "t", "text",
                        weft_log_fixed("key", 215, 257)),
               "a field of a log with over 9 digits");
    CHECK_DIES(write_unknown_field(), "a field of a log of no known kind");
    bench_end(&bench);
}

/* --- from elsewhere */

static void log_in_interrupt(void *ctx)
{
    (void)ctx;
    weft_log(&bench.log, WEFT_LOG_INFO, "irq", "button",
             weft_log_hex("pins", 0x81));
}

CASE_INTERRUPT(an_interrupt_logs)
{
    bench_begin(&bench);
    handle(log_in_interrupt, NULL);
    bench_run(&bench);
    CHECK_STR_EQ(lines(&bench), "I irq: button pins=0x81\n");
    bench_end(&bench);
}
