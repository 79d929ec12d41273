/* trace_json.h - traces in Chrome's format, for ui.perfetto.dev
 * SPDX-License-Identifier: MIT
 *
 * A machine is a process, a task a thread in it: a slice while it runs, and
 * one, named by what for, while it waits. Messages and timers are instants,
 * pins are counters.
 *
 * The format: "Trace Event Format", Google, section "JSON Object Format".
 */
#ifndef WEFT_TOOL_TRACE_JSON_H
#define WEFT_TOOL_TRACE_JSON_H

#include "tools/weft/sink.h"
#include "weft/sim_board.h"
#include "weft/trace.h"

#define TRACE_NAME_MAX 64

/* What a task has been doing since when. */
struct trace_task {
    uint64_t since_us;
    uint64_t under; /* while it runs: the thread that ran before, or 0 */
    uint32_t id;
    uint8_t machine;
    uint8_t state;             /* 0: no entry */
    char name[TRACE_NAME_MAX]; /* what it waits for */
};

struct trace_json {
    struct sink sink;
    uint64_t start_us; /* what is written as time 0 */
    /* private: a hash table of the tasks that live */
    struct trace_task *tasks;
    size_t capacity; /* a power of two, or 0 */
    size_t count;
    uint64_t running[256]; /* of each machine: the thread that runs, or 0 */
};

void trace_json_begin(struct trace_json *json);
void trace_json_machine(struct trace_json *json, unsigned machine,
                        const char *name);

/* Takes out and writes all that is in the trace. board: for names of pins. */
void trace_json_drain(struct trace_json *json, weft_trace_t *trace,
                      const weft_sim_board_t *board);

/* Ends what still goes on, and the file: 0 or errno. */
int trace_json_end(struct trace_json *json, uint64_t time_us);

#endif
