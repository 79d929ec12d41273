/* coroutine.c - cost of a switch, called and inlined, and of pooled stacks
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include "bench/bench.h"
#include "weft/coroutine.h"
#include "weft/inlined.h"
#include "weft/stack.h"

enum { RING = 10000, BATCH = 1000, PARKED = 1000000 };

static weft_stack_pool_t pool;
static weft_coroutine_t ring[RING];
static weft_stack_t *stacks[RING];

static void called(weft_coroutine_t *self, void *ctx)
{
    for (;;) {
        (weft_coroutine_suspend)(self);
        (*(size_t *)ctx)++;
    }
}

static void inlined(weft_coroutine_t *self, void *ctx)
{
    for (;;) {
        weft_coroutine_suspend(self);
        (*(size_t *)ctx)++;
    }
}

static void acquire(weft_stack_t **stack)
{
    if (weft_stack_acquire(&pool, NULL, stack) != 0) {
        (void)fprintf(stderr, "bench: no stack\n");
        exit(1);
    }
}

static void start(size_t count, weft_coroutine_fn *fn, size_t *switches)
{
    for (size_t i = 0; i < count; i++) {
        acquire(&stacks[i]);
        weft_coroutine_init_on(&ring[i], stacks[i], fn, switches);
        (void)weft_coroutine_resume(&ring[i]);
    }
}

static void stop(size_t count)
{
    for (size_t i = 0; i < count; i++) {
        weft_coroutine_deinit(&ring[i]);
        weft_stack_release(stacks[i]);
    }
}

struct lap {
    weft_coroutine_fn *fn;
    size_t count;
};

static double lap_called(const struct lap *lap, size_t n)
{
    double begin = bench_now();

    for (size_t done = 0; done < n; done += lap->count) {
        for (size_t i = 0; i < lap->count; i++) {
            (void)(weft_coroutine_resume)(&ring[i]);
        }
    }
    return bench_now() - begin;
}

static double lap_inlined(const struct lap *lap, size_t n)
{
    double begin = bench_now();

    for (size_t done = 0; done < n; done += lap->count) {
        for (size_t i = 0; i < lap->count; i++) {
            (void)weft_coroutine_resume(&ring[i]);
        }
    }
    return bench_now() - begin;
}

static double resume_round(void *ctx, size_t n)
{
    const struct lap *lap = ctx;
    static size_t switches;

    start(lap->count, lap->fn, &switches);
    switches = 0;
    double time = lap->fn == called ? lap_called(lap, n) : lap_inlined(lap, n);
    stop(lap->count);
    if (switches < n) {
        (void)fprintf(stderr, "bench: %zu switches of %zu\n", switches, n);
        exit(1);
    }
    return time;
}

static double stack_round(void *ctx, size_t n)
{
    double begin = bench_now();

    (void)ctx;
    for (size_t done = 0; done < n; done += BATCH) {
        for (size_t i = 0; i < BATCH; i++) {
            acquire(&stacks[i]);
        }
        for (size_t i = BATCH; i-- > 0;) {
            weft_stack_release(stacks[i]);
        }
    }
    return bench_now() - begin;
}

/* --- resident bytes of a million that stand ------------------------------ */

/* What the process has in memory, its page tables too. */
static double resident(void)
{
    FILE *file = fopen("/proc/self/status", "r");
    char line[256];
    double bytes = 0;
    double kilobytes;

    while (file != NULL && fgets(line, sizeof(line), file) != NULL) {
        if (sscanf(line, "VmRSS: %lf", &kilobytes) == 1 ||
            sscanf(line, "VmPTE: %lf", &kilobytes) == 1) {
            bytes += kilobytes * 1024;
        }
    }
    if (file != NULL) {
        (void)fclose(file);
    }
    return bytes;
}

/* The coroutine lies at the stack's foot end, as a fiber's record may. */
static void park(const char *name, const weft_stack_config_t *config)
{
    size_t count = bench_size(PARKED);
    weft_stack_t **all = bench_memory(count, sizeof(*all));
    size_t unused = 0;

    weft_stack_pool_init(&pool, config);
    for (size_t i = 0; i < count; i++) {
        all[i] = NULL;
    }
    double before = resident();
    for (size_t i = 0; i < count; i++) {
        acquire(&all[i]);
        size_t record = (sizeof(weft_coroutine_t) + 15) / 16 * 16;
        weft_coroutine_t *self =
            (void *)((char *)all[i]->base + all[i]->size - record);
        weft_coroutine_init(self, all[i]->base, all[i]->size - record, inlined,
                            &unused);
        (void)weft_coroutine_resume(self);
    }
    bench_value(name, (resident() - before) / (double)count);
    for (size_t i = 0; i < count; i++) {
        weft_stack_release(all[i]);
    }
    weft_stack_pool_deinit(&pool);
    free(all);
}

int main(void)
{
    weft_stack_config_t small = {.size = 4096};
    weft_stack_config_t packed = {.size = 2048, .unguarded = true};

    weft_stack_pool_init(&pool, &small);
    bench_run("switch_called", resume_round, &(struct lap){called, 1},
              10000000);
    bench_run("switch_inlined", resume_round, &(struct lap){inlined, 1},
              10000000);
    bench_run("ring_called", resume_round, &(struct lap){called, RING},
              10000000);
    bench_run("ring_inlined", resume_round, &(struct lap){inlined, RING},
              10000000);
    bench_run("stack_pool", stack_round, NULL, 10000000);
    weft_stack_pool_deinit(&pool);
    park("bytes_stack_guarded", &small);
    park("bytes_stack_packed", &packed);
    return 0;
}
