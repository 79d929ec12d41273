/* explore.c - runs a case in all schedules and says how many there were
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "tests/support/explore.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { SIDES_MAX = 4, DROPPED_MAX = 16 };

static weft_port_thread_t sides[SIDES_MAX];
static unsigned side_count;

/* Where the address sanitizer is linked it sees plain accesses, too. */
void __asan_poison_memory_region(const void *memory, size_t size)
    __attribute__((weak));
void __asan_unpoison_memory_region(const void *memory, size_t size)
    __attribute__((weak));

static struct {
    void *memory;
    size_t size;
} dropped[DROPPED_MAX];
static unsigned dropped_count;

void side(weft_port_thread_fn *run, void *ctx)
{
    CHECK(side_count < SIDES_MAX);
    CHECK_EQ(weft_port_thread_start(&sides[side_count++], run, ctx), 0);
}

void sides_join(void)
{
    while (side_count > 0) {
        weft_port_thread_join(&sides[--side_count]);
    }
}

void drop(void *memory, size_t size)
{
    weft_sim_gone(memory, size);
    memset(memory, 0xdb, size);
    if (__asan_poison_memory_region != NULL) {
        CHECK(dropped_count < DROPPED_MAX);
        dropped[dropped_count].memory = memory;
        dropped[dropped_count++].size = size;
        __asan_poison_memory_region(memory, size);
    }
}

static void take_back(void)
{
    while (dropped_count > 0) {
        dropped_count--;
        __asan_unpoison_memory_region(dropped[dropped_count].memory,
                                      dropped[dropped_count].size);
    }
}

static void program(void *ctx)
{
    void (*const *body)(void) = ctx;

    take_back();
    side_count = 0;
    (*body)();
    sides_join();
}

static uint64_t number(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);

    return text != NULL ? strtoull(text, NULL, 10) : otherwise;
}

/* Of this process: others may be running. */
static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static void run_seeds(void (*body)(void))
{
    uint64_t last = number("WEFT_SEEDS", 200);

    for (uint64_t seed = 1; seed <= last; seed++) {
        weft_sim_config_t config = {.seed = seed};
        int rc = weft_sim_run(&config, program, &body);
        if (rc != 0) {
            FAIL("seed %llu ended with error %d", (unsigned long long)seed, rc);
        }
    }
}

/* The line that `make exhaustive` makes a row of. */
static void print(const char *name, const weft_sim_explored_t *out, double took)
{
    char which[40] = "all";

    if (!out->complete) {
        (void)snprintf(which, sizeof(which), "%d preemptions",
                       out->preemptions);
    }
    printf("# explored: %s | %u | %s | %llu | %llu | %u | %.1f\n", name,
           out->cores, which, (unsigned long long)out->schedules,
           (unsigned long long)out->cut, out->deepest, took);
}

void explore__case(const char *name, void (*body)(void), unsigned preemptions)
{
    const char *form = getenv("WEFT_EXPLORE");
    double start = seconds();
    weft_sim_explored_t out;
    weft_sim_explore_config_t config = {
        .preemptions_max = preemptions,
        .runs_max = number("WEFT_RUNS", 0),
        .schedule = getenv("WEFT_SCHEDULE"),
    };

    if (form != NULL && strcmp(form, "long") == 0) {
        config.preemptions_max += preemptions != 0;
    }
    int rc = weft_sim_explore(&config, program, &body, &out);
    if (rc != 0) {
        char schedule[4000];
        (void)weft_sim_schedule(schedule, sizeof(schedule));
        FAIL("a schedule ended with error %d: WEFT_SCHEDULE=%s", rc, schedule);
    }
    if (config.preemptions_max != 0) {
        run_seeds(body);
    }
    take_back();
    print(name, &out, seconds() - start);
}
