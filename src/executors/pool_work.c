/* pool_work.c - what a worker of a pool does: take, run, steal, sleep
 * SPDX-License-Identifier: MIT
 *
 * A worker takes a share of what is ready into its batch, under the pool's
 * lock, and runs it: the first entry at once. Others may take from the batch:
 * its entries are pointers in an array, so a thief reads no runnable that its
 * owner may have freed. It holds the pool's lock, and a batch is filled under
 * it: a stale place cannot come back. docs/internals/pool.md says why and what
 * was measured.
 *
 * That nobody sleeps over work: while workers are idle the inbox is asleep, so
 * that the next push wakes one, or somebody is awake who will look at it: who
 * was woken, spins (`spinning`) or brings order into what came (`collecting`).
 * Whoever begins to run something sees to it before: see help().
 *
 * A kick touches the pool after the push, when the entry may have been run and
 * the pool be stopped. So who takes a stack that replaced ASLEEP counts a kick
 * as owed, and a kick pays one, maybe in advance: nobody leaves with one owed.
 *
 * One idle worker, the keeper, sleeps until the first timer is due. It is the
 * last that a kick wakes. While there is none, help() and whoever arms a timer
 * wake an idle worker to become it.
 */
#include "executors/pool_work.h"

#include "core/home.h"
#include "core/lane.h"
#include "core/timers.h"
#include "weft/time.h"

/* --- under the pool's lock ----------------------------------------------- */

static bool has_come(const weft_pool_t *pool)
{
    return !pool->collecting &&
           weft_atomic_load_relaxed_word(&pool->home.inbox.word) > WEFT__ASLEEP;
}

/* Takes a worker out of the idle list; to be woken after the unlock, by its
 * address alone. */
static weft_pool_worker_t *unpark(weft_pool_t *pool, weft_pool_worker_t *worker)
{
    if (worker != NULL) {
        weft_list_remove(&worker->idle);
        if (pool->keeper == worker) {
            pool->keeper = NULL;
        }
        weft_atomic_store_release_word(&worker->parked, 0);
    }
    return worker;
}

static weft_pool_worker_t *unpark_first(weft_pool_t *pool)
{
    weft_list_node_t *node = weft_list_first(&pool->idle);

    return unpark(
        pool, node == NULL ? NULL
                           : WEFT_CONTAINER_OF(node, weft_pool_worker_t, idle));
}

static void park(weft_pool_t *pool, weft_pool_worker_t *worker)
{
    weft_atomic_store_relaxed_word(&worker->parked, 1);
    if (pool->keeper == NULL) {
        pool->keeper = worker;
        weft_list_push_back(&pool->idle, &worker->idle);
    } else {
        weft_list_push_front(&pool->idle, &worker->idle);
    }
}

/* The next push kicks, unless somebody looks anyway; false: something has
 * come already. */
static bool announce(weft_pool_t *pool)
{
    if (pool->spinning || pool->collecting) {
        return true;
    }
    if (pool->announced) {
        return !has_come(pool);
    }
    pool->announced = weft__inbox_announce(&pool->home.inbox);
    return pool->announced;
}

/* No push need kick: we look. */
static void unannounce(weft_pool_t *pool)
{
    uintptr_t asleep = WEFT__ASLEEP;

    if (pool->announced &&
        weft_atomic_cas_acq_rel_word(&pool->home.inbox.word, &asleep, 0)) {
        pool->announced = false;
    }
}

/* Before somebody runs what it has: an idle worker that is to be woken, for
 * what is left, or to keep the time. */
static weft_pool_worker_t *help(weft_pool_t *pool)
{
    if (weft_list_empty(&pool->idle)) {
        return NULL;
    }
    if (pool->queued > 0 || !announce(pool) ||
        (pool->keeper == NULL &&
         weft_atomic_load_relaxed_u32(&pool->sharing.armed) > 0)) {
        return unpark_first(pool);
    }
    return NULL;
}

bool weft__pool_ended(const weft_pool_t *pool)
{
    return weft_atomic_load_acquire_word(&pool->home.live) == WEFT__STOPPING &&
           pool->owed == 0;
}

