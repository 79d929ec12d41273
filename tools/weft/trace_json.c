/* trace_json.c - traces in Chrome's format, for ui.perfetto.dev
 * SPDX-License-Identifier: MIT
 */
#include "tools/weft/trace_json.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NOTHING = 0, READY, RUNS, WAITS }; /* trace_task.state */

/* --- the tasks that live -------------------------------------------------- */

static size_t place_of(const struct trace_json *json, unsigned machine,
                       uint32_t id)
{
    uint32_t hash = (id ^ (machine << 24)) * UINT32_C(2654435761);
    size_t at = (hash ^ (hash >> 16)) & (json->capacity - 1);

    while (json->tasks[at].state != NOTHING &&
           (json->tasks[at].id != id || json->tasks[at].machine != machine)) {
        at = (at + 1) & (json->capacity - 1);
    }
    return at;
}

static bool grow(struct trace_json *json)
{
    struct trace_json old = {.tasks = json->tasks, .capacity = json->capacity};
    size_t capacity = json->capacity > 0 ? json->capacity * 2 : 256;

    json->tasks = calloc(capacity, sizeof(*json->tasks));
    if (json->tasks == NULL) {
        json->tasks = old.tasks;
        return false;
    }
    json->capacity = capacity;
    for (size_t i = 0; i < old.capacity; i++) {
        const struct trace_task *task = &old.tasks[i];

        if (task->state != NOTHING) {
            json->tasks[place_of(json, task->machine, task->id)] = *task;
        }
    }
    free(old.tasks);
    return true;
}

/* The entry of a task, made if there is none; NULL when memory is short. */
static struct trace_task *task_of(struct trace_json *json,
                                  const weft_trace_event_t *event)
{
    struct trace_task *task;

    if (json->count * 2 >= json->capacity && !grow(json)) {
        return NULL;
    }
    task = &json->tasks[place_of(json, event->machine, event->id)];
    if (task->state == NOTHING) {
        task->id = event->id;
        task->machine = event->machine;
        task->state = READY;
        task->under = 0;
        task->since_us = event->time_us;
        json->count++;
    }
    return task;
}

/* Takes an entry out and moves up those behind it that it kept away. */
static void forget(struct trace_json *json, struct trace_task *task)
{
    size_t mask = json->capacity - 1;
    size_t at = (size_t)(task - json->tasks);

    json->count--;
    json->tasks[at].state = NOTHING;
    for (at = (at + 1) & mask; json->tasks[at].state != NOTHING;
         at = (at + 1) & mask) {
        struct trace_task moved = json->tasks[at];

        json->tasks[at].state = NOTHING;
        json->tasks[place_of(json, moved.machine, moved.id)] = moved;
    }
}

/* A process 0 and a thread 0 are special to viewers: machines count from 1,
   the loop is thread 1, tasks come behind it. */
enum { TID_LOOP = 1 };

static unsigned pid_of(unsigned machine)
{
    return machine + 1;
}

static uint64_t tid_of(uint32_t id)
{
    return (uint64_t)id + TID_LOOP + 1;
}

/* The thread on which something happens now. */
static uint64_t tid_now(const struct trace_json *json, unsigned machine)
{
    return json->running[machine] != 0 ? json->running[machine] : TID_LOOP;
}

/* --- words ---------------------------------------------------------------- */

/* How many bytes a whole UTF-8 character has here; 0: it is not one. */
static size_t utf8_size(const unsigned char *at)
{
    size_t size = at[0] < 0x80   ? 1
                  : at[0] < 0xC2 ? 0
                  : at[0] < 0xE0 ? 2
                  : at[0] < 0xF0 ? 3
                  : at[0] < 0xF5 ? 4
                                 : 0;

    for (size_t i = 1; i < size; i++) {
        if ((at[i] & 0xC0) != 0x80) {
            return 0;
        }
    }
    if (size == 3 &&
        ((at[0] == 0xE0 && at[1] < 0xA0) || (at[0] == 0xED && at[1] >= 0xA0))) {
        return 0; /* overlong, or half of a pair */
    }
    if (size == 4 &&
        ((at[0] == 0xF0 && at[1] < 0x90) || (at[0] == 0xF4 && at[1] >= 0x90))) {
        return 0;
    }
    return size;
}

