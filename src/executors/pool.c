/* pool.c - an executor of several threads: start, submit, stop, join
 * SPDX-License-Identifier: MIT
 */
#include "weft/pool.h"

#include "core/home.h"
#include "core/scope.h"
#include "core/timers.h"
#include "executors/left.h"
#include "executors/pool_work.h"
#include "weft/thread.h"
#include "weft/time.h"

static int submit(weft_executor_t *executor, weft_runnable_t *runnable,
                  enum weft_hint hint);

static const weft_executor_ops_t pool_ops = {"pool", submit};

int weft_pool_init(weft_pool_t *pool, const weft_pool_config_t *config)
{
    weft_home_t *home = &pool->home;
    unsigned i;

    if (config->workers == NULL || config->count == 0 ||
        config->count > UINT16_MAX) {
        return WEFT_ERR_INVALID;
    }
    *pool = (weft_pool_t){
        .executor = {&pool_ops, home},
        .workers = config->workers,
        .count = config->count,
        .spins = WEFT_SPIN > 0 && !config->sleep_at_once,
        .stop_post = {.run = weft__run_nothing},
        .stop_limit_us = config->stop_limit_us,
        .left = config->left,
        .left_ctx = config->left_ctx,
    };
    weft__home_init(home, &pool->executor);
    weft__timers_init(&pool->timers, weft_port_now_us());
    weft__timers_share(&pool->timers, &pool->sharing, weft__pool_earlier, pool);
    weft_queue_init(&pool->ready);
    weft_list_init(&pool->idle);
    weft_list_init(&pool->spare);
    for (i = 0; i < config->count; i++) {
        config->workers[i] =
            (weft_pool_worker_t){.pool = pool, .credit = {.home = home}};
    }
    home->kick = weft__pool_kick;
    home->kick_ctx = pool;
    home->timers = &pool->timers;
    home->lanes = 1;
    home->sleepless = 1;
    home->root = config->root;
    if (config->root != NULL) {
        weft__scope_init_root(config->root, home);
    }
    return WEFT_OK;
}

/* Whether nothing lives but the stop, which no worker ever came up to see. Who
 * pushed it touches nothing any more. */
static bool is_stop_alone(const weft_pool_t *pool)
{
    return weft_atomic_load_acquire_word(&pool->home.inbox.word) ==
               (uintptr_t)&pool->stop_post.link &&
           weft_atomic_load_acquire_word(&pool->home.live) ==
               WEFT__STOPPING + WEFT__ONE_LIVE;
}

void weft_pool_deinit(weft_pool_t *pool)
{
    uintptr_t live = weft_atomic_load_acquire_word(&pool->home.live);

    WEFT_ASSERT(live <= WEFT__STOPPING || is_stop_alone(pool),
                "deinit of a pool with live tasks");
    WEFT_ASSERT(pool->running == 0, "deinit of a pool that is running");
    WEFT_ASSERT(pool->home.root == NULL ||
                    weft_scope_count(pool->home.root) == 0,
                "deinit of a pool with tasks that live elsewhere");
    (void)live;
    pool->executor.home = NULL;
}

/* The worker as which the caller works in this pool, or NULL. */
static weft_pool_worker_t *here(const weft_pool_t *pool)
{
    const weft_local_t *local = weft__in_interrupt() ? NULL : weft__local();
    weft_pool_worker_t *worker;

    if (local == NULL || local->home != NULL || local->credit == NULL) {
        return NULL; /* or nested in its work */
    }
    worker = WEFT_CONTAINER_OF(local->credit, weft_pool_worker_t, credit);
    return worker->pool == pool ? worker : NULL;
}

static int submit(weft_executor_t *executor, weft_runnable_t *runnable,
                  enum weft_hint hint)
{
    weft_pool_t *pool = WEFT_CONTAINER_OF(executor, weft_pool_t, executor);
    weft_home_t *home = executor->home;
    weft_pool_worker_t *worker;
    int rc;

    WEFT_ASSERT(home != NULL, "submit on an executor that was deinitialised");
    rc = weft__home_enter(home);
    if (rc < 0) {
        return rc;
    }
    worker = hint == WEFT_HINT_DEFAULT ? NULL : here(pool);
    if (worker != NULL && hint == WEFT_HINT_INLINE &&
        weft__run_inline(home, runnable)) {
        return WEFT_OK;
    }
    if (worker != NULL && hint == WEFT_HINT_LIFO &&
        weft__may_go_first(weft__local())) {
        weft_queue_push_front(&worker->front, &runnable->link);
    } else {
        weft__home_post(&home->inbox, &runnable->link);
    }
    return WEFT_OK;
}

/* --- workers ------------------------------------------------------------- */

/* One that was not in use yet, counted as running; NULL: none. With the
 * lock. */
