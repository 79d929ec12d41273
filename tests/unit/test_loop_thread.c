/* test_loop_thread.c - a loop with a thread of its own
 * SPDX-License-Identifier: MIT
 */
#include "weft/loop_thread.h"

#include "tests/support/cores.h"
#include "tests/support/frames.h"

static weft_loop_thread_t thread;

struct where {
    weft_task_t task;
    weft_loop_t *loop;
};
WEFT_TASK(where)
{
    WEFT_BEGIN;
    self->loop = weft_loop_current();
    return 3;
    WEFT_END;
}

static struct where where;
static struct sleeper sleeper;

CASE(its_tasks_run_on_a_loop_that_nobody_else_runs)
{
    where = (struct where){0};
    CHECK_STARTED(weft_loop_thread_start(&thread, NULL));
    CHECK_EQ(weft_spawn(&thread.loop.executor, where_task(&where)), 0);
    CHECK_EQ(weft_task_join(&where.task), 3);
    CHECK(where.loop == &thread.loop);
    weft_loop_thread_stop(&thread);
    weft_loop_thread_join(&thread);
}

CASE(what_is_alive_ends_before_the_thread)
{
    CHECK_STARTED(weft_loop_thread_start(&thread, NULL));
    sleeper = (struct sleeper){.deadline_us = weft_deadline(WEFT_MS(5))};
    CHECK_EQ(weft_spawn(&thread.loop.executor, sleeper_task(&sleeper)), 0);
    weft_loop_thread_stop(&thread);
    CHECK_EQ(weft_spawn(&thread.loop.executor, where_task(&where)),
             WEFT_ERR_STOPPED);
    weft_loop_thread_join(&thread);
    CHECK_EQ(weft_task_result(&sleeper.task), 7);
    CHECK(sleeper.woke_us >= sleeper.deadline_us);
}

CASE(it_is_started_again_after_a_join)
{
    for (int i = 0; i < 3; i++) {
        where = (struct where){0};
        CHECK_STARTED(weft_loop_thread_start(&thread, NULL));
        CHECK_EQ(weft_spawn(&thread.loop.executor, where_task(&where)), 0);
        weft_loop_thread_stop(&thread);
        weft_loop_thread_join(&thread);
        CHECK_EQ(weft_task_result(&where.task), 3);
    }
}

CASE(hints_for_the_thread_are_taken_where_the_port_has_them)
{
    weft_loop_thread_config_t hints = {.stack_size = 256, .name = "where"};

    where = (struct where){0};
    CHECK_STARTED(weft_loop_thread_start(&thread, &hints));
    CHECK_EQ(weft_spawn(&thread.loop.executor, where_task(&where)), 0);
    weft_loop_thread_stop(&thread);
    weft_loop_thread_join(&thread);
    CHECK_EQ(weft_task_result(&where.task), 3);
}

static unsigned told; /* atomic no more than the join is */

static void tells(void *ctx, weft_task_t *task)
{
    CHECK(ctx == &told);
    CHECK(task == &sleeper.task);
    told++;
}

CASE(who_outlives_the_limit_of_a_stop_is_told_and_waited_for)
{
    static weft_scope_t root;
    weft_loop_config_t loop = {.root = &root,
                               .stop_limit_us = WEFT_MS(2),
                               .left = tells,
                               .left_ctx = &told};

    told = 0;
    CHECK_STARTED(weft_loop_thread_start(
        &thread, &(weft_loop_thread_config_t){.loop = &loop}));
    loop = (weft_loop_config_t){0}; /* it was copied */
    sleeper = (struct sleeper){.deadline_us = weft_deadline(WEFT_MS(20))};
    CHECK_EQ(weft_spawn(&thread.loop.executor, sleeper_task(&sleeper)), 0);
    weft_loop_thread_stop(&thread);
    weft_loop_thread_join(&thread);
    CHECK_EQ(weft_task_result(&sleeper.task), 7);
    CHECK(told > 0);
}

CASE_SIM_ONLY(more_than_there_are_cores_is_an_error_and_nothing_runs,
              "how many threads a host has is not known")
{
    static weft_loop_thread_t threads[16];
    int started = 0;
    int rc = WEFT_OK;

    while (rc == WEFT_OK && started < 16) {
        rc = weft_loop_thread_start(&threads[started], NULL);
        started += rc == WEFT_OK;
    }
    CHECK_EQ(rc, WEFT_ERR_UNSUPPORTED);
    CHECK(started >= 1);
    for (int i = 0; i < started; i++) {
        weft_loop_thread_stop(&threads[i]);
        weft_loop_thread_join(&threads[i]);
    }
}
