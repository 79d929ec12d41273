/* test_race_log.c - many writers, and a drain with a slow sink
 * SPDX-License-Identifier: MIT
 *
 * Every record is written or dropped, and told as that: the sums are exact, and
 * what one writer writes stays in order.
 */
#include "tests/support/disturb.h"
#include "weft/log.h"

enum { WRITERS = 2, RECORDS = SCALED(TEST_IN_SIM ? 12 : 400, 40) };

static const char *const tags[WRITERS + 1] = {"w0", "w1", "w2"};

/* Reads the lines back. */
struct reader {
    char line[128];
    size_t size;
    int64_t last[WRITERS + 1];
    uint32_t records;
    uint32_t told; /* dropped */
    uint32_t asked;
};

struct race {
    struct core core;
    weft_log_t log;
    struct reader reader;
    uint32_t room[2 * WEFT_LOG_RECORD_MAX / 4];
    char line[96];
    weft_log_bucket_t buckets[2];
    uint32_t logged; /* atomic */
    uint32_t taken;  /* atomic */
};

static void read_record(struct reader *reader, const char *words)
{
    int writer = words[1] - '0';
    int64_t number = strtol(strstr(words, " n=") + 3, NULL, 10);

    CHECK(strncmp(words, tags[writer], 2) == 0);
    CHECK(strstr(words, ": says n=") != NULL);
    CHECK(number > reader->last[writer]);
    reader->last[writer] = number;
    reader->records++;
}

static void read_line(struct reader *reader)
{
    const char *words = strchr(reader->line, ' ') + 1;

    if (strncmp(words, "W log: dropped lines=", 21) == 0) {
        reader->told += (uint32_t)strtol(words + 21, NULL, 10);
    } else {
        CHECK(strncmp(words, "I ", 2) == 0);
        read_record(reader, words + 2);
    }
}

/* Takes a part of a line, or nothing, as it likes. */
static int sink(void *ctx, const char *bytes, size_t size)
{
    struct reader *reader = ctx;

    if (some(4) == 3 || (!TEST_IN_SIM && ++reader->asked % 7 == 0)) {
        return 0;
    }
    size = size > 1 && some(2) == 1 ? size / 2 : size;
    CHECK(reader->size + size < sizeof(reader->line));
    memcpy(reader->line + reader->size, bytes, size);
    reader->size += size;
    if (reader->line[reader->size - 1] == '\n') {
        reader->line[reader->size] = '\0';
        read_line(reader);
        reader->size = 0;
    }
    return (int)size;
}

static void say(struct race *race, int writer, int64_t number)
{
    weft_log_field_t field = weft_log_int("n", number);
    weft_log_record_t record = {WEFT_LOG_INFO, tags[writer], "says", &field, 1};

    (void)weft_atomic_fetch_add_relaxed_u32(&race->logged, 1);
    if (weft_log_write(&race->log, &record)) {
        (void)weft_atomic_fetch_add_relaxed_u32(&race->taken, 1);
    }
}

struct writer {
    weft_port_thread_t thread;
    struct race *race;
    int writer;
};

static void write_all(void *ctx)
{
    struct writer *writer = ctx;

    for (int i = 1; i <= RECORDS; i++) {
        say(writer->race, writer->writer, i);
        if (i % 5 == 0) {
            weft_log_ready(&writer->race->log);
        }
    }
}

static void race_init(struct race *race, uint32_t rate)
{
    weft_log_config_t config = {
        .sink = sink,
        .ctx = &race->reader,
        .room = race->room,
        .room_size = sizeof(race->room),
        .line = race->line,
        .line_size = sizeof(race->line),
        .rate = rate,
        .burst = rate == 0 ? 0 : 7,
        .buckets = race->buckets,
        .buckets_count = 2,
        .retry_us = 50,
        .report_us = 200,
    };

    CHECK_EQ(weft_log_init(&race->log, &config, &race->core.loop.executor), 0);
}

static void race_begin(struct race *race, uint32_t rate)
{
    weft_request_t start = WEFT_FUTURE_INIT;

    memset(race, 0, sizeof(*race));
    core_start(&race->core);
    race_init(race, rate);
    CHECK_EQ(weft_call(&race->log.service, WEFT_SERVICE_START, &start), 0);
}