static weft_pool_worker_t *claim_one(weft_pool_t *pool)
{
    weft_list_node_t *spare = weft_list_pop(&pool->spare);

    if (spare == NULL && pool->used == pool->count) {
        return NULL;
    }
    pool->running++;
    return spare != NULL ? WEFT_CONTAINER_OF(spare, weft_pool_worker_t, idle)
                         : &pool->workers[pool->used++];
}

static weft_pool_worker_t *claim(weft_pool_t *pool, bool own_thread)
{
    unsigned key = weft_lock_mask(&pool->lock);
    weft_pool_worker_t *worker = claim_one(pool);

    if (worker != NULL) {
        worker->own_thread = own_thread;
    }
    weft_unlock_mask(&pool->lock, key);
    return worker;
}

/* It did not come up. The others may have left meanwhile, none of them as the
 * last: then it is this one, and the joiner is told by its address alone. */
static void unclaim(weft_pool_t *pool, weft_pool_worker_t *worker)
{
    const uintptr_t *over = &pool->over;
    unsigned key = weft_lock_mask(&pool->lock);

    worker->own_thread = false;
    weft_list_push_front(&pool->spare, &worker->idle);
    pool->running--;
    if (pool->running == 0 && (weft__pool_ended(pool) || is_stop_alone(pool))) {
        weft_atomic_store_release_word(&pool->over, 1);
    }
    weft_unlock_mask(&pool->lock, key);
    weft_port_wake(over);
}

/* What it waited for as a thread, in a runnable, ends with it. */
static void thread(void *ctx)
{
    weft_pool_worker_t *worker = ctx;

    weft__pool_work(worker->pool, worker);
    weft_thread_leave();
}

int weft_pool_start(weft_pool_t *pool, unsigned threads)
{
    int rc = WEFT_OK;

    while (threads-- > 0 && rc == WEFT_OK) {
        weft_pool_worker_t *worker = claim(pool, true);
        if (worker == NULL) {
            return WEFT_ERR_FULL;
        }
        rc = weft_port_thread_start(&worker->thread, thread, worker);
        if (rc < 0) {
            unclaim(pool, worker);
        }
    }
    return rc;
}

int weft_pool_run(weft_pool_t *pool)
{
    const weft_local_t *local = weft__local();
    weft_pool_worker_t *worker;

    WEFT_ASSERT(local->waiter == NULL && local->home == NULL &&
                    local->credit == NULL,
                "weft_pool_run on an executor's thread");
    (void)local;
    worker = claim(pool, false);
    if (worker == NULL) {
        return WEFT_ERR_FULL;
    }
    weft__pool_work(pool, worker);
    return WEFT_OK;
}

/* --- the end ------------------------------------------------------------- */

void weft_pool_stop(weft_pool_t *pool)
{
    weft__home_stop(&pool->home, &pool->stop_post);
}

void weft_pool_cancel(weft_pool_t *pool)
{
    WEFT_ASSERT(pool->home.root != NULL,
                "weft_pool_cancel of a pool without a root scope");
    weft_scope_cancel(pool->home.root);
}

/* Whether it is over; the last worker is out of the lock then. Where none ever
 * came up it is as soon as nothing waits for one. */
static bool is_over(weft_pool_t *pool)
{
    unsigned key = weft_lock_mask(&pool->lock);
    bool over = weft_atomic_load_relaxed_word(&pool->over) != 0 ||
                (pool->running == 0 && is_stop_alone(pool));
    bool runs = over || pool->running > 0;

    weft_unlock_mask(&pool->lock, key);
    WEFT_ASSERT(runs, "join of a pool that has no workers");
    (void)runs;
    return over;
}

static void join_threads(weft_pool_t *pool)
{
    unsigned i;

    for (i = 0; i < pool->used; i++) {
        if (pool->workers[i].own_thread) {
            weft_port_thread_join(&pool->workers[i].thread);
            pool->workers[i].own_thread = false;
        }
    }
}

int weft_pool_join(weft_pool_t *pool)
{
    uint64_t limit_us = pool->stop_limit_us;
    uint64_t deadline_us =
        limit_us == 0 ? WEFT_FOREVER : weft_deadline(limit_us);

    WEFT_ASSERT(weft_pool_current() != pool, "a pool joined by its own worker");
    while (!is_over(pool)) {
        if (weft_port_now_us() >= deadline_us) {
            weft__tell_left(
                pool->home.root,
                &(struct weft__left){pool->left, pool->left_ctx, true});
            return WEFT_ERR_TIMEOUT;
        }
        weft_port_sleep(&pool->over, 0, deadline_us);
    }
    join_threads(pool);
    return WEFT_OK;
}

/* In the turn of a strand the credit says it: it is the worker's. */
weft_pool_t *weft_pool_current(void)
{
    weft_credit_t *credit = weft__in_interrupt() ? NULL : weft__local()->credit;

    return credit == NULL
               ? NULL
               : WEFT_CONTAINER_OF(credit, weft_pool_worker_t, credit)->pool;
}
