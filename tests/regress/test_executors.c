/* test_executors.c - ways to drive an executor that once went wrong
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"
#include "weft/port.h"
#include "weft/weft.h"

static weft_loop_t loop;

static void no_kick(void *ctx)
{
    (void)ctx;
}

static void stop_loop(void *ctx)
{
    weft_event_t *sleeping = ctx;

    while (!weft_event_is_set(sleeping)) {
        weft_hook_spin();
    }
    weft_loop_stop(&loop);
}

struct teller {
    weft_task_t task;
    weft_event_t *event;
};
WEFT_TASK(teller)
{
    WEFT_BEGIN;
    weft_event_set(self->event);
    WEFT_END;
}

CASE(a_loop_with_a_kick_may_also_be_run)
{
    weft_port_thread_t thread = {0};
    weft_event_t about_to_sleep = WEFT_EVENT_INIT;
    struct teller teller = {.event = &about_to_sleep};

    weft_loop_init(&loop, &(weft_loop_config_t){.kick = no_kick});
    (void)weft_loop_step(&loop);
    CHECK_EQ(weft_spawn(&loop.executor, teller_task(&teller)), 0);
    CHECK_STARTED(weft_port_thread_start(&thread, stop_loop, &about_to_sleep));
    CHECK_EQ(weft_loop_run(&loop), 0);
    weft_port_thread_join(&thread);
    weft_loop_deinit(&loop);
}

struct stopper {
    weft_task_t task;
    weft_timer_node_t timer;
};
WEFT_TASK(stopper)
{
    WEFT_BEGIN;
    weft_loop_stop(&loop);
    WEFT_SLEEP(WEFT_MS(5));
    return 42;
    WEFT_END;
}

CASE(run_task_runs_until_the_task_has_ended_whatever_the_limit_of_a_stop)
{
    struct stopper stopper = {0};

    weft_loop_init(&loop, &(weft_loop_config_t){.stop_limit_us = WEFT_MS(1)});
    CHECK_EQ(weft_loop_run_task(&loop, stopper_task(&stopper)), 42);
    CHECK(weft_task_finished(&stopper.task));
}

static unsigned told;

static void count_left(void *ctx, weft_task_t *task)
{
    (void)ctx;
    (void)task;
    told++;
}

CASE_SIM_ONLY(a_stepped_loop_tells_who_outlives_a_stop, "steps through time")
{
    static weft_scope_t root;
    struct stopper stopper = {0};
    uint64_t next = 0;

    told = 0;
    weft_loop_init(&loop, &(weft_loop_config_t){.root = &root,
                                                .stop_limit_us = WEFT_MS(2),
                                                .left = count_left});
    CHECK_EQ(weft_spawn(&loop.executor, stopper_task(&stopper)), 0);
    for (int i = 0; i < 10 && told == 0; i++) {
        next = weft_loop_step(&loop);
        while (weft_now_us() < next) {
            uintptr_t word = 1;
            weft_port_sleep(&word, 1, next);
        }
    }
    CHECK_EQ(told, 1);
    CHECK(weft_task_live(&stopper.task));
}

struct inner {
    weft_task_t task;
    weft_manual_t *manual;
};
WEFT_TASK(inner)
{
    WEFT_BEGIN;
    (void)weft_manual_run_one(self->manual);
    WEFT_END;
}

CASE_REAL_ONLY(a_manual_executor_is_not_run_inside_itself, "a forked death")
{
    static weft_manual_t manual;
    struct inner inner = {.manual = &manual};

    weft_manual_init(&manual);
    CHECK_EQ(weft_spawn(&manual.executor, inner_task(&inner)), 0);
    CHECK_DIES(weft_manual_drain(&manual), "run inside itself");
}

struct self_waker {
    weft_task_t task;
    int polls;
};
WEFT_TASK(self_waker)
{
    if (self->polls++ < 3) {
        weft_task_wake(&self->task);
        return WEFT_PENDING;
    }
    return 0;
}

CASE(pending_with_a_wake_of_its_own_is_no_mistake)
{
    weft_manual_t manual;
    struct self_waker waker = {0};

    weft_manual_init(&manual);
    CHECK_EQ(weft_spawn(&manual.executor, self_waker_task(&waker)), 0);
    CHECK_EQ(weft_manual_drain(&manual), 4);
}
