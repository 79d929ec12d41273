/* test_wake_all_crowds.c - many waits end at once: wait group, watch,
 * broadcast, barrier
 * SPDX-License-Identifier: MIT
 *
 * As tests/unit/test_wake_all.c for the event: an interrupt takes one step,
 * and the home of the first waiter goes on.
 */
#include <limits.h>

#include "tests/support/cores.h"
#include "tests/support/handler.h"

enum {
    FEW = 2 * WEFT_STEP + 3,
    MOST = TEST_IN_SIM ? 10000 : FEW + 3,
    CAPACITY = 2,
    HOLD_MOST = 200,
    HANDLER_MOST = 300,
};

/* One object of each kind. */
static struct place {
    weft_wait_group_t group;
    weft_barrier_t barrier;
    weft_watch_t watch;
    int values[2];
    weft_broadcast_t broadcast;
    int slots[CAPACITY];
    uint32_t unread[CAPACITY];
} place;

struct member;
typedef int begin_fn(weft_await_t *await, struct member *member);

struct member {
    weft_task_t task;
    weft_await_t await;
    begin_fn *begin;
    weft_watch_reader_t reader;
    weft_subscriber_t sub;
    int value;
};

static int member_wait_begin(weft_await_t *await, struct member *member)
{
    return member->begin(await, member);
}

WEFT_TASK(member)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_RC(rc, member_wait, self);
    return rc;
    WEFT_END;
}

static struct member members[MOST];

static int group_begin(weft_await_t *await, struct member *member)
{
    (void)member;
    return weft_wait_group_wait_begin(await, &place.group);
}

static int barrier_begin(weft_await_t *await, struct member *member)
{
    (void)member;
    return weft_barrier_wait_begin(await, &place.barrier);
}

static int watch_begin(weft_await_t *await, struct member *member)
{
    return weft_watch_wait_begin(await, &member->reader, &member->value);
}

static int broadcast_begin(weft_await_t *await, struct member *member)
{
    return weft_broadcast_recv_begin(await, &member->sub, &member->value);
}

static int send_begin(weft_await_t *await, struct member *member)
{
    return weft_broadcast_send_begin(await, &place.broadcast, &member->value);
}

static void place_init(bool all, uint32_t parties)
{
    memset(members, 0, sizeof(members));
    weft_wait_group_init(&place.group);
    weft_wait_group_add(&place.group, 1);
    weft_barrier_init(&place.barrier, parties);
    CHECK_EQ(weft_watch_init(&place.watch, place.values, sizeof(int)), 0);
    CHECK_EQ(all ? weft_broadcast_init_all(&place.broadcast, place.slots,
                                           place.unread, sizeof(int), CAPACITY)
                 : weft_broadcast_init(&place.broadcast, place.slots,
                                       sizeof(int), CAPACITY),
             0);
}

static void park_one(weft_executor_t *executor, struct member *member,
                     begin_fn *begin)
{
    member->begin = begin;
    weft_watch_reader_init(&member->reader, &place.watch);
    if (begin == broadcast_begin) {
        weft_broadcast_subscribe(&place.broadcast, &member->sub);
    }
    CHECK_EQ(weft_spawn(executor, member_task(member)), 0);
}

static void park(weft_manual_t *manual, begin_fn *begin, int count)
{
    for (int i = 0; i < count; i++) {
        park_one(&manual->executor, &members[i], begin);
    }
    CHECK_EQ(weft_manual_drain(manual), count);
}

static int finished(int count)
{
    int n = 0;

    for (int i = 0; i < count; i++) {
        n += weft_task_finished(&members[i].task);
    }
    return n;
}

static void done(void *ctx)
{
    (void)ctx;
    weft_wait_group_done(&place.group);
}

static void set(void *ctx)
{
    CHECK_EQ(weft_watch_set(&place.watch, ctx), 0);
}

static void send(void *ctx)
{
    CHECK_EQ(weft_broadcast_try_send(&place.broadcast, ctx), 0);
}

static void come(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_barrier_try_wait(&place.barrier), WEFT_BARRIER_LEADER);
}

#if TEST_IN_SIM
/* --- bounded */

struct crowd {
    begin_fn *begin;
    test_handler_fn *wake;
    bool all;
    int count;
};

