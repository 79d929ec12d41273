// spawn.cpp - the peer oneTBB: spawn and join of tasks, on 1 and 2 threads
// SPDX-License-Identifier: MIT

#include <tbb/global_control.h>
#include <tbb/task_arena.h>
#include <tbb/task_group.h>

#include "bench/bench.h"

namespace
{

constexpr size_t batch_size = 1000;

struct pool {
    tbb::task_arena arena;
    clockid_t clock;
};

double spawn_round(void *ctx, size_t n)
{
    auto *on = static_cast<pool *>(ctx);
    double begin = bench_clock(on->clock);

    on->arena.execute([n] {
        tbb::task_group group;
        for (size_t done = 0; done < n; done += batch_size) {
            for (size_t i = 0; i < batch_size; i++) {
                group.run([] {});
            }
            group.wait();
        }
    });
    return bench_clock(on->clock) - begin;
}

// Several threads: real time, as of every work of several threads.
void measure(const char *name, int threads)
{
    tbb::global_control limit(tbb::global_control::max_allowed_parallelism,
                              static_cast<size_t>(threads));
    pool on = {tbb::task_arena(threads),
               threads > 1 ? CLOCK_MONOTONIC : CLOCK_PROCESS_CPUTIME_ID};

    bench_run(name, spawn_round, &on, 3000000);
}

} // namespace

int main()
{
    bench_who = "oneTBB";
    measure("pool_spawn_1t", 1);
    measure("pool_spawn_2t", 2);
    return 0;
}
