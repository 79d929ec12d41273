/* test_race_future.c - settle, cancel, await, limit and free of a future at
 * once
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/futures.h"

/* --- the waiter is gone while the settle that ended its wait goes on */

struct pair {
    struct asker asker;
    weft_future_t future;
    uint64_t time_us;
    int told; /* written before the settle, plain */
};

static void resolve(void *ctx)
{
    struct pair *pair = ctx;

    pair->told = 42;
    CHECK(weft_future_resolve(&pair->future));
}

CASE(the_waiter_frees_a_future_while_the_settle_goes_on)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        weft_loop_t loop;
        weft_port_thread_t thread;
        struct pair *pair = frame_new(sizeof(*pair));

        weft_loop_init(&loop, NULL);
        pair->asker.future = &pair->future;
        thread_start(&thread, resolve, pair);
        CHECK_EQ(weft_loop_run_task(&loop, asker_task(&pair->asker)), 0);
        CHECK_EQ(pair->told, 42);
        frame_drop(pair, sizeof(*pair));
        weft_loop_deinit(&loop);
        memset(&loop, 0xdb, sizeof(loop));
        weft_port_thread_join(&thread);
    }
}

CASE(a_thread_frees_a_future_while_the_settle_goes_on)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        weft_port_thread_t thread;
        struct pair *pair = frame_new(sizeof(*pair));

        thread_start(&thread, resolve, pair);
        CHECK_EQ(weft_future_await(&pair->future), 0);
        CHECK_EQ(pair->told, 42);
        frame_drop(pair, sizeof(*pair));
        weft_port_thread_join(&thread);
    }
    weft_thread_leave();
}

CASE(who_saw_a_future_settled_frees_it_while_the_settle_goes_on)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        weft_port_thread_t thread;
        struct pair *pair = frame_new(sizeof(*pair));

        thread_start(&thread, resolve, pair);
        while (!weft_future_settled(&pair->future)) {
            weft_hook_spin();
        }
        CHECK_EQ(pair->told, 42);
        frame_drop(pair, sizeof(*pair));
        weft_port_thread_join(&thread);
    }
}

/* --- of settle and cancel one takes effect, and its function is called once */

struct duel {
    weft_future_t future;
    uintptr_t calls; /* atomic */
    uint64_t time_us;
    bool answered, cancelled;
};

static void count(weft_future_t *future)
{
    struct duel *duel = (struct duel *)(void *)future;

    CHECK(weft_future_settled(future));
    (void)weft_atomic_fetch_add_acq_rel_word(&duel->calls, 1);
}

static void answer(void *ctx)
{
    struct duel *duel = ctx;

    stand_until(duel->time_us);
    duel->answered = weft_future_settle(&duel->future, 7);
}

static void fight(struct duel *duel)
{
    weft_port_thread_t thread;

    duel->time_us = weft_deadline(WEFT_US(100));
    thread_start(&thread, answer, duel);
    stand_until(duel->time_us);
    duel->cancelled = weft_future_cancel(&duel->future);
    weft_port_thread_join(&thread);
    CHECK(duel->answered != duel->cancelled);
    CHECK_EQ(weft_future_result(&duel->future),
             duel->answered ? 7 : WEFT_ERR_CANCELLED);
}

CASE(of_settle_and_cancel_one_takes_effect)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct duel duel = {.calls = 0};

        fight(&duel);
        weft_future_then(&duel.future, count);
        fight(&duel);
        CHECK_EQ(duel.calls, 1);
    }
}

/* --- all waiters, more than one step of them, and those that come meanwhile */

enum { CROWD = WEFT_STEP + 3 };

struct crowd {
    weft_future_t future;
    struct asker askers[CROWD];
};

static void settle_crowd(void *ctx)
{
    struct crowd *crowd = ctx;

    CHECK(weft_future_settle(&crowd->future, 5));
}

