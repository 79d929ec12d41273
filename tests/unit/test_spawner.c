/* test_spawner.c - spawn, its errors, the handle by which others start tasks
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/frames.h"

CASE(a_task_is_polled_by_the_executor_never_inside_spawn)
{
    weft_manual_t manual;
    struct looker looker = {.enough = 1};

    weft_manual_init(&manual);
    CHECK(!weft_task_live(looker_task(&looker)));
    CHECK_EQ(weft_spawn(&manual.executor, &looker.task), 0);
    CHECK_EQ(looker.looks, 0);
    CHECK(weft_task_live(&looker.task));
    CHECK(!weft_task_finished(&looker.task));
    CHECK_EQ(weft_spawn(&manual.executor, &looker.task), WEFT_ERR_BUSY);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(looker.looks, 1);
    CHECK(!weft_task_live(&looker.task));
    CHECK(weft_task_finished(&looker.task));
}

CASE(a_finished_task_may_be_spawned_again_also_elsewhere)
{
    weft_manual_t manual[2];
    struct looker looker = {.enough = 1};

    for (unsigned i = 0; i < 6; i++) {
        weft_manual_init(&manual[i % 2]);
        CHECK_EQ(weft_spawn(&manual[i % 2].executor, looker_task(&looker)), 0);
        CHECK(!weft_task_finished(&looker.task));
        CHECK_EQ(weft_manual_drain(&manual[i % 2]), 1);
        CHECK_EQ(weft_task_result(&looker.task), 5);
        CHECK_EQ(looker.looks, i + 1);
    }
}

CASE(a_cancel_of_the_last_run_is_forgotten_by_the_next)
{
    weft_manual_t manual;
    struct looker looker = {.enough = 0};

    weft_manual_init(&manual);
    CHECK_EQ(weft_spawn(&manual.executor, looker_task(&looker)), 0);
    weft_task_cancel(&looker.task);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(weft_task_result(&looker.task), WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_spawn(&manual.executor, &looker.task), 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK(weft_task_live(&looker.task));
    looker.enough = 1;
    weft_task_wake(&looker.task);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(weft_task_result(&looker.task), 5);
}

CASE(a_refused_spawn_leaves_a_task_as_it_was)
{
    weft_manual_t manual;
    weft_manual_t stopped;
    struct looker looker = {.enough = 1};

    weft_manual_init(&manual);
    weft_manual_init(&stopped);
    weft_manual_stop(&stopped);
    CHECK_EQ(weft_spawn(&stopped.executor, looker_task(&looker)),
             WEFT_ERR_STOPPED);
    CHECK(!weft_task_live(&looker.task));
    CHECK(!weft_task_finished(&looker.task));
    CHECK_EQ(weft_spawn(&manual.executor, &looker.task), 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(weft_spawn(&stopped.executor, &looker.task), WEFT_ERR_STOPPED);
    CHECK(weft_task_finished(&looker.task));
    CHECK_EQ(weft_task_result(&looker.task), 5);
    CHECK_EQ(looker.looks, 1);
    CHECK_EQ(weft_spawn(&manual.executor, &looker.task), 0);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    CHECK_EQ(looker.looks, 2);
}

CASE(a_spawner_without_a_scope_spawns_as_spawn_does)
{
    weft_manual_t manual;
    struct looker looker = {.enough = 1};
    weft_spawner_t spawner = {&manual.executor, NULL};

    weft_manual_init(&manual);
    CHECK_EQ(weft_spawner_spawn(spawner, looker_task(&looker)), 0);
    CHECK_EQ(weft_spawner_spawn(spawner, &looker.task), WEFT_ERR_BUSY);
    CHECK_EQ(weft_manual_drain(&manual), 1);
    weft_manual_stop(&manual);
    CHECK_EQ(weft_spawner_spawn(spawner, &looker.task), WEFT_ERR_STOPPED);
}

struct house {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t scope;
    weft_executor_t *executor;
    weft_spawner_t spawner;
    uintptr_t open; /* atomic */
    int rc;
};
WEFT_TASK(house)
{
    WEFT_BEGIN;
    weft_scope_open(&self->scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    self->spawner = weft_scope_spawner(&self->scope, self->executor);
    weft_atomic_store_release_word(&self->open, 1);
    WEFT_SUSPEND();
    WEFT_AWAIT_RC(self->rc, weft_scope_join, &self->scope);
    WEFT_END;
}

CASE(a_scopes_spawner_starts_children_that_the_join_waits_for)
{
    weft_manual_t manual;
    struct looker lookers[2] = {{.enough = 0}, {.enough = 1}};
    struct house house = {.executor = &manual.executor, .rc = 1};

    weft_manual_init(&manual);
    CHECK_EQ(weft_spawn(&manual.executor, house_task(&house)), 0);
    (void)weft_manual_drain(&manual);
    CHECK_EQ(weft_spawner_spawn(house.spawner, looker_task(&lookers[0])), 0);
    CHECK_EQ(weft_spawner_spawn(house.spawner, looker_task(&lookers[1])), 0);
    CHECK_EQ(weft_scope_count(&house.scope), 2);
    weft_task_wake(&house.task);
    (void)weft_manual_drain(&manual);
    CHECK_EQ(weft_scope_count(&house.scope), 1);
    CHECK(weft_task_live(&house.task));
    lookers[0].enough = 1;
    weft_task_wake(&lookers[0].task);
    (void)weft_manual_drain(&manual);
    CHECK(weft_task_finished(&house.task));
    CHECK_EQ(house.rc, 0);
}

static void spawn_elsewhere(void *ctx)
{
    struct house *house = ctx;
    struct looker looker = {.enough = 1};

    CHECK_EQ(weft_spawner_spawn(house->spawner, looker_task(&looker)), 0);
    weft_task_wake(&house->task);
    spin_until_finished(&looker.task);
}

CASE(a_spawner_starts_a_task_from_another_core)
{
    struct core core;
    weft_port_thread_t thread;
    struct house house = {.executor = &core.loop.executor, .rc = 1};

    core_start(&core);
    CHECK_EQ(weft_spawn(&core.loop.executor, house_task(&house)), 0);
    while (weft_atomic_load_acquire_word(&house.open) == 0) {
        weft_hook_spin();
    }
    thread_start(&thread, spawn_elsewhere, &house);
    weft_port_thread_join(&thread);
    spin_until_finished(&house.task);
    CHECK_EQ(house.rc, 0);
    core_stop(&core);
}
