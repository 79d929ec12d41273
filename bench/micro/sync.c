/* sync.c - cost of the objects that are waited for
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include "bench/bench.h"
#include "weft/base/atomic.h"
#include "weft/fiber_inlined.h"
#include "weft/weft.h"

enum { MANY = 100, STACK = 16384 };

static weft_loop_t loop;
static weft_fiber_t fibers[MANY];

/* Runs fn(ctx) in so many fibers at once; the ns of it. */
static double in_fibers(size_t count, weft_fiber_fn *fn, void *ctx)
{
    double begin = bench_now();

    for (size_t i = 0; i < count; i++) {
        (void)weft_go(&loop.executor, &fibers[i], fn, ctx);
    }
    for (size_t i = 0; i < count; i++) {
        while (!weft_fiber_finished(&fibers[i])) {
            (void)weft_loop_step(&loop);
        }
    }
    return bench_now() - begin;
}

/* --- mutex --------------------------------------------------------------- */

static double cas_round(void *ctx, size_t n)
{
    static uintptr_t word;
    double begin = bench_now();

    (void)ctx;
    for (size_t i = 0; i < n; i++) {
        uintptr_t expected = 0;
        (void)weft_atomic_cas_acquire_word(&word, &expected, 1);
        expected = 1;
        (void)weft_atomic_cas_release_word(&word, &expected, 0);
    }
    return bench_now() - begin;
}

struct locks {
    weft_mutex_t mutex;
    size_t each;
    volatile size_t sum;
};

static int lock_often(void *ctx)
{
    struct locks *locks = ctx;

    for (size_t left = locks->each; left > 0; left--) {
        (void)weft_mutex_lock(&locks->mutex);
        locks->sum = locks->sum + 1;
        weft_mutex_unlock(&locks->mutex);
    }
    return 0;
}

static double mutex_round(void *ctx, size_t n)
{
    size_t count = *(const size_t *)ctx;
    struct locks locks = {.mutex = WEFT_MUTEX_INIT, .each = n / count};

    return in_fibers(count, lock_often, &locks);
}

static void mutexes(void)
{
    size_t one = 1;
    size_t many = MANY;

    bench_run("two_cas", cas_round, NULL, 10000000);
    bench_run("mutex_uncontended", mutex_round, &one, 10000000);
    bench_run("mutex_100", mutex_round, &many, 10000000);
}

/* --- semaphore ----------------------------------------------------------- */

struct permits {
    weft_semaphore_t semaphore;
    size_t each;
    volatile size_t sum;
};

static int acquire_often(void *ctx)
{
    struct permits *permits = ctx;

    for (size_t left = permits->each; left > 0; left--) {
        (void)weft_semaphore_acquire(&permits->semaphore, 1);
        permits->sum = permits->sum + 1;
        weft_semaphore_release(&permits->semaphore, 1);
    }
    return 0;
}

static double semaphore_round(void *ctx, size_t n)
{
    struct permits permits = {.semaphore = WEFT_SEMAPHORE_INIT(1, 1),
                              .each = n};

    (void)ctx;
    return in_fibers(1, acquire_often, &permits);
}

/* Each waits for the other: one has the permit that the other one wants. */
struct duo {
    weft_semaphore_t permit[2];
    size_t each;
    size_t at;
};

static int takes_turns(void *ctx)
{
    struct duo *duo = ctx;
    size_t self = duo->at++;

    for (size_t left = duo->each; left > 0; left--) {
        (void)weft_semaphore_acquire_inlined(&duo->permit[self], 1);
        weft_semaphore_release(&duo->permit[1 - self], 1);
    }
    return 0;
}

static double semaphore_ping_round(void *ctx, size_t n)
{
    struct duo duo = {
        .permit = {WEFT_SEMAPHORE_INIT(1, 1), WEFT_SEMAPHORE_INIT(0, 1)},
        .each = n};

    (void)ctx;
    return in_fibers(2, takes_turns, &duo);
}

static void semaphores(void)
{
    bench_run("semaphore", semaphore_round, NULL, 10000000);
    bench_run("semaphore_ping", semaphore_ping_round, NULL, 2000000);
}

/* --- condition ----------------------------------------------------------- */

struct turns {
    weft_mutex_t mutex;
    weft_condition_t changed[2];
    size_t each;
    size_t at;
    size_t turn;
};

static int wait_for_turns(void *ctx)
{
    struct turns *turns = ctx;
    size_t self = turns->at++;

    (void)weft_mutex_lock(&turns->mutex);
    for (size_t left = turns->each; left > 0; left--) {
        while (turns->turn != self) {
            (void)weft_condition_wait_inlined(&turns->changed[self],
                                              &turns->mutex);
        }
        turns->turn = 1 - self;
        weft_condition_notify_one(&turns->changed[1 - self]);
    }
    weft_mutex_unlock(&turns->mutex);
    return 0;
}

static double condition_round(void *ctx, size_t n)
{
    struct turns turns = {
        .mutex = WEFT_MUTEX_INIT,
        .changed = {WEFT_CONDITION_INIT, WEFT_CONDITION_INIT},
        .each = n,
    };

    (void)ctx;
    return in_fibers(2, wait_for_turns, &turns);
}

static void conditions(void)
{
    bench_run("condition_ping", condition_round, NULL, 2000000);
}

/* --- rwlock -------------------------------------------------------------- */

struct table {
    weft_rwlock_t lock;
    size_t each;
    volatile size_t sum;
};

static int read_often(void *ctx)
{
    struct table *table = ctx;

    for (size_t left = table->each; left > 0; left--) {
        (void)weft_rwlock_read(&table->lock);
        table->sum = table->sum + 1;
        weft_rwlock_unlock(&table->lock);
    }
    return 0;
}

static int write_often(void *ctx)
{
    struct table *table = ctx;

    for (size_t left = table->each; left > 0; left--) {
        (void)weft_rwlock_write(&table->lock);
        table->sum = table->sum + 1;
        weft_rwlock_unlock(&table->lock);
    }
    return 0;
}

static double read_round(void *ctx, size_t n)
{
    struct table table = {.lock = WEFT_RWLOCK_INIT, .each = n};

    (void)ctx;
    return in_fibers(1, read_often, &table);
}

static double write_round(void *ctx, size_t n)
{
    struct table table = {.lock = WEFT_RWLOCK_INIT, .each = n};

    (void)ctx;
    return in_fibers(1, write_often, &table);
}

static void rwlocks(void)
{
    bench_run("rwlock_read", read_round, NULL, 10000000);
    bench_run("rwlock_write", write_round, NULL, 10000000);
}

int main(void)
{
    weft_loop_init(&loop, NULL);
    for (size_t i = 0; i < MANY; i++) {
        weft_fiber_init(&fibers[i], "bench", bench_memory(1, STACK), STACK);
    }
    mutexes();
    semaphores();
    conditions();
    rwlocks();
    return 0;
}
