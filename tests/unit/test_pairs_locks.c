/* test_pairs_locks.c - each kind of waker with each kind of waiter: locks
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/pairs.h"

/* --- mutex: the waker holds it, unlocks; the waiter frees it */

struct guarded {
    weft_mutex_t mutex;
    int holders; /* not atomic: the mutex guards it */
};

static void mutex_init(void *object)
{
    weft_mutex_init(&((struct guarded *)object)->mutex);
}

static void mutex_enter(void *object)
{
    struct guarded *shared = object;

    CHECK_EQ(weft_mutex_try_lock(&shared->mutex), 0);
    shared->holders++;
}

static int mutex_begin(weft_await_t *await, void *object)
{
    return weft_mutex_lock_begin(await, &((struct guarded *)object)->mutex);
}

static int mutex_block(void *object)
{
    return weft_mutex_lock(&((struct guarded *)object)->mutex);
}

static void mutex_leave(void *object)
{
    struct guarded *shared = object;

    CHECK_EQ(--shared->holders, 0);
    weft_mutex_unlock(&shared->mutex);
}

static void mutex_has_it(void *object, int rc)
{
    struct guarded *shared = object;

    CHECK_EQ(rc, 0);
    CHECK_EQ(shared->holders++, 0);
    mutex_leave(object);
    CHECK_EQ(shared->mutex.word, 0);
}

CASE(each_kind_hands_a_mutex_to_each_kind)
{
    static const struct pairs pairs = {
        .size = sizeof(struct guarded),
        .init = mutex_init,
        .enter = mutex_enter,
        .wait = {.begin = mutex_begin, .block = mutex_block},
        .wake = {.plain = mutex_leave},
        .waited = mutex_has_it,
        .frees = true,
    };

    pairs_run(&pairs);
}

/* --- semaphore: the waker holds both permits, the waiter wants both */

static void semaphore_init(void *object)
{
    weft_semaphore_init(object, 2, 2);
}

static void semaphore_enter(void *object)
{
    CHECK_EQ(weft_semaphore_try_acquire(object, 2), 0);
}

static int semaphore_begin(weft_await_t *await, void *object)
{
    return weft_semaphore_acquire_begin(await, object, 2);
}

static int semaphore_block(void *object)
{
    return weft_semaphore_acquire(object, 2);
}

static void semaphore_release(void *object)
{
    weft_semaphore_release(object, 2);
}

CASE(each_kind_gives_permits_to_each_kind)
{
    static const struct pairs pairs = {
        .size = sizeof(weft_semaphore_t),
        .init = semaphore_init,
        .enter = semaphore_enter,
        .wait = {.begin = semaphore_begin, .block = semaphore_block},
        .wake = {.plain = semaphore_release},
        .frees = true,
    };

    pairs_run(&pairs);
}

static void semaphore_init_empty(void *object)
{
    weft_semaphore_init(object, 0, 2);
}

CASE(each_kind_and_an_interrupt_release_permits)
{
    static const struct pairs pairs = {
        .size = sizeof(weft_semaphore_t),
        .init = semaphore_init_empty,
        .wait = {.begin = semaphore_begin, .block = semaphore_block},
        .wake = {.plain = semaphore_release},
        .frees = true,
        .interrupt = true,
    };

    pairs_run(&pairs);
}
