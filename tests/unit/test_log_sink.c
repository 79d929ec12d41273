/* test_log_sink.c - sinks of a log that are slow, full, fail or block
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/logs.h"

static struct bench bench;

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