static void wake_in_an_interrupt(void *ctx)
{
    const struct crowd *crowd = ctx;
    weft_manual_t manual;
    int value = 1;

    weft_manual_init(&manual);
    place_init(crowd->all, (uint32_t)crowd->count + 1);
    park(&manual, crowd->begin, crowd->count);
    handle(crowd->wake, &value);
    CHECK_EQ(weft_manual_run_one(&manual), 1);
    CHECK_EQ(finished(crowd->count), 1);
    CHECK_EQ(weft_manual_drain(&manual), crowd->count - 1);
    for (int i = 0; i < crowd->count; i++) {
        CHECK_EQ(weft_task_result(&members[i].task), 0);
    }
    CHECK_EQ(place.broadcast.used, 0);
}

static weft_sim_stats_t stats_of(struct crowd crowd, int count)
{
    weft_sim_config_t config = {.seed = 1, .calm = UINT_MAX};

    crowd.count = count;
    CHECK_EQ(weft_sim_run(&config, wake_in_an_interrupt, &crowd), 0);
    return weft_sim_stats();
}

/* Neither what the interrupt does nor a hold of the lock grows with them. */
static void check_bounded(struct crowd crowd)
{
    weft_sim_stats_t few = stats_of(crowd, 2 * WEFT_STEP);
    weft_sim_stats_t many = stats_of(crowd, MOST);

    CHECK_EQ(many.handler_most, few.handler_most);
    CHECK(many.handler_most <= HANDLER_MOST);
    CHECK_EQ(many.masked_most, few.masked_most);
    CHECK(many.masked_most <= HOLD_MOST);
}

CASE_ALONE(a_last_done_with_10000_waiters_takes_one_step)
{
    check_bounded((struct crowd){.begin = group_begin, .wake = done});
}

CASE_ALONE(a_set_with_10000_observers_takes_one_step)
{
    check_bounded((struct crowd){.begin = watch_begin, .wake = set});
}

CASE_ALONE(a_send_to_10000_subscribers_takes_one_step)
{
    check_bounded((struct crowd){.begin = broadcast_begin, .wake = send});
    check_bounded(
        (struct crowd){.begin = broadcast_begin, .wake = send, .all = true});
}

CASE_ALONE(the_last_of_10000_at_a_barrier_takes_one_step)
{
    check_bounded((struct crowd){.begin = barrier_begin, .wake = come});
}
#endif

/* --- who comes after stays */

CASE_INTERRUPT(who_waits_for_a_group_used_again_waits_for_its_next_end)
{
    weft_manual_t old;
    weft_manual_t young;
    struct member *late = &members[FEW];

    place_init(false, 1);
    weft_manual_init(&old);
    weft_manual_init(&young);
    park(&old, group_begin, FEW);
    handle(done, NULL);
    CHECK_EQ(weft_wait_group_try_wait(&place.group), 0);
    weft_wait_group_add(&place.group, 1);
    park_one(&young.executor, late, group_begin);
    CHECK_EQ(weft_manual_drain(&young), 1);
    CHECK_EQ(weft_manual_drain(&old), FEW);
    CHECK_EQ(finished(FEW), FEW);
    CHECK_EQ(weft_manual_drain(&young), 0);
    weft_wait_group_done(&place.group);
    CHECK_EQ(weft_manual_drain(&young), 1);
    CHECK_EQ(weft_task_result(&late->task), 0);
}

CASE_INTERRUPT(who_leaves_a_group_that_is_done_has_waited_for_it)
{
    weft_manual_t manual;
    weft_manual_t other;
    struct member *last = &members[FEW];

    place_init(false, 1);
    weft_manual_init(&manual);
    weft_manual_init(&other);
    park(&manual, group_begin, FEW);
    park_one(&other.executor, last, group_begin);
    CHECK_EQ(weft_manual_drain(&other), 1);
    handle(done, NULL);
    weft_task_cancel(&last->task);
    CHECK_EQ(weft_manual_drain(&other), 2);
    CHECK_EQ(weft_task_result(&last->task), 0);
    CHECK_EQ(weft_manual_drain(&manual), FEW);
    CHECK_EQ(finished(FEW), FEW);
}

