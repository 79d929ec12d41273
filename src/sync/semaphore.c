/* semaphore.c - the semaphore: permits in one word, a list of those who wait
 * SPDX-License-Identifier: MIT
 *
 * word: permits << 2, WAITERS, LOCK
 *   p      -1-> p - n          1 acquire, try_acquire: nobody waits
 *   p      -2-> p + n          2 release: nobody waits
 *   any    -3-> + LOCK         3 whoever touches the list
 *   LOCK   -4-> permits left   4 serve: the front, as long as it can be
 *
 * WAITERS is set exactly while the list is not empty, and while nobody holds
 * the lock the first of the list wants more than there is; or a serve is
 * between two of its steps. Who comes while somebody waits goes behind him,
 * so that a large request does not starve. Each change that may help the
 * front, a release or somebody's leaving, serves it in the same hold (WAIT
 * rule 25). A node's buffer is how many it wants.
 */
#include "weft/semaphore.h"

#include "coro/block.h"
#include "core/bitlock.h"
#include "core/wait.h"
#include "core/waiters.h"
#include "sync/chain.h"

enum { LOCK = WEFT__BIT_LOCK, WAITERS = 2, SHIFT = 2 };

static bool withdraw(weft_node_t *node, int reason);
static int again(weft_await_t *await);

const weft_object_turn_ops_t weft__semaphore_ops = {{"semaphore", withdraw},
                                                    again};

void weft_semaphore_init(weft_semaphore_t *semaphore, uint32_t permits,
                         uint32_t maximum)
{
    WEFT_ASSERT(maximum > 0 && maximum <= WEFT_SEMAPHORE_MAX,
                "a semaphore for 0 or too many permits");
    WEFT_ASSERT(permits <= maximum, "a semaphore with more than its maximum");
    *semaphore = (weft_semaphore_t)WEFT_SEMAPHORE_INIT(permits, maximum);
}

uint32_t weft_semaphore_value(const weft_semaphore_t *semaphore)
{
    return weft_atomic_load_relaxed_u32(&semaphore->word) >> SHIFT;
}

static uint32_t waiting(const weft_semaphore_t *semaphore)
{
    return semaphore->waiters.first != NULL ? WAITERS : 0;
}

/* Whether the front can be had for so many permits. */
static bool servable(const weft_semaphore_t *semaphore, uint32_t permits)
{
    const weft_node_t *node = semaphore->waiters.first;

    return node != NULL && node->buffer <= permits;
}

/* Under the lock: at most WEFT_STEP from the front to the chain. */
static uint32_t serve_step(weft_semaphore_t *semaphore, uint32_t permits,
                           weft__chain_t *chain)
{
    int left;

    for (left = WEFT_STEP; left > 0 && servable(semaphore, permits); left--) {
        weft_node_t *node = semaphore->waiters.first;
        bool ours = weft__claim(node);

        weft__waiters_remove(&semaphore->waiters, node);
        if (ours) {
            permits -= (uint32_t)node->buffer;
            weft__chain_add(chain, node);
        }
    }
    return permits;
}

/* Under the lock, which it lets go: so many permits are there now. */
static void serve(weft_semaphore_t *semaphore, uint32_t permits, unsigned key)
{
    weft__chain_t chain;
    bool more;

    weft__chain_init(&chain);
    do {
        uint32_t state;

        permits = serve_step(semaphore, permits, &chain);
        more = servable(semaphore, permits);
        weft__bit_unlock(&semaphore->word,
                         permits << SHIFT | waiting(semaphore), key);
        if (more) {
            key = weft__bit_lock(&semaphore->word, &state);
            permits = state >> SHIFT;
        }
    } while (more);
    weft__chain_deliver(&chain);
}

/* Where nobody waits and nobody holds the lock. */
static inline bool take(weft_semaphore_t *semaphore, uint32_t n)
{
    uint32_t state = weft_atomic_load_relaxed_u32(&semaphore->word);

    while ((state & (LOCK | WAITERS)) == 0 && state >> SHIFT >= n) {
        if (weft_atomic_cas_acquire_u32(&semaphore->word, &state,
                                        state - (n << SHIFT))) {
            return true;
        }
    }
    return false;
}

