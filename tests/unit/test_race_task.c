/* test_race_task.c - spawn, join, wake and cancel of a task by two cores
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/frames.h"

/* --- wakes */

struct wakers {
    struct looker *looker;
    uintptr_t ready;
};

static void wake_twice(void *ctx)
{
    struct looker *looker = ctx;

    weft_task_wake(&looker->task);
    weft_atomic_store_release_u8(&looker->enough, 1);
    weft_task_wake(&looker->task);
}

CASE(a_wake_is_not_lost_before_during_or_after_a_poll)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct core core;
        weft_port_thread_t thread;
        struct looker *looker = frame_new(sizeof(*looker));

        core_start(&core);
        CHECK_EQ(weft_spawn(&core.loop.executor, looker_task(looker)), 0);
        thread_start(&thread, wake_twice, looker);
        spin_until_finished(&looker->task);
        CHECK_EQ(weft_task_result(&looker->task), 5);
        CHECK(looker->looks >= 1 && looker->looks <= 3);
        weft_port_thread_join(&thread);
        frame_drop(looker, sizeof(*looker));
        core_stop(&core);
    }
}

static void wake_often(void *ctx)
{
    for (int i = 0; i < 5; i++) {
        weft_task_wake(ctx);
    }
}

CASE(wakes_of_a_task_that_is_finishing_do_nothing)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct core core;
        weft_port_thread_t thread;
        struct looker *looker = frame_new(sizeof(*looker));

        looker->enough = 1;
        core_start(&core);
        thread_start(&thread, wake_often, looker_task(looker));
        CHECK_EQ(weft_spawn(&core.loop.executor, looker_task(looker)), 0);
        weft_port_thread_join(&thread);
        spin_until_finished(&looker->task);
        CHECK_EQ(looker->looks, 1);
        frame_drop(looker, sizeof(*looker));
        core_stop(&core);
    }
}

/* --- the end of a task */

CASE(the_memory_of_a_finished_task_may_go_at_once)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct core core;
        struct looker *looker = frame_new(sizeof(*looker));

        looker->enough = 1;
        core_start(&core);
        CHECK_EQ(weft_spawn(&core.loop.executor, looker_task(looker)), 0);
        spin_until_finished(&looker->task);
        frame_drop(looker, sizeof(*looker));
        core_stop(&core);
    }
}

CASE(a_join_from_another_core_meets_the_end_at_any_moment)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct core core;
        weft_loop_t loop;
        struct looker *looker = frame_new(sizeof(*looker));
        struct joiner joiner = {.other = &looker->task};

        looker->enough = 1;
        core_start(&core);
        CHECK_EQ(weft_spawn(&core.loop.executor, looker_task(looker)), 0);
        weft_loop_init(&loop, NULL);
        CHECK_EQ(weft_loop_run_task(&loop, joiner_task(&joiner)), 5);
        frame_drop(looker, sizeof(*looker));
        weft_loop_deinit(&loop);
        core_stop(&core);
    }
}

CASE(a_task_is_restarted_as_soon_as_it_has_finished)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct core core;
        struct looker *looker = frame_new(sizeof(*looker));

        looker->enough = 1;
        core_start(&core);
        CHECK_EQ(weft_spawn(&core.loop.executor, looker_task(looker)), 0);
        for (int n = 0; n < 3; n++) {
            while (weft_spawn(&core.loop.executor, &looker->task) ==
                   WEFT_ERR_BUSY) {
                weft_hook_spin();
            }
        }
        spin_until_finished(&looker->task);
        core_stop(&core);
        CHECK_EQ(looker->looks, 4);
        frame_drop(looker, sizeof(*looker));
    }
}
