/* pool.c - cost of a pool: spawn and join, a channel between two fibers
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include "bench/bench.h"
#include "weft/channel.h"
#include "weft/fiber_inlined.h"
#include "weft/pool.h"
#include "weft/task.h"

enum { BATCH = 1000, WORKERS = 2 };

static weft_pool_t pool;
static weft_pool_worker_t workers[WORKERS];

/* --- spawn a thousand, join a thousand ----------------------------------- */

struct child {
    weft_pool_task_t task;
};

WEFT_TASK(child)
{
    WEFT_BEGIN;
    WEFT_END;
}

struct parent {
    weft_pool_task_t task;
    weft_await_t await;
    size_t left;
    size_t i;
    struct child children[BATCH];
};

WEFT_TASK(parent)
{
    int rc;

    WEFT_BEGIN;
    for (; self->left >= BATCH; self->left -= BATCH) {
        for (self->i = 0; self->i < BATCH; self->i++) {
            (void)weft_spawn(&pool.executor,
                             child_task(&self->children[self->i]));
        }
        for (self->i = 0; self->i < BATCH; self->i++) {
            WEFT_AWAIT_RC(rc, weft_task_join,
                          weft_pool_task(&self->children[self->i].task));
            if (rc < 0) {
                return rc;
            }
        }
    }
    WEFT_END;
}

/* Several threads: real time. */
static double spawn_round(void *ctx, size_t n)
{
    static struct parent parent;
    clockid_t clock =
        *(const unsigned *)ctx > 1 ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID;
    double begin = bench_clock(clock);

    parent.left = n;
    (void)weft_spawn(&pool.executor, parent_task(&parent));
    (void)weft_task_join(weft_pool_task(&parent.task));
    return bench_clock(clock) - begin;
}

/* --- two fibers, a value there and back ---------------------------------- */

enum { STACK = 8192 };

struct ping {
    weft_channel_t there, back;
    size_t left;
};

static int pongs(void *ctx)
{
    struct ping *ping = ctx;
    uint64_t value;

    while (weft_channel_recv_inlined(&ping->there, &value) == WEFT_OK) {
        (void)weft_channel_send_inlined(&ping->back, &value);
    }
    return 0;
}

static int pings(void *ctx)
{
    struct ping *ping = ctx;

    for (; ping->left > 0; ping->left--) {
        uint64_t value = ping->left;
        (void)weft_channel_send_inlined(&ping->there, &value);
        (void)weft_channel_recv_inlined(&ping->back, &value);
    }
    weft_channel_close(&ping->there);
    return 0;
}

static double ping_round(void *ctx, size_t n)
{
    static _Alignas(16) char stack[2][STACK];
    static weft_fiber_t fiber[2];
    struct ping ping = {.left = n};
    double begin = bench_wall();

    (void)ctx;
    (void)weft_channel_init(&ping.there, NULL, sizeof(uint64_t), 0);
    (void)weft_channel_init(&ping.back, NULL, sizeof(uint64_t), 0);
    weft_fiber_init(&fiber[0], "pongs", stack[0], STACK);
    weft_fiber_init(&fiber[1], "pings", stack[1], STACK);
    (void)weft_go(&pool.executor, &fiber[0], pongs, &ping);
    (void)weft_go(&pool.executor, &fiber[1], pings, &ping);
    (void)weft_fiber_join(&fiber[1]);
    (void)weft_fiber_join(&fiber[0]);
    return bench_wall() - begin;
}

static void on(unsigned threads, const char *name, bench_fn *round, size_t n)
{
    (void)weft_pool_init(
        &pool, &(weft_pool_config_t){.workers = workers, .count = threads});
    (void)weft_pool_start(&pool, threads);
    bench_run(name, round, &threads, n);
    weft_pool_stop(&pool);
    (void)weft_pool_join(&pool);
    weft_pool_deinit(&pool);
}

int main(void)
{
    on(1, "pool_spawn_1t", spawn_round, 3000000);
    on(2, "pool_spawn_2t", spawn_round, 3000000);
    on(2, "chan_ping_2t", ping_round, 1000000);
    return 0;
}