/* weft_link_reverse, and how many: each look at them costs a cache miss. */
static weft_link_t *reverse(weft_link_t *entry, unsigned *length)
{
    weft_link_t *first = NULL;

    *length = 0;
    while (entry != NULL) {
        weft_link_t *link = weft_link_strip(entry);
        weft_link_t *next = link->next;
        link->next = first;
        first = entry;
        entry = next;
        ++*length;
    }
    return first;
}

/* Moves what has come to the ready queue; lets go of the lock where that is
 * more than one entry. */
static void collect(weft_pool_t *pool, unsigned *key)
{
    weft_link_t *stack = (weft_link_t *)weft_atomic_exchange_acquire_word(
        &pool->home.inbox.word, 0);
    weft_link_t *last = weft_link_strip(stack);
    unsigned length = 1;

    if (pool->announced) {
        pool->announced = false;
        pool->owed++;
    }
    if (last->next != NULL) {
        pool->collecting = true;
        weft_unlock_mask(&pool->lock, *key);
        stack = reverse(stack, &length);
        *key = weft_lock_mask(&pool->lock);
        pool->collecting = false;
    }
    weft_queue_push_list(&pool->ready, stack, last);
    pool->queued += length;
}

/* --- the batch ----------------------------------------------------------- */

static unsigned span_begin(uint32_t span)
{
    return span & 0xffffu;
}

static unsigned span_end(uint32_t span)
{
    return span >> 16;
}

/* Under the lock: a fair share of what is ready. Gives the first entry, or
 * NULL: nobody can steal that one; the others make the batch. */
static weft_link_t *fill(weft_pool_t *pool, weft_pool_worker_t *worker)
{
    unsigned share = (pool->queued + pool->count - 1) / pool->count;
    unsigned n = share < WEFT_POOL_BATCH ? share : WEFT_POOL_BATCH;
    weft_link_t *first = weft_queue_pop(&pool->ready);
    unsigned i;

    for (i = 0; i + 1 < n; i++) {
        worker->batch[i] = weft_queue_pop(&pool->ready);
    }
    if (n > 1) {
        weft_atomic_store_relaxed_u32(&worker->span, (n - 1) << 16);
    }
    pool->queued -= n;
    return first;
}

/* The first entry of a batch; NULL: it is empty. By its worker, or under the
 * lock. */
static weft_link_t *pop(weft_pool_t *pool, weft_pool_worker_t *worker)
{
    uint32_t span = weft_atomic_load_relaxed_u32(&worker->span);
    weft_link_t *entry;

    do {
        if (span_begin(span) == span_end(span)) {
            return NULL;
        }
        entry = worker->batch[span_begin(span)];
        if (pool->count == 1) {
            weft_atomic_store_relaxed_u32(&worker->span, span + 1);
            return entry;
        }
    } while (!weft_atomic_cas_relaxed_u32(&worker->span, &span, span + 1));
    return entry;
}

static void wake(weft_pool_worker_t *worker)
{
    if (worker != NULL) {
        weft_port_wake(&worker->parked);
    }
}

/* A moment between two looks at the inbox: each takes its line away from who
 * pushes. */
static void pause(void)
{
    enum { MOMENT = 16 };
    unsigned i;

    for (i = 0; i < MOMENT; i++) {
        weft_hook_spin();
    }
}

/* The same where the worker looks that is under the lock. */
static void let_its_pusher_take_it(weft_pool_t *pool,
                                   weft_pool_worker_t *worker, unsigned *key)
{
    if (pool->spins && !worker->credit.pushed) {
        weft_unlock_mask(&pool->lock, *key);
        pause();
        *key = weft_lock_mask(&pool->lock);
    }
}

