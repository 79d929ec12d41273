/* memory.c - bytes of a parked task: a million of them, resident memory
 * SPDX-License-Identifier: MIT
 *
 * Each kind in a process of its own, so that none finds another one's pages.
 */
#define _POSIX_C_SOURCE 200809L

#include <sys/wait.h>
#include <unistd.h>

#include "bench/bench.h"
#include "bench/resident.h"
#include "weft/event.h"
#include "weft/loop.h"
#include "weft/pool.h"
#include "weft/task.h"

static weft_loop_t loop;
static weft_event_t never = WEFT_EVENT_INIT;
static weft_event_t settled = WEFT_EVENT_INIT;

/* Frames hold what the macros need, and nothing of their own. */
struct asleep {
    weft_task_t task;
    weft_timer_node_t timer;
};

WEFT_TASK(asleep)
{
    WEFT_BEGIN;
    WEFT_SLEEP(WEFT_S(3600));
    WEFT_END;
}

struct waiting {
    weft_task_t task;
    weft_await_t await;
};

WEFT_TASK(waiting)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_event_wait, &never);
    WEFT_END;
}

struct limited {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
};

WEFT_TASK(limited)
{
    int rc;

    WEFT_BEGIN;
    WEFT_AWAIT_UNTIL(rc, weft_deadline(WEFT_S(3600)), weft_event_wait, &never);
    (void)rc;
    WEFT_END;
}

struct pooled {
    weft_pool_task_t task;
    weft_await_t await;
};

WEFT_TASK(pooled)
{
    WEFT_BEGIN;
    WEFT_AWAIT(weft_event_wait, &never);
    WEFT_END;
}

typedef weft_task_t *make_fn(void *frame);

static weft_task_t *make_asleep(void *frame)
{
    return asleep_task(frame);
}

static weft_task_t *make_waiting(void *frame)
{
    return waiting_task(frame);
}

static weft_task_t *make_limited(void *frame)
{
    return limited_task(frame);
}

static double bytes_each(make_fn *make, size_t size, size_t count)
{
    size_t before = bench_resident();
    char *frames = bench_memory(count, size);
    size_t turns = 2 * count / WEFT_LOOP_BATCH + 2;

    for (size_t i = 0; i < count; i++) {
        (void)weft_spawn(&loop.executor, make(frames + i * size));
    }
    for (size_t i = 0; i < turns; i++) {
        (void)weft_loop_step(&loop);
    }
    return (double)(bench_resident() - before) / (double)count;
}

static int has_run(weft_runnable_t *runnable)
{
    (void)runnable;
    weft_event_set(&settled);
    return 0;
}

/* One worker: first in, first out. */
static double bytes_pooled(size_t count)
{
    static weft_pool_t pool;
    static weft_pool_worker_t worker;
    static weft_runnable_t last = {.run = has_run};
    struct pooled *frames;
    size_t before;

    (void)weft_pool_init(&pool,
                         &(weft_pool_config_t){.workers = &worker, .count = 1});
    (void)weft_pool_start(&pool, 1);
    before = bench_resident();
    frames = bench_memory(count, sizeof(*frames));
    for (size_t i = 0; i < count; i++) {
        (void)weft_spawn(&pool.executor, pooled_task(&frames[i]));
    }
    (void)weft_submit(&pool.executor, &last, WEFT_HINT_DEFAULT);
    (void)weft_event_wait(&settled);
    return (double)(bench_resident() - before) / (double)count;
}

static void measure_pooled(const char *name)
{
    pid_t child = fork();

    if (child == 0) {
        bench_value(name, bytes_pooled(bench_size(1000000)));
        _exit(0);
    }
    (void)waitpid(child, NULL, 0);
}

static void measure(const char *name, make_fn *make, size_t size)
{
    pid_t child = fork();

    if (child == 0) {
        (void)weft_loop_init(&loop, NULL);
        bench_value(name, bytes_each(make, size, bench_size(1000000)));
        _exit(0);
    }
    (void)waitpid(child, NULL, 0);
}

int main(void)
{
    bench_value("sizeof_asleep", sizeof(struct asleep));
    bench_value("sizeof_waiting", sizeof(struct waiting));
    bench_value("sizeof_limited", sizeof(struct limited));
    measure("bytes_asleep", make_asleep, sizeof(struct asleep));
    measure("bytes_waiting", make_waiting, sizeof(struct waiting));
    measure("bytes_limited", make_limited, sizeof(struct limited));
    measure_pooled("bytes_pool_task");
    return 0;
}
