/* test_inlined.c - waits with the switch in the caller's code do the same
 * SPDX-License-Identifier: MIT
 *
 * With a sanitizer the switch itself is called; `make test` runs this program
 * without one, too.
 */
#include "tests/support/fibers.h"

#include "weft/inlined.h"

/* --- one object of each kind, and who waits for it */

static struct {
    weft_event_t event;
    weft_signal_t signal;
    weft_channel_t channel;
    weft_mutex_t mutex;
    weft_semaphore_t semaphore;
    weft_condition_t condition;
    weft_rwlock_t lock;
    bool ready; /* guarded by the mutex, told by the condition */
    int kept;   /* by the signal */
    int value;
} all;

static void all_init(void)
{
    weft_event_init(&all.event, true);
    weft_signal_init(&all.signal, &all.kept, sizeof(all.kept));
    CHECK_EQ(weft_channel_init(&all.channel, NULL, sizeof(int), 0), 0);
    weft_mutex_init(&all.mutex);
    weft_semaphore_init(&all.semaphore, 0, 9);
    weft_condition_init(&all.condition);
    weft_rwlock_init(&all.lock);
    all.ready = false;
    all.value = 0;
}

static int event_wait(void)
{
    int rc = weft_event_wait(&all.event);

    all.value = rc == 0 ? 7 : all.value;
    return rc;
}

static void event_wake(void)
{
    weft_event_set(&all.event);
}

static int signal_wait(void)
{
    return weft_signal_wait(&all.signal, &all.value);
}

static void signal_wake(void)
{
    weft_signal_set(&all.signal, &(int){7});
}

static int recv_wait(void)
{
    return weft_channel_recv(&all.channel, &all.value);
}

static void recv_wake(void)
{
    CHECK_EQ((weft_channel_send)(&all.channel, &(int){7}), 0);
}

static int send_wait(void)
{
    return weft_channel_send(&all.channel, &(int){7});
}

static void send_wake(void)
{
    CHECK_EQ((weft_channel_recv)(&all.channel, &all.value), 0);
}

static int select_wait(void)
{
    weft_case_t cases[] = {weft_case_event(&all.event),
                           weft_case_recv(&all.channel, &all.value)};
    int rc = weft_select(cases, 2, WEFT_SELECT_FAIR);

    return rc == 1 ? cases[1].rc : rc;
}

static void mutex_hold(void)
{
    CHECK_EQ((weft_mutex_lock)(&all.mutex), 0);
}

static int mutex_wait(void)
{
    int rc = weft_mutex_lock(&all.mutex);

    if (rc == 0) {
        all.value = 7;
        weft_mutex_unlock(&all.mutex);
    }
    return rc;
}

static void mutex_wake(void)
{
    weft_mutex_unlock(&all.mutex);
}

static int semaphore_wait(void)
{
    int rc = weft_semaphore_acquire(&all.semaphore, 2);

    all.value = rc == 0 ? 7 : all.value;
    return rc;
}

static void semaphore_wake(void)
{
    weft_semaphore_release(&all.semaphore, 2);
}

static int condition_wait(void)
{
    int rc = weft_mutex_lock(&all.mutex);

    CHECK_EQ(rc, 0);
    while (rc == 0 && !all.ready) {
        rc = weft_condition_wait(&all.condition, &all.mutex);
    }
    all.value = rc == 0 ? 7 : all.value;
    weft_mutex_unlock(&all.mutex);
    return rc;
}

static void condition_wake(void)
{
    CHECK_EQ((weft_mutex_lock)(&all.mutex), 0);
    all.ready = true;
    weft_condition_notify_one(&all.condition);
    weft_mutex_unlock(&all.mutex);
}

static void write_hold(void)
{
    CHECK_EQ((weft_rwlock_write)(&all.lock), 0);
}

static int read_wait(void)
{
    int rc = weft_rwlock_read(&all.lock);

    if (rc == 0) {
        all.value = 7;
        weft_rwlock_unlock(&all.lock);
    }
    return rc;
}

static int write_wait(void)
{
    int rc = weft_rwlock_write(&all.lock);

    if (rc == 0) {
        all.value = 7;
        weft_rwlock_unlock(&all.lock);
    }
    return rc;
}

static void lock_wake(void)
{
    weft_rwlock_unlock(&all.lock);
}

static void nothing(void)
{
}

static const struct kind {
    void (*hold)(void); /* before the wait, by who wakes */
    int (*wait)(void);
    void (*wake)(void);
    void (*let_go)(void); /* instead of wake, where the wait was cancelled */
} kinds[] = {
    {nothing, event_wait, event_wake, nothing},
    {nothing, signal_wait, signal_wake, nothing},
    {nothing, recv_wait, recv_wake, nothing},
    {nothing, send_wait, send_wake, nothing},
    {nothing, select_wait, recv_wake, nothing},
    {mutex_hold, mutex_wait, mutex_wake, mutex_wake},
    {nothing, semaphore_wait, semaphore_wake, nothing},
    {nothing, condition_wait, condition_wake, nothing},
    {write_hold, read_wait, lock_wake, lock_wake},
    {write_hold, write_wait, lock_wake, lock_wake},
};

