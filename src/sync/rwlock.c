/* rwlock.c - readers or a writer: who is in, in one word; who waits, in a list
 * SPDX-License-Identifier: MIT
 *
 * word: readers << 3, WRITER, WAITERS, LOCK
 *   r readers   -1-> r + 1      1 read: no writer, and nobody waits
 *   0           -2-> WRITER     2 write
 *   r readers   -3-> r - 1      3 unlock: not the last whom somebody awaits
 *   WRITER      -4-> 0          4 unlock: nobody waits
 *   any         -5-> + LOCK     5 whoever touches the list
 *   LOCK        -6-> who is in  6 serve: the front, as long as it can go in
 *
 * WAITERS is set exactly while the list is not empty. Each change that may
 * help the front (an unlock, or a writer's leaving) serves it in the same hold
 * (WAIT rule 25): one writer, or the readers up to the next writer. A node's
 * buffer is READER or WRITER, what it adds to the word.
 *
 * `writer` is only there to name mistakes: it is written by the writer, or for
 * it before its end is sent, and taken back before it unlocks.
 */
#include "weft/rwlock.h"

#include "coro/block.h"
#include "core/bitlock.h"
#include "core/wait.h"
#include "core/waiters.h"
#include "sync/chain.h"

enum { LOCK = WEFT__BIT_LOCK, WAITERS = 2, WRITER = 4, READER = 8 };

/* As many readers as the word can count. */
#define FULL ((uint32_t)WEFT_RWLOCK_READERS_MAX * READER)

static bool withdraw(weft_node_t *node, int reason);
static int again(weft_await_t *await);

const weft_object_turn_ops_t weft__rwlock_ops = {{"rwlock", withdraw}, again};

void weft_rwlock_init(weft_rwlock_t *lock)
{
    *lock = (weft_rwlock_t)WEFT_RWLOCK_INIT;
}

static uint32_t waiting(const weft_rwlock_t *lock)
{
    return lock->waiters.first != NULL ? WAITERS : 0;
}

/* Whether one more may go in beside those who are: all ways in ask this. */
static bool fits(uint32_t inside, uint32_t mode)
{
    if (mode == WRITER) {
        return inside == 0;
    }
    WEFT_ASSERT(inside < FULL, "more readers than an rwlock can count");
    return (inside & WRITER) == 0;
}

static bool servable(const weft_rwlock_t *lock, uint32_t inside)
{
    const weft_node_t *node = lock->waiters.first;

    return node != NULL && fits(inside, (uint32_t)node->buffer);
}

static void set_writer(weft_rwlock_t *lock, weft_waiter_t *waiter)
{
    weft_atomic_store_relaxed_ptr(&lock->writer, waiter);
}

/* Under the lock: at most WEFT_STEP from the front to the chain. */
static uint32_t serve_step(weft_rwlock_t *lock, uint32_t inside,
                           weft__chain_t *chain)
{
    int left;

    for (left = WEFT_STEP; left > 0 && servable(lock, inside); left--) {
        weft_node_t *node = lock->waiters.first;
        bool ours = weft__claim(node);

        weft__waiters_remove(&lock->waiters, node);
        if (ours) {
            inside += (uint32_t)node->buffer;
            weft__chain_add(chain, node);
            if (node->buffer == WRITER) {
                set_writer(lock, node->wait->waiter);
            }
        }
    }
    return inside;
}

/* Under the lock, which it lets go: these are inside now. */
static void serve(weft_rwlock_t *lock, uint32_t inside, unsigned key)
{
    weft__chain_t chain;
    bool more;

    weft__chain_init(&chain);
    do {
        uint32_t state;

        inside = serve_step(lock, inside, &chain);
        more = servable(lock, inside);
        weft__bit_unlock(&lock->word, inside | waiting(lock), key);
        if (more) {
            key = weft__bit_lock(&lock->word, &state);
            inside = state & ~(uint32_t)WAITERS;
        }
    } while (more);
    weft__chain_deliver(&chain);
}

/* Where nobody waits and nobody holds the lock of the list. */
static inline bool go_in(weft_rwlock_t *lock, uint32_t mode,
                         weft_waiter_t *self)
{
    uint32_t state = weft_atomic_load_relaxed_u32(&lock->word);

    while ((state & (LOCK | WAITERS)) == 0 && fits(state, mode)) {
        if (weft_atomic_cas_acquire_u32(&lock->word, &state, state + mode)) {
            if (mode == WRITER) {
                set_writer(lock, self);
            }
            return true;
        }
    }
    return false;
}

/* Looks again; links the node if await is given. */
static int go_in_or_park(weft_rwlock_t *lock, uint32_t mode,
                         weft_waiter_t *self, weft_await_t *await)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&lock->word, &state);
    int rc = WEFT_ERR_BUSY;

    if ((state & WAITERS) == 0 && fits(state, mode)) {
        state += mode;
        if (mode == WRITER) {
            set_writer(lock, self);
        }
        rc = WEFT_OK;
    } else if (await != NULL) {
        weft__waiters_append(&lock->waiters, weft__wait_arm(await, lock, mode,
                                                            WEFT__NODE_OBJECT));
        state |= WAITERS;
        rc = WEFT_PENDING;
    }
    weft__bit_unlock(&lock->word, state, key);
    return rc;
}

