/* tasks.c - cost of tasks: wake, yield, event, spawn and join
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include "bench/bench.h"
#include "weft/event.h"
#include "weft/loop.h"
#include "weft/task.h"

enum { BATCH = 1000 };

static weft_loop_t loop;

/* --- a task that wants nothing but to be woken --------------------------- */

struct napper {
    weft_task_t task;
    size_t polls;
    bool stop;
};

WEFT_TASK(napper)
{
    WEFT_BEGIN;
    while (!self->stop) {
        self->polls++;
        WEFT_SUSPEND();
    }
    WEFT_END;
}

static struct napper nappers[BATCH];

static void wake_all(void)
{
    for (size_t i = 0; i < BATCH; i++) {
        weft_task_wake(&nappers[i].task);
    }
}

/* Runs the loop until it has nothing to do now. */
static void settle(void)
{
    size_t turns = 2 * BATCH / WEFT_LOOP_BATCH + 2;

    for (size_t i = 0; i < turns; i++) {
        (void)weft_loop_step(&loop);
    }
}

/* From outside the loop: each wake goes through the inbox. */
static double inbox_round(void *ctx, size_t n)
{
    double begin = bench_now();

    (void)ctx;
    for (size_t done = 0; done < n; done += BATCH) {
        wake_all();
        settle();
    }
    return bench_now() - begin;
}

struct waker {
    weft_task_t task;
    size_t left;
};

WEFT_TASK(waker)
{
    WEFT_BEGIN;
    while (self->left > 0) {
        self->left -= self->left < BATCH ? self->left : BATCH;
        wake_all();
        WEFT_YIELD();
    }
    WEFT_END;
}

static double local_round(void *ctx, size_t n)
{
    static struct waker waker;
    double begin = bench_now();

    (void)ctx;
    waker.left = n;
    (void)weft_loop_run_task(&loop, waker_task(&waker));
    return bench_now() - begin;
}

static void wakes(void)
{
    for (size_t i = 0; i < BATCH; i++) {
        nappers[i].stop = false;
        (void)weft_spawn(&loop.executor, napper_task(&nappers[i]));
    }
    settle();
    bench_run("wake_local", local_round, NULL, 5000000);
    bench_run("wake_inbox", inbox_round, NULL, 5000000);
    for (size_t i = 0; i < BATCH; i++) {
        nappers[i].stop = true;
    }
    wake_all();
    settle();
}

/* --- yield --------------------------------------------------------------- */

struct yielder {
    weft_task_t task;
    size_t left;
};

WEFT_TASK(yielder)
{
    WEFT_BEGIN;
    while (self->left > 0) {
        self->left--;
        WEFT_YIELD();
    }
    WEFT_END;
}

struct yielders {
    struct yielder *task;
    size_t count;
};

static double yield_round(void *ctx, size_t n)
{
    struct yielders *all = ctx;
    double begin = bench_now();

    for (size_t i = 0; i < all->count; i++) {
        all->task[i].left = n / all->count;
        if (i + 1 < all->count) {
            (void)weft_spawn(&loop.executor, yielder_task(&all->task[i]));
        }
    }
    (void)weft_loop_run_task(&loop, yielder_task(&all->task[all->count - 1]));
    begin = bench_now() - begin;
    settle();
    return begin;
}

static void yields(const char *name, size_t count)
{
    struct yielders all = {bench_memory(count, sizeof(struct yielder)), count};

    bench_run(name, yield_round, &all, bench_short() ? count : 10000000);
    free(all.task);
}

/* --- two tasks and two automatic events ---------------------------------- */

struct player {
    weft_task_t task;
    weft_await_t await;
    weft_event_t *mine;
    weft_event_t *others;
    size_t left;
};

WEFT_TASK(player)
{
    WEFT_BEGIN;
    while (self->left > 0) {
        self->left--;
        weft_event_set(self->others);
        WEFT_AWAIT(weft_event_wait, self->mine);
    }
    weft_event_set(self->others);
    WEFT_END;
}

static double event_round(void *ctx, size_t n)
{
    static weft_event_t ping = WEFT_EVENT_INIT_AUTO;
    static weft_event_t pong = WEFT_EVENT_INIT_AUTO;
    static struct player a = {.mine = &ping, .others = &pong};
    static struct player b = {.mine = &pong, .others = &ping};
    double begin = bench_now();

    (void)ctx;
    a.left = b.left = n;
    (void)weft_spawn(&loop.executor, player_task(&b));
    (void)weft_loop_run_task(&loop, player_task(&a));
    begin = bench_now() - begin;
    settle();
    weft_event_reset(&ping);
    weft_event_reset(&pong);
    return begin;
}

/* --- spawn a thousand, join a thousand ----------------------------------- */

struct child {
    weft_task_t task;
};

WEFT_TASK(child)
{
    WEFT_BEGIN;
    WEFT_END;
}

struct parent {
    weft_task_t task;
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
            (void)weft_spawn(&loop.executor,
                             child_task(&self->children[self->i]));
        }
        for (self->i = 0; self->i < BATCH; self->i++) {
            WEFT_AWAIT_RC(rc, weft_task_join, &self->children[self->i].task);
            if (rc < 0) {
                return rc;
            }
        }
    }
    WEFT_END;
}

static double spawn_round(void *ctx, size_t n)
{
    static struct parent parent;
    double begin = bench_now();

    (void)ctx;
    parent.left = n;
    (void)weft_loop_run_task(&loop, parent_task(&parent));
    return bench_now() - begin;
}

int main(void)
{
    (void)weft_loop_init(&loop, NULL);
    wakes();
    yields("yield_2", 2);
    yields("yield_1e4", bench_size(10000));
    bench_run("event_ping", event_round, NULL, 3000000);
    bench_run("spawn_join", spawn_round, NULL, 3000000);
    weft_loop_deinit(&loop);
    return 0;
}
