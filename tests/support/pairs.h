/* pairs.h - each kind of waker with each kind of waiter, from one table
 * SPDX-License-Identifier: MIT
 *
 * A primitive says once how to wait and how to wake; pairs_run has a task, a
 * fiber and a thread wait, each on a core of its own, and a task and a fiber
 * of a pool with two; and a task, a fiber, a thread, and in the simulator an
 * interrupt, wake: all pairs. Those of a pool are also woken from another pool,
 * and go on in theirs.
 *
 *     static void init(void *object) { weft_event_init(object, true); }
 *     static int begin(weft_await_t *await, void *object)
 *     {
 *         return weft_event_wait_begin(await, object);
 *     }
 *     static int block(void *object) { return weft_event_wait(object); }
 *     static void set(void *object) { weft_event_set(object); }
 *
 *     static const struct pairs event_pairs = {
 *         .size = sizeof(weft_event_t),
 *         .init = init,
 *         .wait = {.begin = begin, .block = block},
 *         .wake = {.plain = set},
 *         .frees = true,
 *         .interrupt = true,
 *     };
 *     CASE(each_waker_wakes_each_waiter) { pairs_run(&event_pairs); }
 *
 * Both sides go through PAIRS_SLOTS objects, one after another; before half of
 * its calls the waker lets the waiter go first. An object is a struct of the
 * test's own: it also holds the buffers of its calls.
 */
#ifndef WEFT_TEST_PAIRS_H
#define WEFT_TEST_PAIRS_H

#include <stdio.h>

#include "tests/support/pools.h"

enum {
    PAIRS_SLOTS = TEST_IN_SIM ? 3 : 50,
    PAIRS_STACK = 64 * 1024,
};

/* An interrupt only wakes. */
enum pairs_kind {
    PAIRS_TASK,
    PAIRS_FIBER,
    PAIRS_THREAD,
    PAIRS_INTERRUPT,
    PAIRS_POOL_TASK,
    PAIRS_POOL_FIBER,
};

/* What one side does to an object: an operation that may wait, in both its
 * forms, or one that never waits. */
struct pairs_op {
    int (*begin)(weft_await_t *await, void *object);
    int (*block)(void *object);
    void (*plain)(void *object);
};

struct pairs {
    size_t size;
    void (*init)(void *object);
    /* NULL, or what the waker does with each object in its own context before
     * the waiter begins, such as to lock it. Does not wait. */
    void (*enter)(void *object);
    struct pairs_op wait;
    struct pairs_op wake;
    /* In the context of each side, after its call; NULL: rc is 0. */
    void (*waited)(void *object, int rc);
    void (*woke)(void *object, int rc);
    bool frees;     /* the waiter frees the object as soon as it has waited */
    bool interrupt; /* an interrupt may wake, too */
};

struct pairs_round {
    const struct pairs *pairs;
    void *object[PAIRS_SLOTS];
    uintptr_t entered; /* atomic: the waker has */
    uintptr_t arrived; /* atomic: objects that the waiter has come to */
};

/* One side; also the frame of its task. */
struct pairs_side {
    weft_task_t task;
    weft_await_t await;
    struct pairs_round *round;
    const struct pairs_op *op;
    void (*after)(void *object, int rc);
    bool waker;
    enum pairs_kind kind;
    size_t at;
    struct core core;
    struct pool *pool;
    struct pairs_pooled *pooled;
    weft_port_thread_t thread;
    weft_fiber_t fiber;
    void *stack;
};

static inline void pairs__begin(struct pairs_side *side)
{
    struct pairs_round *round = side->round;

    if (side->waker) {
        for (size_t i = 0; i < PAIRS_SLOTS && round->pairs->enter; i++) {
            round->pairs->enter(round->object[i]);
        }
        weft_atomic_store_release_word(&round->entered, 1);
    }
    while (weft_atomic_load_acquire_word(&round->entered) == 0) {
        weft_hook_spin();
    }
}

/* The real port alternates, the simulator draws. */
static inline bool pairs__lets_go_first(size_t at)
{
    return TEST_IN_SIM ? some(2) == 0 : at % 2 == 0;
}

static inline void pairs__before(struct pairs_side *side)
{
    uintptr_t *arrived = &side->round->arrived;

    if (!side->waker) {
        weft_atomic_store_release_word(arrived, side->at + 1);
    } else if (pairs__lets_go_first(side->at)) {
        while (weft_atomic_load_acquire_word(arrived) <= side->at) {
            weft_hook_spin();
        }
        for (size_t i = side->at % 8 * 20; i > 0 && !TEST_IN_SIM; i--) {
            weft_hook_spin();
        }
    }
}

