/* libuv.c - the peer libuv: insert and cancel of timers
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include <uv.h>

#include "bench/bench.h"

struct timers {
    uv_timer_t *timer;
    uint64_t *timeout_ms;
    size_t repeat;
    bool cancel; /* what is measured */
};

static void no_call(uv_timer_t *timer)
{
    (void)timer;
}

static double timers_round(void *ctx, size_t n)
{
    struct timers *t = ctx;
    double sum = 0;

    for (size_t r = 0; r < t->repeat; r++) {
        double begin = bench_now(), middle;
        for (size_t i = 0; i < n; i++) {
            (void)uv_timer_start(&t->timer[i], no_call, t->timeout_ms[i], 0);
        }
        middle = bench_now();
        for (size_t i = 0; i < n; i++) {
            (void)uv_timer_stop(&t->timer[i]);
        }
        sum += t->cancel ? bench_now() - middle : middle - begin;
    }
    return sum / (double)t->repeat;
}

static void insert_and_cancel(uv_loop_t *loop, const char *size, size_t count)
{
    uint64_t random = BENCH_SEED;
    struct timers t = {bench_memory(count, sizeof(uv_timer_t)),
                       bench_memory(count, sizeof(uint64_t)),
                       bench_repeat(count), false};
    char name[40];

    for (size_t i = 0; i < count; i++) {
        (void)uv_timer_init(loop, &t.timer[i]);
        t.timeout_ms[i] = 60000 + bench_random(&random) % 60000;
    }
    (void)snprintf(name, sizeof(name), "timer_insert_%s", size);
    bench_run(name, timers_round, &t, count);
    t.cancel = true;
    (void)snprintf(name, sizeof(name), "timer_cancel_%s", size);
    bench_run(name, timers_round, &t, count);
    /* Not freed: closing a million handles is no part of this. */
}

int main(void)
{
    uv_loop_t *loop = uv_default_loop();

    bench_who = "libuv";
    insert_and_cancel(loop, "1e3", 1000);
    insert_and_cancel(loop, "1e4", bench_size(10000));
    insert_and_cancel(loop, "1e5", bench_size(100000));
    insert_and_cancel(loop, "1e6", bench_size(1000000));
    return 0;
}
