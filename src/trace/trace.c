/* trace.c - the ring of events
 * SPDX-License-Identifier: MIT
 */
#include "weft/trace.h"

#include "weft/port.h"

static weft_trace_event_t *place(const weft_trace_t *trace, size_t index)
{
    size_t room = trace->capacity - trace->first;

    return &trace->events[index < room ? trace->first + index : index - room];
}

static void drop_oldest(weft_trace_t *trace)
{
    trace->first = trace->first + 1 == trace->capacity ? 0 : trace->first + 1;
    trace->count--;
}

/* Leaves room for one event at least, whatever `full` did. */
static void make_room(weft_trace_t *trace)
{
    if (trace->full != NULL) {
        trace->full(trace, trace->full_ctx);
    }
    if (trace->count == trace->capacity) {
        drop_oldest(trace);
        trace->overwritten++;
    }
}

void weft_trace_init(weft_trace_t *trace, weft_trace_event_t *events,
                     size_t capacity, weft_trace_full_fn *full, void *ctx)
{
    *trace = (weft_trace_t){
        .events = events,
        .capacity = capacity,
        .full = full,
        .full_ctx = ctx,
    };
}

void weft_trace_record(weft_trace_t *trace, enum weft_trace_kind kind,
                       uint32_t id, const char *name, int32_t value)
{
    if (trace == NULL || trace->capacity == 0) {
        return;
    }
    if (trace->count == trace->capacity) {
        make_room(trace);
    }
    *place(trace, trace->count) = (weft_trace_event_t){
        .time_us = weft_port_now_us(),
        .name = name,
        .id = id,
        .value = value,
        .kind = (uint8_t)kind,
        .machine = trace->machine,
    };
    trace->count++;
}

int weft_trace_take(weft_trace_t *trace, weft_trace_event_t *event)
{
    if (trace->count == 0) {
        return 0;
    }
    *event = *place(trace, 0);
    drop_oldest(trace);
    return 1;
}