static inline void pairs__after(struct pairs_side *side, int rc)
{
    const struct pairs *pairs = side->round->pairs;
    void **object = &side->round->object[side->at];

    if (side->after != NULL) {
        side->after(*object, rc);
    } else {
        CHECK_EQ(rc, 0);
    }
    if (!side->waker && pairs->frees) {
        frame_drop(*object, pairs->size);
        *object = NULL;
    }
}

static inline int pairs__do_begin(weft_await_t *await, struct pairs_side *side)
{
    void *object = side->round->object[side->at];

    if (side->op->plain != NULL) {
        side->op->plain(object);
        return 0;
    }
    return side->op->begin(await, object);
}

static inline int pairs__do(struct pairs_side *side)
{
    void *object = side->round->object[side->at];

    if (side->op->plain != NULL) {
        side->op->plain(object);
        return 0;
    }
    return side->op->block(object);
}

WEFT_TASK(pairs_side)
{
    int rc;
    WEFT_BEGIN;
    pairs__begin(self);
    for (self->at = 0; self->at < PAIRS_SLOTS; self->at++) {
        pairs__before(self);
        WEFT_AWAIT_RC(rc, pairs__do, self);
        pairs__after(self, rc);
    }
    WEFT_END;
}

/* The same as a task of a pool. */
struct pairs_pooled {
    weft_pool_task_t task;
    weft_await_t await;
    struct pairs_side *side;
};

WEFT_TASK(pairs_pooled)
{
    int rc;
    WEFT_BEGIN;
    pairs__begin(self->side);
    for (self->side->at = 0; self->side->at < PAIRS_SLOTS; self->side->at++) {
        pairs__before(self->side);
        WEFT_AWAIT_RC(rc, pairs__do, self->side);
        CHECK(weft_pool_current() == &self->side->pool->pool);
        pairs__after(self->side, rc);
    }
    WEFT_END;
}

static inline int pairs__fiber(void *ctx)
{
    struct pairs_side *side = (struct pairs_side *)ctx;

    pairs__begin(side);
    for (side->at = 0; side->at < PAIRS_SLOTS; side->at++) {
        int rc;
        pairs__before(side);
        rc = pairs__do(side);
        CHECK(side->pool == NULL || weft_pool_current() == &side->pool->pool);
        pairs__after(side, rc);
    }
    return 0;
}

static inline void pairs__thread(void *ctx)
{
    (void)pairs__fiber(ctx);
    weft_thread_leave();
}

static inline bool pairs__has_fiber(const struct pairs_side *side)
{
    return side->kind == PAIRS_FIBER || side->kind == PAIRS_POOL_FIBER;
}

static inline bool pairs__pooled(const struct pairs_side *side)
{
    return side->kind == PAIRS_POOL_TASK || side->kind == PAIRS_POOL_FIBER;
}

static inline void pairs__start_pooled(struct pairs_side *side)
{
    side->pooled = frame_new(sizeof(*side->pooled));
    side->pooled->side = side;
    CHECK_EQ(
        weft_spawn(&side->pool->pool.executor, pairs_pooled_task(side->pooled)),
        0);
}

static inline void pairs__start(struct pairs_side *side)
{
    weft_executor_t *executor = &side->core.loop.executor;

    if (side->kind == PAIRS_THREAD) {
        thread_start(&side->thread, pairs__thread, side);
        return;
    }
    if (pairs__pooled(side)) {
        side->pool = pool_new(side->waker ? 1 : 2);
        executor = &side->pool->pool.executor;
    } else {
        core_start(&side->core);
    }
    if (pairs__has_fiber(side)) {
        side->stack = frame_new(PAIRS_STACK);
        weft_fiber_init(&side->fiber, "pairs", side->stack, PAIRS_STACK);
        CHECK_EQ(weft_go(executor, &side->fiber, pairs__fiber, side), 0);
    } else if (pairs__pooled(side)) {
        pairs__start_pooled(side);
    } else {
        CHECK_EQ(weft_spawn(executor, pairs_side_task(side)), 0);
    }
}

static inline void pairs__join(struct pairs_side *side)
{
    if (side->kind == PAIRS_THREAD) {
        weft_port_thread_join(&side->thread);
        return;
    }
    if (pairs__pooled(side)) {
        pool_end(side->pool); /* which waits for what lives on it */
    } else {
        core_stop(&side->core);
    }
    if (pairs__has_fiber(side)) {
        CHECK_EQ(weft_fiber_result(&side->fiber), 0);
        frame_drop(side->stack, PAIRS_STACK);
    } else if (side->pooled != NULL) {
        CHECK_EQ(weft_task_result(weft_pool_task(&side->pooled->task)), 0);
        frame_drop(side->pooled, sizeof(*side->pooled));
    } else {
        CHECK_EQ(weft_task_result(&side->task), 0);
    }
}

