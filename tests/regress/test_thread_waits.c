/* test_thread_waits.c - ways in which a waiting thread once went wrong
 * SPDX-License-Identifier: MIT
 */
#include "coro/block.h"
#include "core/wait.h"
#include "core/waiters.h"
#include "tests/support/cores.h"

/* --- the deadline of a scope, among waiting calls that never sleep */

/* Each does one call that returns at once, whatever the thread does next. */
static int waits_for_what_is_set(weft_event_t *event)
{
    return weft_event_wait(event);
}

static int looks_with_a_limit_that_has_passed(weft_event_t *event)
{
    weft_event_reset(event);
    return weft_event_wait_until(event, 0);
}

static int sleeps_for_nothing(weft_event_t *event)
{
    (void)event;
    return weft_sleep_until(0);
}

static int yields(weft_event_t *event)
{
    (void)event;
    return weft_yield();
}

static void pass_time(void)
{
#if TEST_IN_SIM
    weft_sim_spend(20);
#endif
}

static void must_be_ended(int (*call)(weft_event_t *))
{
    weft_event_t event = WEFT_EVENT_INIT;
    uint64_t start_us = weft_now_us();
    weft_scope_t scope;
    int rc;

    weft_event_set(&event);
    weft_scope_open(&scope, WEFT_SCOPE_FAIL_FAST, start_us + WEFT_MS(2));
    do {
        CHECK(weft_now_us() < start_us + WEFT_S(5));
        pass_time();
        rc = call(&event);
    } while (rc != WEFT_ERR_CANCELLED);
    CHECK(weft_now_us() >= start_us + WEFT_MS(2));
    CHECK_EQ(weft_scope_join(&scope), WEFT_ERR_TIMEOUT);
    weft_thread_leave();
}

CASE(a_scopes_deadline_ends_a_thread_among_ready_operations)
{
    must_be_ended(waits_for_what_is_set);
}

CASE(a_scopes_deadline_ends_a_thread_among_limits_that_have_passed)
{
    must_be_ended(looks_with_a_limit_that_has_passed);
}

CASE(a_scopes_deadline_ends_a_thread_among_empty_sleeps)
{
    must_be_ended(sleeps_for_nothing);
}

CASE(a_scopes_deadline_ends_a_thread_among_yields)
{
    must_be_ended(yields);
}

/* --- a wait that its object does not let go when the limit has passed */

struct keeper {
    const weft_object_ops_t *ops;
    weft_spinlock_t lock;
    weft_waiters_t waiters;
    uintptr_t asked; /* atomic */
};

static bool keep(weft_node_t *node, int reason)
{
    struct keeper *keeper = node->object;

    CHECK_EQ(reason, WEFT_ERR_TIMEOUT);
    (void)weft_atomic_fetch_add_acq_rel_word(&keeper->asked, 1);
    return false;
}

static int keeper_wait_begin(weft_await_t *await, struct keeper *keeper)
{
    int rc = weft__wait_enter(await);
    weft_node_t *node;
    unsigned key;

    if (rc < 0) {
        return rc;
    }
    key = weft_lock_mask(&keeper->lock);
    node = weft__wait_arm(await, keeper, 0, WEFT__NODE_OBJECT);
    weft__waiters_append(&keeper->waiters, node);
    weft_unlock_mask(&keeper->lock, key);
    return WEFT_PENDING;
}

static void end_late(void *ctx)
{
    struct keeper *keeper = ctx;
    weft_node_t *node;
    unsigned key;

    while (weft_atomic_load_acquire_word(&keeper->asked) == 0) {
        weft_hook_spin();
    }
    stand_until(weft_now_us() + WEFT_MS(2));
    key = weft_lock_mask(&keeper->lock);
    node = weft__waiters_take(&keeper->waiters);
    weft_unlock_mask(&keeper->lock, key);
    CHECK(node != NULL);
    weft__deliver(node, 0);
}

CASE(a_thread_sleeps_until_a_claimed_wait_ends_though_its_limit_has_passed)
{
    static const weft_object_ops_t ops = {"keeper", keep};
    struct keeper keeper = {.ops = &ops};
    weft_port_thread_t thread;
    weft_await_t await;

    thread_start(&thread, end_late, &keeper);
    CHECK_EQ(weft__block_until(&await, weft_deadline(WEFT_MS(1)),
                               keeper_wait_begin(&await, &keeper)),
             0);
    CHECK_EQ(keeper.asked, 1);
    weft_port_thread_join(&thread);
}

/* --- leaving in another's place */

static int leaves(weft_runnable_t *runnable)
{
    (void)runnable;
    weft_thread_leave();
    return 0;
}

CASE(leaving_inside_a_loop_is_an_assertion)
{
    static weft_loop_t loop;
    static weft_runnable_t runnable = {.run = leaves};

    (void)weft_thread_self();
    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_submit(&loop.executor, &runnable, WEFT_HINT_DEFAULT), 0);
    CHECK_DIES(weft_loop_step(&loop),
               "weft_thread_leave on an executor's thread");
}

#if TEST_IN_SIM
static void leave_now(void *ctx)
{
    (void)ctx;
    weft_thread_leave();
}
#endif

CASE_SIM_ONLY(leaving_in_an_interrupt_is_an_assertion,
              "interrupts are the simulator's")
{
#if TEST_IN_SIM
    static weft_sim_interrupt_t interrupt = {.handler = leave_now};

    (void)weft_thread_self();
    weft_sim_interrupt_attach(&interrupt);
    CHECK_DIES((weft_sim_interrupt_raise(&interrupt), weft_hook_point()),
               "weft_thread_leave in an interrupt");
    weft_sim_interrupt_remove(&interrupt);
#endif
}
