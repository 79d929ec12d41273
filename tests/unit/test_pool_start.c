/* test_pool_start.c - pools: workers that do not come up, and misuse
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/fibers.h"
#include "tests/support/pools.h"

/* --- no core is free */

struct holder {
    weft_port_thread_t thread;
    weft_event_t *go;
};

static void hold_core(void *ctx)
{
    struct holder *holder = ctx;

    CHECK_EQ(weft_event_wait(holder->go), 0);
    weft_thread_leave();
}

/* Takes the cores until the event is set; how many. */
static int hold_cores(struct holder *holder, int most, weft_event_t *go)
{
    int n = 0;

    for (; n < most; n++) {
        holder[n] = (struct holder){.go = go};
        if (weft_port_thread_start(&holder[n].thread, hold_core, &holder[n]) <
            0) {
            break;
        }
    }
    return n;
}

static void free_cores(struct holder *holder, int count, weft_event_t *go)
{
    weft_event_set(go);
    while (count-- > 0) {
        weft_port_thread_join(&holder[count].thread);
    }
}

CASE_SIM_ONLY(a_worker_that_does_not_come_up_gives_its_place_back,
              "a thread does not start when no core is free")
{
    weft_event_t go = WEFT_EVENT_INIT;
    struct holder holder[8];
    struct pool *pool = pool_made(2);
    int held = hold_cores(holder, 8, &go);
    uintptr_t sum = 0;
    struct tally tally;

    tally_init(&tally, &sum);
    CHECK_EQ(weft_pool_start(&pool->pool, 2), WEFT_ERR_UNSUPPORTED);
    CHECK_EQ(weft_pool_start(&pool->pool, 1), WEFT_ERR_UNSUPPORTED);
    CHECK_EQ(
        weft_submit(&pool->pool.executor, &tally.runnable, WEFT_HINT_DEFAULT),
        0);
    free_cores(holder, held, &go);
    CHECK_STARTED(weft_pool_start(&pool->pool, 2));
    CHECK_EQ(weft_pool_start(&pool->pool, 1), WEFT_ERR_FULL);
    pool_end(pool);
    CHECK_EQ(sum, 1);
}

CASE_SIM_ONLY(some_workers_come_up_and_do_the_work,
              "a thread does not start when no core is free")
{
    weft_event_t go = WEFT_EVENT_INIT;
    struct holder holder[2];
    struct pool *pool = pool_made(3);
    int held = hold_cores(holder, 2, &go);
    uintptr_t sum = 0;
    struct tally tally;

    tally_init(&tally, &sum);
    CHECK_EQ(weft_pool_start(&pool->pool, 3), WEFT_ERR_UNSUPPORTED);
    CHECK_EQ(
        weft_submit(&pool->pool.executor, &tally.runnable, WEFT_HINT_DEFAULT),
        0);
    pool_end(pool);
    CHECK_EQ(sum, 1);
    free_cores(holder, held, &go);
}

static void start_one(void *ctx)
{
    int rc = weft_pool_start(ctx, 1);

    CHECK(rc == 0 || rc == WEFT_ERR_UNSUPPORTED);
}

CASE_SIM_ONLY(the_last_worker_leaves_while_another_does_not_come_up,
              "a thread does not start when no core is free")
{
    weft_event_t go = WEFT_EVENT_INIT;
    struct holder holder[1];
    struct pool *pool = pool_made(2);
    weft_port_thread_t starter = {0};
    int held = hold_cores(holder, 1, &go);

    CHECK_STARTED(weft_pool_start(&pool->pool, 1));
    thread_start(&starter, start_one, &pool->pool);
    weft_pool_stop(&pool->pool);
    weft_port_thread_join(&starter);
    pool_end(pool);
    free_cores(holder, held, &go);
}

CASE(a_pool_without_a_worker_that_came_up_ends_as_ever)
{
    struct pool *pool = pool_made(1);

    pool_end(pool);
    pool = pool_made(1);
    weft_pool_stop(&pool->pool);
    weft_pool_deinit(&pool->pool);
    frame_drop(pool, sizeof(*pool));
    pool = pool_made(1);
    weft_pool_deinit(&pool->pool);
    frame_drop(pool, sizeof(*pool));
}

