/* test_race_scope.c - scopes by two cores: cancel, end, spawn, join at once
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/disturb.h"
#include "tests/support/frames.h"

/* Opens a scope with some children on its own core and some on another one,
 * joins it, and drops the frame that holds them all. */
enum { HERE = 2, THERE = 2, CHILDREN = HERE + THERE };

struct family {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t scope;
    weft_executor_t *elsewhere;
    weft_event_t *event; /* what the children wait for; NULL: they end */
    uintptr_t open;      /* atomic: the scope may be cancelled */
    struct waiter waiter[CHILDREN];
    struct looker looker[CHILDREN];
    int rc;
};

static int family_spawn(struct family *self, int i)
{
    weft_task_t *child;

    if (self->event != NULL) {
        self->waiter[i].event = self->event;
        child = waiter_task(&self->waiter[i]);
    } else {
        self->looker[i].enough = 1;
        child = looker_task(&self->looker[i]);
    }
    return i < HERE ? weft_scope_spawn(&self->scope, child)
                    : weft_scope_spawn_on(&self->scope, self->elsewhere, child);
}

WEFT_TASK(family)
{
    WEFT_BEGIN;
    weft_scope_open(&self->scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    weft_atomic_store_release_word(&self->open, 1);
    for (int i = 0; i < CHILDREN; i++) {
        int rc = family_spawn(self, i);
        CHECK(rc == 0 || rc == WEFT_ERR_CANCELLED);
    }
    WEFT_AWAIT_RC(self->rc, weft_scope_join, &self->scope);
    return self->rc;
    WEFT_END;
}

static void cancel_family(void *ctx)
{
    struct family *family = ctx;

    if (weft_atomic_load_acquire_word(&family->open) != 0) {
        weft_scope_cancel(&family->scope);
    }
}

/* Runs it, and drops its frame as soon as its join has returned. */
static int run_family(struct family *family)
{
    struct core core;
    weft_loop_t loop;
    int rc;

    core_start(&core);
    weft_loop_init(&loop, NULL);
    family->elsewhere = &core.loop.executor;
    rc = weft_loop_run_task(&loop, family_task(family));
    frame_drop(family, sizeof(*family));
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    weft_loop_deinit(&loop);
    core_stop(&core);
    return rc;
}

CASE(the_frame_of_all_goes_while_the_last_child_still_leaves)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct family *family = frame_new(sizeof(*family));

        CHECK_EQ(run_family(family), 0);
    }
}

/* --- a child cancels the scope it is in: the scope waits for it */

struct canceller {
    weft_task_t task;
    weft_scope_t *scope;
};
WEFT_TASK(canceller)
{
    WEFT_BEGIN;
    weft_scope_cancel(self->scope);
    WEFT_END;
}

struct quarrel {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t scope;
    weft_executor_t *elsewhere;
    struct waiter waiter[CHILDREN];
    struct canceller canceller[2];
    weft_event_t event;
    int rc;
};

static void quarrel_spawn(struct quarrel *self)
{
    weft_scope_t *scope = &self->scope;
    int rc = 0;

    for (int i = 0; i < CHILDREN && rc == 0; i++) {
        self->waiter[i].event = &self->event;
        rc = i < HERE ? weft_scope_spawn(scope, waiter_task(&self->waiter[i]))
                      : weft_scope_spawn_on(scope, self->elsewhere,
                                            waiter_task(&self->waiter[i]));
        if (i < 2 && rc == 0) {
            self->canceller[i].scope = scope;
            rc = weft_scope_spawn_on(scope, self->elsewhere,
                                     canceller_task(&self->canceller[i]));
        }
    }
    CHECK(rc == 0 || rc == WEFT_ERR_CANCELLED);
}

WEFT_TASK(quarrel)
{
    WEFT_BEGIN;
    weft_scope_open(&self->scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    quarrel_spawn(self);
    WEFT_AWAIT_RC(self->rc, weft_scope_join, &self->scope);
    return self->rc;
    WEFT_END;
}

static void check_waiters(const struct quarrel *quarrel)
{
    for (int i = 0; i < CHILDREN; i++) {
        const weft_task_t *task = &quarrel->waiter[i].task;
        if (weft_task_finished(task)) {
            CHECK_EQ(weft_task_result(task), WEFT_ERR_CANCELLED);
        }
        CHECK(!weft_task_live(task));
    }
}

CASE(two_children_cancel_their_scope_while_more_are_spawned_into_it)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct core core;
        weft_loop_t loop;
        struct quarrel *quarrel = frame_new(sizeof(*quarrel));

        core_start(&core);
        weft_loop_init(&loop, NULL);
        quarrel->elsewhere = &core.loop.executor;
        weft_event_init(&quarrel->event, false);
        CHECK_EQ(weft_loop_run_task(&loop, quarrel_task(quarrel)),
                 WEFT_ERR_CANCELLED);
        check_waiters(quarrel);
        frame_drop(quarrel, sizeof(*quarrel));
        weft_loop_stop(&loop);
        CHECK_EQ(weft_loop_run(&loop), 0);
        weft_loop_deinit(&loop);
        core_stop(&core);
    }
}

/* --- a child is gone while its scope is told of a cancel */

