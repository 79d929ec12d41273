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
/* --- condition: the waker fills, notifies, unlocks; the waiter frees it */

struct box {
    weft_mutex_t mutex;
    weft_condition_t condition;
    bool filled; /* guarded by the mutex */
};

/* For a moment only: nobody holds it across a wait. */
static void box_lock(struct box *box)
{
    while (weft_mutex_try_lock(&box->mutex) != 0) {
        weft_hook_spin();
    }
}

static void box_init(void *object)
{
    struct box *box = object;

    weft_mutex_init(&box->mutex);
    weft_condition_init(&box->condition);
}

static int box_begin(weft_await_t *await, void *object)
{
    struct box *box = object;

    box_lock(box);
    return box->filled
               ? 0
               : weft_condition_wait_begin(await, &box->condition, &box->mutex);
}

static int box_block(void *object)
{
    struct box *box = object;

    box_lock(box);
    return box->filled ? 0 : weft_condition_wait(&box->condition, &box->mutex);
}

static void box_fill(void *object)
{
    struct box *box = object;

    box_lock(box);
    box->filled = true;
    weft_condition_notify_one(&box->condition);
    weft_mutex_unlock(&box->mutex);
}

static void box_fill_all(void *object)
{
    struct box *box = object;

    box_lock(box);
    box->filled = true;
    weft_condition_notify_all(&box->condition);
    weft_mutex_unlock(&box->mutex);
}

static void box_is_filled(void *object, int rc)
{
    struct box *box = object;

    CHECK_EQ(rc, 0);
    CHECK(box->filled);
    weft_mutex_unlock(&box->mutex);
    CHECK_EQ(box->mutex.word, 0);
    CHECK_EQ(box->condition.word, 0);
}

CASE(each_kind_notifies_each_kind)
{
    static const struct pairs one = {
        .size = sizeof(struct box),
        .init = box_init,
        .wait = {.begin = box_begin, .block = box_block},
        .wake = {.plain = box_fill},
        .waited = box_is_filled,
        .frees = true,
    };
    static const struct pairs all = {
        .size = sizeof(struct box),
        .init = box_init,
        .wait = {.begin = box_begin, .block = box_block},
        .wake = {.plain = box_fill_all},
        .waited = box_is_filled,
        .frees = true,
    };

    pairs_run(&one);
    pairs_run(&all);
}

/* --- rwlock: the waker writes, unlocks; the waiter reads, writes, frees it */

static void rwlock_init(void *object)
{
    weft_rwlock_init(object);
}

static void rwlock_enter(void *object)
{
    CHECK_EQ(weft_rwlock_try_write(object), 0);
}

static void rwlock_enter_as_reader(void *object)
{
    CHECK_EQ(weft_rwlock_try_read(object), 0);
}

static int rwlock_read_begin(weft_await_t *await, void *object)
{
    return weft_rwlock_read_begin(await, object);
}

static int rwlock_read_block(void *object)
{
    return weft_rwlock_read(object);
}

static int rwlock_write_begin(weft_await_t *await, void *object)
{
    return weft_rwlock_write_begin(await, object);
}

static int rwlock_write_block(void *object)
{
    return weft_rwlock_write_until(object, WEFT_FOREVER - 1);
}

static void rwlock_leave(void *object)
{
    weft_rwlock_unlock(object);
}

static void rwlock_is_his(void *object, int rc)
{
    weft_rwlock_t *lock = object;

    CHECK_EQ(rc, 0);
    weft_rwlock_unlock(lock);
    CHECK_EQ(lock->word, 0);
}

CASE(each_kind_lets_each_kind_read)
{
    static const struct pairs pairs = {
        .size = sizeof(weft_rwlock_t),
        .init = rwlock_init,
        .enter = rwlock_enter,
        .wait = {.begin = rwlock_read_begin, .block = rwlock_read_block},
        .wake = {.plain = rwlock_leave},
        .waited = rwlock_is_his,
        .frees = true,
    };

    pairs_run(&pairs);
}

CASE(each_kind_lets_each_kind_write)
{
    static const struct pairs pairs = {
        .size = sizeof(weft_rwlock_t),
        .init = rwlock_init,
        .enter = rwlock_enter_as_reader,
        .wait = {.begin = rwlock_write_begin, .block = rwlock_write_block},
        .wake = {.plain = rwlock_leave},
        .waited = rwlock_is_his,
        .frees = true,
    };

    pairs_run(&pairs);
}
