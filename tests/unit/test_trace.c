/* test_trace.c - the ring of events
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"

#include <stddef.h>

#include "weft/time.h"
#include "weft/trace.h"

enum { ROOM = 4 };

static weft_trace_event_t room[ROOM];
static weft_trace_t trace;

static void record(unsigned from, unsigned to)
{
    for (unsigned i = from; i <= to; i++) {
        weft_trace_record(&trace, WEFT_TRACE_PIN, i, "pin", (int32_t)i);
    }
}

static void check_next(unsigned id)
{
    weft_trace_event_t event = {0};

    CHECK_EQ(weft_trace_take(&trace, &event), 1);
    CHECK_EQ(event.id, id);
    CHECK_EQ(event.value, id);
    CHECK_EQ(event.kind, WEFT_TRACE_PIN);
    CHECK_STR_EQ(event.name, "pin");
}

static void check_empty(void)
{
    weft_trace_event_t event;

    CHECK_EQ(weft_trace_take(&trace, &event), 0);
}

CASE(gives_events_in_the_order_recorded)
{
    weft_trace_init(&trace, room, ROOM, NULL, NULL);
    check_empty();
    for (unsigned round = 0; round < 3 * ROOM; round++) {
        record(round, round + 2);
        check_next(round);
        check_next(round + 1);
        check_next(round + 2);
        check_empty();
    }
}

CASE(stamps_time_and_machine)
{
    weft_trace_event_t event = {0};
    uint64_t before = weft_now_us();

    weft_trace_init(&trace, room, ROOM, NULL, NULL);
    trace.machine = 3;
    record(1, 1);
    CHECK_EQ(weft_trace_take(&trace, &event), 1);
    CHECK_EQ(event.machine, 3);
    CHECK(event.time_us >= before);
    CHECK(event.time_us <= weft_now_us());
}

CASE(overwrites_the_oldest_and_counts_them)
{
    weft_trace_init(&trace, room, ROOM, NULL, NULL);
    record(1, ROOM + 3);
    CHECK_EQ(trace.overwritten, 3);
    for (unsigned i = 4; i <= ROOM + 3; i++) {
        check_next(i);
    }
    check_empty();
}

static unsigned taken;

static void write_out(weft_trace_t *full, void *ctx)
{
    weft_trace_event_t event;

    CHECK_EQ((uintptr_t)ctx, (uintptr_t)&taken);
    while (weft_trace_take(full, &event)) {
        taken++;
        CHECK_EQ(event.id, taken);
    }
}

CASE(asks_to_be_written_out_when_full)
{
    taken = 0;
    weft_trace_init(&trace, room, ROOM, write_out, &taken);
    record(1, 3 * ROOM);
    CHECK_EQ(taken, 2 * ROOM);
    CHECK_EQ(trace.overwritten, 0);
    check_next(2 * ROOM + 1);
}

static void do_nothing(weft_trace_t *full, void *ctx)
{
    (void)full;
    (void)ctx;
}

CASE(overwrites_when_the_writer_takes_nothing)
{
    weft_trace_init(&trace, room, ROOM, do_nothing, NULL);
    record(1, ROOM + 1);
    CHECK_EQ(trace.overwritten, 1);
    check_next(2);
}

CASE(records_nothing_without_a_trace_or_room)
{
    weft_trace_record(NULL, WEFT_TRACE_PIN, 1, NULL, 1);
    weft_trace_init(&trace, NULL, 0, NULL, NULL);
    record(1, 2);
    check_empty();
}
