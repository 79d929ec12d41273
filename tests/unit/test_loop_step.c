/* test_loop_step.c - the loop: step and kick, hints, fairness
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "tests/support/frames.h"

/* --- step and kick */

static void on_kick(void *ctx)
{
    unsigned *kicks = ctx;

    ++*kicks;
}

CASE(step_never_sleeps_and_says_when_it_wants_to_be_called)
{
    weft_loop_t loop;
    struct looker looker = {.enough = 0};
    struct sleeper sleeper = {.deadline_us = weft_deadline(WEFT_S(5))};

    weft_loop_init(&loop, NULL);
    CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
    CHECK_EQ(weft_spawn(&loop.executor, looker_task(&looker)), 0);
    CHECK_EQ(weft_spawn(&loop.executor, sleeper_task(&sleeper)), 0);
    CHECK(weft_loop_step(&loop) == sleeper.deadline_us);
    CHECK_EQ(looker.looks, 1);
    weft_task_cancel(&looker.task);
    weft_task_cancel(&sleeper.task);
    CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
    weft_loop_deinit(&loop);
}

static void on_timer(weft_timer_t *timer, void *ctx)
{
    uint64_t *next = ctx;

    (void)timer;
    *next = weft_loop_next(weft_loop_current());
}

CASE(next_is_when_the_first_timer_is_due)
{
    uint64_t early = weft_now_us();
    uint64_t late = early + WEFT_MS(2);
    uint64_t seen[2] = {0, 0};
    weft_timer_t timers[2];
    weft_loop_t loop;

    weft_loop_init(&loop, NULL);
    CHECK(weft_loop_next(&loop) == WEFT_FOREVER);
    weft_timer_init(&timers[0], &loop, on_timer, &seen[0]);
    weft_timer_init(&timers[1], &loop, on_timer, &seen[1]);
    weft_timer_start(&timers[1], late);
    CHECK(weft_loop_next(&loop) == late);
    weft_timer_start(&timers[0], early);
    CHECK(weft_loop_next(&loop) == early);
    stand_until(late);
    (void)weft_loop_step(&loop);
    CHECK(seen[0] == late);
    CHECK(seen[1] == WEFT_FOREVER);
    CHECK(weft_loop_next(&loop) == WEFT_FOREVER);
    weft_loop_deinit(&loop);
}

CASE(one_kick_comes_for_the_work_that_follows_a_step)
{
    weft_loop_t loop;
    unsigned kicks = 0;
    struct looker lookers[2] = {{.enough = 1}, {.enough = 1}};

    weft_loop_init(&loop,
                   &(weft_loop_config_t){.kick = on_kick, .kick_ctx = &kicks});
    CHECK_EQ(weft_spawn(&loop.executor, looker_task(&lookers[0])), 0);
    CHECK_EQ(kicks, 0);
    CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
    CHECK_EQ(weft_spawn(&loop.executor, &lookers[0].task), 0);
    CHECK_EQ(kicks, 1);
    CHECK_EQ(weft_spawn(&loop.executor, looker_task(&lookers[1])), 0);
    CHECK_EQ(kicks, 1);
    CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
    CHECK_EQ(lookers[0].looks, 2);
    CHECK_EQ(lookers[1].looks, 1);
    weft_loop_stop(&loop);
    CHECK_EQ(kicks, 2);
}

CASE(a_step_is_a_batch_and_wants_more_at_once)
{
    enum { TASKS = WEFT_LOOP_BATCH + 10 };
    static struct looker lookers[TASKS];
    weft_loop_t loop;
    unsigned finished = 0;

    weft_loop_init(&loop, NULL);
    for (int i = 0; i < TASKS; i++) {
        lookers[i] = (struct looker){.enough = 1};
        CHECK_EQ(weft_spawn(&loop.executor, looker_task(&lookers[i])), 0);
    }
    CHECK(weft_loop_step(&loop) <= weft_now_us());
    for (int i = 0; i < TASKS; i++) {
        finished += weft_task_finished(&lookers[i].task);
    }
    CHECK_EQ(finished, WEFT_LOOP_BATCH);
    CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
    weft_loop_deinit(&loop);
}

