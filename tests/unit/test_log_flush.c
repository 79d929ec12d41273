/* test_log_flush.c - a flush of a log answers when all before it is written
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/logs.h"

static struct bench bench;

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