struct keeper {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t scope;
    weft_executor_t *elsewhere;
    struct waiter waiter; /* lives until the cancel */
    struct looker *child; /* ends by itself */
    weft_event_t event;
    uintptr_t ready; /* atomic */
};
WEFT_TASK(keeper)
{
    int rc;
    WEFT_BEGIN;
    weft_scope_open(&self->scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    self->waiter.event = &self->event;
    self->child->enough = 1;
    CHECK_EQ(weft_scope_spawn_on(&self->scope, self->elsewhere,
                                 looker_task(self->child)),
             0);
    CHECK_EQ(weft_scope_spawn(&self->scope, waiter_task(&self->waiter)), 0);
    weft_atomic_store_release_word(&self->ready, 1);
    WEFT_AWAIT_RC(rc, weft_scope_join, &self->scope);
    return rc;
    WEFT_END;
}

static void cancel_keeper(void *ctx)
{
    struct keeper *keeper = ctx;

    while (weft_atomic_load_acquire_word(&keeper->ready) == 0) {
        weft_hook_spin();
    }
    weft_scope_cancel(&keeper->scope);
}

CASE(a_finished_child_is_gone_while_its_scope_is_cancelled)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct core cores[2];
        weft_port_thread_t thread;
        struct keeper keeper = {.event = WEFT_EVENT_INIT};

        keeper.child = frame_new(sizeof(*keeper.child));
        keeper.elsewhere = &cores[1].loop.executor;
        core_start(&cores[0]);
        core_start(&cores[1]);
        CHECK_EQ(weft_spawn(&cores[0].loop.executor, keeper_task(&keeper)), 0);
        thread_start(&thread, cancel_keeper, &keeper);
        spin_until_finished(&keeper.child->task);
        frame_drop(keeper.child, sizeof(*keeper.child));
        weft_port_thread_join(&thread);
        spin_until_finished(&keeper.task);
        CHECK_EQ(weft_task_result(&keeper.task), WEFT_ERR_CANCELLED);
        core_stop(&cores[0]);
        core_stop(&cores[1]);
    }
}

/* --- cancel, deadline, ends and the event that all wait for, at one time */

struct storm {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t scope;
    weft_executor_t *elsewhere;
    struct waiter waiter[CHILDREN];
    weft_event_t event;
    uint64_t time_us;
    int rc;
};
WEFT_TASK(storm)
{
    WEFT_BEGIN;
    weft_scope_open(&self->scope, WEFT_SCOPE_FAIL_FAST, self->time_us);
    for (int i = 0; i < CHILDREN; i++) {
        self->waiter[i].event = &self->event;
        CHECK_EQ(weft_scope_spawn_on(&self->scope,
                                     i < HERE ? &weft_loop_current()->executor
                                              : self->elsewhere,
                                     waiter_task(&self->waiter[i])),
                 0);
    }
    WEFT_AWAIT_RC(self->rc, weft_scope_join, &self->scope);
    return self->rc;
    WEFT_END;
}

static void set_at_time(void *ctx)
{
    struct storm *storm = ctx;

    stand_until(storm->time_us);
    weft_event_set(&storm->event);
}

CASE(a_deadline_falls_together_with_the_ends_of_children_on_two_cores)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct core core;
        weft_loop_t loop;
        weft_port_thread_t setter;
        struct storm *storm = frame_new(sizeof(*storm));
        int rc;

        core_start(&core);
        weft_loop_init(&loop, NULL);
        storm->elsewhere = &core.loop.executor;
        weft_event_init(&storm->event, false);
        storm->time_us = weft_deadline(WEFT_US(300));
        thread_start(&setter, set_at_time, storm);
        rc = weft_loop_run_task(&loop, storm_task(storm));
        weft_port_thread_join(&setter);
        CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT);
        for (int n = 0; n < CHILDREN; n++) {
            int end = weft_task_result(&storm->waiter[n].task);
            CHECK(end == 0 || (end == WEFT_ERR_CANCELLED && rc != 0));
        }
        frame_drop(storm, sizeof(*storm));
        weft_loop_deinit(&loop);
        core_stop(&core);
    }
}

/* --- from an interrupt */

CASE_DISTURBED(an_interrupt_cancels_while_children_end_by_themselves)
{
    struct family *family = frame_new(sizeof(*family));
    weft_event_t event = WEFT_EVENT_INIT;
    struct disturb interrupt = {.handler = cancel_family,
                                .ctx = family,
                                .times = 2,
                                .rarely = 60,
                                .at_us = weft_deadline(WEFT_MS(1))};
    struct core core;
    weft_loop_t loop;
    int rc;

    core_start(&core);
    weft_loop_init(&loop, NULL);
    family->elsewhere = &core.loop.executor;
    /* One time in three only the cancel ends the children. */
    family->event = some(3) == 0 ? &event : NULL;
    disturb_begin(&interrupt);
    rc = weft_loop_run_task(&loop, family_task(family));
    disturb_end(&interrupt);
    CHECK(rc == 0 || rc == WEFT_ERR_CANCELLED);
    frame_drop(family, sizeof(*family));
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    weft_loop_deinit(&loop);
    core_stop(&core);
}
