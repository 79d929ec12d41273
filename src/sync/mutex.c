/* mutex.c - the mutex: who owns it in one word, and a list of those who wait
 * SPDX-License-Identifier: MIT
 *
 * word:       0 -1-> owner                 1 lock, try_lock
 *         owner -2-> 0                     2 unlock, nobody waits
 *           any -3-> + LOCK                3 whoever touches the list
 *  owner + LOCK -4-> owner, with or        4 the unlock of the list: parked,
 *                    without WAITERS         withdrawn, given by a condition
 *  owner + LOCK -5-> next owner, with      5 unlock hands it on: nobody sees
 *                    or without WAITERS      it open
 *
 * owner is the address of its waiter, so one compare-and-swap takes it and
 * says whose it is, and a hand-off changes both at once: there is no moment
 * at which it is locked and nobody's, and no stale owner to compare with.
 * WAITERS is set exactly while the list is not empty.
 *
 * A node's buffer is the result that its wait gets with the lock: 0, or why a
 * condition's wait ended (src/sync/condition.c).
 */
#include "sync/mutex.h"

#include "coro/block.h"
#include "core/bitlock.h"
#include "core/wait.h"
#include "core/waiters.h"

enum { LOCK = WEFT__BIT_LOCK, WAITERS = 2, FLAGS = LOCK | WAITERS };

static bool withdraw(weft_node_t *node, int reason);
static int again(weft_await_t *await);

const weft_object_turn_ops_t weft__mutex_ops = {{"mutex", withdraw}, again};

void weft_mutex_init(weft_mutex_t *mutex)
{
    *mutex = (weft_mutex_t)WEFT_MUTEX_INIT;
}

static uintptr_t owner_of(uintptr_t state)
{
    return state & ~(uintptr_t)FLAGS;
}

static uintptr_t waiting(const weft_mutex_t *mutex)
{
    return mutex->waiters.first != NULL ? WAITERS : 0;
}

bool weft__mutex_owned(const weft_mutex_t *mutex, const weft_waiter_t *waiter)
{
    return owner_of(weft_atomic_load_relaxed_word(&mutex->word)) ==
           (uintptr_t)waiter;
}

/* 0 -> self. *seen: what it was. */
WEFT__INLINE bool take(weft_mutex_t *mutex, const weft_waiter_t *self,
                       uintptr_t *seen)
{
    *seen = 0;
    return weft_atomic_cas_acquire_word(&mutex->word, seen, (uintptr_t)self);
}

/* Look again and link in one hold. */
static int take_or_park(weft_mutex_t *mutex, weft_await_t *await)
{
    const weft_waiter_t *self = await->wait.waiter;
    uintptr_t state;
    unsigned key;

    if (take(mutex, self, &state)) {
        return WEFT_OK;
    }
    WEFT_ASSERT(owner_of(state) != (uintptr_t)self,
                "a mutex locked twice by its owner");
    key = weft__word_lock(&mutex->word, &state);
    if (owner_of(state) == 0) {
        weft__word_unlock(&mutex->word, (uintptr_t)self, key);
        return WEFT_OK;
    }
    weft__waiters_append(&mutex->waiters,
                         weft__wait_arm(await, mutex, 0, WEFT__NODE_OBJECT));
    weft__word_unlock(&mutex->word, state | WAITERS, key);
    return WEFT_PENDING;
}

static __attribute__((noinline)) int begin_slowly(weft_await_t *await,
                                                  weft_mutex_t *mutex)
{
    int rc = weft__wait_enter(await);

    if (rc == WEFT_OK) {
        rc = weft__wait_turn(await, mutex, 0);
    }
    return rc < 0 ? rc : take_or_park(mutex, await);
}

/* It is open, and nothing else is to be looked at. */
WEFT__INLINE bool lock_at_once(weft_mutex_t *mutex)
{
    weft_waiter_t *self = weft__waiter_at_once();
    uintptr_t seen;

    if (self != NULL && take(mutex, self, &seen)) {
        weft__local()->budget--;
        return true;
    }
    return false;
}

