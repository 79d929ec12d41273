/* logs.h - a log on a loop of its own, and a sink that remembers
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TEST_LOGS_H
#define WEFT_TEST_LOGS_H

#include <string.h>

#include "tests/support/cores.h"
#include "weft/log.h"

struct sink {
    char text[1536];
    size_t size;
    size_t most; /* bytes that it takes at once; 0: all */
    int times;   /* so often it takes something before it is full; -1: always */
    int error;   /* what it gives instead; 0: none */
    int calls;
};

static inline int sink_take(void *ctx, const char *bytes, size_t size)
{
    struct sink *sink = (struct sink *)ctx;

    sink->calls++;
    if (sink->error != 0 || sink->times == 0) {
        return sink->error;
    }
    if (sink->times > 0) {
        sink->times--;
    }
    if (sink->most != 0 && size > sink->most) {
        size = sink->most;
    }
    CHECK(sink->size + size < sizeof(sink->text));
    memcpy(sink->text + sink->size, bytes, size);
    sink->size += size;
    sink->text[sink->size] = '\0';
    return (int)size;
}

struct bench {
    weft_loop_t loop;
    weft_log_t log;
    weft_request_t request;
    struct sink sink;
    uint32_t room[SCALED(512, 256)];
    char line[256];
    weft_log_bucket_t buckets[3];
};

static inline weft_log_config_t bench_config(struct bench *bench)
{
    memset(bench, 0, sizeof(*bench));
    bench->sink.times = -1;
    return (weft_log_config_t){
        .sink = sink_take,
        .ctx = &bench->sink,
        .room = bench->room,
        .room_size = sizeof(bench->room),
        .line = bench->line,
        .line_size = sizeof(bench->line),
    };
}

/* Runs what is ready, and what is due. */
static inline void bench_run(struct bench *bench)
{
    while (weft_loop_step(&bench->loop) <= weft_now_us()) {}
}

static inline void bench_start(struct bench *bench)
{
    CHECK_EQ(weft_service_start(&bench->log.service, &bench->request), 0);
    bench_run(bench);
    CHECK_EQ(weft_future_result(&bench->request), 0);
}

static inline void bench_stop(struct bench *bench)
{
    CHECK_EQ(weft_service_stop(&bench->log.service, &bench->request), 0);
    bench_run(bench);
    CHECK_EQ(weft_future_result(&bench->request), 0);
}

static inline void bench_init(struct bench *bench,
                              const weft_log_config_t *config)
{
    weft_loop_init(&bench->loop, NULL);
    CHECK_EQ(weft_log_init(&bench->log, config, &bench->loop.executor), 0);
}

static inline void bench_begin(struct bench *bench)
{
    weft_log_config_t config = bench_config(bench);

    bench_init(bench, &config);
    bench_start(bench);
}

static inline void bench_end(struct bench *bench)
{
    bench_stop(bench);
    weft_loop_deinit(&bench->loop);
}

/* The lines that came, without their times; they are forgotten. */
static inline const char *lines(struct bench *bench)
{
    static char text[sizeof(bench->sink.text)];
    char *to = text;
    const char *from = bench->sink.text;

    while (*from != '\0') {
        from = strchr(from, ' ') + 1;
        do {
            *to++ = *from;
        } while (*from++ != '\n');
    }
    *to = '\0';
    bench->sink.size = 0;
    bench->sink.text[0] = '\0';
    return text;
}

/* The same of one record. */
static inline const char *line_of(struct bench *bench, const char *text,
                                  const weft_log_field_t *fields,
                                  unsigned count)
{
    weft_log_record_t record = {WEFT_LOG_INFO, "t", text, fields, count};

    CHECK(weft_log_write(&bench->log, &record));
    bench_run(bench);
    return lines(bench);
}

/* Each record has ended in one way, and nothing waits. */
static inline void counts_are(struct bench *bench, uint32_t written,
                              uint32_t full, uint32_t rate, uint32_t sink)
{
    weft_log_counts_t counts = weft_log_counts(&bench->log);

    CHECK_EQ(counts.logged, written + full + rate + sink);
    CHECK_EQ(counts.written, written);
    CHECK_EQ(counts.full, full);
    CHECK_EQ(counts.rate, rate);
    CHECK_EQ(counts.sink, sink);
    CHECK_EQ(counts.waiting, 0);
}

#endif
