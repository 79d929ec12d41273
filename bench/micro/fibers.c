/* fibers.c - cost of fibers: yield, spawn and join, memory, how many
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include <sys/wait.h>
#include <unistd.h>

#include "bench/bench.h"
#include "bench/resident.h"
#include "weft/event.h"
#include "weft/fiber.h"
#include "weft/loop.h"
#include "weft/inlined.h"

/* SMALL and the fiber itself make 2 KB. */
enum { BATCH = 1000, STACK = 8192, SMALL = 1856 };

static weft_loop_t loop;
static weft_stack_pool_t stacks;
static weft_event_t never = WEFT_EVENT_INIT;

/* --- yield --------------------------------------------------------------- */

struct yielders {
    weft_fiber_t *fiber;
    size_t count;
    size_t each;
};

static int yields(void *ctx)
{
    const struct yielders *all = ctx;

    for (size_t i = 0; i < all->each; i++) {
        (void)weft_yield();
    }
    return 0;
}

static double yield_round(void *ctx, size_t n)
{
    struct yielders *all = ctx;
    double begin = bench_now();

    all->each = n / all->count;
    for (size_t i = 0; i + 1 < all->count; i++) {
        (void)weft_go(&loop.executor, &all->fiber[i], yields, all);
    }
    (void)weft_loop_run_task(
        &loop, weft_fiber_task(&all->fiber[all->count - 1], yields, all));
    for (size_t i = 0; i < 4; i++) {
        (void)weft_loop_step(&loop); /* the others end as well */
    }
    return bench_now() - begin;
}

static void yields_among(const char *name, size_t count, size_t n)
{
    struct yielders all = {.count = bench_size(count)};

    all.fiber = bench_memory(count, sizeof(*all.fiber));
    for (size_t i = 0; i < all.count; i++) {
        weft_fiber_init_pooled(&all.fiber[i], "yields", &stacks);
    }
    bench_run(name, yield_round, &all, n);
    free(all.fiber);
}

/* --- spawn, end, join ---------------------------------------------------- */

static int ends(void *ctx)
{
    (void)ctx;
    return 0;
}

struct spawner {
    weft_fiber_t fiber[BATCH];
    size_t left;
};

static int spawns(void *ctx)
{
    struct spawner *self = ctx;

    for (; self->left > BATCH; self->left -= BATCH) {
        for (size_t i = 0; i < BATCH; i++) {
            (void)weft_go(&loop.executor, &self->fiber[i], ends, NULL);
        }
        for (size_t i = 0; i < BATCH; i++) {
            (void)weft_fiber_join(&self->fiber[i]);
        }
    }
    return 0;
}

static double spawn_round(void *ctx, size_t n)
{
    static weft_fiber_t first;
    struct spawner *self = ctx;
    double begin = bench_now();

    self->left = n;
    weft_fiber_init_pooled(&first, "spawns", &stacks);
    (void)weft_loop_run_task(&loop, weft_fiber_task(&first, spawns, self));
    return bench_now() - begin;
}

static void spawning(void)
{
    static struct spawner self;

    for (size_t i = 0; i < BATCH; i++) {
        weft_fiber_init_pooled(&self.fiber[i], "ends", &stacks);
    }
    bench_run("fiber_spawn_join", spawn_round, &self, 1000000);
}

/* --- memory -------------------------------------------------------------- */

static int waits(void *ctx)
{
    return weft_event_wait(ctx);
}

/* Parks up to count fibers; how many there are then. */
static size_t park(weft_stack_pool_t *pool, weft_fiber_t *fibers, size_t count)
{
    size_t turns = 2 * count / WEFT_LOOP_BATCH + 2;
    size_t live = 0;

    for (size_t i = 0; i < count; i++) {
        weft_fiber_init_pooled(&fibers[i], "waits", pool);
        (void)weft_go(&loop.executor, &fibers[i], waits, &never);
    }
    for (size_t i = 0; i < turns; i++) {
        (void)weft_loop_step(&loop);
    }
    for (size_t i = 0; i < count; i++) {
        live += !weft_fiber_finished(&fibers[i]);
    }
    return live;
}

static void measure(const char *name, const char *name_live,
                    const weft_stack_config_t *config)
{
    pid_t child = fork();

    if (child == 0) {
        size_t count = bench_size(1000000);
        size_t before = bench_resident();
        weft_fiber_t *fibers = bench_memory(count, sizeof(*fibers));
        size_t live;

        (void)weft_loop_init(&loop, NULL);
        weft_stack_pool_init(&stacks, config);
        live = park(&stacks, fibers, count);
        bench_value(name, (double)(bench_resident() - before) / (double)live);
        if (name_live != NULL) {
            bench_value(name_live, (double)live);
        }
        _exit(0);
    }
    (void)waitpid(child, NULL, 0);
}

int main(void)
{
    measure("bytes_fiber", NULL,
            &(weft_stack_config_t){.size = SMALL, .unguarded = true});
    measure("bytes_fiber_guarded", "fibers_live",
            &(weft_stack_config_t){.size = 4096});
    (void)weft_loop_init(&loop, NULL);
    weft_stack_pool_init(&stacks, &(weft_stack_config_t){.size = STACK});
    yields_among("fiber_yield_2", 2, 5000000);
    yields_among("fiber_yield_1e4", 10000, 5000000);
    spawning();
    return 0;
}
