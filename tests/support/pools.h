/* pools.h - a pool with its workers, started, stopped and gone in one line
 * SPDX-License-Identifier: MIT
 *
 *     struct pool *pool = pool_new(2);
 *     weft_submit(&pool->pool.executor, ...);
 *     pool_end(pool);
 */
#ifndef WEFT_TEST_POOLS_H
#define WEFT_TEST_POOLS_H

#include "tests/support/cores.h"

enum { POOL_WORKERS = 4, POOL_STACK = TEST_STACK };

struct pool {
    weft_pool_t pool;
    weft_scope_t root;
    weft_pool_worker_t workers[POOL_WORKERS];
};

static inline struct pool *pool__make(unsigned workers, bool root)
{
    struct pool *pool = (struct pool *)frame_new(sizeof(*pool));
    weft_pool_config_t config = {.workers = pool->workers,
                                 .count = workers,
                                 .root = root ? &pool->root : NULL};

    CHECK_EQ(weft_pool_init(&pool->pool, &config), 0);
    return pool;
}

/* Not started. The memory of its last user goes with pool_end: a late touch
 * shows. */
static inline struct pool *pool_made(unsigned workers)
{
    return pool__make(workers, true);
}

/* Started, without a root scope: its tasks may end elsewhere. */
static inline struct pool *pool_open(unsigned workers)
{
    struct pool *pool = pool__make(workers, false);

    CHECK_STARTED(weft_pool_start(&pool->pool, workers));
    return pool;
}

static inline struct pool *pool_new(unsigned workers)
{
    struct pool *pool = pool_made(workers);

    CHECK_STARTED(weft_pool_start(&pool->pool, workers));
    return pool;
}

/* Joins it, however long that takes. */
static inline void pool_join(struct pool *pool)
{
    int rc;

    do {
        rc = weft_pool_join(&pool->pool);
        CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT);
    } while (rc != 0);
}

static inline void pool_end(struct pool *pool)
{
    weft_pool_stop(&pool->pool);
    pool_join(pool);
    CHECK_EQ(weft_scope_count(&pool->root), 0);
    weft_pool_deinit(&pool->pool);
    frame_drop(pool, sizeof(*pool));
}

/* Waits, spinning, until *word is at least that. */
static inline void until_word(const uintptr_t *word, uintptr_t least)
{
    while (weft_atomic_load_acquire_word(word) < least) {
        weft_hook_spin();
    }
}

/* Counts its runs in an atomic word. */
struct tally {
    weft_runnable_t runnable;
    uintptr_t *sum;
};

static inline int tally__run(weft_runnable_t *runnable)
{
    struct tally *tally = (struct tally *)(void *)runnable;

    (void)weft_atomic_fetch_add_acq_rel_word(tally->sum, 1);
    return 0;
}

static inline void tally_init(struct tally *tally, uintptr_t *sum)
{
    *tally = (struct tally){{.run = tally__run}, sum};
}

#endif
