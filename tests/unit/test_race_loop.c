/* test_race_loop.c - work that comes to a loop from elsewhere; sleep and stop
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/frames.h"

/* --- posts and sleep */

struct job {
    weft_runnable_t runnable;
    uintptr_t *sum;
    uintptr_t value;
};

static int job_run(weft_runnable_t *runnable)
{
    struct job *job = (struct job *)(void *)runnable;

    (void)weft_atomic_fetch_add_acq_rel_word(job->sum, job->value);
    return 0;
}

struct sender {
    weft_port_thread_t thread;
    weft_executor_t *executor;
    struct job jobs[4];
    struct looker looker;
};

static void send_all(void *ctx)
{
    struct sender *sender = ctx;

    for (int i = 0; i < 4; i++) {
        CHECK_EQ(weft_submit(sender->executor, &sender->jobs[i].runnable,
                             WEFT_HINT_DEFAULT),
                 0);
    }
    sender->looker.enough = 1;
    CHECK_EQ(weft_spawn(sender->executor, looker_task(&sender->looker)), 0);
}

CASE(what_two_cores_submit_runs_once_and_wakes_the_loop)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct core core;
        struct sender *senders = frame_new(2 * sizeof(*senders));
        uintptr_t sum = 0;

        core_start(&core);
        for (int n = 0; n < 2; n++) {
            senders[n].executor = &core.loop.executor;
            for (uintptr_t j = 0; j < 4; j++) {
                senders[n].jobs[j] =
                    (struct job){{.run = job_run}, &sum, j + 1};
            }
            thread_start(&senders[n].thread, send_all, &senders[n]);
        }
        weft_port_thread_join(&senders[0].thread);
        weft_port_thread_join(&senders[1].thread);
        core_stop(&core);
        CHECK_EQ(sum, 20);
        CHECK_EQ(senders[0].looker.looks, 1);
        CHECK_EQ(senders[1].looker.looks, 1);
        frame_drop(senders, 2 * sizeof(*senders));
    }
}

/* --- stop */

static void stop_loop(void *ctx)
{
    weft_loop_stop(ctx);
}

CASE(a_stop_from_elsewhere_comes_before_in_and_after_the_sleep)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        weft_port_thread_t threads[2];
        weft_loop_t *loop = frame_new(sizeof(*loop));

        weft_loop_init(loop, NULL);
        thread_start(&threads[0], stop_loop, loop);
        thread_start(&threads[1], stop_loop, loop);
        CHECK_EQ(weft_loop_run(loop), 0);
        weft_port_thread_join(&threads[1]);
        weft_port_thread_join(&threads[0]);
        weft_loop_deinit(loop);
        frame_drop(loop, sizeof(*loop));
    }
}

CASE(the_loop_may_go_as_soon_as_run_has_returned_from_a_stop)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        weft_port_thread_t thread;
        weft_loop_t *loop = frame_new(sizeof(*loop));

        weft_loop_init(loop, NULL);
        thread_start(&thread, stop_loop, loop);
        CHECK_EQ(weft_loop_run(loop), 0);
        weft_loop_deinit(loop);
        frame_drop(loop, sizeof(*loop));
        weft_port_thread_join(&thread);
    }
}

CASE(a_spawn_meets_a_stop_and_runs_or_is_refused)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        weft_port_thread_t thread;
        weft_loop_t loop;
        weft_scope_t root;
        struct sender sender = {.looker.enough = 1};

        weft_loop_init(&loop, &(weft_loop_config_t){.root = &root});
        sender.executor = &loop.executor;
        thread_start(&thread, stop_loop, &loop);
        int rc = weft_spawn(&loop.executor, looker_task(&sender.looker));
        CHECK_EQ(weft_loop_run(&loop), 0);
        CHECK(rc == 0 || rc == WEFT_ERR_STOPPED);
        CHECK_EQ(weft_task_finished(&sender.looker.task), rc == 0);
        CHECK_EQ(sender.looker.looks, rc == 0);
        weft_port_thread_join(&thread);
        CHECK_EQ(weft_scope_count(&root), 0);
        weft_loop_deinit(&loop);
    }
}

struct late {
    weft_executor_t *executor;
    struct looker looker;
    int rc;
};

static void spawn_late(void *ctx)
{
    struct late *late = ctx;

    late->rc = weft_spawn(late->executor, looker_task(&late->looker));
}

