/* test_sync_steps.c - who ends many waits holds no lock for longer than a step
 * SPDX-License-Identifier: MIT
 *
 * Interrupts are masked while an object's lock is held, so the most points
 * that pass with them masked must not grow with the number of who waits.
 */
#include "tests/support/test.h"

#if TEST_IN_SIM
#include <limits.h>

#include "tests/support/cores.h"

enum { MOST = 10000, HOLD_MOST = 100 };

struct waits {
    weft_task_t task;
    weft_await_t await;
    int (*begin)(weft_await_t *await);
    void (*end)(void);
};

static int wait_begin(weft_await_t *await, const struct waits *self)
{
    return self->begin(await);
}

WEFT_TASK(waits)
{
    WEFT_BEGIN;
    WEFT_AWAIT(wait, self);
    if (self->end != NULL) {
        self->end();
    }
    WEFT_END;
}

static struct waits waiters[MOST];
static weft_semaphore_t semaphore;
static weft_mutex_t mutex;
static weft_condition_t condition;
static weft_rwlock_t rwlock;

static int finished(int count)
{
    int n = 0;

    for (int i = 0; i < count; i++) {
        n += weft_task_finished(&waiters[i].task);
    }
    return n;
}

/* Most points with interrupts masked, for so many who wait. */
static uint64_t masked(weft_sim_fn *run, int count)
{
    weft_sim_config_t config = {.seed = 1, .calm = UINT_MAX};

    memset(waiters, 0, sizeof(waiters));
    CHECK_EQ(weft_sim_run(&config, run, &count), 0);
    return weft_sim_stats().masked_most;
}

static void check_same_hold(weft_sim_fn *run)
{
    uint64_t few = masked(run, 2 * WEFT_STEP);
    uint64_t many = masked(run, MOST);

    CHECK_EQ(many, few);
    CHECK(many <= HOLD_MOST);
}

static void park(weft_manual_t *manual, struct waits *one,
                 int (*begin)(weft_await_t *await))
{
    one->begin = begin;
    CHECK_EQ(weft_spawn(&manual->executor, waits_task(one)), 0);
    CHECK_EQ(weft_manual_drain(manual), 1);
    CHECK(!weft_task_finished(&one->task));
}

static void park_all(weft_manual_t *manual, int count,
                     int (*begin)(weft_await_t *await))
{
    for (int i = 0; i < count; i++) {
        park(manual, &waiters[i], begin);
    }
}

/* --- semaphore */

static int acquire_one(weft_await_t *await)
{
    return weft_semaphore_acquire_begin(await, &semaphore, 1);
}

static int acquire_many(weft_await_t *await)
{
    return weft_semaphore_acquire_begin(await, &semaphore, MOST);
}

static void release_all(void *ctx)
{
    int count = *(const int *)ctx;
    weft_manual_t manual;

    weft_manual_init(&manual);
    weft_semaphore_init(&semaphore, 0, MOST);
    park_all(&manual, count, acquire_one);
    weft_semaphore_release(&semaphore, (uint32_t)count);
    CHECK_EQ(weft_manual_drain(&manual), count);
    CHECK_EQ(finished(count), count);
}

CASE_ALONE(a_release_for_10000_holds_no_lock_for_longer)
{
    check_same_hold(release_all);
}

/* The permits are there, but he who is in front wants more of them. */
static void leave_before_all(void *ctx)
{
    int count = *(const int *)ctx;
    struct waits many = {.begin = NULL};
    weft_manual_t manual;

    weft_manual_init(&manual);
    weft_semaphore_init(&semaphore, (uint32_t)count - 1, MOST);
    park(&manual, &many, acquire_many);
    park_all(&manual, count, acquire_one);
    weft_task_cancel(&many.task);
    CHECK_EQ(weft_manual_drain(&manual), count);
    CHECK_EQ(finished(count), count - 1);
    weft_semaphore_release(&semaphore, 1);
    CHECK_EQ(weft_manual_drain(&manual), 1);
}