/* The first of what is ready, the batch filled behind it; NULL: nothing is. */
static weft_link_t *take(weft_pool_t *pool, weft_pool_worker_t *worker)
{
    weft_pool_worker_t *next = NULL;
    unsigned key = weft_lock_mask(&pool->lock);
    weft_link_t *entry;

    if (pool->queued == 0 && has_come(pool)) {
        let_its_pusher_take_it(pool, worker, &key);
    }
    if (pool->queued == 0 && has_come(pool)) {
        collect(pool, &key);
    }
    worker->credit.pushed = false;
    entry = fill(pool, worker);
    if (entry != NULL) {
        next = help(pool);
    }
    weft_unlock_mask(&pool->lock, key);
    wake(next);
    return entry;
}

/* Takes the first entry of another's batch, if there is one now. */
static weft_link_t *steal_from(weft_pool_t *pool, weft_pool_worker_t *victim)
{
    weft_pool_worker_t *next = NULL;
    unsigned key = weft_lock_mask(&pool->lock);
    weft_link_t *entry = pop(pool, victim);

    if (entry != NULL) {
        next = help(pool);
    }
    weft_unlock_mask(&pool->lock, key);
    wake(next);
    return entry;
}

static weft_link_t *steal(weft_pool_t *pool, const weft_pool_worker_t *worker)
{
    unsigned own = (unsigned)(worker - pool->workers);
    weft_link_t *entry = NULL;
    unsigned i;

    for (i = 1; i < pool->count && entry == NULL; i++) {
        weft_pool_worker_t *victim = &pool->workers[(own + i) % pool->count];
        uint32_t span = weft_atomic_load_relaxed_u32(&victim->span);

        if (span_begin(span) != span_end(span)) {
            entry = steal_from(pool, victim);
        }
    }
    return entry;
}

/* --- sleep --------------------------------------------------------------- */

void weft__pool_kick(void *ctx)
{
    weft_pool_t *pool = ctx;
    weft_pool_worker_t *worker;
    unsigned key = weft_lock_mask(&pool->lock);

    pool->owed--;
    worker = unpark_first(pool);
    weft_unlock_mask(&pool->lock, key);
    wake(worker);
}

void weft__pool_earlier(void *ctx)
{
    weft_pool_t *pool = ctx;
    weft_pool_worker_t *worker;
    unsigned key = weft_lock_mask(&pool->lock);

    worker =
        pool->keeper != NULL ? unpark(pool, pool->keeper) : unpark_first(pool);
    weft_unlock_mask(&pool->lock, key);
    wake(worker);
}

/* Looks for what comes, for a while; true: something has, and stays. */
static bool look(const weft_pool_t *pool)
{
    const uintptr_t *word = &pool->home.inbox.word;
    bool seen = false;
    int left;

    for (left = WEFT_SPIN / 8; left > 0; left--) {
        bool sees = weft_atomic_load_relaxed_word(word) > WEFT__ASLEEP;
        if (sees && seen) {
            return true;
        }
        seen = sees;
        pause();
    }
    return false;
}

/* One at a time looks for a while before it sleeps, once. Called, and
 * returns, with the lock held; true: it has looked. */
static bool spin(weft_pool_t *pool, weft_pool_worker_t *worker, bool *spun,
                 unsigned *key)
{
    if (!pool->spins || pool->spinning || *spun) {
        return false;
    }
    *spun = true;
    unannounce(pool);
    pool->spinning = true;
    weft_unlock_mask(&pool->lock, *key);
    worker->credit.pushed = look(pool);
    *key = weft_lock_mask(&pool->lock);
    pool->spinning = false;
    return true;
}

/* As it was put into the idle list: until it is taken out, or a timer is due.
 * Who took it out may still be about to wake it: that only cuts a later sleep
 * short, or wakes nobody, as a wake reads nothing behind its address. */
static void sleep(weft_pool_t *pool, weft_pool_worker_t *worker, bool keeper)
{
    unsigned key;
    uint64_t deadline_us =
        keeper ? weft__timers_watch(&pool->timers) : WEFT_FOREVER;

    weft_port_sleep(&worker->parked, 1, deadline_us);
    if (keeper) {
        weft__timers_unwatch(&pool->timers);
    }
    key = weft_lock_mask(&pool->lock);
    if (weft_list_linked(&worker->idle)) {
        (void)unpark(pool, worker);
        unannounce(pool);
    }
    weft_unlock_mask(&pool->lock, key);
}