CASE(a_spawn_from_elsewhere_meets_a_stop_and_runs_or_is_refused)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        weft_port_thread_t thread;
        weft_loop_t loop;
        struct late late = {.executor = &loop.executor, .looker.enough = 1};

        weft_loop_init(&loop, NULL);
        thread_start(&thread, spawn_late, &late);
        weft_loop_stop(&loop);
        CHECK_EQ(weft_loop_run(&loop), 0);
        weft_port_thread_join(&thread);
        CHECK(late.rc == 0 || late.rc == WEFT_ERR_STOPPED);
        CHECK_EQ(late.looker.looks, late.rc == 0);
        CHECK_EQ(weft_task_finished(&late.looker.task), late.rc == 0);
        weft_loop_deinit(&loop);
    }
}

/* --- stop with parked tasks, cancelled from elsewhere */

struct end {
    weft_loop_t loop;
    weft_scope_t root;
    weft_event_t event;
    struct waiter waiter[3];
};

static void stop_and_cancel(void *ctx)
{
    struct end *end = ctx;

    weft_loop_cancel(&end->loop);
    weft_loop_stop(&end->loop);
}

CASE(a_stop_ends_when_the_parked_tasks_have_been_cancelled)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        weft_port_thread_t thread;
        struct end *end = frame_new(sizeof(*end));

        weft_loop_init(&end->loop, &(weft_loop_config_t){.root = &end->root});
        weft_event_init(&end->event, false);
        for (int n = 0; n < 3; n++) {
            end->waiter[n].event = &end->event;
            CHECK_EQ(
                weft_spawn(&end->loop.executor, waiter_task(&end->waiter[n])),
                0);
        }
        thread_start(&thread, stop_and_cancel, end);
        CHECK_EQ(weft_loop_run(&end->loop), 0);
        for (int n = 0; n < 3; n++) {
            CHECK_EQ(weft_task_result(&end->waiter[n].task),
                     WEFT_ERR_CANCELLED);
        }
        weft_loop_deinit(&end->loop);
        weft_port_thread_join(&thread);
        frame_drop(end, sizeof(*end));
    }
}

/* --- timers asked for from elsewhere */

struct post {
    struct core core;
    weft_timer_t timer;
    uintptr_t fired; /* atomic */
};

static void on_fire(weft_timer_t *timer, void *ctx)
{
    struct post *post = ctx;

    (void)timer;
    (void)weft_atomic_fetch_add_acq_rel_word(&post->fired, 1);
}

static void post_start_stop_start(void *ctx)
{
    struct post *post = ctx;

    weft_timer_post_start(&post->timer, weft_deadline(WEFT_S(1000)));
    weft_timer_post_stop(&post->timer);
    weft_timer_post_start(&post->timer, 0);
}

CASE(of_posted_requests_the_newest_of_each_counts_and_none_is_lost)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct post *post = frame_new(sizeof(*post));
        weft_port_thread_t thread;

        core_start(&post->core);
        weft_timer_init(&post->timer, &post->core.loop, on_fire, post);
        thread_start(&thread, post_start_stop_start, post);
        weft_port_thread_join(&thread);
        while (weft_atomic_load_acquire_word(&post->fired) == 0) {
            weft_hook_spin();
        }
        core_stop(&post->core);
        CHECK_EQ(post->fired, 1);
        frame_drop(post, sizeof(*post));
    }
}

/* --- a loop that is stepped goes while the post that it took kicks */

struct stepped {
    weft_loop_t loop;
    weft_event_t event;
    struct waiter waiter;
};

static void count_kick(void *ctx)
{
    (void)weft_atomic_fetch_add_acq_rel_word(ctx, 1);
}

static void set_its_event(void *ctx)
{
    struct stepped *stepped = ctx;

    weft_event_set(&stepped->event);
}

CASE(a_stepped_loop_is_gone_while_the_post_that_ended_its_last_wait_kicks)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        uintptr_t kicks = 0;
        weft_loop_config_t config = {.kick = count_kick, .kick_ctx = &kicks};
        weft_port_thread_t thread;
        struct stepped *stepped = frame_new(sizeof(*stepped));
        weft_loop_t *loop = &stepped->loop;

        weft_loop_init(loop, &config);
        weft_event_init(&stepped->event, true);
        stepped->waiter.event = &stepped->event;
        CHECK_EQ(weft_spawn(&loop->executor, waiter_task(&stepped->waiter)), 0);
        thread_start(&thread, set_its_event, stepped);
        (void)weft_loop_step(loop);
        while (!weft_task_finished(&stepped->waiter.task)) {
            weft_hook_spin();
            (void)weft_loop_step(loop);
        }
        weft_loop_deinit(loop);
        frame_drop(stepped, sizeof(*stepped));
        weft_port_thread_join(&thread);
        CHECK(kicks <= 1);
    }
}