CASE(a_settle_ends_all_waits_also_those_that_begin_meanwhile)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct core core;
        weft_port_thread_t thread;
        struct crowd *crowd = frame_new(sizeof(*crowd));

        core_start(&core);
        for (int n = 0; n < CROWD; n++) {
            if (n == CROWD / 2) {
                thread_start(&thread, settle_crowd, crowd);
            }
            crowd->askers[n].future = &crowd->future;
            CHECK_EQ(
                weft_spawn(&core.loop.executor, asker_task(&crowd->askers[n])),
                0);
        }
        for (int n = 0; n < CROWD; n++) {
            spin_until_finished(&crowd->askers[n].task);
            CHECK_EQ(weft_task_result(&crowd->askers[n].task), 5);
        }
        /* No task is woken by anything else: all of it may go. */
        frame_drop(crowd, sizeof(*crowd));
        weft_port_thread_join(&thread);
        core_stop(&core);
    }
}

CASE(who_sees_it_settled_frees_it_while_the_waits_of_others_end)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        weft_manual_t manual;
        weft_port_thread_t thread;
        struct pair *pair = frame_new(sizeof(*pair));
        struct crowd *crowd = frame_new(sizeof(*crowd));

        weft_manual_init(&manual);
        for (int n = 0; n < CROWD; n++) {
            crowd->askers[n].future = &pair->future;
            CHECK_EQ(
                weft_spawn(&manual.executor, asker_task(&crowd->askers[n])), 0);
        }
        CHECK_EQ(weft_manual_drain(&manual), CROWD);
        thread_start(&thread, resolve, pair);
        while (!weft_future_settled(&pair->future)) {
            weft_hook_spin();
        }
        frame_drop(pair, sizeof(*pair));
        weft_port_thread_join(&thread);
        CHECK_EQ(weft_manual_drain(&manual), CROWD);
        for (int n = 0; n < CROWD; n++) {
            CHECK_EQ(weft_task_result(&crowd->askers[n].task), 0);
        }
        weft_manual_stop(&manual);
        (void)weft_manual_drain(&manual);
        frame_drop(crowd, sizeof(*crowd));
    }
}

static void answer_late(void *ctx)
{
    struct crowd *crowd = ctx;

    (void)weft_future_settle(&crowd->future, 5);
}

/* Also if the first came while the cancel was ending the waits. */
CASE(a_second_answer_to_a_cancelled_future_is_an_assertion)
{
    weft_manual_t manual;
    weft_port_thread_t thread;
    struct crowd *crowd = frame_new(sizeof(*crowd));

    weft_manual_init(&manual);
    for (int n = 0; n < CROWD; n++) {
        crowd->askers[n].future = &crowd->future;
        CHECK_EQ(weft_spawn(&manual.executor, asker_task(&crowd->askers[n])),
                 0);
    }
    CHECK_EQ(weft_manual_drain(&manual), CROWD);
    thread_start(&thread, answer_late, crowd);
    (void)weft_future_cancel(&crowd->future);
    weft_port_thread_join(&thread);
    CHECK_DIES((void)weft_future_settle(&crowd->future, 6), "settled twice");
    (void)weft_manual_drain(&manual);
    weft_manual_stop(&manual);
    (void)weft_manual_drain(&manual);
    frame_drop(crowd, sizeof(*crowd));
}

CASE(a_settle_passes_over_waiters_that_leave)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct core core;
        weft_port_thread_t thread;
        struct crowd *crowd = frame_new(sizeof(*crowd));

        core_start(&core);
        for (int n = 0; n < CROWD; n++) {
            crowd->askers[n].future = &crowd->future;
            CHECK_EQ(
                weft_spawn(&core.loop.executor, asker_task(&crowd->askers[n])),
                0);
        }
        thread_start(&thread, settle_crowd, crowd);
        for (int n = 0; n < CROWD; n += 2) {
            weft_task_cancel(&crowd->askers[n].task);
        }
        weft_port_thread_join(&thread);
        for (int n = 0; n < CROWD; n++) {
            int rc;
            spin_until_finished(&crowd->askers[n].task);
            rc = weft_task_result(&crowd->askers[n].task);
            CHECK(rc == 5 || (n % 2 == 0 && rc == WEFT_ERR_CANCELLED));
        }
        core_stop(&core);
        frame_drop(crowd, sizeof(*crowd));
    }
}

/* --- limit, cancel of the wait, and the answer together */

static void resolve_at_time(void *ctx)
{
    struct pair *pair = ctx;

    stand_until(pair->time_us);
    CHECK(weft_future_settle(&pair->future, 3));
}

