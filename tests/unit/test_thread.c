/* test_thread.c - threads as waiters: wait, time out, cancel, scopes, leave
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "weft/weft.h"

struct two {
    weft_event_t event;
    weft_event_t ready;
    weft_thread_t *thread;
    int rc;
};

static void two_init(struct two *two)
{
    weft_event_init(&two->event, true);
    weft_event_init(&two->ready, true);
}

static void sets(void *ctx)
{
    weft_event_set(ctx);
}

CASE(a_thread_waits_for_an_event)
{
    weft_port_thread_t thread;
    weft_event_t event;

    weft_event_init(&event, true);
    for (int i = 0; i < RACE_ROUNDS; i++) {
        thread_start(&thread, sets, &event);
        CHECK_EQ(weft_event_wait(&event), 0);
        weft_port_thread_join(&thread);
    }
}

CASE(a_threads_wait_times_out)
{
    weft_event_t event = WEFT_EVENT_INIT;
    uint64_t deadline = weft_deadline(WEFT_MS(3));

    CHECK_EQ(weft_event_wait_until(&event, deadline), WEFT_ERR_TIMEOUT);
    CHECK(weft_now_us() >= deadline);
    CHECK_EQ(weft_event_wait_until(&event, 0), WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_sleep(WEFT_MS(1)), 0);
    CHECK_EQ(weft_yield(), 0);
    weft_event_set(&event);
    CHECK_EQ(weft_event_wait_until(&event, 0), 0);
}

CASE(a_thread_goes_on_after_many_ready_operations)
{
    weft_event_t event = WEFT_EVENT_INIT;

    weft_event_set(&event);
    for (int i = 0; i < 5 * WEFT_BUDGET; i++) {
        CHECK_EQ(weft_event_wait(&event), 0);
    }
}

static void waits_and_leaves(void *ctx)
{
    struct two *two = ctx;

    two->thread = weft_thread_self();
    weft_event_set(&two->ready);
    two->rc = weft_event_wait(&two->event);
    weft_thread_leave();
}

CASE(a_cancel_ends_a_threads_wait)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        weft_port_thread_t thread;
        struct two two;

        two_init(&two);
        thread_start(&thread, waits_and_leaves, &two);
        CHECK_EQ(weft_event_wait(&two.ready), 0);
        weft_thread_cancel(two.thread);
        weft_port_thread_join(&thread);
        CHECK_EQ(two.rc, WEFT_ERR_CANCELLED);
    }
}

struct child {
    weft_task_t task;
    weft_timer_node_t timer;
};

WEFT_TASK(child)
{
    WEFT_BEGIN;
    WEFT_SLEEP(WEFT_S(1000));
    WEFT_END;
}

CASE(a_threads_scope_has_a_deadline)
{
    struct core core;
    static struct child child;
    weft_scope_t scope;

    core_start(&core);
    weft_scope_open(&scope, WEFT_SCOPE_FAIL_FAST, weft_deadline(WEFT_MS(2)));
    CHECK_EQ(
        weft_scope_spawn_on(&scope, &core.loop.executor, child_task(&child)),
        0);
    CHECK_EQ(weft_scope_join(&scope), WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_task_result(&child.task), WEFT_ERR_CANCELLED);
    core_stop(&core);
    weft_thread_leave();
}

CASE(spawn_in_a_threads_scope_needs_an_executor)
{
    static struct child child;
    static weft_scope_t scope;

    weft_scope_open(&scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    CHECK_DIES(weft_scope_spawn(&scope, child_task(&child)),
               "a scope of a thread has no executor: weft_scope_spawn_on");
    CHECK_EQ(weft_scope_join(&scope), 0);
}
