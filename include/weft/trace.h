/* trace.h - a ring of what happened, recorded at transitions only
 * SPDX-License-Identifier: MIT
 *
 * When to use it: to look at a run afterwards. Who records is given a
 * weft_trace_t *; NULL records nothing and costs one branch.
 *
 * Example:
 *
 *     static weft_trace_event_t room[4096];
 *     static weft_trace_t trace;
 *     weft_trace_init(&trace, room, 4096, NULL, NULL);
 *     weft_trace_record(&trace, WEFT_TRACE_TASK_START, 1, "blink", 0);
 *
 * Context: one thread. Memory: the caller's; names are borrowed and must
 * outlive the trace. When the ring is full, `full` is asked to write it out
 * (then it starts again); without one the oldest are overwritten and counted.
 */
#ifndef WEFT_TRACE_H
#define WEFT_TRACE_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum weft_trace_kind {
    WEFT_TRACE_TASK_START = 0,   /* a task exists; name */
    WEFT_TRACE_TASK_RUN = 1,     /* runs until its PARK or END */
    WEFT_TRACE_TASK_PARK = 2,    /* waits; name: for what */
    WEFT_TRACE_TASK_END = 3,     /* value: 0 or an error */
    WEFT_TRACE_MESSAGE_POST = 4, /* name: topic */
    WEFT_TRACE_MESSAGE_TAKE = 5,
    WEFT_TRACE_TIMER_START = 6, /* value: microseconds */
    WEFT_TRACE_TIMER_FIRE = 7,
    WEFT_TRACE_TIMER_STOP = 8,
    WEFT_TRACE_PIN = 9,   /* id: pin, value: level */
    WEFT_TRACE_UART = 10, /* id: port, value: bytes, negative: out */
    WEFT_TRACE_ERROR = 11,
    WEFT_TRACE_LOG = 12,
};

typedef struct weft_trace_event {
    uint64_t time_us;
    const char *name; /* or NULL */
    uint32_t id;      /* task, timer, pin, message: unique in its kind */
    int32_t value;
    uint8_t kind;
    uint8_t machine;
} weft_trace_event_t;

typedef struct weft_trace weft_trace_t;
typedef void weft_trace_full_fn(weft_trace_t *trace, void *ctx);

struct weft_trace {
    uint8_t machine; /* stamped on what is recorded */
    /* private */
    weft_trace_event_t *events;
    size_t capacity;
    size_t first;
    size_t count;
    uint64_t overwritten;
    weft_trace_full_fn *full;
    void *full_ctx;
};

void weft_trace_init(weft_trace_t *trace, weft_trace_event_t *events,
                     size_t capacity, weft_trace_full_fn *full, void *ctx);

/* Records with the time of now. trace may be NULL. */
void weft_trace_record(weft_trace_t *trace, enum weft_trace_kind kind,
                       uint32_t id, const char *name, int32_t value);

/* Takes out the oldest event: 1, or 0 when there is none. */
int weft_trace_take(weft_trace_t *trace, weft_trace_event_t *event);

#ifdef __cplusplus
}
#endif

#endif