/* Under the lock: the worker goes. The others are told one by another, the
 * joiner by the last, by its address alone. */
static weft_pool_worker_t *leave(weft_pool_t *pool, bool *last)
{
    pool->running--;
    *last = pool->running == 0;
    if (*last) {
        weft_atomic_store_release_word(&pool->over, 1);
    }
    return unpark_first(pool);
}

/* Waits until there may be something to do; false: the pool is over. */
static bool rest(weft_pool_t *pool, weft_pool_worker_t *worker, bool *spun)
{
    const uintptr_t *over = &pool->over;
    weft_pool_worker_t *next;
    unsigned key = weft_lock_mask(&pool->lock);
    bool keeper, last;

    if (weft__pool_ended(pool)) {
        next = leave(pool, &last);
        weft_unlock_mask(&pool->lock, key);
        wake(next);
        if (last) {
            weft_port_wake(over);
        }
        return false;
    }
    if (pool->queued > 0 || has_come(pool) || spin(pool, worker, spun, &key) ||
        !announce(pool)) {
        weft_unlock_mask(&pool->lock, key);
        return true;
    }
    park(pool, worker);
    *spun = false;
    keeper = pool->keeper == worker;
    weft_unlock_mask(&pool->lock, key);
    sleep(pool, worker, keeper);
    return true;
}

/* --- work ---------------------------------------------------------------- */

static void look_at_timers(weft_pool_t *pool, weft_pool_worker_t *worker)
{
    worker->ran = 0;
    if (weft_atomic_load_relaxed_u32(&pool->sharing.armed) > 0) {
        weft__timers_fire_shared(&pool->timers, weft_port_now_us());
    }
}

/* Gets something to run; NULL: the pool is over. */
static weft_link_t *find(weft_pool_t *pool, weft_pool_worker_t *worker)
{
    weft_link_t *entry;
    bool spun = false;

    if (worker->ran >= WEFT_LOOP_BATCH) {
        look_at_timers(pool, worker);
    }
    while ((entry = take(pool, worker)) == NULL) {
        look_at_timers(pool, worker);
        if ((entry = take(pool, worker)) != NULL ||
            (entry = steal(pool, worker)) != NULL) {
            break;
        }
        weft__credit_return(&worker->credit);
        if (!rest(pool, worker, &spun)) {
            break;
        }
        look_at_timers(pool, worker);
    }
    return entry;
}

static weft_link_t *next_entry(weft_pool_t *pool, weft_pool_worker_t *worker)
{
    weft_link_t *entry = weft_queue_pop(&worker->front);

    return entry != NULL ? entry : pop(pool, worker);
}

/* A wake in the pool's own queue is a waiter's first; later ones are in its
 * lane. */
static void run(weft_pool_t *pool, weft_link_t *entry)
{
    weft_link_t *link = weft_link_strip(entry);

    if (weft_link_tag(entry) == WEFT_TAG_WAKE) {
        weft__lane_begin((weft_waiter_t *)(void *)link);
    } else if (weft_link_tag(entry) == WEFT_TAG_LANE) {
        weft__lane_run(WEFT_CONTAINER_OF(link, weft_lane_t, link));
    } else {
        (void)weft__home_dispatch(&pool->home, entry);
    }
}

void weft__pool_work(weft_pool_t *pool, weft_pool_worker_t *worker)
{
    weft_local_t *local = weft__local();
    weft_local_t outer = *local;
    weft_link_t *entry;

    *local = (weft_local_t){
        .executor = &pool->executor,
        .credit = &worker->credit,
        .thread = outer.thread,
        .random = outer.random,
        .budget = WEFT_BUDGET,
    };
    while ((entry = find(pool, worker)) != NULL) {
        do {
            run(pool, entry);
            worker->ran++;
            entry = next_entry(pool, worker);
        } while (entry != NULL);
    }
    outer.thread = local->thread;
    outer.random = local->random;
    *local = outer;
}