int weft_mutex_lock_begin(weft_await_t *await, weft_mutex_t *mutex)
{
    return lock_at_once(mutex) ? WEFT_OK : begin_slowly(await, mutex);
}

static int again(weft_await_t *await)
{
    return weft_mutex_lock_begin(await, await->node[0].object);
}

int weft_mutex_try_lock(weft_mutex_t *mutex)
{
    uintptr_t seen;

    return take(mutex, weft__waiter_running(), &seen) ? WEFT_OK : WEFT_ERR_BUSY;
}

/* Somebody waits, or is about to. */
static void hand_on(weft_mutex_t *mutex)
{
    uintptr_t state;
    unsigned key = weft__word_lock(&mutex->word, &state);
    weft_node_t *node = weft__waiters_take(&mutex->waiters);

    if (node == NULL) {
        weft__word_unlock(&mutex->word, 0, key);
        return;
    }
    state = (uintptr_t)node->wait->waiter | waiting(mutex);
    weft__word_unlock(&mutex->word, state, key);
    weft__deliver(node, (int)(intptr_t)node->buffer);
}

static __attribute__((noinline)) void unlock_slowly(weft_mutex_t *mutex)
{
    uintptr_t self = (uintptr_t)weft__waiter_running();
    uintptr_t seen = self;

    if (weft_atomic_cas_release_word(&mutex->word, &seen, 0)) {
        return;
    }
    WEFT_ASSERT(owner_of(seen) != 0, "unlock of a mutex that is not locked");
    WEFT_ASSERT(owner_of(seen) == self, "a mutex unlocked by another");
    hand_on(mutex);
}

/* What is rare is out of line, so that what is not has no frame. */
void weft_mutex_unlock(weft_mutex_t *mutex)
{
    uintptr_t seen = (uintptr_t)weft__local()->waiter;

    if (seen == 0 || (WEFT_ASSERTIONS && weft__in_interrupt()) ||
        !weft_atomic_cas_release_word(&mutex->word, &seen, 0)) {
        unlock_slowly(mutex);
    }
}

bool weft__mutex_give(weft_mutex_t *mutex, weft_node_t *node, int result)
{
    uintptr_t state;
    unsigned key = weft__word_lock(&mutex->word, &state);
    bool open = owner_of(state) == 0;

    if (open) {
        state = (uintptr_t)node->wait->waiter;
    } else {
        node->buffer = (uintptr_t)(intptr_t)result;
        weft__waiters_append_claimed(&mutex->waiters, node);
        state |= WAITERS;
    }
    weft__word_unlock(&mutex->word, state, key);
    return open;
}

/* Not linked: an unlock has given it the mutex, which it has to take. */
static bool withdraw(weft_node_t *node, int reason)
{
    weft_mutex_t *mutex = node->object;
    uintptr_t state;
    unsigned key = weft__word_lock(&mutex->word, &state);
    bool linked = weft__waiters_withdraw(&mutex->waiters, node);

    (void)reason;
    weft__word_unlock(&mutex->word, owner_of(state) | waiting(mutex), key);
    return linked;
}

static __attribute__((noinline)) int lock_slowly(weft_mutex_t *mutex)
{
    weft_await_t await;

    return weft__block(&await, weft_mutex_lock_begin(&await, mutex));
}

int weft_mutex_lock(weft_mutex_t *mutex)
{
    return lock_at_once(mutex) ? WEFT_OK : lock_slowly(mutex);
}

int weft_mutex_lock_until(weft_mutex_t *mutex, uint64_t deadline_us)
{
    weft_await_t await;

    return lock_at_once(mutex)
               ? WEFT_OK
               : weft__block_until(&await, deadline_us,
                                   weft_mutex_lock_begin(&await, mutex));
}
