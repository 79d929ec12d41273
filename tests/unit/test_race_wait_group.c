/* test_race_wait_group.c - dones, waits, limits, cancels and reuse at once
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"

struct member {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_wait_group_t *group;
    uint64_t deadline_us;
};
WEFT_TASK(member)
{
    int rc;
    WEFT_BEGIN;
    if (self->deadline_us == 0) {
        WEFT_AWAIT_RC(rc, weft_wait_group_wait, self->group);
    } else {
        WEFT_AWAIT_UNTIL(rc, self->deadline_us, weft_wait_group_wait,
                         self->group);
    }
    return rc;
    WEFT_END;
}

/* --- the waiter is gone while the last done goes on; what was done is seen */

enum { WORKERS = 3 };

struct job {
    weft_wait_group_t group;
    struct member member;
    int done[WORKERS];
};

struct worker {
    struct job *job;
    int number;
};

static void work(void *ctx)
{
    struct worker *worker = ctx;

    worker->job->done[worker->number] = 1;
    weft_wait_group_done(&worker->job->group);
}

static void wait_and_drop(bool blocking)
{
    weft_loop_t loop;
    weft_port_thread_t thread[WORKERS];
    struct worker worker[WORKERS];
    struct job *job = frame_new(sizeof(*job));

    weft_loop_init(&loop, NULL);
    weft_wait_group_init(&job->group);
    weft_wait_group_add(&job->group, WORKERS);
    job->member.group = &job->group;
    for (int i = 0; i < WORKERS; i++) {
        worker[i] = (struct worker){.job = job, .number = i};
        thread_start(&thread[i], work, &worker[i]);
    }
    if (blocking) {
        CHECK_EQ(weft_wait_group_wait(&job->group), 0);
    } else {
        CHECK_EQ(weft_loop_run_task(&loop, member_task(&job->member)), 0);
    }
    for (int i = 0; i < WORKERS; i++) {
        CHECK_EQ(job->done[i], 1);
    }
    frame_drop(job, sizeof(*job));
    weft_loop_deinit(&loop);
    for (int i = 0; i < WORKERS; i++) {
        weft_port_thread_join(&thread[i]);
    }
}

CASE(the_waiter_frees_the_group_while_the_last_done_goes_on)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        wait_and_drop(i % 2 == 1 || some(2) == 1);
    }
}

/* --- adds and dones of many cores leave none */

struct shared {
    weft_wait_group_t group;
    uintptr_t open; /* atomic: pieces of work under way */
};

static void add_and_do(void *ctx)
{
    struct shared *shared = ctx;

    for (int i = 0; i < 3; i++) {
        (void)weft_atomic_fetch_add_acq_rel_word(&shared->open, 1);
        weft_wait_group_add(&shared->group, 1);
        (void)weft_atomic_fetch_sub_acq_rel_word(&shared->open, 1);
        weft_wait_group_done(&shared->group);
    }
    weft_wait_group_done(&shared->group);
}

CASE(none_of_many_adds_and_dones_is_lost)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct shared shared = {.open = 0};
        weft_port_thread_t thread[2];

        weft_wait_group_init(&shared.group);
        weft_wait_group_add(&shared.group, 2);
        thread_start(&thread[0], add_and_do, &shared);
        thread_start(&thread[1], add_and_do, &shared);
        CHECK_EQ(weft_wait_group_wait(&shared.group), 0);
        CHECK_EQ(weft_atomic_load_acquire_word(&shared.open), 0);
        CHECK_EQ(weft_wait_group_count(&shared.group), 0);
        weft_port_thread_join(&thread[0]);
        weft_port_thread_join(&thread[1]);
    }
}

/* --- all waiters, more than a step of them, some of whom leave */

enum { CROWD = WEFT_STEP + 3 };

static void done_once(void *ctx)
{
    weft_wait_group_done(ctx);
}

/* With two who may be cancelled, and one with a limit. */
static void crowd_round(void)
{
    struct core core;
    weft_port_thread_t thread;
    weft_wait_group_t *group = frame_new(sizeof(*group));
    struct member members[CROWD] = {{.group = NULL}};
    int left = 0;

    weft_wait_group_init(group);
    weft_wait_group_add(group, 1);
    core_start(&core);
    members[2].deadline_us = weft_deadline(WEFT_US(5));
    for (int i = 0; i < CROWD; i++) {
        members[i].group = group;
        CHECK_EQ(weft_spawn(&core.loop.executor, member_task(&members[i])), 0);
    }
    thread_start(&thread, done_once, group);
    weft_task_cancel(&members[0].task);
    weft_task_cancel(&members[CROWD - 1].task);
    for (int i = 0; i < CROWD; i++) {
        spin_until_finished(&members[i].task);
        left += weft_task_result(&members[i].task) != 0;
    }
    CHECK(left <= 3);
    frame_drop(group, sizeof(*group));
    weft_port_thread_join(&thread);
    core_stop(&core);
}

CASE(the_last_done_ends_all_waits_while_some_leave)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        crowd_round();
    }
}

/* --- who is used again at once: a wait ends in each round */

struct rounds_of {
    weft_wait_group_t group;
    uintptr_t round; /* atomic: which one has been begun */
};

enum { REUSES = 5 };

static void do_each_round(void *ctx)
{
    struct rounds_of *all = ctx;

    for (uintptr_t round = 1; round <= REUSES; round++) {
        while (weft_atomic_load_acquire_word(&all->round) != round) {
            weft_hook_spin();
        }
        weft_wait_group_done(&all->group);
    }
}

CASE(a_group_is_used_again_and_again)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct rounds_of all = {.round = 0};
        struct core core;
        weft_port_thread_t thread;
        struct member member = {.group = &all.group};

        weft_wait_group_init(&all.group);
        core_start(&core);
        thread_start(&thread, do_each_round, &all);
        for (uintptr_t round = 1; round <= REUSES; round++) {
            weft_wait_group_add(&all.group, 1);
            CHECK_EQ(weft_spawn(&core.loop.executor, member_task(&member)), 0);
            weft_atomic_store_release_word(&all.round, round);
            CHECK_EQ(weft_wait_group_wait(&all.group), 0);
            spin_until_finished(&member.task);
            CHECK_EQ(weft_task_result(&member.task), 0);
            CHECK_EQ(weft_wait_group_count(&all.group), 0);
        }
        weft_port_thread_join(&thread);
        core_stop(&core);
    }
}
