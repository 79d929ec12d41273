/* schedules.c - how many different schedules the simulator runs in a second
 * SPDX-License-Identifier: MIT
 *
 * A short program on two cores, each with a loop: a task on one and a task on
 * the other send each other an event a few times. A new seed each time; runs
 * with equal digests count once.
 */
#define _POSIX_C_SOURCE 200809L

#include <string.h>

#include "bench/bench.h"
#include "weft/event.h"
#include "weft/loop.h"
#include "weft/port.h"
#include "weft/sim.h"

enum { SLOTS = 1 << 20, TURNS = 2 };

struct player {
    weft_task_t task;
    weft_await_t await;
    weft_event_t mine;
    struct player *other;
    bool begins;
    int left;
};

WEFT_TASK(player)
{
    WEFT_BEGIN;
    for (; self->left > 0; self->left--) {
        if (self->begins) {
            weft_event_set(&self->other->mine);
        }
        WEFT_AWAIT(weft_event_wait, &self->mine);
        if (!self->begins) {
            weft_event_set(&self->other->mine);
        }
    }
    WEFT_END;
}

static weft_loop_t loops[2];

static void run_player(weft_loop_t *loop, struct player *player)
{
    (void)weft_loop_init(loop, NULL);
    (void)weft_loop_run_task(loop, player_task(player));
    weft_loop_deinit(loop);
}

static void second(void *ctx)
{
    run_player(&loops[1], ctx);
}

static void program(void *ctx)
{
    static struct player a, b;
    weft_port_thread_t thread = {0};

    (void)ctx;
    a = (struct player){.other = &b, .begins = true, .left = TURNS};
    b = (struct player){.other = &a, .left = TURNS};
    weft_event_init(&a.mine, true);
    weft_event_init(&b.mine, true);
    (void)weft_port_thread_start(&thread, second, &b);
    run_player(&loops[0], &a);
    weft_port_thread_join(&thread);
}

/* Open addressing; 0 is free. True: it was not there. */
static bool insert(uint64_t *set_of, uint64_t digest)
{
    size_t at = (size_t)(digest ^ (digest >> 32)) % SLOTS;

    while (set_of[at] != 0 && set_of[at] != digest) {
        at = (at + 1) % SLOTS;
    }
    if (set_of[at] == digest) {
        return false;
    }
    set_of[at] = digest;
    return true;
}

int main(void)
{
    uint64_t *seen = bench_memory(SLOTS, sizeof(*seen));
    double samples[BENCH_ROUNDS];
    double all[BENCH_ROUNDS];
    double points[BENCH_ROUNDS];
    size_t rounds = bench_short() ? 1 : BENCH_ROUNDS;
    size_t runs = bench_short() ? 100 : 50000;

    for (size_t round = 0; round < rounds; round++) {
        size_t distinct = 0;
        double passed = 0;
        double begin, seconds;

        memset(seen, 0, SLOTS * sizeof(*seen));
        begin = bench_now();
        for (size_t i = 0; i < runs; i++) {
            weft_sim_config_t config = {.seed = round * runs + i, .cores = 2};
            weft_sim_stats_t stats;

            if (weft_sim_run(&config, program, NULL) != 0) {
                (void)fprintf(stderr, "schedules: seed %zu failed\n", i);
                return 1;
            }
            stats = weft_sim_stats();
            passed += (double)stats.points;
            distinct += insert(seen, stats.digest);
        }
        seconds = (bench_now() - begin) / 1e9;
        samples[round] = (double)distinct / seconds;
        all[round] = (double)runs / seconds;
        points[round] = passed / (double)runs;
    }
    bench_report("schedules_distinct", samples, rounds);
    bench_report("schedules_all", all, rounds);
    bench_report("schedule_points", points, rounds);
    return 0;
}
