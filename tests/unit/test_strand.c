/* test_strand.c - strands: serial, in order, on pools, loops and strands
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/fibers.h"
#include "tests/support/frames.h"
#include "tests/support/pools.h"

/* --- one at a time, in order */

struct row {
    uintptr_t inside; /* atomic: runs at this moment */
    unsigned count;   /* plain: the strand protects it */
    int last[2];
};

struct step {
    weft_runnable_t runnable;
    struct row *row;
    int from;
    int number;
};

static int step_run(weft_runnable_t *runnable)
{
    struct step *step = (struct step *)(void *)runnable;
    struct row *row = step->row;

    CHECK_EQ(weft_atomic_exchange_acq_rel_word(&row->inside, 1), 0);
    CHECK(step->number > row->last[step->from]);
    row->last[step->from] = step->number;
    row->count++;
    CHECK_EQ(weft_atomic_exchange_acq_rel_word(&row->inside, 0), 1);
    return 0;
}

struct walker {
    weft_port_thread_t thread;
    weft_executor_t *executor;
    struct step step[6];
};

static void walk(void *ctx)
{
    struct walker *walker = ctx;

    for (int i = 0; i < 6; i++) {
        CHECK_EQ(weft_submit(walker->executor, &walker->step[i].runnable,
                             WEFT_HINT_DEFAULT),
                 0);
    }
}

static void walk_on(weft_executor_t *executor, struct walker *walker,
                    struct row *row)
{
    for (int n = 0; n < 2; n++) {
        walker[n].executor = executor;
        for (int i = 0; i < 6; i++) {
            walker[n].step[i] = (struct step){{.run = step_run}, row, n, i + 1};
        }
    }
    thread_start(&walker[0].thread, walk, &walker[0]);
    walk(&walker[1]);
    weft_port_thread_join(&walker[0].thread);
}

static void strand_end(weft_strand_t *strand)
{
    weft_strand_stop(strand);
    CHECK_EQ(weft_strand_join(strand), 0);
    CHECK(weft_strand_drained(strand));
    frame_drop(strand, sizeof(*strand));
}

CASE(on_a_strand_of_a_pool_one_runs_after_another_in_order)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct pool *pool = pool_new(2);
        weft_strand_t *strand = frame_new(sizeof(*strand));
        struct row row = {0};
        struct walker walker = {.executor = &strand->executor};

        weft_strand_init(strand, &pool->pool.executor);
        for (int n = 0; n < 6; n++) {
            walker.step[n] = (struct step){{.run = step_run}, &row, 0, n + 1};
        }
        thread_start(&walker.thread, walk, &walker);
        weft_port_thread_join(&walker.thread);
        strand_end(strand);
        CHECK_EQ(row.count, 6);
        pool_end(pool);
    }
}

CASE(a_strand_may_go_when_it_is_drained)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct pool *pool = pool_new(2);
        weft_strand_t *strand = frame_new(sizeof(*strand));
        struct row row = {0};
        struct step step = {{.run = step_run}, &row, 0, 1};

        weft_strand_init(strand, &pool->pool.executor);
        weft_submit(&strand->executor, &step.runnable, WEFT_HINT_DEFAULT);
        weft_strand_stop(strand);
        while (!weft_strand_drained(strand)) {
            weft_hook_spin();
        }
        frame_drop(strand, sizeof(*strand));
        CHECK_EQ(row.count, 1);
        pool_end(pool);
    }
}

CASE(a_strand_on_a_strand_and_one_on_a_loop_are_serial_too)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct pool *pool = pool_new(1);
        struct core *core = frame_new(sizeof(*core));
        weft_strand_t *strand = frame_new(sizeof(*strand));
        weft_strand_t *upper = frame_new(sizeof(*upper));
        weft_strand_t *other = frame_new(sizeof(*other));
        struct row row = {0};
        struct row other_row = {0};
        struct step step[2] = {{{.run = step_run}, &row, 0, 1},
                               {{.run = step_run}, &other_row, 0, 1}};

        core_start(core);
        weft_strand_init(strand, &pool->pool.executor);
        weft_strand_init(upper, &strand->executor);
        weft_strand_init(other, &core->loop.executor);
        weft_submit(&upper->executor, &step[0].runnable, WEFT_HINT_DEFAULT);
        weft_submit(&other->executor, &step[1].runnable, WEFT_HINT_LIFO);
        strand_end(other);
        strand_end(upper);
        strand_end(strand);
        CHECK_EQ(row.count, 1);
        CHECK_EQ(other_row.count, 1);
        core_stop(core);
        pool_end(pool);
        frame_drop(core, sizeof(*core));
    }
}

