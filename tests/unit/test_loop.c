/* test_loop.c - the loop: run, run_task, stop and its limit, deinit
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/frames.h"

/* --- run and run_task */

CASE(run_returns_when_stop_was_asked_and_no_task_lives)
{
    weft_loop_t loop;
    struct sleeper sleeper = {.deadline_us = weft_deadline(WEFT_MS(2))};

    CHECK_EQ(weft_loop_init(&loop, NULL), 0);
    CHECK_EQ(weft_spawn(&loop.executor, sleeper_task(&sleeper)), 0);
    weft_loop_stop(&loop);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(weft_task_result(&sleeper.task), 7);
    CHECK(sleeper.woke_us >= sleeper.deadline_us);
    weft_loop_deinit(&loop);
}

CASE(run_task_gives_the_result_and_leaves_the_others_as_they_are)
{
    weft_loop_t loop;
    struct looker other = {.enough = 0};
    struct looker looker = {.enough = 1};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, looker_task(&other)), 0);
    CHECK_EQ(weft_loop_run_task(&loop, looker_task(&looker)), 5);
    CHECK_EQ(other.looks, 1);
    CHECK(weft_task_live(&other.task));
    CHECK_EQ(weft_loop_run_task(&loop, &other.task), WEFT_ERR_BUSY);
    weft_task_cancel(&other.task);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run_task(&loop, &looker.task), WEFT_ERR_STOPPED);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(weft_task_result(&other.task), WEFT_ERR_CANCELLED);
    weft_loop_deinit(&loop);
}

CASE(nothing_ready_stays_ready_behind_the_task_that_run_task_waited_for)
{
    weft_loop_t loop;
    struct looker first = {.enough = 1};
    struct looker second = {.enough = 1};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, looker_task(&first)), 0);
    CHECK_EQ(weft_loop_run_task(&loop, looker_task(&second)), 5);
    CHECK(weft_task_finished(&first.task));
    CHECK_EQ(weft_spawn(&loop.executor, &second.task), 0);
    CHECK_EQ(weft_loop_run_task(&loop, &first.task), 5);
    CHECK(weft_task_finished(&second.task));
}

/* --- stop */

static int never_run(weft_runnable_t *runnable)
{
    (void)runnable;
    FAIL("a refused runnable was run");
}

CASE(a_stopped_loop_refuses_tasks_and_runnables_but_takes_wakes)
{
    weft_loop_t loop;
    struct looker live = {.enough = 0};
    struct looker late = {.enough = 1};
    weft_runnable_t runnable = {.run = never_run};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, looker_task(&live)), 0);
    (void)weft_loop_step(&loop);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_spawn(&loop.executor, looker_task(&late)), WEFT_ERR_STOPPED);
    CHECK_EQ(weft_submit(&loop.executor, &runnable, WEFT_HINT_DEFAULT),
             WEFT_ERR_STOPPED);
    CHECK_EQ(weft_submit(&loop.executor, &runnable, WEFT_HINT_INLINE),
             WEFT_ERR_STOPPED);
    live.enough = 1;
    weft_task_wake(&live.task);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(weft_task_result(&live.task), 5);
    CHECK_EQ(late.looks, 0);
    weft_loop_deinit(&loop);
}

struct left {
    weft_task_t *tasks[4];
    unsigned count;
};

static void on_left(void *ctx, weft_task_t *task)
{
    struct left *left = ctx;

    left->tasks[left->count++] = task;
}

CASE(a_stop_with_a_limit_names_who_is_left_and_leaves_them_as_they_are)
{
    weft_loop_t loop;
    weft_scope_t root;
    weft_event_t event = WEFT_EVENT_INIT;
    struct left left = {.count = 0};
    struct waiter waiters[2] = {{.event = &event}, {.event = &event}};
    struct looker looker = {.enough = 1};
    weft_loop_config_t config = {.root = &root,
                                 .stop_limit_us = WEFT_MS(2),
                                 .left = on_left,
                                 .left_ctx = &left};

    weft_loop_init(&loop, &config);
    CHECK_EQ(weft_spawn(&loop.executor, waiter_task(&waiters[0])), 0);
    CHECK_EQ(weft_spawn(&loop.executor, looker_task(&looker)), 0);
    CHECK_EQ(weft_spawn(&loop.executor, waiter_task(&waiters[1])), 0);
    uint64_t start_us = weft_now_us();
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), WEFT_ERR_TIMEOUT);
    CHECK(weft_now_us() >= start_us + WEFT_MS(2));
    CHECK_EQ(left.count, 2);
    CHECK(left.tasks[0] == &waiters[0].task);
    CHECK(left.tasks[1] == &waiters[1].task);
    CHECK_EQ(weft_task_result(&looker.task), 5);
    weft_event_set(&event);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(weft_task_result(&waiters[0].task), 0);
    CHECK_EQ(left.count, 2);
    weft_loop_deinit(&loop);
}

