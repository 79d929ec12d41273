/* test_race_respawn.c - a finished task spawned again meets a cancel
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "tests/support/cores.h"

static weft_event_t never = WEFT_EVENT_INIT;

struct twice {
    weft_task_t task;
    weft_await_t await;
    bool again;
};
WEFT_TASK(twice)
{
    int rc;
    WEFT_BEGIN;
    if (!self->again) {
        self->again = true;
        return 0;
    }
    WEFT_AWAIT_RC(rc, weft_event_wait, &never);
    return rc;
    WEFT_END;
}

static struct core other;
static struct twice twice;

static void spawn_again(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_spawn(&other.loop.executor, &twice.task), 0);
}

CASE(a_cancel_of_what_is_live_again_is_not_lost)
{
    weft_port_thread_t thread;
    uint64_t end;

    memset(&twice, 0, sizeof(twice));
    core_start(&other);
    CHECK_EQ(weft_spawn(&other.loop.executor, twice_task(&twice)), 0);
    spin_until_finished(&twice.task);
    thread_start(&thread, spawn_again, NULL);
    while (!weft_task_live(&twice.task)) {
        weft_hook_spin();
    }
    weft_task_cancel(&twice.task);
    weft_port_thread_join(&thread);
    end = weft_now_us() + WEFT_S(5);
    while (!weft_task_finished(&twice.task) && weft_now_us() < end) {
        stand_until(weft_now_us() + WEFT_MS(1));
    }
    CHECK(weft_task_finished(&twice.task));
    CHECK_EQ(weft_task_result(&twice.task), WEFT_ERR_CANCELLED);
    core_stop(&other);
}
