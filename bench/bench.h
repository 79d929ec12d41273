/* bench.h - a small timing harness: rounds, median, one line a figure
 * SPDX-License-Identifier: MIT
 *
 * A program prints one line a figure, parted by tabs:
 *
 *     WHO  NAME  MEDIAN  LEAST  GREATEST
 *
 * bench/run.sh puts these and the same lines of the peers into the table;
 * bench/works.txt says what a name means. Times are the CPU time of the
 * process, in ns: what others do on the machine then matters little. A work of
 * several threads is measured in real time (bench_wall).
 *
 * BENCH_SHORT=1 in the environment: one small round, to see that it runs.
 */
#ifndef WEFT_BENCH_BENCH_H
#define WEFT_BENCH_BENCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define BENCH_SEED UINT64_C(88172645463325252)

enum { BENCH_ROUNDS = 9, BENCH_SHORT_SIZE = 1000 };

/* The first word of each line. */
static const char *bench_who = "weft";

/* One round of n operations; the ns of all of them. What is not to be
 * measured is left out by the function itself. */
typedef double bench_fn(void *ctx, size_t n);

static inline bool bench_short(void)
{
    return getenv("BENCH_SHORT") != NULL;
}

static inline size_t bench_size(size_t n)
{
    return bench_short() && n > BENCH_SHORT_SIZE ? (size_t)BENCH_SHORT_SIZE : n;
}

/* How often to do a round of count, so that the clock sees it. */
static inline size_t bench_repeat(size_t count)
{
    return bench_short() ? 1 : 1000000 / count;
}

static inline double bench_clock(clockid_t clock)
{
    struct timespec now;

    (void)clock_gettime(clock, &now);
    return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/* CPU time of the process in ns. */
static inline double bench_now(void)
{
    return bench_clock(CLOCK_PROCESS_CPUTIME_ID);
}

/* Real time in ns, for what runs on several threads. */
static inline double bench_wall(void)
{
    return bench_clock(CLOCK_MONOTONIC);
}

static inline int bench_compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

/* Prints the line; sorts the samples. */
static inline void bench_report(const char *name, double *samples, size_t n)
{
    qsort(samples, n, sizeof(*samples), bench_compare);
    printf("%s\t%s\t%.4g\t%.4g\t%.4g\n", bench_who, name, samples[n / 2],
           samples[0], samples[n - 1]);
    (void)fflush(stdout);
}

/* A figure that does not vary. */
static inline void bench_value(const char *name, double value)
{
    bench_report(name, &value, 1);
}

/* One round that is not counted, then BENCH_ROUNDS; reports ns of one. */
static inline void bench_run(const char *name, bench_fn *fn, void *ctx,
                             size_t n)
{
    double samples[BENCH_ROUNDS];
    size_t rounds = bench_short() ? 1 : BENCH_ROUNDS;

    n = bench_size(n);
    (void)fn(ctx, n);
    for (size_t i = 0; i < rounds; i++) {
        samples[i] = fn(ctx, n) / (double)n;
    }
    bench_report(name, samples, rounds);
}

/* Zeroed memory whose pages are there. */
static inline void *bench_memory(size_t count, size_t size)
{
    void *memory = calloc(count, size);

    if (memory == NULL) {
        (void)fprintf(stderr, "bench: out of memory\n");
        exit(1);
    }
    return memory;
}

/* xorshift64: the same numbers in every run and in every peer. */
static inline uint64_t bench_random(uint64_t *state)
{
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state;
}

#endif