CASE(who_stops_a_pool_without_workers_may_serve_it)
{
    struct pool *pool = pool_made(1);
    uintptr_t sum = 0;
    struct tally tally;

    tally_init(&tally, &sum);
    CHECK_EQ(
        weft_submit(&pool->pool.executor, &tally.runnable, WEFT_HINT_DEFAULT),
        0);
    weft_pool_stop(&pool->pool);
    CHECK_EQ(weft_pool_run(&pool->pool), 0);
    CHECK_EQ(sum, 1);
    pool_end(pool);
}

/* --- misuse */

CASE(a_join_of_what_nobody_runs_is_an_assertion)
{
    struct pool *pool = pool_made(1);
    uintptr_t sum = 0;
    struct tally tally;

    tally_init(&tally, &sum);
    CHECK_DIES(weft_pool_join(&pool->pool),
               "join of a pool that has no workers");
    CHECK_EQ(
        weft_submit(&pool->pool.executor, &tally.runnable, WEFT_HINT_DEFAULT),
        0);
    weft_pool_stop(&pool->pool);
    CHECK_DIES(weft_pool_join(&pool->pool),
               "join of a pool that has no workers");
    CHECK_DIES(weft_pool_deinit(&pool->pool),
               "deinit of a pool with live tasks");
    CHECK_STARTED(weft_pool_start(&pool->pool, 1));
    pool_end(pool);
}

CASE(a_pool_that_runs_is_not_deinitialised)
{
    struct pool *pool = pool_new(1);

    CHECK_DIES(weft_pool_deinit(&pool->pool),
               "deinit of a pool that is running");
    pool_end(pool);
}

struct misuse {
    weft_runnable_t runnable;
    weft_pool_t *pool;
    weft_pool_t *other;
};

static int misuses(weft_runnable_t *runnable)
{
    const struct misuse *misuse = (struct misuse *)(void *)runnable;

    CHECK_DIES(weft_pool_join(misuse->pool), "a pool joined by its own worker");
    CHECK_DIES(weft_pool_run(misuse->other),
               "weft_pool_run on an executor's thread");
    return 0;
}

static int runs_a_pool(void *ctx)
{
    CHECK_DIES(weft_pool_run(ctx), "weft_pool_run on an executor's thread");
    return 0;
}

CASE(who_runs_on_a_pool_neither_joins_it_nor_runs_another)
{
    struct pool *pool = pool_new(1);
    struct pool *other = pool_made(1);
    struct misuse misuse = {{.run = misuses}, &pool->pool, &other->pool};

    CHECK_EQ(
        weft_submit(&pool->pool.executor, &misuse.runnable, WEFT_HINT_DEFAULT),
        0);
    pool_end(pool);
    CHECK_EQ(in_a_fiber(runs_a_pool, &other->pool), 0);
    pool_end(other);
}

CASE(a_pool_without_a_root_scope_is_not_cancelled)
{
    struct pool *pool = pool__make(1, false);

    CHECK_DIES(weft_pool_cancel(&pool->pool),
               "weft_pool_cancel of a pool without a root scope");
    weft_pool_deinit(&pool->pool);
    frame_drop(pool, sizeof(*pool));
}

CASE(nothing_is_submitted_to_what_was_deinitialised)
{
    static const char words[] = "submit on an executor that was deinitialised";
    weft_loop_t stopped;
    struct pool *pool = pool_made(1);
    uintptr_t sum = 0;
    struct tally tally;

    tally_init(&tally, &sum);
    weft_pool_deinit(&pool->pool);
    CHECK_DIES((void)weft_submit(&pool->pool.executor, &tally.runnable,
                                 WEFT_HINT_DEFAULT),
               words);
    weft_loop_init(&stopped, NULL);
    weft_loop_deinit(&stopped);
    CHECK_DIES((void)weft_submit(&stopped.executor, &tally.runnable,
                                 WEFT_HINT_DEFAULT),
               words);
    frame_drop(pool, sizeof(*pool));
}