enum { KINDS = sizeof(kinds) / sizeof(kinds[0]) };

/* Much that is alive over the wait: in registers, if the compiler will. */
static int waits(void *ctx)
{
    const struct kind *kind = (const struct kind *)ctx;
    uint64_t a = (uintptr_t)kind;
    uint64_t b = a * 3;
    uint64_t c = b ^ 0x5555;
    uint64_t d = c + 17;
    uint64_t e = d * 5;
    double x = (double)(kind - kinds) + 0.5;
    int rc = kind->wait();

    CHECK_EQ(b, a * 3);
    CHECK_EQ(c, b ^ 0x5555);
    CHECK_EQ(d, c + 17);
    CHECK_EQ(e, d * 5);
    CHECK(x == (double)(kind - kinds) + 0.5);
    return rc;
}

static int wakes(void *ctx)
{
    const struct kind *kind = (const struct kind *)ctx;
    weft_fiber_t *waiter = fiber_new("waits");

    all_init();
    kind->hold();
    CHECK_EQ(weft_go(&weft_loop_current()->executor, waiter, waits, ctx), 0);
    weft_yield();
    CHECK_EQ(all.value, 0);
    kind->wake();
    CHECK_EQ(weft_fiber_join(waiter), 0);
    CHECK_EQ(all.value, 7);
    fiber_drop(waiter);
    return 0;
}

CASE(an_inlined_wait_of_each_kind_parks_and_is_ended)
{
    for (size_t i = 0; i < KINDS; i++) {
        CHECK_EQ(in_a_fiber(wakes, (void *)(uintptr_t)&kinds[i]), 0);
    }
}

static int cancels(void *ctx)
{
    const struct kind *kind = (const struct kind *)ctx;
    weft_fiber_t *waiter = fiber_new("waits");
    weft_scope_t scope;

    all_init();
    kind->hold();
    weft_scope_open(&scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    CHECK_EQ(weft_scope_spawn(&scope, weft_fiber_task(waiter, waits, ctx)), 0);
    weft_yield();
    weft_scope_cancel(&scope);
    (void)weft_scope_join(&scope);
    CHECK_EQ(weft_fiber_join(waiter), WEFT_ERR_CANCELLED);
    CHECK_EQ(all.value, 0);
    kind->let_go();
    fiber_drop(waiter);
    return 0;
}

CASE(an_inlined_wait_of_each_kind_is_cancelled)
{
    for (size_t i = 0; i < KINDS; i++) {
        CHECK_EQ(in_a_fiber(cancels, (void *)(uintptr_t)&kinds[i]), 0);
    }
}

/* Holds first; begins to wake when it is told to. */
struct other {
    const struct kind *kind;
    weft_event_t held;
    weft_event_t go;
};

static int holds_and_wakes(void *ctx)
{
    struct other *other = (struct other *)ctx;

    other->kind->hold();
    weft_event_set(&other->held);
    CHECK_EQ(weft_event_wait(&other->go), 0);
    other->kind->wake();
    return 0;
}

CASE(in_a_thread_the_inlined_forms_block_it)
{
    for (size_t i = 0; i < KINDS; i++) {
        struct core core;
        weft_fiber_t *fiber = fiber_new("wakes");
        struct other other = {.kind = &kinds[i]};

        all_init();
        weft_event_init(&other.held, true);
        weft_event_init(&other.go, true);
        core_start(&core);
        CHECK_EQ(weft_go(&core.loop.executor, fiber, holds_and_wakes, &other),
                 0);
        CHECK_EQ(weft_event_wait(&other.held), 0);
        weft_event_set(&other.go);
        CHECK_EQ(waits((void *)(uintptr_t)&kinds[i]), 0);
        CHECK_EQ(weft_fiber_join(fiber), 0);
        CHECK_EQ(all.value, 7);
        core_stop(&core);
        fiber_drop(fiber);
    }
}

/* --- in turn, called and inlined */

enum { RUNNERS = 3, TURNS = 500 };

static int runs(void *ctx)
{
    unsigned *turn = (unsigned *)ctx;
    unsigned before = *turn;
    unsigned own = 0;

    for (int i = 0; i < TURNS; i++) {
        own++;
        (*turn)++;
        CHECK_EQ(i % 2 == 0 ? weft_yield() : (weft_yield)(), 0);
        CHECK_EQ(own, (unsigned)i + 1);
        CHECK(*turn > before + (unsigned)i);
    }
    return (int)own;
}

static int starts(void *ctx)
{
    weft_fiber_t *fiber[RUNNERS];
    unsigned turn = 0;

    (void)ctx;
    for (int i = 0; i < RUNNERS; i++) {
        fiber[i] = fiber_new("runs");
        CHECK_EQ(weft_go(&weft_loop_current()->executor, fiber[i], runs, &turn),
                 0);
    }
    for (int i = 0; i < RUNNERS; i++) {
        CHECK_EQ(weft_fiber_join(fiber[i]), TURNS);
        fiber_drop(fiber[i]);
    }
    return (int)turn;
}

CASE(called_and_inlined_yields_take_turns)
{
    CHECK_EQ(in_a_fiber(starts, NULL), RUNNERS * TURNS);
}