#if TEST_IN_SIM
static inline void pairs__handler(void *ctx)
{
    struct pairs_side *side = (struct pairs_side *)ctx;

    if (side->at < PAIRS_SLOTS) {
        CHECK_EQ(pairs__do(side), 0);
        side->at++;
    }
}

/* An interrupt on this core, 0, or on the waiter's, wakes the waiter. */
static inline void pairs__interrupt(struct pairs_side *waker)
{
    weft_sim_interrupt_t interrupt = {.handler = pairs__handler,
                                      .ctx = waker,
                                      .core = (unsigned)weft_sim_choose(2),
                                      .times = 1};

    weft_atomic_store_release_word(&waker->round->entered, 1);
    weft_sim_interrupt_attach(&interrupt);
    while (waker->at < PAIRS_SLOTS) {
        uintptr_t *arrived = &waker->round->arrived;
        size_t at = waker->at;

        if (at < PAIRS_SLOTS && pairs__lets_go_first(at)) {
            while (weft_atomic_load_acquire_word(arrived) <= at) {
                weft_hook_spin();
            }
        }
        weft_sim_interrupt_raise(&interrupt);
        weft_hook_spin();
    }
    weft_sim_interrupt_remove(&interrupt);
}
#else
static inline void pairs__interrupt(struct pairs_side *waker)
{
    (void)waker;
}
#endif

static inline struct pairs_side *pairs__side(struct pairs_round *round,
                                             enum pairs_kind kind, bool waker)
{
    struct pairs_side *side =
        (struct pairs_side *)frame_new(sizeof(struct pairs_side));

    side->round = round;
    side->op = waker ? &round->pairs->wake : &round->pairs->wait;
    side->after = waker ? round->pairs->woke : round->pairs->waited;
    side->waker = waker;
    side->kind = kind;
    return side;
}

/* One pair of kinds, PAIRS_SLOTS times. */
static inline void pairs_run_one(const struct pairs *pairs,
                                 enum pairs_kind waiter_kind,
                                 enum pairs_kind waker_kind)
{
    struct pairs_round round = {.pairs = pairs};
    struct pairs_side *waiter = pairs__side(&round, waiter_kind, false);
    struct pairs_side *waker = pairs__side(&round, waker_kind, true);

    for (size_t i = 0; i < PAIRS_SLOTS; i++) {
        round.object[i] = frame_new(pairs->size);
        pairs->init(round.object[i]);
    }
    pairs__start(waiter);
    if (waker_kind == PAIRS_INTERRUPT) {
        pairs__interrupt(waker);
    } else {
        pairs__start(waker);
        pairs__join(waker);
    }
    pairs__join(waiter);
    for (size_t i = 0; i < PAIRS_SLOTS; i++) {
        free(round.object[i]);
    }
    frame_drop(waiter, sizeof(*waiter));
    frame_drop(waker, sizeof(*waker));
}

/* How often, on the real port: WEFT_ROUNDS waits of each pair, or a few. */
static inline size_t pairs__repeats(void)
{
    const char *rounds = getenv("WEFT_ROUNDS");

    if (TEST_IN_SIM) {
        return 1;
    }
    return rounds == NULL
               ? (size_t)RACE_ROUNDS / 25
               : (size_t)strtoull(rounds, NULL, 10) / PAIRS_SLOTS + 1;
}

/* All pairs. */
static inline void pairs_run(const struct pairs *pairs)
{
    static const enum pairs_kind waiters[] = {PAIRS_TASK, PAIRS_FIBER,
                                              PAIRS_THREAD, PAIRS_POOL_TASK,
                                              PAIRS_POOL_FIBER};
    size_t count = sizeof(waiters) / sizeof(waiters[0]);
    size_t wakers = TEST_IN_SIM && pairs->interrupt ? 4 : 3;

    for (size_t n = pairs__repeats(); n > 0; n--) {
        for (size_t kind = 0; kind < count * wakers; kind++) {
            pairs_run_one(pairs, waiters[kind % count],
                          (enum pairs_kind)(kind / count));
        }
        pairs_run_one(pairs, PAIRS_POOL_TASK, PAIRS_POOL_FIBER);
        pairs_run_one(pairs, PAIRS_POOL_FIBER, PAIRS_POOL_TASK);
        pairs_run_one(pairs, PAIRS_POOL_FIBER, PAIRS_POOL_FIBER);
    }
}

#endif