CASE(two_threads_submit_to_a_strand_of_a_pool)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct pool *pool = pool_made(2);
        weft_strand_t *strand = frame_new(sizeof(*strand));
        struct walker walker[2];
        struct row row = {0};

        weft_strand_init(strand, &pool->pool.executor);
        CHECK_STARTED(weft_pool_start(&pool->pool, 2));
        walk_on(&strand->executor, walker, &row);
        strand_end(strand);
        CHECK_EQ(row.count, 12);
        pool_end(pool);
    }
}

/* --- tasks */

struct sharer {
    weft_task_t task;
    weft_timer_node_t timer;
    unsigned *shared; /* plain */
    unsigned left;
};
WEFT_TASK(sharer)
{
    WEFT_BEGIN;
    for (; self->left > 0; self->left--) {
        ++*self->shared;
        if (self->left % 2 == 0) {
            WEFT_SLEEP(WEFT_US(20));
        } else {
            WEFT_YIELD();
        }
    }
    return 3;
    WEFT_END;
}

CASE(tasks_on_a_strand_share_without_locks_and_sleep_by_the_pools_timers)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct pool *pool = pool_new(2);
        weft_strand_t *strand = frame_new(sizeof(*strand));
        struct sharer *sharer = frame_new(3 * sizeof(*sharer));
        unsigned shared = 0;

        weft_strand_init(strand, &pool->pool.executor);
        for (int n = 0; n < 3; n++) {
            sharer[n].shared = &shared;
            sharer[n].left = 4;
            CHECK_EQ(weft_spawn(&strand->executor, sharer_task(&sharer[n])), 0);
        }
        for (int n = 0; n < 3; n++) {
            CHECK_EQ(weft_task_join(&sharer[n].task), 3);
        }
        frame_drop(sharer, 3 * sizeof(*sharer));
        CHECK_EQ(shared, 12);
        strand_end(strand);
        pool_end(pool);
    }
}

/* Woken from elsewhere so often; all of them change what they share. */
struct clerk {
    weft_task_t task;
    uintptr_t wanted; /* atomic */
    uintptr_t done;
    uintptr_t *booked; /* plain: the strand protects it */
    uintptr_t until;
};
WEFT_TASK(clerk)
{
    WEFT_BEGIN;
    while (self->done < self->until) {
        uintptr_t wanted = weft_atomic_load_acquire_word(&self->wanted);
        *self->booked += wanted - self->done;
        self->done = wanted;
        if (self->done < self->until) {
            WEFT_SUSPEND();
        }
    }
    WEFT_END;
}

static void ask(void *ctx)
{
    struct clerk *clerk = ctx;

    for (uintptr_t i = 0; i < clerk->until; i++) {
        (void)weft_atomic_fetch_add_acq_rel_word(&clerk->wanted, 1);
        weft_task_wake(&clerk->task);
    }
}

