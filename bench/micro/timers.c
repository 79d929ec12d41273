/* timers.c - cost of timers: insert, cancel, sleeping tasks
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include "bench/bench.h"
#include "weft/loop.h"
#include "weft/timer.h"

static weft_loop_t loop;

/* --- insert and cancel: deadlines at random within a minute -------------- */

struct timers {
    weft_timer_t *timer;
    uint64_t *deadline_us;
    size_t repeat; /* small counts: often enough to be seen by the clock */
};

static void no_call(weft_timer_t *timer, void *ctx)
{
    (void)timer;
    (void)ctx;
}

static void start_all(const struct timers *t, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        weft_timer_start(&t->timer[i], t->deadline_us[i]);
    }
}

static void stop_all(const struct timers *t, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        (void)weft_timer_stop(&t->timer[i]);
    }
}

static double insert_round(void *ctx, size_t n)
{
    struct timers *t = ctx;
    double sum = 0;

    for (size_t r = 0; r < t->repeat; r++) {
        double begin = bench_now();
        start_all(t, n);
        sum += bench_now() - begin;
        stop_all(t, n);
    }
    return sum / (double)t->repeat;
}

static double cancel_round(void *ctx, size_t n)
{
    struct timers *t = ctx;
    double sum = 0;

    for (size_t r = 0; r < t->repeat; r++) {
        double begin;
        start_all(t, n);
        begin = bench_now();
        stop_all(t, n);
        sum += bench_now() - begin;
    }
    return sum / (double)t->repeat;
}

static void insert_and_cancel(const char *size, size_t count)
{
    uint64_t random = BENCH_SEED;
    struct timers t = {bench_memory(count, sizeof(weft_timer_t)),
                       bench_memory(count, sizeof(uint64_t)),
                       bench_repeat(count)};
    char name[40];

    for (size_t i = 0; i < count; i++) {
        weft_timer_init(&t.timer[i], &loop, no_call, NULL);
        t.deadline_us[i] =
            weft_deadline(WEFT_S(60) + bench_random(&random) % WEFT_S(60));
    }
    (void)snprintf(name, sizeof(name), "timer_insert_%s", size);
    bench_run(name, insert_round, &t, count);
    (void)snprintf(name, sizeof(name), "timer_cancel_%s", size);
    bench_run(name, cancel_round, &t, count);
    free(t.timer);
    free(t.deadline_us);
}

/* --- tasks that sleep once, up to a second ------------------------------- */

struct sleeper {
    weft_task_t task;
    weft_timer_node_t timer;
    uint64_t us;
};

WEFT_TASK(sleeper)
{
    WEFT_BEGIN;
    WEFT_SLEEP(self->us);
    WEFT_END;
}

struct all {
    weft_task_t task;
    struct sleeper *sleepers;
    size_t count;
};

WEFT_TASK(all)
{
    WEFT_BEGIN;
    for (size_t i = 0; i < self->count; i++) {
        (void)weft_spawn(&loop.executor, sleeper_task(&self->sleepers[i]));
    }
    weft_loop_stop(&loop);
    WEFT_END;
}

static double sleep_round(void *ctx, size_t n)
{
    struct all all = {.sleepers = ctx, .count = n};
    uint64_t random = BENCH_SEED;
    double begin;

    for (size_t i = 0; i < n; i++) {
        all.sleepers[i].us = bench_random(&random) % WEFT_S(1);
    }
    begin = bench_now();
    (void)weft_loop_init(&loop, NULL);
    (void)weft_spawn(&loop.executor, all_task(&all));
    (void)weft_loop_run(&loop);
    weft_loop_deinit(&loop);
    return bench_now() - begin;
}

static void sleeping(void)
{
    size_t count = bench_size(1000000);
    struct sleeper *sleepers = bench_memory(count, sizeof(*sleepers));

    bench_run("sleepers_1e6", sleep_round, sleepers, count);
    free(sleepers);
}

int main(void)
{
    (void)weft_loop_init(&loop, NULL);
    insert_and_cancel("1e3", 1000);
    insert_and_cancel("1e4", bench_size(10000));
    insert_and_cancel("1e5", bench_size(100000));
    insert_and_cancel("1e6", bench_size(1000000));
    weft_loop_deinit(&loop);
    sleeping();
    return 0;
}
