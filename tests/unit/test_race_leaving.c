/* test_race_leaving.c - those who wait for a lock leave while it is handed on
 * SPDX-License-Identifier: MIT
 *
 * A host on each of two cores holds a lock, has guests of both cores wait for
 * it, some of them for a moment only, cancels some, and lets go of it, all at
 * once. Whoever is neither cancelled nor out of time gets it, nobody gets it
 * who leaves, and at the end of the round it is open; then it is gone. No
 * thread is started for a round: a million take minutes.
 */
#include "tests/support/cores.h"

enum { HOSTS = 2, GUESTS = 3 };

#ifndef LEAVING_ROUNDS
#define LEAVING_ROUNDS (TEST_IN_SIM ? 2 : 1000)
#endif

/* How a lock is used. how: of which kind a guest is, below 4. */
struct lock {
    size_t size;
    void (*init)(void *object);
    void (*take)(void *object); /* by the host, before the guests come */
    /* All NULL, or in half of the rounds the host takes less, so that only
     * who wants much has to wait, and all of those leave: then the others go
     * in though the host does not let go. */
    void (*take_less)(void *object);
    void (*leave_less)(void *object);
    bool (*wants_much)(unsigned how);
    /* NULL, or what guests, and then the host, wait for before. */
    int (*enter)(weft_await_t *await, void *object);
    void (*leave)(void *object);
    int (*begin)(weft_await_t *await, void *object, unsigned how);
    void (*got)(void *object, unsigned how, int rc);
    bool (*open)(const void *object);
};

struct guest {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    const struct lock *lock;
    void *object;
    uint64_t deadline_us;
    unsigned how;
    int rc;
};

static int guest_begin(weft_await_t *await, const struct guest *guest)
{
    return guest->lock->begin(await, guest->object, guest->how);
}

static int enter_begin(weft_await_t *await, const struct lock *lock,
                       void *object)
{
    return lock->enter(await, object);
}

WEFT_TASK(guest)
{
    WEFT_BEGIN;
    if (self->lock->enter != NULL) {
        WEFT_AWAIT_RC(self->rc, enter, self->lock, self->object);
        if (self->rc < 0) {
            return 0;
        }
    }
    if (self->deadline_us == WEFT_FOREVER) {
        WEFT_AWAIT_RC(self->rc, guest, self);
    } else {
        WEFT_AWAIT_UNTIL(self->rc, self->deadline_us, guest, self);
    }
    self->lock->got(self->object, self->how, self->rc);
    WEFT_END;
}

struct host {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t scope;
    const struct lock *lock;
    void *object;
    struct guest guest[GUESTS];
    weft_executor_t *executor[HOSTS];
    uint64_t random;
    unsigned cancelled; /* a bit for each guest */
    bool less;
    int round;
};

static unsigned draw(struct host *host, unsigned n)
{
    if (TEST_IN_SIM) {
        return (unsigned)some(n);
    }
    host->random ^= host->random << 13;
    host->random ^= host->random >> 7;
    host->random ^= host->random << 17;
    return (unsigned)(host->random % n);
}