CASE(two_tasks_of_a_strand_that_others_wake_miss_nothing)
{
    for (int i = 0; i < once(RACE_ROUNDS); i++) {
        struct pool *pool = pool_new(2);
        weft_strand_t *strand = frame_new(sizeof(*strand));
        struct clerk *clerk = frame_new(2 * sizeof(*clerk));
        weft_port_thread_t thread;
        uintptr_t booked = 0;

        weft_strand_init(strand, &pool->pool.executor);
        for (int n = 0; n < 2; n++) {
            clerk[n].booked = &booked;
            clerk[n].until = (uintptr_t)rounds(TEST_IN_SIM ? 3 : 20);
            CHECK_EQ(weft_spawn(&strand->executor, clerk_task(&clerk[n])), 0);
        }
        thread_start(&thread, ask, &clerk[0]);
        ask(&clerk[1]);
        weft_port_thread_join(&thread);
        CHECK_EQ(weft_task_join(&clerk[0].task), 0);
        CHECK_EQ(weft_task_join(&clerk[1].task), 0);
        CHECK_EQ(booked, 2 * clerk[0].until);
        frame_drop(clerk, 2 * sizeof(*clerk));
        strand_end(strand);
        pool_end(pool);
    }
    weft_thread_leave();
}

/* --- turns */

struct busy {
    weft_task_t task;
    uintptr_t *enough;
    unsigned runs;
};
WEFT_TASK(busy)
{
    WEFT_BEGIN;
    while (weft_atomic_load_acquire_word(self->enough) == 0) {
        self->runs++;
        CHECK(self->runs < 4 * WEFT_LOOP_BATCH);
        WEFT_YIELD();
    }
    WEFT_END;
}

CASE(a_busy_strand_lets_others_of_its_executor_have_their_turn)
{
    weft_manual_t manual;
    weft_strand_t strand;
    uintptr_t sum = 0;
    struct tally tally;
    struct busy busy = {.enough = &sum};

    weft_manual_init(&manual);
    weft_strand_init(&strand, &manual.executor);
    tally_init(&tally, &sum);
    weft_spawn(&strand.executor, busy_task(&busy));
    weft_submit(&manual.executor, &tally.runnable, WEFT_HINT_DEFAULT);
    weft_manual_drain(&manual);
    CHECK(weft_task_finished(&busy.task));
    weft_strand_stop(&strand);
    CHECK(weft_strand_drained(&strand));
}

/* --- stop */

CASE(a_stopped_strand_takes_no_more_and_waits_for_what_lives)
{
    weft_manual_t manual;
    weft_strand_t strand;
    struct looker looker = {.enough = 0};
    struct looker late = {.enough = 1};

    weft_manual_init(&manual);
    weft_strand_init(&strand, &manual.executor);
    CHECK_EQ(weft_spawn(&strand.executor, looker_task(&looker)), 0);
    weft_manual_drain(&manual);
    weft_strand_stop(&strand);
    weft_strand_stop(&strand);
    CHECK_EQ(weft_spawn(&strand.executor, looker_task(&late)),
             WEFT_ERR_STOPPED);
    CHECK(!weft_strand_drained(&strand));
    looker.enough = 1;
    weft_task_wake(&looker.task);
    weft_manual_drain(&manual);
    CHECK(weft_strand_drained(&strand));
    CHECK_EQ(weft_task_result(&looker.task), 5);
}

CASE(when_the_inner_executor_stops_so_does_the_strand)
{
    weft_manual_t manual;
    weft_strand_t strand;
    struct looker looker = {.enough = 0};
    struct looker late = {.enough = 1};

    weft_manual_init(&manual);
    weft_strand_init(&strand, &manual.executor);
    CHECK_EQ(weft_spawn(&strand.executor, looker_task(&looker)), 0);
    weft_manual_drain(&manual);
    weft_manual_stop(&manual);
    CHECK_EQ(weft_spawn(&strand.executor, looker_task(&late)),
             WEFT_ERR_STOPPED);
    looker.enough = 1;
    weft_task_wake(&looker.task);
    weft_manual_drain(&manual);
    CHECK_EQ(weft_task_result(&looker.task), 5);
    weft_strand_stop(&strand);
    CHECK(weft_strand_drained(&strand));
}

