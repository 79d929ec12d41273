/* test_cores.c - a loop on each core
 * SPDX-License-Identifier: MIT
 */
#include "weft/cores.h"
#include "tests/support/fibers.h"
#include "tests/support/frames.h"

static weft_core_t core[2];
static weft_cores_t cores;

/* Where it runs: a place in core[]; -1: nowhere. */
static int here(void)
{
    for (int i = 0; i < 2; i++) {
        if (weft_loop_current() == &core[i].loop) {
            return i;
        }
    }
    return -1;
}

struct traveller {
    weft_task_t task;
    weft_await_t await;
    int seen[3];
};
WEFT_TASK(traveller)
{
    int rc;
    WEFT_BEGIN;
    self->seen[0] = here();
    WEFT_AWAIT(weft_migrate_to, &cores, 0);
    self->seen[1] = here();
    WEFT_AWAIT(weft_migrate_to, &cores, 1);
    self->seen[2] = here();
    WEFT_AWAIT_RC(rc, weft_migrate_to, &cores, 2);
    CHECK_EQ(rc, WEFT_ERR_INVALID);
    weft_cores_stop(&cores);
    return 9;
    WEFT_END;
}

CASE(a_task_is_spawned_on_a_core_and_migrates)
{
    struct traveller traveller = {.seen = {-1, -1, -1}};

    CHECK_STARTED(weft_cores_start(&cores, core, 2));
    CHECK(weft_core_executor(&cores, 0) == &core[0].loop.executor);
    CHECK(weft_core_executor(&cores, 1) == &core[1].loop.executor);
    CHECK(weft_core_executor(&cores, 2) == NULL);
    CHECK_EQ(weft_spawn_on(&cores, 2, traveller_task(&traveller)),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_spawn_on(&cores, 1, traveller_task(&traveller)), 0);
    CHECK_EQ(weft_cores_run(&cores), 0);
    CHECK_EQ(weft_task_result(&traveller.task), 9);
    CHECK_EQ(traveller.seen[0], 1);
    CHECK_EQ(traveller.seen[1], 0);
    CHECK_EQ(traveller.seen[2], 1);
}

static int travel(void *ctx)
{
    (void)ctx;
    CHECK_EQ(here(), 0);
    CHECK_EQ(weft_migrate_to(&cores, 1), 0);
    CHECK_EQ(here(), 1);
    CHECK_EQ(weft_sleep(WEFT_US(10)), 0);
    CHECK_EQ(here(), 1);
    CHECK_EQ(weft_migrate_to(&cores, 7), WEFT_ERR_INVALID);
    CHECK_EQ(weft_migrate_to(&cores, 0), 0);
    CHECK_EQ(here(), 0);
    weft_cores_stop(&cores);
    return 4;
}

CASE(a_fiber_migrates_and_sleeps_on_either_core)
{
    weft_fiber_t *fiber = fiber_new("traveller");

    CHECK_STARTED(weft_cores_start(&cores, core, 2));
    CHECK_EQ(weft_spawn_on(&cores, 0, weft_fiber_task(fiber, travel, NULL)), 0);
    CHECK_EQ(weft_cores_run(&cores), 0);
    CHECK_EQ(weft_fiber_result(fiber), 4);
    fiber_drop(fiber);
}

CASE(one_core_is_a_loop)
{
    struct looker looker = {.enough = 1};

    CHECK_EQ(weft_cores_start(&cores, core, 0), WEFT_ERR_INVALID);
    CHECK_EQ(weft_cores_start(&cores, core, 1), 0);
    CHECK_EQ(weft_spawn_on(&cores, 0, looker_task(&looker)), 0);
    weft_cores_stop(&cores);
    CHECK_EQ(weft_cores_run(&cores), 0);
    CHECK_EQ(weft_task_result(&looker.task), 5);
}

CASE(after_a_stop_a_core_takes_no_more)
{
    struct looker looker = {.enough = 1};

    CHECK_STARTED(weft_cores_start(&cores, core, 2));
    weft_cores_stop(&cores);
    CHECK_EQ(weft_spawn_on(&cores, 1, looker_task(&looker)), WEFT_ERR_STOPPED);
    CHECK_EQ(weft_cores_run(&cores), 0);
}

CASE_SIM_ONLY(more_cores_than_there_are_is_an_error_and_leaves_none_running,
              "how many threads a host has is not known")
{
    static weft_core_t many[16];
    struct looker looker = {.enough = 1};

    CHECK_EQ(weft_cores_start(&cores, many, 16), WEFT_ERR_UNSUPPORTED);
    CHECK_EQ(weft_spawn_on(&cores, 0, looker_task(&looker)), WEFT_ERR_INVALID);
    CHECK_STARTED(weft_cores_start(&cores, core, 2));
    weft_cores_stop(&cores);
    CHECK_EQ(weft_cores_run(&cores), 0);
}