static void invite(struct host *host)
{
    host->object = frame_new(host->lock->size);
    host->lock->init(host->object);
    host->less = host->lock->take_less != NULL && draw(host, 2) == 0;
    if (host->less) {
        host->lock->take_less(host->object);
    } else if (host->lock->take != NULL) {
        host->lock->take(host->object);
    }
    weft_scope_open(&host->scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    for (int i = 0; i < GUESTS; i++) {
        struct guest *guest = &host->guest[i];

        *guest = (struct guest){.lock = host->lock,
                                .object = host->object,
                                .deadline_us = WEFT_FOREVER,
                                .how = draw(host, 4)};
        if (draw(host, 3) == 0) {
            guest->deadline_us = weft_now_us() + draw(host, 4);
        }
        CHECK_EQ(weft_scope_spawn_on(&host->scope,
                                     host->executor[draw(host, HOSTS)],
                                     guest_task(guest)),
                 0);
    }
}

static bool is_to_leave(struct host *host, const struct guest *guest)
{
    return (host->less && host->lock->wants_much(guest->how)) ||
           draw(host, 2) == 0;
}

/* Lets go of it among the cancels, at some time. */
static void let_go(struct host *host)
{
    int when = (int)draw(host, GUESTS + 1);

    host->cancelled = 0;
    for (int i = 0; i <= GUESTS; i++) {
        for (unsigned n = draw(host, TEST_IN_SIM ? 10 : 200); n > 0; n--) {
            weft_hook_spin();
        }
        if (i == when && !host->less) {
            host->lock->leave(host->object);
        }
        if (i < GUESTS && is_to_leave(host, &host->guest[i])) {
            host->cancelled |= 1u << i;
            weft_task_cancel(&host->guest[i].task);
        }
    }
}

static void check_round(struct host *host)
{
    for (int i = 0; i < GUESTS; i++) {
        const struct guest *guest = &host->guest[i];

        CHECK(guest->rc == 0 ||
              (guest->rc == WEFT_ERR_CANCELLED &&
               (host->cancelled >> i & 1) != 0) ||
              (guest->rc == WEFT_ERR_TIMEOUT &&
               guest->deadline_us != WEFT_FOREVER));
    }
    if (host->less) {
        host->lock->leave_less(host->object);
    }
    CHECK(host->lock->open(host->object));
    frame_drop(host->object, host->lock->size);
}

WEFT_TASK(host)
{
    int rc;
    WEFT_BEGIN;
    for (self->round = 0; self->round < LEAVING_ROUNDS; self->round++) {
        invite(self);
        /* Once the guests of this core wait, too, or before. */
        if (draw(self, 2) == 0) {
            WEFT_YIELD();
        }
        if (self->lock->enter != NULL) {
            WEFT_AWAIT(enter, self->lock, self->object);
        }
        let_go(self);
        WEFT_AWAIT_RC(rc, weft_scope_join, &self->scope);
        CHECK_EQ(rc, 0);
        check_round(self);
    }
    WEFT_END;
}

static void run(const struct lock *lock)
{
    struct core core[HOSTS];
    struct host host[HOSTS] = {{.round = 0}};

    for (int i = 0; i < HOSTS; i++) {
        core_start(&core[i]);
    }
    for (int i = 0; i < HOSTS; i++) {
        host[i].lock = lock;
        host[i].random = UINT64_C(88172645463325252) + (uint64_t)i;
        for (int n = 0; n < HOSTS; n++) {
            host[i].executor[n] = &core[n].loop.executor;
        }
        CHECK_EQ(weft_spawn(host[i].executor[i], host_task(&host[i])), 0);
    }
    for (int i = 0; i < HOSTS; i++) {
        spin_until_finished(&host[i].task);
    }
    for (int i = 0; i < HOSTS; i++) {
        core_stop(&core[i]);
        CHECK_EQ(weft_task_result(&host[i].task), 0);
    }
}

/* --- mutex */

struct guarded {
    weft_mutex_t mutex;
    int holders; /* guarded by the mutex */
};

static void mutex_init(void *object)
{
    weft_mutex_init(&((struct guarded *)object)->mutex);
}

static void mutex_take(void *object)
{
    struct guarded *guarded = object;

    CHECK_EQ(weft_mutex_try_lock(&guarded->mutex), 0);
    CHECK_EQ(guarded->holders++, 0);
}

static void mutex_leave(void *object)
{
    struct guarded *guarded = object;

    CHECK_EQ(--guarded->holders, 0);
    weft_mutex_unlock(&guarded->mutex);
}

static int mutex_begin(weft_await_t *await, void *object, unsigned how)
{
    (void)how;
    return weft_mutex_lock_begin(await, &((struct guarded *)object)->mutex);
}

static void mutex_got(void *object, unsigned how, int rc)
{
    struct guarded *guarded = object;

    (void)how;
    if (rc == 0) {
        CHECK_EQ(guarded->holders++, 0);
        mutex_leave(object);
    }
}

static bool mutex_open(const void *object)
{
    return ((const struct guarded *)object)->mutex.word == 0;
}

CASE(a_mutex_goes_on_when_who_waits_leaves)
{
    static const struct lock lock = {
        .size = sizeof(struct guarded),
        .init = mutex_init,
        .take = mutex_take,
        .leave = mutex_leave,
        .begin = mutex_begin,
        .got = mutex_got,
        .open = mutex_open,
    };

    run(&lock);
}

/* --- semaphore: one, two or three of three permits */

enum { PERMITS = 3 };

struct bank {
    weft_semaphore_t semaphore;
    uintptr_t held; /* atomic */
};

static uint32_t permits_of(unsigned how)
{
    return how % PERMITS + 1;
}

static void semaphore_init(void *object)
{
    weft_semaphore_init(&((struct bank *)object)->semaphore, PERMITS, PERMITS);
}

static void semaphore_take(void *object)
{
    struct bank *bank = object;

    CHECK_EQ(weft_semaphore_try_acquire(&bank->semaphore, PERMITS), 0);
}

static void semaphore_leave(void *object)
{
    struct bank *bank = object;

    weft_semaphore_release(&bank->semaphore, 1);
    weft_semaphore_release(&bank->semaphore, PERMITS - 1);
}

static void semaphore_take_less(void *object)
{
    struct bank *bank = object;

    CHECK_EQ(weft_semaphore_try_acquire(&bank->semaphore, PERMITS - 1), 0);
}

static void semaphore_leave_less(void *object)
{
    weft_semaphore_release(&((struct bank *)object)->semaphore, PERMITS - 1);
}

static bool semaphore_wants_much(unsigned how)
{
    return permits_of(how) > 1;
}

static int semaphore_begin(weft_await_t *await, void *object, unsigned how)
{
    return weft_semaphore_acquire_begin(
        await, &((struct bank *)object)->semaphore, permits_of(how));
}

static void semaphore_got(void *object, unsigned how, int rc)
{
    struct bank *bank = object;
    uint32_t n = permits_of(how);

    if (rc == 0) {
        CHECK(weft_atomic_fetch_add_acq_rel_word(&bank->held, n) + n <=
              PERMITS);
        weft_hook_spin();
        (void)weft_atomic_fetch_sub_acq_rel_word(&bank->held, n);
        weft_semaphore_release(&bank->semaphore, n);
    }
}

static bool semaphore_open(const void *object)
{
    const weft_semaphore_t *semaphore =
        &((const struct bank *)object)->semaphore;

    return semaphore->waiters.first == NULL &&
           weft_semaphore_value(semaphore) == PERMITS;
}

CASE(a_semaphore_goes_on_when_who_waits_leaves)
{
    static const struct lock lock = {
        .size = sizeof(struct bank),
        .init = semaphore_init,
        .take = semaphore_take,
        .take_less = semaphore_take_less,
        .leave_less = semaphore_leave_less,
        .wants_much = semaphore_wants_much,
        .leave = semaphore_leave,
        .begin = semaphore_begin,
        .got = semaphore_got,
        .open = semaphore_open,
    };

    run(&lock);
}

/* --- rwlock: readers and writers */

struct table {
    weft_rwlock_t lock;
    uintptr_t readers; /* atomic */
    int written;       /* guarded by the lock */
};

static void rwlock_init(void *object)
{
    weft_rwlock_init(&((struct table *)object)->lock);
}

static void rwlock_take(void *object)
{
    CHECK_EQ(weft_rwlock_try_write(&((struct table *)object)->lock), 0);
}

static void rwlock_leave(void *object)
{
    weft_rwlock_unlock(&((struct table *)object)->lock);
}

static void rwlock_take_less(void *object)
{
    CHECK_EQ(weft_rwlock_try_read(&((struct table *)object)->lock), 0);
}

static bool rwlock_wants_much(unsigned how)
{
    return how % 2 != 0;
}

static int rwlock_begin(weft_await_t *await, void *object, unsigned how)
{
    weft_rwlock_t *lock = &((struct table *)object)->lock;

    return how % 2 == 0 ? weft_rwlock_read_begin(await, lock)
                        : weft_rwlock_write_begin(await, lock);
}

static void rwlock_got(void *object, unsigned how, int rc)
{
    struct table *table = object;
    int before;

    if (rc < 0) {
        return;
    }
    if (how % 2 == 0) {
        before = table->written;
        (void)weft_atomic_fetch_add_acq_rel_word(&table->readers, 1);
        weft_hook_spin();
        (void)weft_atomic_fetch_sub_acq_rel_word(&table->readers, 1);
        CHECK_EQ(table->written, before);
    } else {
        table->written++;
        CHECK_EQ(weft_atomic_load_acquire_word(&table->readers), 0);
    }
    rwlock_leave(object);
}

static bool rwlock_open(const void *object)
{
    return ((const struct table *)object)->lock.word == 0;
}

CASE(an_rwlock_goes_on_when_who_waits_leaves)
{
    static const struct lock lock = {
        .size = sizeof(struct table),
        .init = rwlock_init,
        .take = rwlock_take,
        .take_less = rwlock_take_less,
        .leave_less = rwlock_leave,
        .wants_much = rwlock_wants_much,
        .leave = rwlock_leave,
        .begin = rwlock_begin,
        .got = rwlock_got,
        .open = rwlock_open,
    };

    run(&lock);
}

/* --- condition: filled by the host; who leaves has the mutex, too */

struct box {
    weft_mutex_t mutex;
    weft_condition_t condition;
    bool filled; /* guarded by the mutex, like holders */
    int holders;
};

static void box_init(void *object)
{
    struct box *box = object;

    weft_mutex_init(&box->mutex);
    weft_condition_init(&box->condition);
}

static void box_enter(struct box *box)
{
    CHECK_EQ(box->holders++, 0);
}

static int box_lock(weft_await_t *await, void *object)
{
    return weft_mutex_lock_begin(await, &((struct box *)object)->mutex);
}

static void box_fill(void *object)
{
    struct box *box = object;
    bool held = (weft_now_us() & 1) == 0;

    box_enter(box);
    box->filled = true;
    box->holders--;
    if (held) {
        weft_condition_notify_all(&box->condition);
    }
    weft_mutex_unlock(&box->mutex);
    if (!held) {
        weft_condition_notify_all(&box->condition);
    }
}

static int box_begin(weft_await_t *await, void *object, unsigned how)
{
    struct box *box = object;

    (void)how;
    box_enter(box);
    box->holders--;
    return box->filled
               ? 0
               : weft_condition_wait_begin(await, &box->condition, &box->mutex);
}

static void box_got(void *object, unsigned how, int rc)
{
    struct box *box = object;

    (void)how;
    box_enter(box);
    CHECK(rc < 0 || box->filled);
    box->holders--;
    weft_mutex_unlock(&box->mutex);
}

static bool box_open(const void *object)
{
    const struct box *box = object;

    return box->mutex.word == 0 && box->condition.word == 0;
}

CASE(a_condition_goes_on_when_who_waits_leaves)
{
    static const struct lock lock = {
        .size = sizeof(struct box),
        .init = box_init,
        .enter = box_lock,
        .leave = box_fill,
        .begin = box_begin,
        .got = box_got,
        .open = box_open,
    };

    run(&lock);
}