struct quoted {
    char text[6 * TRACE_NAME_MAX + 8];
};

/* A name as the inside of a JSON string. Bytes that are no UTF-8 are taken
   for Latin-1. Cut at TRACE_NAME_MAX characters. */
static struct quoted quote(const char *name)
{
    struct quoted q = {""};
    const unsigned char *at = (const unsigned char *)(name ? name : "");
    size_t used = 0;

    for (int n = 0; *at != '\0' && n < TRACE_NAME_MAX; n++) {
        size_t size = utf8_size(at);
        bool plain = size > 1 || (size == 1 && *at >= 0x20 && *at != '"' &&
                                  *at != '\\' && *at != 0x7F);

        if (plain) {
            memcpy(q.text + used, at, size);
            used += size;
        } else {
            used += (size_t)snprintf(q.text + used, 8, "\\u%04x", *at);
        }
        at += size > 0 ? size : 1;
    }
    q.text[used] = '\0';
    return q;
}

/* --- events --------------------------------------------------------------- */

static uint64_t since_start(const struct trace_json *json, uint64_t time_us)
{
    return time_us > json->start_us ? time_us - json->start_us : 0;
}

/* Closes the slice that a task is in, if it is in one. */
static void close_slice(struct trace_json *json, const struct trace_task *task,
                        uint64_t now_us)
{
    if (task->state != RUNS && task->state != WAITS) {
        return;
    }
    sink_print(&json->sink,
               ",\n{\"ph\":\"X\",\"pid\":%u,\"tid\":%" PRIu64 ",\"ts\":%" PRIu64
               ",\"dur\":%" PRIu64 ",\"cat\":\"%s\",\"name\":\"%s\"}",
               pid_of(task->machine), tid_of(task->id),
               since_start(json, task->since_us), now_us - task->since_us,
               task->state == RUNS ? "run" : "wait",
               task->state == RUNS ? "run" : quote(task->name).text);
}

static void change(struct trace_json *json, struct trace_task *task,
                   uint8_t state, const weft_trace_event_t *event)
{
    close_slice(json, task, event->time_us);
    task->state = state;
    task->since_us = event->time_us;
    (void)snprintf(task->name, sizeof(task->name), "%s",
                   event->name != NULL ? event->name : "wait");
}

static void task_event(struct trace_json *json, const weft_trace_event_t *event)
{
    struct trace_task *task = task_of(json, event);
    uint64_t *running = &json->running[event->machine];

    if (task == NULL) {
        return;
    }
    switch (event->kind) {
    case WEFT_TRACE_TASK_START:
        sink_print(&json->sink,
                   ",\n{\"ph\":\"M\",\"pid\":%u,\"tid\":%" PRIu64
                   ",\"name\":\"thread_name\",\"args\":{\"name\":\"%s\"}}",
                   pid_of(event->machine), tid_of(event->id),
                   quote(event->name ? event->name : "task").text);
        break;
    case WEFT_TRACE_TASK_RUN:
        change(json, task, RUNS, event);
        task->under = *running;
        *running = tid_of(event->id);
        break;
    case WEFT_TRACE_TASK_PARK:
        change(json, task, WAITS, event);
        *running = task->under;
        task->under = 0;
        break;
    default:
        close_slice(json, task, event->time_us);
        *running = task->under;
        forget(json, task);
    }
}

/* Something that happens at one moment, on the line of the task that runs. */
static void instant(struct trace_json *json, const weft_trace_event_t *event,
                    const char *what, const char *unit)
{
    sink_print(&json->sink,
               ",\n{\"ph\":\"i\",\"s\":\"t\",\"pid\":%u,\"tid\":%" PRIu64
               ",\"ts\":%" PRIu64 ",\"cat\":\"%s\",\"name\":\"%s%s%s\","
               "\"args\":{\"id\":%" PRIu32 ",\"%s\":%" PRId32 "}}",
               pid_of(event->machine), tid_now(json, event->machine),
               since_start(json, event->time_us), what, what,
               event->name != NULL ? " " : "", quote(event->name).text,
               event->id, unit, event->value);
}