static void race_check(struct race *race)
{
    weft_log_counts_t counts = weft_log_counts(&race->log);

    CHECK_EQ(counts.logged, race->logged);
    CHECK_EQ(counts.written, race->taken);
    CHECK_EQ(counts.waiting, 0);
    CHECK_EQ(counts.sink, 0);
    CHECK_EQ(counts.written + counts.full + counts.rate, race->logged);
    CHECK_EQ(race->reader.records, counts.written);
    CHECK_EQ(race->reader.told, counts.full + counts.rate);
}

static void race_end(struct race *race)
{
    struct weft_log_flush flush = {.next = NULL};
    weft_request_t stop = WEFT_FUTURE_INIT;

    CHECK_EQ(weft_log_flush_call(&race->log.service, &flush), 0);
    race_check(race);
    CHECK_EQ(weft_call(&race->log.service, WEFT_SERVICE_STOP, &stop), 0);
    weft_thread_leave();
    core_stop(&race->core);
}

static void race_writers(uint32_t rate)
{
    static struct race race;
    struct writer writer[WRITERS];

    race_begin(&race, rate);
    for (int i = 0; i < WRITERS; i++) {
        writer[i].race = &race;
        writer[i].writer = i;
    }
    thread_start(&writer[1].thread, write_all, &writer[1]);
    write_all(&writer[0]);
    weft_port_thread_join(&writer[1].thread);
    race_end(&race);
}

CASE(what_one_writes_is_written_by_another_core_or_counted_as_dropped)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        static struct race race;
        struct writer writer = {.race = &race, .writer = 0};

        race_begin(&race, 0);
        write_all(&writer);
        race_end(&race);
    }
}

CASE(each_record_is_written_in_order_or_counted_as_dropped)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        race_writers(0);
    }
}

CASE(each_record_is_written_or_dropped_by_its_rate_or_for_room)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        race_writers(100);
    }
}

/* Between any two steps of one who logs, too: that one's record is not ready,
 * and the interrupt's behind it waits. */
struct disturbed {
    struct race *race;
    int64_t number;
};

static void log_in_interrupt(void *ctx)
{
    struct disturbed *disturbed = ctx;

    say(disturbed->race, 2, ++disturbed->number);
}

/* The drain is on this core, too. */
static void run_until_settled(struct race *race, weft_request_t *request)
{
    while (weft_request_in_flight(request)) {
        (void)weft_loop_step(&race->core.loop);
        weft_log_ready(&race->log);
    }
    CHECK_EQ(weft_future_result(request), 0);
}

static void be_disturbed(struct race *race)
{
    struct disturbed disturbed = {race, 0};
    struct disturb disturb = {
        .handler = log_in_interrupt, .ctx = &disturbed, .times = 6};
    struct weft_log_flush flush = {.next = NULL};

    disturb_begin(&disturb);
    for (int i = 1; i <= RECORDS; i++) {
        say(race, 0, i);
        (void)weft_loop_step(&race->core.loop);
    }
    disturb_end(&disturb);
    CHECK_EQ(weft_log_flush_send(&race->log.service, &flush), 0);
    run_until_settled(race, &flush.request);
}

CASE_DISTURBED(an_interrupt_logs_in_the_middle_of_who_logs)
{
    static struct race race;
    weft_request_t request = WEFT_FUTURE_INIT;

    memset(&race, 0, sizeof(race));
    weft_loop_init(&race.core.loop, NULL);
    race_init(&race, 0);
    CHECK_EQ(weft_service_start(&race.log.service, &request), 0);
    run_until_settled(&race, &request);
    be_disturbed(&race);
    race_check(&race);
    CHECK_EQ(weft_service_stop(&race.log.service, &request), 0);
    run_until_settled(&race, &request);
    while (weft_loop_step(&race.core.loop) <= weft_now_us()) {}
    weft_loop_deinit(&race.core.loop);
}

/* --- starts and stops while it is written */

CASE(a_stop_and_a_start_lose_no_record)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        static struct race race;
        struct writer writer = {.race = &race, .writer = 1};

        race_begin(&race, 0);
        thread_start(&writer.thread, write_all, &writer);
        for (int n = 0; n < 3; n++) {
            weft_request_t stop = WEFT_FUTURE_INIT;
            weft_request_t start = WEFT_FUTURE_INIT;

            CHECK_EQ(weft_call(&race.log.service, WEFT_SERVICE_STOP, &stop), 0);
            CHECK_EQ(weft_call(&race.log.service, WEFT_SERVICE_START, &start),
                     0);
        }
        weft_port_thread_join(&writer.thread);
        race_end(&race);
    }
}
