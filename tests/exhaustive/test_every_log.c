/* test_every_log.c - a log's writers and its drain in all schedules
 * SPDX-License-Identifier: MIT
 *
 * The loop ends only when the sink has had all lines: a wake that is lost is a
 * deadlock, or time that passes until the next retry.
 */
#include <string.h>

#include "tests/support/explore.h"

static weft_loop_t loop;
static weft_log_t book;
static weft_request_t start;
static weft_request_t stop;
static uint32_t room[WEFT_LOG_RECORD_MAX / 2];
static char line[80];
static int lines;
static int wanted;
static int refusals;
static uint32_t asked; /* atomic */

static int sink(void *ctx, const char *bytes, size_t size)
{
    (void)ctx;
    if (refusals > 0) {
        refusals--;
        weft_atomic_store_release_u32(&asked, 1);
        return 0;
    }
    CHECK(memcmp(bytes + size - 7, "t: all\n", 7) == 0);
    if (++lines == wanted) {
        CHECK_EQ(weft_service_stop(&book.service, &stop), 0);
        weft_loop_stop(&loop);
    }
    return (int)size;
}

static void say(void *ctx)
{
    weft_log_record_t record = {WEFT_LOG_INFO, "t", "all", NULL, 0};

    (void)ctx;
    CHECK(weft_log_write(&book, &record));
}

/* What the sink waits for comes while the log is told that it is full. */
static void make_ready(void *ctx)
{
    (void)ctx;
    while (weft_atomic_load_acquire_u32(&asked) == 0) {
        weft_hook_spin();
    }
    weft_log_ready(&book);
}

static void prepare(int count)
{
    weft_log_config_t config = {.sink = sink,
                                .room = room,
                                .room_size = sizeof(room),
                                .line = line,
                                .line_size = sizeof(line)};

    lines = 0;
    wanted = count;
    refusals = 0;
    asked = 0;
    memset(room, 0, sizeof(room));
    start = stop = (weft_request_t)WEFT_FUTURE_INIT;
    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_log_init(&book, &config, &loop.executor), 0);
}

static void run(void)
{
    CHECK_EQ(weft_loop_run(&loop), 0);
    sides_join();
    CHECK_EQ(lines, wanted);
    CHECK_EQ(weft_log_counts(&book).waiting, 0);
    CHECK_EQ(weft_now_us(), 0);
    weft_loop_deinit(&loop);
}

EXPLORE_LARGE(what_two_write_while_the_drain_runs_is_written_at_once, 2)
{
    prepare(2);
    CHECK_EQ(weft_service_start(&book.service, &start), 0);
    side(say, NULL);
    side(say, NULL);
    run();
}

EXPLORE_LARGE(what_is_written_while_the_service_starts_is_not_left_there, 2)
{
    prepare(1);
    side(say, NULL);
    CHECK_EQ(weft_service_start(&book.service, &start), 0);
    run();
}

EXPLORE_LARGE(an_interrupt_writes_in_the_middle_of_who_writes, 2)
{
    weft_sim_interrupt_t interrupt = {.handler = say, .times = 1};

    prepare(2);
    CHECK_EQ(weft_service_start(&book.service, &start), 0);
    weft_sim_interrupt_attach(&interrupt);
    say(NULL);
    run();
    weft_sim_interrupt_remove(&interrupt);
}

EXPLORE_LARGE(a_sink_that_takes_again_while_it_is_found_full_is_asked_again, 2)
{
    prepare(1);
    refusals = 1;
    CHECK_EQ(weft_service_start(&book.service, &start), 0);
    side(make_ready, NULL);
    say(NULL);
    run();
}