/* Looks again; links the node unless *await is NULL. */
static int take_or_park(weft_semaphore_t *semaphore, uint32_t n,
                        weft_await_t *await)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&semaphore->word, &state);
    int rc = WEFT_ERR_EMPTY;

    if ((state & WAITERS) == 0 && state >> SHIFT >= n) {
        state -= n << SHIFT;
        rc = WEFT_OK;
    } else if (await != NULL) {
        weft__waiters_append(
            &semaphore->waiters,
            weft__wait_arm(await, semaphore, n, WEFT__NODE_OBJECT));
        state |= WAITERS;
        rc = WEFT_PENDING;
    }
    weft__bit_unlock(&semaphore->word, state, key);
    return rc;
}

static bool sensible(const weft_semaphore_t *semaphore, uint32_t n)
{
    return n > 0 && n <= semaphore->maximum;
}

int weft_semaphore_acquire_begin(weft_await_t *await,
                                 weft_semaphore_t *semaphore, uint32_t n)
{
    int rc = weft__wait_enter(await);

    if (rc < 0) {
        return rc;
    }
    if (!sensible(semaphore, n)) {
        return weft__wait_ready(await, WEFT_ERR_INVALID);
    }
    rc = weft__wait_turn(await, semaphore, n);
    if (rc < 0 || take(semaphore, n)) {
        return rc;
    }
    return take_or_park(semaphore, n, await);
}

static int again(weft_await_t *await)
{
    weft_node_t *node = &await->node[0];

    return weft_semaphore_acquire_begin(await, node->object,
                                        (uint32_t)node->buffer);
}

int weft_semaphore_try_acquire(weft_semaphore_t *semaphore, uint32_t n)
{
    if (!sensible(semaphore, n)) {
        return WEFT_ERR_INVALID;
    }
    return take(semaphore, n) ? WEFT_OK : take_or_park(semaphore, n, NULL);
}

static uint32_t sum(const weft_semaphore_t *semaphore, uint32_t permits,
                    uint32_t n)
{
    WEFT_ASSERT(n <= semaphore->maximum - permits,
                "a semaphore released over its maximum");
    return permits + n;
}

/* Somebody waits, or is about to. */
static __attribute__((noinline)) void release_slowly(
    weft_semaphore_t *semaphore, uint32_t n)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&semaphore->word, &state);

    serve(semaphore, sum(semaphore, state >> SHIFT, n), key);
}

void weft_semaphore_release(weft_semaphore_t *semaphore, uint32_t n)
{
    uint32_t state = weft_atomic_load_relaxed_u32(&semaphore->word);

    while ((state & (LOCK | WAITERS)) == 0) {
        uint32_t permits = sum(semaphore, state >> SHIFT, n);

        if (weft_atomic_cas_release_u32(&semaphore->word, &state,
                                        permits << SHIFT)) {
            return;
        }
    }
    release_slowly(semaphore, n);
}

static bool withdraw(weft_node_t *node, int reason)
{
    weft_semaphore_t *semaphore = node->object;
    uint32_t state;
    unsigned key = weft__bit_lock(&semaphore->word, &state);
    bool linked = weft__waiters_withdraw(&semaphore->waiters, node);

    (void)reason;
    serve(semaphore, state >> SHIFT, key);
    return linked;
}

/* They are there, and nothing else is to be looked at. */
static inline bool take_at_once(weft_semaphore_t *semaphore, uint32_t n)
{
    if (weft__waiter_at_once() != NULL && sensible(semaphore, n) &&
        take(semaphore, n)) {
        weft__local()->budget--;
        return true;
    }
    return false;
}

static __attribute__((noinline)) int acquire_slowly(weft_semaphore_t *semaphore,
                                                    uint32_t n)
{
    weft_await_t await;

    return weft__block(&await,
                       weft_semaphore_acquire_begin(&await, semaphore, n));
}

int weft_semaphore_acquire(weft_semaphore_t *semaphore, uint32_t n)
{
    return take_at_once(semaphore, n) ? WEFT_OK : acquire_slowly(semaphore, n);
}

int weft_semaphore_acquire_until(weft_semaphore_t *semaphore, uint32_t n,
                                 uint64_t deadline_us)
{
    weft_await_t await;

    return take_at_once(semaphore, n)
               ? WEFT_OK
               : weft__block_until(
                     &await, deadline_us,
                     weft_semaphore_acquire_begin(&await, semaphore, n));
}