static int begin(weft_await_t *await, weft_rwlock_t *lock, uint32_t mode)
{
    int rc = weft__wait_enter(await);
    weft_waiter_t *self;

    if (rc == WEFT_OK) {
        rc = weft__wait_turn(await, lock, mode);
    }
    self = await->wait.waiter;
    if (rc < 0 || go_in(lock, mode, self)) {
        return rc;
    }
    WEFT_ASSERT(weft_atomic_load_relaxed_ptr(&lock->writer) != self,
                "an rwlock locked twice by its writer");
    return go_in_or_park(lock, mode, self, await);
}

static int again(weft_await_t *await)
{
    weft_node_t *node = &await->node[0];

    return begin(await, node->object, (uint32_t)node->buffer);
}

int weft_rwlock_read_begin(weft_await_t *await, weft_rwlock_t *lock)
{
    return begin(await, lock, READER);
}

int weft_rwlock_write_begin(weft_await_t *await, weft_rwlock_t *lock)
{
    return begin(await, lock, WRITER);
}

static int try_lock(weft_rwlock_t *lock, uint32_t mode)
{
    weft_waiter_t *self = weft__waiter_running();

    return go_in(lock, mode, self) ? WEFT_OK
                                   : go_in_or_park(lock, mode, self, NULL);
}

int weft_rwlock_try_read(weft_rwlock_t *lock)
{
    return try_lock(lock, READER);
}

int weft_rwlock_try_write(weft_rwlock_t *lock)
{
    return try_lock(lock, WRITER);
}

static __attribute__((noinline)) void unlock_write(weft_rwlock_t *lock)
{
    uint32_t state = WRITER;
    unsigned key;

    WEFT_ASSERT(weft_atomic_load_relaxed_ptr(&lock->writer) ==
                    weft__waiter_running(),
                "an rwlock unlocked by another than its writer");
    set_writer(lock, NULL);
    if (weft_atomic_cas_release_u32(&lock->word, &state, 0)) {
        return;
    }
    key = weft__bit_lock(&lock->word, &state);
    serve(lock, 0, key);
}

/* The last of the readers, and somebody waits or is about to. */
static __attribute__((noinline)) void last_unlock_read(weft_rwlock_t *lock)
{
    uint32_t state;
    unsigned key = weft__bit_lock(&lock->word, &state);

    serve(lock, (state & ~(uint32_t)WAITERS) - READER, key);
}

void weft_rwlock_unlock(weft_rwlock_t *lock)
{
    uint32_t state = weft_atomic_load_relaxed_u32(&lock->word);

    WEFT_ASSERT(!weft__in_interrupt(), "an rwlock unlocked in an interrupt");
    WEFT_ASSERT(state >= WRITER, "unlock of an rwlock that is not locked");
    if ((state & WRITER) != 0) {
        unlock_write(lock);
        return;
    }
    /* Nobody waits, or this is not the last reader. */
    while ((state & LOCK) == 0 &&
           ((state & WAITERS) == 0 || state >= 2 * READER)) {
        if (weft_atomic_cas_release_u32(&lock->word, &state, state - READER)) {
            return;
        }
    }
    last_unlock_read(lock);
}

static bool withdraw(weft_node_t *node, int reason)
{
    weft_rwlock_t *lock = node->object;
    uint32_t state;
    unsigned key = weft__bit_lock(&lock->word, &state);
    bool linked = weft__waiters_withdraw(&lock->waiters, node);

    (void)reason;
    serve(lock, state & ~(uint32_t)WAITERS, key);
    return linked;
}

/* Nothing but the lock is to be looked at. */
static inline bool go_in_at_once(weft_rwlock_t *lock, uint32_t mode)
{
    weft_waiter_t *self = weft__waiter_at_once();

    if (self != NULL && go_in(lock, mode, self)) {
        weft__local()->budget--;
        return true;
    }
    return false;
}

static __attribute__((noinline)) int go_in_slowly(weft_rwlock_t *lock,
                                                  uint32_t mode)
{
    weft_await_t await;

    return weft__block(&await, begin(&await, lock, mode));
}

static int go_in_until(weft_rwlock_t *lock, uint32_t mode, uint64_t deadline_us)
{
    weft_await_t await;

    return go_in_at_once(lock, mode)
               ? WEFT_OK
               : weft__block_until(&await, deadline_us,
                                   begin(&await, lock, mode));
}

int weft_rwlock_read(weft_rwlock_t *lock)
{
    return go_in_at_once(lock, READER) ? WEFT_OK : go_in_slowly(lock, READER);
}

int weft_rwlock_read_until(weft_rwlock_t *lock, uint64_t deadline_us)
{
    return go_in_until(lock, READER, deadline_us);
}

int weft_rwlock_write(weft_rwlock_t *lock)
{
    return go_in_at_once(lock, WRITER) ? WEFT_OK : go_in_slowly(lock, WRITER);
}

int weft_rwlock_write_until(weft_rwlock_t *lock, uint64_t deadline_us)
{
    return go_in_until(lock, WRITER, deadline_us);
}
