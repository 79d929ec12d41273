/* strand.c - cost of a strand: submit a runnable, have it run
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include "bench/bench.h"
#include "weft/manual.h"
#include "weft/strand.h"

enum { BATCH = 1000 };

static weft_manual_t manual;
static weft_strand_t strand;
static weft_runnable_t runnables[BATCH];
static size_t ran;

static int count(weft_runnable_t *runnable)
{
    (void)runnable;
    ran++;
    return 0;
}

/* So many at a time: 1 takes a turn of the strand for each, a batch few. */
static double submit_round(void *ctx, size_t n)
{
    const size_t *at_a_time = ctx;
    double begin = bench_now();

    ran = 0;
    while (ran < n) {
        for (size_t i = 0; i < *at_a_time; i++) {
            (void)weft_submit(&strand.executor, &runnables[i],
                              WEFT_HINT_DEFAULT);
        }
        (void)weft_manual_drain(&manual);
    }
    return bench_now() - begin;
}

int main(void)
{
    size_t one = 1;
    size_t many = BATCH;

    for (size_t i = 0; i < BATCH; i++) {
        runnables[i].run = count;
    }
    weft_manual_init(&manual);
    weft_strand_init(&strand, &manual.executor);
    bench_run("strand_submit", submit_round, &one, 5000000);
    bench_run("strand_submit_many", submit_round, &many, 5000000);
    weft_strand_stop(&strand);
    (void)weft_manual_drain(&manual);
    return 0;
}