/* An arrow from a post to its take; drawn between instants. The event's id is
   the number of the message. */
static void arrow(struct trace_json *json, const weft_trace_event_t *event,
                  char phase)
{
    sink_print(
        &json->sink,
        ",\n{\"ph\":\"%c\",%s\"pid\":%u,\"tid\":%" PRIu64 ",\"ts\":%" PRIu64
        ",\"id\":\"%u.%" PRIu32 "\",\"cat\":\"message\",\"name\":\"message\"}",
        phase, phase == 'f' ? "\"bp\":\"e\"," : "", pid_of(event->machine),
        tid_now(json, event->machine), since_start(json, event->time_us),
        pid_of(event->machine), event->id);
}

static void pin_event(struct trace_json *json, const weft_trace_event_t *event,
                      const weft_sim_board_t *board)
{
    const weft_sim_part_t *part = weft_sim_board_part(board, event->id);

    sink_print(&json->sink,
               ",\n{\"ph\":\"C\",\"pid\":%u,\"ts\":%" PRIu64
               ",\"name\":\"gpio %" PRIu32 "%s%s\","
               "\"args\":{\"level\":%" PRId32 "}}",
               pid_of(event->machine), since_start(json, event->time_us),
               event->id, part != NULL ? " " : "",
               part != NULL ? part->name : "", event->value);
}

static void write_event(struct trace_json *json,
                        const weft_trace_event_t *event,
                        const weft_sim_board_t *board)
{
    switch ((enum weft_trace_kind)event->kind) {
    case WEFT_TRACE_TASK_START:
    case WEFT_TRACE_TASK_RUN:
    case WEFT_TRACE_TASK_PARK:
    case WEFT_TRACE_TASK_END: task_event(json, event); break;
    case WEFT_TRACE_MESSAGE_POST:
        instant(json, event, "post", "value");
        arrow(json, event, 's');
        break;
    case WEFT_TRACE_MESSAGE_TAKE:
        instant(json, event, "take", "value");
        arrow(json, event, 'f');
        break;
    case WEFT_TRACE_TIMER_START:
        instant(json, event, "timer start", "us");
        break;
    case WEFT_TRACE_TIMER_FIRE: instant(json, event, "timer fire", "us"); break;
    case WEFT_TRACE_TIMER_STOP: instant(json, event, "timer stop", "us"); break;
    case WEFT_TRACE_PIN: pin_event(json, event, board); break;
    case WEFT_TRACE_UART: instant(json, event, "uart", "bytes"); break;
    case WEFT_TRACE_ERROR: instant(json, event, "error", "value"); break;
    case WEFT_TRACE_LOG: instant(json, event, "log", "value"); break;
    }
}

void trace_json_begin(struct trace_json *json)
{
    sink_begin(&json->sink);
    sink_print(&json->sink,
               "{\"displayTimeUnit\":\"ms\",\"traceEvents\":[\n"
               "{\"ph\":\"M\",\"pid\":1,\"name\":\"process_sort_index\","
               "\"args\":{\"sort_index\":1}}");
}

void trace_json_machine(struct trace_json *json, unsigned machine,
                        const char *name)
{
    sink_print(&json->sink,
               ",\n{\"ph\":\"M\",\"pid\":%u,\"name\":\"process_name\","
               "\"args\":{\"name\":\"%s\"}}"
               ",\n{\"ph\":\"M\",\"pid\":%u,\"tid\":%d,"
               "\"name\":\"thread_name\",\"args\":{\"name\":\"loop\"}}",
               pid_of(machine), quote(name).text, pid_of(machine), TID_LOOP);
}

void trace_json_drain(struct trace_json *json, weft_trace_t *trace,
                      const weft_sim_board_t *board)
{
    weft_trace_event_t event;

    while (weft_trace_take(trace, &event)) {
        write_event(json, &event, board);
    }
}

int trace_json_end(struct trace_json *json, uint64_t time_us)
{
    for (size_t i = 0; i < json->capacity; i++) {
        close_slice(json, &json->tasks[i], time_us);
    }
    free(json->tasks);
    json->tasks = NULL;
    json->capacity = 0;
    return sink_close(&json->sink);
}
