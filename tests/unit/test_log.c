/* test_log.c - a log: levels, drops, flushes, and sinks that are slow or fail
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

/* --- drops */

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

CASE(each_tag_has_a_rate_of_its_own_as_far_as_there_are_buckets)
{
    weft_log_config_t config = bench_config(&bench);

    config.rate = 1;
    config.burst = 3;
    config.buckets = bench.buckets;
    config.buckets_count = 3;
    bench_init(&bench, &config);
    bench_start(&bench);
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
    weft_log_config_t config = bench_config(&bench);
    uint64_t start_us = weft_now_us();
    int told = 0;

    config.rate = 1;
    config.burst = 1;
    bench_init(&bench, &config);
    bench_start(&bench);
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
    weft_log_config_t config = bench_config(&bench);
    struct weft_log_flush flush = {.next = NULL};

    config.rate = 1;
    config.burst = 1;
    bench_init(&bench, &config);
    bench_start(&bench);
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
    weft_log_config_t config = bench_config(&bench);

    config.rate = 1;
    config.burst = 2;
    config.buckets = bench.buckets;
    config.buckets_count = 3;
    bench_init(&bench, &config);
    bench_start(&bench);
    CHECK_EQ(fill("t"), 2);
    weft_log(&bench.log, WEFT_LOG_INFO, "other", "later");
    CHECK_EQ(fill("t"), 0);
    bench_run(&bench);
    CHECK_STR_EQ(lines(&bench), "I t: fills\nI t: fills\n"
                                "W log: dropped lines=2 full=0 rate=2 sink=0\n"
                                "I other: later\n");
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

/* --- slow and failing sinks */

CASE(a_sink_may_take_a_line_in_pieces)
{
    bench_begin(&bench);
    bench.sink.most = 3;
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "one");
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "two");
    bench_run(&bench);
    CHECK_STR_EQ(lines(&bench), "I t: one\nI t: two\n");
    bench_end(&bench);
}

CASE(a_sink_that_is_full_goes_on_in_the_line_when_it_is_ready)
{
    bench_begin(&bench);
    bench.sink.most = 4;
    bench.sink.times = 2;
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "one");
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "two");
    bench_run(&bench);
    CHECK_EQ(bench.sink.size, 8);
    CHECK_EQ(weft_log_counts(&bench.log).waiting, 2);
    bench.sink.times = -1;
    weft_log_ready(&bench.log);
    bench_run(&bench);
    CHECK_STR_EQ(lines(&bench), "I t: one\nI t: two\n");
    counts_are(&bench, 2, 0, 0, 0);
    bench_end(&bench);
}

CASE(a_full_sink_is_not_asked_for_each_record)
{
    int calls;

    bench_begin(&bench);
    bench.log.retry_us = 60 * 1000 * 1000;
    bench.sink.times = 0;
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "one");
    bench_run(&bench);
    calls = bench.sink.calls;
    for (int i = 0; i < 5; i++) {
        weft_log(&bench.log, WEFT_LOG_INFO, "t", "more");
        bench_run(&bench);
    }
    CHECK_EQ(bench.sink.calls, calls);
    bench.sink.times = -1;
    weft_log_ready(&bench.log);
    bench_run(&bench);
    counts_are(&bench, 6, 0, 0, 0);
    bench_end(&bench);
}

CASE_SIM_ONLY(a_sink_that_does_not_say_it_is_ready_is_asked_again,
              "virtual time")
{
    bench_begin(&bench);
    bench.sink.times = 0;
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "one");
    bench_run(&bench);
    bench.sink.times = -1;
    stand_until(weft_now_us() + WEFT_MS(10));
    bench_run(&bench);
    CHECK_STR_EQ(lines(&bench), "I t: one\n");
    CHECK(weft_loop_next(&bench.loop) == WEFT_FOREVER);
    bench_end(&bench);
}