/* --- hints */

struct job {
    weft_runnable_t runnable;
    char name;
    char *names;
    weft_loop_t *loop;
    struct job *then;
    enum weft_hint hint;
};

static int job_run(weft_runnable_t *runnable)
{
    struct job *job = (struct job *)(void *)runnable;
    struct job *then = job->then;

    if (then != NULL) {
        job->then = NULL;
        CHECK_EQ(weft_submit(&job->loop->executor, &then->runnable, job->hint),
                 0);
    }
    job->names[strlen(job->names)] = job->name;
    return 0;
}

static void run_jobs(enum weft_hint hint, const char *expected)
{
    weft_loop_t loop;
    char names[8] = "";
    struct job c = {{.run = job_run}, 'c', names, &loop, NULL, hint};
    struct job b = {{.run = job_run}, 'b', names, &loop, NULL, hint};
    struct job a = {{.run = job_run}, 'a', names, &loop, &c, hint};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_submit(&loop.executor, &a.runnable, hint), 0);
    CHECK_EQ(weft_submit(&loop.executor, &b.runnable, hint), 0);
    CHECK_STR_EQ(names, "");
    (void)weft_loop_step(&loop);
    CHECK_STR_EQ(names, expected);
    weft_loop_deinit(&loop);
}

CASE(a_hint_places_work_at_the_end_next_or_at_once)
{
    run_jobs(WEFT_HINT_DEFAULT, "abc");
    run_jobs(WEFT_HINT_LIFO, "acb");
    run_jobs(WEFT_HINT_INLINE, "cab");
}

CASE(inline_work_that_submits_itself_has_a_bounded_depth)
{
    enum { JOBS = 40 };
    weft_loop_t loop;
    char names[JOBS + 1] = "";
    struct job jobs[JOBS];

    weft_loop_init(&loop, NULL);
    for (int i = 0; i < JOBS; i++) {
        jobs[i] = (struct job){{.run = job_run},
                               (char)('A' + i),
                               names,
                               &loop,
                               i + 1 < JOBS ? &jobs[i + 1] : NULL,
                               WEFT_HINT_INLINE};
    }
    CHECK_EQ(weft_submit(&loop.executor, &jobs[0].runnable, WEFT_HINT_INLINE),
             0);
    while (weft_loop_step(&loop) != WEFT_FOREVER) {}
    CHECK_EQ(strlen(names), JOBS);
    CHECK(names[0] != 'A' + JOBS - 1);
}

/* --- fairness */

struct yielder {
    weft_task_t task;
    uint8_t *enough;
    unsigned turns;
};
WEFT_TASK(yielder)
{
    WEFT_BEGIN;
    while (weft_atomic_load_acquire_u8(self->enough) == 0) {
        self->turns++;
        WEFT_YIELD();
    }
    WEFT_END;
}

static void enough_now(weft_timer_t *timer, void *ctx)
{
    (void)timer;
    weft_atomic_store_release_u8(ctx, 1);
}

static void enough_from_elsewhere(void *ctx)
{
    struct looker *looker = ctx;

    weft_task_wake(&looker->task);
}

CASE(a_task_that_wakes_itself_starves_neither_tasks_nor_timers_nor_the_inbox)
{
    weft_loop_t loop;
    weft_timer_t timer;
    weft_port_thread_t thread;
    uint8_t enough = 0;
    struct yielder yielders[2] = {{.enough = &enough}, {.enough = &enough}};
    struct looker looker = {.enough = 0};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, looker_task(&looker)), 0);
    CHECK_EQ(weft_spawn(&loop.executor, yielder_task(&yielders[0])), 0);
    CHECK_EQ(weft_spawn(&loop.executor, yielder_task(&yielders[1])), 0);
    (void)weft_loop_step(&loop);
    CHECK(yielders[0].turns > 1 && yielders[1].turns > 1);
    CHECK_EQ((int)yielders[0].turns - (int)yielders[1].turns <= 1, 1);
    thread_start(&thread, enough_from_elsewhere, &looker);
    weft_port_thread_join(&thread);
    (void)weft_loop_step(&loop);
    CHECK_EQ(looker.looks, 2);
    weft_timer_init(&timer, &loop, enough_now, &enough);
    weft_timer_start(&timer, 0);
    weft_task_cancel(&looker.task);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    weft_loop_deinit(&loop);
}

