/* main.c - a program in AsyncRTOS's manner: tasks, futures, events
 * SPDX-License-Identifier: MIT
 *
 * A probe is slow and may block its own thread. A station asks it for several
 * readings: each answer comes as an event, whose handler sends the same future
 * again, so that the station has time for others in between. Nobody but the
 * program's own functions says how an answer is waited for: app_main awaits,
 * the station is told, a note is forgotten, and the probe cannot tell.
 */
#include <aos.h>
#include <stdio.h>

#include "weft/time.h"

/* --- the probe ------------------------------------------------------------ */

enum { PROBE_READ };

/* in_ and out_ are a habit of such programs: the future brings both. */
AOS_DECLARE(probe_read, char in_channel, double out_celsius)
AOS_DEFINE(probe_read, char, double)

static void probe_handle_read(aos_task_t *task, aos_future_t *future)
{
    AOS_ARGS_T(probe_read) *args = aos_args_get(future);
    double *last = aos_task_args_get(task);

    (void)weft_sleep(WEFT_MS(2));
    *last += 0.5;
    args->out_celsius = *last + (args->in_channel == 'b' ? 10 : 0);
    aos_resolve(future);
}

static const aos_task_handler_entry_t probe_handlers[] = {
    {PROBE_READ, probe_handle_read},
};

/* --- the station ---------------------------------------------------------- */

enum { STATION_AVERAGE, STATION_READING, STATION_LIMIT, STATION_NOTE };

AOS_DECLARE(station_average, unsigned in_count, double out_celsius)
AOS_DEFINE(station_average, unsigned, double)
AOS_DECLARE(station_limit, double out_celsius)
AOS_DEFINE(station_limit, double)
AOS_DECLARE(station_note, const char *in_text)
AOS_DEFINE(station_note, const char *)

struct station {
    aos_task_t *probe;
    unsigned left;
    double sum;
};

static void station_handle_average(aos_task_t *task, aos_future_t *future)
{
    struct station *self = aos_task_args_get(task);
    AOS_ARGS_T(station_average) *args = aos_args_get(future);
    aos_eventful_config_t config = {
        .task = task, .event = STATION_READING, .ctx = future};

    self->left = args->in_count;
    self->sum = 0;
    aos_task_send(self->probe, PROBE_READ,
                  AOS_EVENTFUL_ALLOC_T(probe_read)(&config, 'b', 0));
}

static void station_handle_reading(aos_task_t *task, aos_future_t *future)
{
    struct station *self = aos_task_args_get(task);
    AOS_ARGS_T(probe_read) *reading = aos_args_get(future);
    aos_future_t *asked;
    AOS_ARGS_T(station_average) * answer;

    self->sum += reading->out_celsius;
    if (--self->left > 0) {
        aos_task_send(self->probe, PROBE_READ, future);
        return;
    }
    asked = aos_eventful_free(future);
    answer = aos_args_get(asked);
    answer->out_celsius = self->sum / answer->in_count;
    aos_resolve(asked);
}

static void station_handle_limit(aos_task_t *task, aos_future_t *future)
{
    AOS_ARGS_T(station_limit) *args = aos_args_get(future);

    (void)task;
    args->out_celsius = 35;
    aos_resolve(future);
}

static void station_handle_note(aos_task_t *task, aos_future_t *future)
{
    AOS_ARGS_T(station_note) *args = aos_args_get(future);

    (void)task;
    printf("note: %s\n", args->in_text);
    aos_resolve(future);
}

static const aos_task_handler_entry_t station_handlers[] = {
    {STATION_AVERAGE, station_handle_average},
    {STATION_READING, station_handle_reading},
    {STATION_LIMIT, station_handle_limit},
    {STATION_NOTE, station_handle_note},
};

/* --- the program ---------------------------------------------------------- */

static aos_task_t *started(aos_task_config_t config)
{
    aos_task_t *task = aos_task_alloc(&config);
    aos_future_t *future = aos_awaitable_alloc(0);

    aos_await(aos_task_start(task, future));
    aos_awaitable_free(future);
    return task;
}

static void stop_and_free(aos_task_t *task)
{
    aos_future_t *future = aos_awaitable_alloc(0);

    aos_await(aos_task_stop(task, future));
    aos_awaitable_free(future);
    aos_task_free(task);
}

static void print_elsewhere(aos_future_t *future)
{
    printf("printed on a thread of its own\n");
    aos_resolve(future);
}

static void app_main(void)
{
    double last = 20;
    struct station station = {0};
    aos_task_t *probe = started((aos_task_config_t){
        .name = "probe",
        .args = &last,
        .handlers = probe_handlers,
        .handlers_count = 1,
    });
    aos_task_t *task = started((aos_task_config_t){
        .name = "station",
        .args = &station,
        .handlers = station_handlers,
        .handlers_count = 4,
    });
    aos_future_t *average = AOS_AWAITABLE_ALLOC_T(station_average)(4, 0);
    aos_future_t *limit = AOS_AWAITABLE_ALLOC_T(station_limit)(0);
    aos_future_t *spawned = aos_awaitable_alloc(0);
    aos_spawn_config_t config = {.name = "printer"};

    station.probe = probe;
    aos_task_send(task, STATION_AVERAGE, average);
    aos_await(aos_task_send(task, STATION_LIMIT, limit));
    printf("limit %.1f, asked while the probe is at work\n",
           ((AOS_ARGS_T(station_limit) *)aos_args_get(limit))->out_celsius);
    aos_await(average);
    printf("average of 4 readings: %.2f\n",
           ((AOS_ARGS_T(station_average) *)aos_args_get(average))->out_celsius);
    aos_await(aos_spawn(&config, print_elsewhere, spawned));
    aos_task_send(task, STATION_NOTE,
                  AOS_FORGETTABLE_ALLOC_T(station_note)("door is open"));
    stop_and_free(task);
    stop_and_free(probe);
    aos_awaitable_free(average);
    aos_awaitable_free(limit);
    aos_awaitable_free(spawned);
}

/* ESP-IDF calls app_main itself, and so does libweft_asyncrtos.a on a host
 * where a program has no main: this one is for the boards, too. */
int main(void)
{
    app_main();
    return 0;
}