CASE(what_a_sink_fails_to_write_is_counted_and_told)
{
    bench_begin(&bench);
    bench.sink.error = WEFT_ERR_CLOSED;
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "one");
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "two");
    bench_run(&bench);
    counts_are(&bench, 0, 0, 0, 2);
    bench.sink.error = 0;
    bench_stop(&bench);
    CHECK_STR_EQ(lines(&bench),
                 "W log: dropped lines=2 full=0 rate=0 sink=2\n");
    weft_loop_deinit(&bench.loop);
}

/* Takes a line's text by itself, and fails at so many ends of lines. */
static int ends_to_fail;

static int fail_at_ends(void *ctx, const char *bytes, size_t size)
{
    if (bytes[0] == '\n' && ends_to_fail > 0) {
        ends_to_fail--;
        return WEFT_ERR_CLOSED;
    }
    return sink_take(ctx, bytes, size > 1 ? size - 1 : 1);
}

static void begin_with_ends_that_fail(int count)
{
    weft_log_config_t config = bench_config(&bench);

    ends_to_fail = count;
    config.sink = fail_at_ends;
    bench_init(&bench, &config);
    bench_start(&bench);
}

CASE(a_line_lost_in_its_middle_is_marked_and_ended_before_the_next)
{
    begin_with_ends_that_fail(3);
    for (int i = 0; i < 3; i++) {
        weft_log(&bench.log, WEFT_LOG_INFO, "t", i < 2 ? "lost" : "three");
        bench_run(&bench);
    }
    bench_stop(&bench);
    CHECK_STR_EQ(lines(&bench), "I t: lost...\nI t: three\n"
                                "W log: dropped lines=2 full=0 rate=0 "
                                "sink=2\n");
    counts_are(&bench, 1, 0, 0, 2);
    weft_loop_deinit(&bench.loop);
}

CASE(a_report_lost_in_its_middle_does_not_look_whole)
{
    begin_with_ends_that_fail(0);
    bench.sink.error = WEFT_ERR_CLOSED;
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "one");
    bench_run(&bench);
    bench.sink.error = 0;
    ends_to_fail = 1;
    bench_stop(&bench);
    bench_start(&bench);
    bench_stop(&bench);
    CHECK_STR_EQ(lines(&bench),
                 "W log: dropped lines=1 full=0 rate=0 sink=1...\n"
                 "W log: dropped lines=1 full=0 rate=0 sink=1\n");
    weft_loop_deinit(&bench.loop);
}

static int greedy(void *ctx, const char *bytes, size_t size)
{
    (void)ctx;
    (void)bytes;
    return (int)size + 1;
}

CASE(a_sink_that_takes_more_than_there_is_is_an_assertion)
{
    weft_log_config_t config = bench_config(&bench);

    config.sink = greedy;
    bench_init(&bench, &config);
    bench_start(&bench);
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "one");
    CHECK_DIES(bench_run(&bench), "a log's sink took more than it was given");
}

/* --- flush */

struct flusher {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    uint64_t deadline_us;
    struct weft_log_flush flush;
    size_t size;
};
WEFT_TASK(flusher)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_log_flush_call,
                     &bench.log.service, &self->flush);
    self->size = bench.sink.size;
    return rc;
    WEFT_END;
}

CASE(a_flush_answers_when_all_logged_before_is_written)
{
    struct flusher flusher = {.deadline_us = WEFT_FOREVER};

    bench_begin(&bench);
    bench.sink.times = 1;
    for (int i = 0; i < 20; i++) {
        weft_log(&bench.log, WEFT_LOG_INFO, "t", "before");
    }
    CHECK_EQ(weft_spawn(&bench.loop.executor, flusher_task(&flusher)), 0);
    bench_run(&bench);
    CHECK(!weft_task_finished(&flusher.task));
    bench.sink.times = 18;
    weft_log_ready(&bench.log);
    bench_run(&bench);
    CHECK(!weft_task_finished(&flusher.task));
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "after");
    bench.sink.times = 1;
    weft_log_ready(&bench.log);
    bench_run(&bench);
    CHECK(weft_task_finished(&flusher.task));
    CHECK_EQ(weft_task_result(&flusher.task), 0);
    CHECK_EQ(weft_log_counts(&bench.log).waiting, 1);
    bench.sink.times = -1;
    bench_end(&bench);
    CHECK_EQ(weft_log_counts(&bench.log).waiting, 0);
}