CASE_ALONE(a_leave_that_10000_waited_for_holds_no_lock_for_longer)
{
    check_same_hold(leave_before_all);
}

/* --- condition */

static int wait_for_notify(weft_await_t *await)
{
    CHECK_EQ(weft_mutex_try_lock(&mutex), 0);
    return weft_condition_wait_begin(await, &condition, &mutex);
}

static void unlock(void)
{
    weft_mutex_unlock(&mutex);
}

static void notify_all(void *ctx)
{
    int count = *(const int *)ctx;
    weft_manual_t manual;

    weft_manual_init(&manual);
    weft_mutex_init(&mutex);
    weft_condition_init(&condition);
    park_all(&manual, count, wait_for_notify);
    for (int i = 0; i < count; i++) {
        waiters[i].end = unlock;
    }
    weft_condition_notify_all(&condition);
    CHECK_EQ(weft_manual_drain(&manual), count);
    CHECK_EQ(finished(count), count);
}

CASE_ALONE(a_notify_of_10000_holds_no_lock_for_longer)
{
    check_same_hold(notify_all);
}

/* --- rwlock */

static int read_begin(weft_await_t *await)
{
    return weft_rwlock_read_begin(await, &rwlock);
}

static void let_readers_in(void *ctx)
{
    int count = *(const int *)ctx;
    weft_manual_t manual;

    weft_manual_init(&manual);
    weft_rwlock_init(&rwlock);
    CHECK_EQ(weft_rwlock_try_write(&rwlock), 0);
    park_all(&manual, count, read_begin);
    weft_rwlock_unlock(&rwlock);
    CHECK_EQ(weft_manual_drain(&manual), count);
    CHECK_EQ(finished(count), count);
}

CASE_ALONE(an_unlock_for_10000_readers_holds_no_lock_for_longer)
{
    check_same_hold(let_readers_in);
}

/* --- broadcast */

struct leaving {
    weft_broadcast_t broadcast;
    uint32_t unread; /* when the last interrupt looked */
    uint32_t most;   /* given back between two of them */
};

static void count_given_back(void *ctx)
{
    struct leaving *leaving = ctx;
    uint32_t back = leaving->unread - leaving->broadcast.used;

    leaving->most = back > leaving->most ? back : leaving->most;
    leaving->unread = leaving->broadcast.used;
}

/* An interrupt at each point: to give back has none of its own. */
static void leave_all_unread(void *ctx)
{
    static int slots[MOST];
    static uint32_t unread[MOST];
    struct leaving *leaving = ctx;
    weft_subscriber_t subscriber;
    weft_sim_interrupt_t interrupt = {.handler = count_given_back,
                                      .ctx = leaving,
                                      .times = UINT_MAX,
                                      .one_in = 1};

    CHECK_EQ(weft_broadcast_init_all(&leaving->broadcast, slots, unread,
                                     sizeof(slots[0]), MOST),
             0);
    weft_broadcast_subscribe(&leaving->broadcast, &subscriber);
    for (int i = 0; i < MOST; i++) {
        CHECK_EQ(weft_broadcast_try_send(&leaving->broadcast, &i), 0);
    }
    leaving->unread = leaving->broadcast.used;
    weft_sim_interrupt_attach(&interrupt);
    weft_broadcast_unsubscribe(&subscriber);
    weft_sim_interrupt_remove(&interrupt);
}

CASE_ALONE(who_leaves_10000_unread_holds_no_lock_for_longer)
{
    static struct leaving leaving;
    weft_sim_config_t config = {.seed = 1, .calm = UINT_MAX};

    CHECK_EQ(weft_sim_run(&config, leave_all_unread, &leaving), 0);
    CHECK_EQ(leaving.unread, 0);
    CHECK(leaving.most >= WEFT_STEP);
    CHECK(leaving.most <= 2 * WEFT_STEP); /* not each hold meets one */
}
#endif