/* --- a loop in a task of another loop; a runnable in a task */

static void see_no_task(weft_timer_t *timer, void *ctx)
{
    weft_loop_t *inner = ctx;

    CHECK(timer->fn == see_no_task);
    CHECK(weft_task_current() == NULL);
    CHECK(weft_loop_current() == inner);
}

struct nest {
    weft_task_t task;
    weft_loop_t *inner;
    weft_timer_t timer;
    struct looker looker;
};
WEFT_TASK(nest)
{
    WEFT_BEGIN;
    weft_timer_init(&self->timer, self->inner, see_no_task, self->inner);
    weft_timer_start(&self->timer, 0);
    CHECK_EQ(weft_spawn(&self->inner->executor, looker_task(&self->looker)), 0);
    CHECK(weft_loop_step(self->inner) == WEFT_FOREVER);
    CHECK_EQ(self->looker.looks, 1);
    CHECK(weft_task_current() == &self->task);
    self->looker.enough = 1;
    weft_task_wake(&self->looker.task);
    weft_loop_stop(self->inner);
    CHECK_EQ(weft_loop_run(self->inner), 0);
    return 4;
    WEFT_END;
}

CASE(a_task_may_step_and_run_another_loop)
{
    weft_loop_t outer;
    weft_loop_t inner;
    struct nest nest = {.inner = &inner};

    weft_loop_init(&outer, NULL);
    weft_loop_init(&inner, NULL);
    CHECK_EQ(weft_loop_run_task(&outer, nest_task(&nest)), 4);
    CHECK_EQ(weft_task_result(&nest.looker.task), 5);
    weft_loop_deinit(&inner);
    weft_loop_deinit(&outer);
}

struct inliner {
    weft_task_t task;
    weft_loop_t *loop;
    weft_runnable_t runnable;
    int ran;
};

static int no_task_run(weft_runnable_t *runnable)
{
    struct inliner *inliner =
        WEFT_CONTAINER_OF(runnable, struct inliner, runnable);

    CHECK(weft_task_current() == NULL);
    inliner->ran++;
    return 0;
}

WEFT_TASK(inliner)
{
    WEFT_BEGIN;
    self->runnable.run = no_task_run;
    CHECK_EQ(
        weft_submit(&self->loop->executor, &self->runnable, WEFT_HINT_INLINE),
        0);
    CHECK_EQ(self->ran, 1);
    CHECK(weft_task_current() == &self->task);
    WEFT_END;
}

CASE(a_runnable_run_inline_in_a_task_is_not_that_task)
{
    weft_loop_t loop;
    struct inliner inliner = {.loop = &loop};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_loop_run_task(&loop, inliner_task(&inliner)), 0);
    weft_loop_deinit(&loop);
}

struct greedy {
    weft_runnable_t runnable;
    weft_loop_t *loop;
    unsigned runs;
    bool stop;
};

static int greedy_run(weft_runnable_t *runnable)
{
    struct greedy *greedy = (struct greedy *)(void *)runnable;

    greedy->runs++;
    if (!greedy->stop) {
        CHECK_EQ(weft_submit(&greedy->loop->executor, runnable, WEFT_HINT_LIFO),
                 0);
    }
    return 0;
}

CASE(work_that_puts_itself_next_starves_nobody)
{
    weft_loop_t loop;
    char names[2] = "";
    struct greedy greedy = {{.run = greedy_run}, &loop, 0, false};
    struct job other = {{.run = job_run}, 'o', names, &loop, NULL, 0};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_submit(&loop.executor, &greedy.runnable, 0), 0);
    CHECK_EQ(weft_submit(&loop.executor, &other.runnable, 0), 0);
    while (names[0] == '\0') {
        CHECK(greedy.runs < 3 * WEFT_BUDGET);
        (void)weft_loop_step(&loop);
    }
    greedy.stop = true;
    (void)weft_loop_step(&loop);
    weft_loop_deinit(&loop);
}