CASE_INTERRUPT(who_leaves_a_barrier_whose_round_is_over_has_passed_it)
{
    weft_manual_t manual;
    weft_manual_t other;
    struct member *last = &members[FEW];
    struct member *next = &members[FEW + 1];

    place_init(false, FEW + 2);
    weft_manual_init(&manual);
    weft_manual_init(&other);
    park(&manual, barrier_begin, FEW);
    park_one(&other.executor, last, barrier_begin);
    CHECK_EQ(weft_manual_drain(&other), 1);
    handle(come, NULL);
    park_one(&other.executor, next, barrier_begin);
    weft_task_cancel(&last->task);
    (void)weft_manual_drain(&other);
    CHECK(!weft_task_finished(&last->task));
    CHECK_EQ(place.barrier.arrived, 1);
    CHECK_EQ(weft_manual_drain(&manual), FEW);
    (void)weft_manual_drain(&other);
    CHECK_EQ(finished(FEW), FEW);
    CHECK_EQ(weft_task_result(&last->task), 0);
    CHECK(!weft_task_finished(&next->task));
    weft_task_cancel(&next->task);
    (void)weft_manual_drain(&other);
    CHECK_EQ(place.barrier.arrived, 0);
}

/* --- who is served later gets what is newest, or its next */

CASE_INTERRUPT(observers_that_are_served_later_get_the_newest)
{
    weft_manual_t manual;
    int value[2] = {1, 2};

    place_init(false, 1);
    weft_manual_init(&manual);
    park(&manual, watch_begin, FEW);
    handle(set, &value[0]);
    CHECK_EQ(weft_watch_set(&place.watch, &value[1]), 0);
    CHECK_EQ(weft_manual_drain(&manual), FEW);
    for (int i = 0; i < FEW; i++) {
        bool early = i < WEFT_STEP;
        int next;

        CHECK_EQ(members[i].value, early ? 1 : 2);
        CHECK_EQ(weft_watch_try_wait(&members[i].reader, &next),
                 early ? 0 : WEFT_ERR_EMPTY);
    }
}

CASE_INTERRUPT(an_observer_that_is_due_gets_the_value_though_it_is_closed)
{
    weft_manual_t manual;
    int value = 1;

    place_init(false, 1);
    weft_manual_init(&manual);
    park(&manual, watch_begin, FEW);
    handle(set, &value);
    CHECK_EQ(weft_watch_close(&place.watch), 0);
    CHECK_EQ(weft_manual_drain(&manual), FEW);
    for (int i = 0; i < FEW; i++) {
        CHECK_EQ(weft_task_result(&members[i].task), 0);
        CHECK_EQ(members[i].value, 1);
    }
}

CASE_INTERRUPT(subscribers_that_are_served_too_late_are_told)
{
    weft_manual_t manual;
    int value[3] = {1, 2, 3};

    place_init(false, 1);
    weft_manual_init(&manual);
    park(&manual, broadcast_begin, FEW);
    for (int i = 0; i < 3; i++) {
        handle(send, &value[i]);
    }
    CHECK_EQ(weft_manual_drain(&manual), FEW);
    for (int i = 0; i < FEW; i++) {
        bool late = i >= 2 * WEFT_STEP;

        CHECK_EQ(members[i].sub.missed, late);
        CHECK_EQ(members[i].value, late ? 2 : 1);
    }
}

/* The ring is full until the relay has served the others; it lets the senders
 * in whose task has waited meanwhile. */
CASE_INTERRUPT(who_goes_on_for_an_interrupt_lets_the_senders_in)
{
    weft_manual_t manual;
    struct member *sender = &members[FEW];
    int value[3] = {1, 2, 3};

    place_init(true, 1);
    weft_manual_init(&manual);
    park(&manual, broadcast_begin, FEW);
    for (int i = 0; i < CAPACITY; i++) {
        handle(send, &value[i]);
    }
    CHECK_EQ(weft_broadcast_try_send(&place.broadcast, &value[2]),
             WEFT_ERR_FULL);
    for (int i = 0; i < 3; i++) {
        sender[i].value = 3 + i;
        park_one(&manual.executor, &sender[i], send_begin);
    }
    (void)weft_manual_drain(&manual);
    CHECK_EQ(finished(FEW), FEW);
    CHECK(weft_task_finished(&sender[0].task));
    for (int i = 0; i < FEW; i++) {
        CHECK_EQ(members[i].value, 1);
        for (int n = 2; n <= 5; n++) {
            CHECK_EQ(
                weft_broadcast_try_recv(&members[i].sub, &members[i].value),
                i < FEW - 1 && n > 3 ? WEFT_ERR_EMPTY : 0);
        }
    }
}