CASE(a_flush_does_not_answer_with_one_that_was_sent_earlier)
{
    struct weft_log_flush flush[2] = {{.next = NULL}, {.next = NULL}};

    bench_begin(&bench);
    bench.sink.times = 0;
    for (int i = 0; i < 2; i++) {
        weft_log(&bench.log, WEFT_LOG_INFO, "t", "before");
        CHECK_EQ(weft_log_flush_send(&bench.log.service, &flush[i]), 0);
        bench_run(&bench);
    }
    for (int i = 0; i < 2; i++) {
        CHECK(weft_request_in_flight(&flush[i].request));
        bench.sink.times = 1;
        weft_log_ready(&bench.log);
        bench_run(&bench);
        CHECK_EQ(weft_future_result(&flush[i].request), 0);
    }
    bench.sink.times = -1;
    bench_end(&bench);
}

CASE(a_flush_of_nothing_answers_at_once)
{
    struct flusher flusher = {.deadline_us = WEFT_FOREVER};

    bench_begin(&bench);
    CHECK_EQ(weft_loop_run_task(&bench.loop, flusher_task(&flusher)), 0);
    CHECK_EQ(flusher.size, 0);
    bench_end(&bench);
}

CASE(a_flush_can_be_given_up_while_the_sink_is_full)
{
    struct flusher flusher;

    bench_begin(&bench);
    bench.sink.times = 0;
    weft_log(&bench.log, WEFT_LOG_INFO, "t", "one");
    flusher = (struct flusher){.deadline_us = weft_deadline(WEFT_MS(1))};
    CHECK_EQ(weft_loop_run_task(&bench.loop, flusher_task(&flusher)),
             WEFT_ERR_TIMEOUT);
    CHECK(weft_future_settled(&flusher.flush.request));
    bench.sink.times = -1;
    bench_end(&bench);
    counts_are(&bench, 1, 0, 0, 0);
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

static void write_unknown_field(void)
{
    weft_log_field_t field = {.key = "key"};
    weft_log_record_t record = {WEFT_LOG_INFO, "t", "", &field, 1};

    (void)weft_log_write(&bench.log, &record);
}

CASE(a_record_without_a_tag_and_a_field_of_no_kind_are_assertions)
{
    bench_begin(&bench);
    CHECK_DIES(weft_log(&bench.log, WEFT_LOG_INFO, NULL, "text"),
               "a record of a log without a tag");
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

/* --- a sink that blocks */

static weft_event_t line_free;

static int block(void *ctx, const char *bytes, size_t size)
{
    CHECK_EQ(weft_event_wait(&line_free), 0);
    return sink_take(ctx, bytes, size);
}

CASE(a_sink_may_block_a_thread_of_its_own_and_who_logs_does_not_wait)
{
    static weft_loop_thread_t thread;
    weft_log_config_t config = bench_config(&bench);
    struct weft_log_flush flush = {.next = NULL};

    memset(&thread, 0, sizeof(thread));
    weft_event_init(&line_free, false);
    config.sink = block;
    config.sink_blocks = true;
    CHECK_STARTED(weft_loop_thread_start(&thread, NULL));
    CHECK_EQ(weft_log_init(&bench.log, &config, &thread.loop.executor), 0);
    CHECK_EQ(weft_call(&bench.log.service, WEFT_SERVICE_START, &bench.request),
             0);
    for (int i = 0; i < 5; i++) {
        weft_log(&bench.log, WEFT_LOG_INFO, "t", "line", weft_log_int("i", i));
    }
    CHECK_EQ(weft_log_counts(&bench.log).waiting, 5);
    weft_event_set(&line_free);
    CHECK_EQ(weft_log_flush_call(&bench.log.service, &flush), 0);
    counts_are(&bench, 5, 0, 0, 0);
    CHECK_EQ(weft_call(&bench.log.service, WEFT_SERVICE_STOP, &bench.request),
             0);
    weft_thread_leave();
    weft_loop_thread_stop(&thread);
    weft_loop_thread_join(&thread);
}