CASE(a_run_after_a_stop_limit_has_passed_has_a_whole_new_one)
{
    weft_loop_t loop;
    weft_event_t event = WEFT_EVENT_INIT;
    struct waiter waiter = {.event = &event};

    weft_loop_init(&loop, &(weft_loop_config_t){.stop_limit_us = WEFT_MS(2)});
    CHECK_EQ(weft_spawn(&loop.executor, waiter_task(&waiter)), 0);
    weft_loop_stop(&loop);
    for (int i = 0; i < 3; i++) {
        uint64_t end_us = weft_deadline(WEFT_MS(2));
        CHECK_EQ(weft_loop_run(&loop), WEFT_ERR_TIMEOUT);
        CHECK(weft_now_us() >= end_us);
    }
    weft_event_set(&event);
    CHECK_EQ(weft_loop_run(&loop), 0);
    weft_loop_deinit(&loop);
}

struct stubborn {
    weft_task_t task;
    weft_await_t await;
    weft_scope_t scope;
    weft_event_t *event;
    uint8_t *enough;
    int rc;
};
WEFT_TASK(stubborn)
{
    WEFT_BEGIN;
    WEFT_AWAIT_RC(self->rc, weft_event_wait, self->event);
    while (*self->enough == 0) {
        int rc = weft_task_checkpoint();
        CHECK_EQ(rc, WEFT_ERR_CANCELLED);
        weft_scope_open_shielded(&self->scope, WEFT_SCOPE_FAIL_FAST,
                                 weft_deadline(WEFT_S(9)));
        WEFT_AWAIT_RC(rc, weft_event_wait, self->event);
        WEFT_AWAIT_RC(rc, weft_scope_join, &self->scope);
    }
    WEFT_END;
}

CASE(loop_cancel_reaches_all_and_who_goes_on_in_a_shield_is_named_at_stop)
{
    weft_loop_t loop;
    weft_scope_t root;
    weft_event_t event = WEFT_EVENT_INIT_AUTO;
    uint8_t enough = 0;
    struct left left = {.count = 0};
    struct waiter waiter = {.event = &event};
    struct stubborn stubborn = {.event = &event, .enough = &enough};
    weft_loop_config_t config = {.root = &root,
                                 .stop_limit_us = WEFT_MS(1),
                                 .left = on_left,
                                 .left_ctx = &left};

    weft_loop_init(&loop, &config);
    CHECK_EQ(weft_spawn(&loop.executor, waiter_task(&waiter)), 0);
    CHECK_EQ(weft_spawn(&loop.executor, stubborn_task(&stubborn)), 0);
    (void)weft_loop_step(&loop);
    weft_loop_cancel(&loop);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_task_result(&waiter.task), WEFT_ERR_CANCELLED);
    CHECK_EQ(stubborn.rc, WEFT_ERR_CANCELLED);
    CHECK_EQ(left.count, 1);
    CHECK(left.tasks[0] == &stubborn.task);
    CHECK_EQ(weft_spawn(&loop.executor, &waiter.task), WEFT_ERR_CANCELLED);
    enough = 1;
    weft_event_set(&event);
    CHECK_EQ(weft_loop_run(&loop), 0);
    CHECK_EQ(left.count, 1);
    weft_loop_deinit(&loop);
}

CASE(loop_cancel_without_a_root_scope_is_an_assertion)
{
    weft_loop_t loop;

    weft_loop_init(&loop, NULL);
    CHECK_DIES(weft_loop_cancel(&loop), "a loop without a root scope");
}

CASE(deinit_of_a_loop_with_live_tasks_or_inside_it_is_an_assertion)
{
    weft_loop_t loop;
    struct looker looker = {.enough = 0};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, looker_task(&looker)), 0);
    CHECK_DIES(weft_loop_deinit(&loop), "deinit of a loop with live tasks");
    weft_task_cancel(&looker.task);
    (void)weft_loop_step(&loop);
    weft_loop_deinit(&loop);
}

struct inside {
    weft_runnable_t runnable;
    weft_loop_t *loop;
    int what;
};

static int inside_run(weft_runnable_t *runnable)
{
    struct inside *inside = (struct inside *)(void *)runnable;

    CHECK(weft_loop_current() == inside->loop);
    switch (inside->what) {
    case 0: (void)weft_loop_run(inside->loop); break;
    case 1: (void)weft_loop_step(inside->loop); break;
    case 2: weft_loop_deinit(inside->loop); break;
    }
    return 0;
}

static void step_inside(weft_loop_t *loop, int what)
{
    struct inside inside = {{.run = inside_run}, loop, what};

    (void)weft_submit(&loop->executor, &inside.runnable, WEFT_HINT_DEFAULT);
    (void)weft_loop_step(loop);
}

CASE(a_loop_inside_itself_is_an_assertion)
{
    weft_loop_t loop;

    weft_loop_init(&loop, NULL);
    CHECK_DIES(step_inside(&loop, 0), "a loop run inside itself");
    CHECK_DIES(step_inside(&loop, 1), "a loop stepped inside itself");
    CHECK_DIES(step_inside(&loop, 2), "deinit of a loop that is running");
    step_inside(&loop, 3);
    CHECK(weft_loop_current() == NULL);
}