/* --- bad input: an interrupt neither waits nor owns */

static void wait_for_group(void *ctx)
{
    (void)ctx;
    (void)weft_wait_group_wait(&place.group);
}

static void come_and_wait(void *ctx)
{
    (void)ctx;
    (void)weft_barrier_wait_until(&place.barrier, 0);
}

static void wait_for_flags(void *ctx)
{
    weft_flags_t flags = WEFT_FLAGS_INIT;

    (void)ctx;
    (void)weft_flags_wait_all(&flags, 1);
}

static void observe(void *ctx)
{
    (void)weft_watch_wait(&((struct member *)ctx)->reader, NULL);
}

static void receive(void *ctx)
{
    struct member *member = ctx;

    (void)weft_broadcast_recv(&member->sub, &member->value);
}

static void send_and_wait(void *ctx)
{
    (void)weft_broadcast_send(&place.broadcast, &((struct member *)ctx)->value);
}

static void borrow(void *ctx)
{
    (void)ctx;
    (void)weft_watch_borrow(&place.watch);
}

static void close_watch(void *ctx)
{
    (void)ctx;
    (void)weft_watch_close(&place.watch);
}

static void close_broadcast(void *ctx)
{
    (void)ctx;
    (void)weft_broadcast_close(&place.broadcast);
}

static void subscribe(void *ctx)
{
    weft_broadcast_subscribe(&place.broadcast, &((struct member *)ctx)->sub);
}

static void unsubscribe(void *ctx)
{
    weft_broadcast_unsubscribe(&((struct member *)ctx)->sub);
}

CASE_INTERRUPT(an_interrupt_does_not_wait)
{
    static const char words[] = "a waiting call in an interrupt";
    struct member member = {.value = 1};

    place_init(true, 2);
    weft_watch_reader_init(&member.reader, &place.watch);
    weft_broadcast_subscribe(&place.broadcast, &member.sub);
    CHECK_DIES(handle(wait_for_group, NULL), words);
    CHECK_DIES(handle(come_and_wait, NULL), words);
    CHECK_DIES(handle(wait_for_flags, NULL), words);
    CHECK_DIES(handle(observe, &member), words);
    CHECK_DIES(handle(receive, &member), words);
    CHECK_DIES(handle(send_and_wait, &member), words);
}

CASE_INTERRUPT(an_interrupt_owns_and_closes_nothing)
{
    struct member member = {.value = 1};

    place_init(true, 2);
    CHECK_DIES(handle(borrow, NULL), "an interrupt that borrows");
    CHECK_DIES(handle(close_watch, NULL), "a watch closed in an interrupt");
    CHECK_DIES(handle(close_broadcast, NULL),
               "a broadcast closed in an interrupt");
    CHECK_DIES(handle(subscribe, &member), "an interrupt that subscribes");
    weft_broadcast_subscribe(&place.broadcast, &member.sub);
    CHECK_DIES(handle(unsubscribe, &member), "an interrupt that unsubscribes");
}

/* --- a thread goes on for the others */

static void wait_in_a_thread(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_wait_group_wait(&place.group), 0);
    weft_thread_leave();
}

CASE_INTERRUPT(a_thread_that_waited_first_goes_on_for_the_others)
{
    weft_manual_t manual;
    weft_port_thread_t thread;

    place_init(false, 1);
    weft_manual_init(&manual);
    thread_start(&thread, wait_in_a_thread, NULL);
    while (weft_atomic_load_acquire_u32(&place.group.crowd.word) != 10) {
        weft_hook_spin(); /* one to be done, somebody waits */
    }
    park(&manual, group_begin, FEW);
    handle(done, NULL);
    weft_port_thread_join(&thread);
    CHECK_EQ(weft_manual_drain(&manual), FEW);
    CHECK_EQ(finished(FEW), FEW);
}