CASE(of_answer_limit_and_cancel_of_the_wait_one_ends_it)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct core core;
        weft_port_thread_t thread;
        struct pair *pair = frame_new(sizeof(*pair));
        int rc;

        pair->time_us = weft_deadline(WEFT_US(200));
        pair->asker.future = &pair->future;
        pair->asker.deadline_us = pair->time_us;
        core_start(&core);
        CHECK_EQ(weft_spawn(&core.loop.executor, asker_task(&pair->asker)), 0);
        thread_start(&thread, resolve_at_time, pair);
        if (i % 2 == 0) {
            stand_until(pair->time_us);
            weft_task_cancel(&pair->asker.task);
        }
        weft_port_thread_join(&thread);
        spin_until_finished(&pair->asker.task);
        rc = weft_task_result(&pair->asker.task);
        CHECK(rc == 3 || rc == WEFT_ERR_TIMEOUT ||
              (i % 2 == 0 && rc == WEFT_ERR_CANCELLED));
        CHECK_EQ(weft_future_result(&pair->future), 3);
        core_stop(&core);
        frame_drop(pair, sizeof(*pair));
    }
}

/* --- a select from two futures that are settled together */

struct two {
    struct picker picker;
    weft_future_t future[2];
};

static void resolve_it(void *ctx)
{
    CHECK(weft_future_resolve(ctx));
}

CASE(a_select_from_two_futures_ends_once)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        weft_loop_t loop;
        weft_port_thread_t thread[2];
        struct two *two = frame_new(sizeof(*two));
        int rc;

        weft_loop_init(&loop, NULL);
        for (int n = 0; n < 2; n++) {
            two->picker.cases[n] = weft_case_future(&two->future[n]);
            thread_start(&thread[n], resolve_it, &two->future[n]);
        }
        rc = weft_loop_run_task(&loop, picker_task(&two->picker));
        CHECK(rc == 0 || rc == 1);
        CHECK_EQ(two->picker.cases[rc].rc, 0);
        CHECK(weft_future_settled(&two->future[rc]));
        memset(&two->picker, 0xdb, sizeof(two->picker));
        weft_loop_deinit(&loop);
        memset(&loop, 0xdb, sizeof(loop));
        CHECK_EQ(weft_future_await(&two->future[1 - rc]), 0);
        frame_drop(two, sizeof(*two));
        weft_port_thread_join(&thread[0]);
        weft_port_thread_join(&thread[1]);
    }
    weft_thread_leave();
}

/* --- a job that is started again and again, and cancelled meanwhile */

struct series {
    weft_job_t job;
    uintptr_t runs;
    uintptr_t over; /* atomic */
};

static int run_once(weft_job_t *job)
{
    ((struct series *)job)->runs++;
    return 1;
}

/* A wish that is late is no settling, and does not keep it from starting. */
static void cancel_often(void *ctx)
{
    struct series *series = ctx;

    while (weft_atomic_load_acquire_word(&series->over) == 0) {
        (void)weft_future_cancel(&series->job.future);
        weft_hook_spin();
    }
}

CASE(a_job_is_started_again_while_somebody_cancels_it)
{
    enum { TIMES = 8 };

    for (int i = 0; i < RACE_ROUNDS; i++) {
        weft_manual_t manual;
        weft_port_thread_t thread;
        struct series series = {.runs = 0};
        unsigned cancelled = 0;

        weft_manual_init(&manual);
        CHECK_EQ(weft_job_start(&manual.executor, &series.job, run_once), 0);
        thread_start(&thread, cancel_often, &series);
        for (int n = 1;; n++) {
            CHECK_EQ(weft_manual_drain(&manual), 1);
            cancelled +=
                weft_future_state(&series.job.future) == WEFT_FUTURE_CANCELLED;
            CHECK(weft_future_settled(&series.job.future));
            if (n == TIMES) {
                break;
            }
            CHECK_EQ(weft_job_start(&manual.executor, &series.job, run_once),
                     0);
        }
        weft_atomic_store_release_word(&series.over, 1);
        weft_port_thread_join(&thread);
        CHECK_EQ(series.runs + cancelled, TIMES);
        weft_manual_stop(&manual);
        (void)weft_manual_drain(&manual);
    }
}