CASE(the_stop_of_a_pool_waits_for_what_lives_on_its_strands)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct pool *pool = pool_new(2);
        weft_strand_t *strand = frame_new(sizeof(*strand));
        weft_event_t event = WEFT_EVENT_INIT;
        struct waiter waiter = {.event = &event};

        weft_strand_init(strand, &pool->pool.executor);
        CHECK_EQ(weft_spawn(&strand->executor, waiter_task(&waiter)), 0);
        weft_pool_stop(&pool->pool);
        weft_event_set(&event);
        CHECK_EQ(weft_pool_join(&pool->pool), 0);
        CHECK_EQ(weft_task_result(&waiter.task), 0);
        frame_drop(strand, sizeof(*strand));
        weft_pool_deinit(&pool->pool);
        frame_drop(pool, sizeof(*pool));
    }
}

/* --- join */

struct strand_joiner {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_strand_t *strand;
};
WEFT_TASK(strand_joiner)
{
    int rc;
    WEFT_BEGIN;
    WEFT_AWAIT_UNTIL(rc, weft_deadline(WEFT_US(5)), weft_strand_join,
                     self->strand);
    return rc;
    WEFT_END;
}

CASE(a_join_with_a_limit_meets_the_end_of_the_strand)
{
    for (int i = 0; i < RACE_ROUNDS; i++) {
        struct pool *pool = pool_new(1);
        weft_loop_t loop;
        weft_strand_t *strand = frame_new(sizeof(*strand));
        struct strand_joiner joiner = {.strand = strand};
        struct row row = {0};
        struct step step = {{.run = step_run}, &row, 0, 1};
        int rc;

        weft_loop_init(&loop, NULL);
        weft_strand_init(strand, &pool->pool.executor);
        weft_submit(&strand->executor, &step.runnable, WEFT_HINT_DEFAULT);
        weft_strand_stop(strand);
        rc = weft_loop_run_task(&loop, strand_joiner_task(&joiner));
        CHECK(rc == 0 || rc == WEFT_ERR_TIMEOUT);
        if (rc == WEFT_ERR_TIMEOUT) {
            CHECK_EQ(weft_strand_join(strand), 0);
        }
        CHECK_EQ(weft_loop_run_task(&loop, strand_joiner_task(&joiner)), 0);
        frame_drop(strand, sizeof(*strand));
        weft_loop_deinit(&loop);
        pool_end(pool);
    }
}

static int does_nothing(weft_runnable_t *runnable)
{
    (void)runnable;
    return 0;
}

CASE(a_thread_that_joins_a_strand_may_have_a_limit)
{
    weft_manual_t manual;
    weft_strand_t strand;
    weft_runnable_t nothing = {.run = does_nothing};

    weft_manual_init(&manual);
    weft_strand_init(&strand, &manual.executor);
    CHECK_EQ(weft_submit(&strand.executor, &nothing, WEFT_HINT_DEFAULT), 0);
    weft_strand_stop(&strand);
    CHECK_EQ(weft_strand_join_until(&strand, weft_deadline(WEFT_US(5))),
             WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_strand_join_until(&strand, 0), WEFT_ERR_TIMEOUT);
    (void)weft_manual_drain(&manual);
    CHECK_EQ(weft_strand_join_until(&strand, 0), 0);
}

CASE(a_strand_on_an_inline_executor_is_an_assertion)
{
    weft_strand_t strand;

    CHECK_DIES(weft_strand_init(&strand, weft_inline_executor()),
               "a strand on an executor that runs no tasks");
}

struct self_joiner {
    weft_task_t task;
    weft_await_t await;
    weft_strand_t *strand;
};
WEFT_TASK(self_joiner)
{
    WEFT_BEGIN;
    CHECK_DIES((void)weft_strand_join_begin(&self->await, self->strand),
               "a strand joined by a task of its own");
    return 4;
    WEFT_END;
}

CASE(a_task_of_a_strand_does_not_join_it)
{
    weft_manual_t manual;
    weft_strand_t strand;
    struct self_joiner joiner = {.strand = &strand};

    weft_manual_init(&manual);
    weft_strand_init(&strand, &manual.executor);
    CHECK_EQ(weft_spawn(&strand.executor, self_joiner_task(&joiner)), 0);
    weft_manual_drain(&manual);
    CHECK_EQ(weft_task_result(&joiner.task), 4);
    weft_strand_stop(&strand);
    CHECK(weft_strand_drained(&strand));
}
