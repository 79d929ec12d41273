/* test_race_isr.c - interrupt priorities against each other, and other cores
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/levels.h"
#include "tests/support/pools.h"

enum { ROUNDS = 6 };

/* --- who runs inside whom */

/* Is inside of its run on its level; any below may be too, none above. */
static uint8_t inside[BENCH_LEVELS + 1];

static void enter(unsigned level)
{
    CHECK_EQ(weft_port_priority(), level);
    for (unsigned i = level; i <= BENCH_LEVELS; i++) {
        CHECK_EQ(inside[i], 0);
    }
    inside[level] = 1;
}

static void leave(unsigned level)
{
    for (unsigned i = level + 1; i <= BENCH_LEVELS; i++) {
        CHECK_EQ(inside[i], 0);
    }
    inside[level] = 0;
}

/* Takes a permit of its own level, gives one to another. */
struct pinger {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_semaphore_t *permits; /* one for each level */
    unsigned level;
    int left;
};
WEFT_TASK(pinger)
{
    WEFT_BEGIN;
    while (self->left-- > 0) {
        WEFT_AWAIT(weft_semaphore_acquire, &self->permits[self->level], 1);
        enter(self->level);
        weft_semaphore_release(
            &self->permits[(self->level + 1 + some(BENCH_LEVELS)) %
                           (BENCH_LEVELS + 1)],
            1);
        weft_hook_spin();
        leave(self->level);
        if (some(3) == 0) {
            WEFT_SLEEP(WEFT_US(1 + some(3)));
        }
    }
    return 0;
    WEFT_END;
}

static weft_semaphore_t permits[BENCH_LEVELS + 1];
static struct pinger pingers[BENCH_LEVELS + 1];

static void start_pingers(struct bench *bench)
{
    for (unsigned i = 0; i <= BENCH_LEVELS; i++) {
        inside[i] = 0;
        weft_semaphore_init(&permits[i], 0, WEFT_SEMAPHORE_MAX);
    }
    for (unsigned i = 0; i <= BENCH_LEVELS; i++) {
        pingers[i] =
            (struct pinger){.permits = permits, .level = i, .left = ROUNDS};
        CHECK_EQ(weft_spawn(bench_executor(bench, i), pinger_task(&pingers[i])),
                 0);
    }
}

static void end_pingers(struct bench *bench)
{
    for (unsigned i = 0; i <= BENCH_LEVELS; i++) {
        weft_semaphore_release(&permits[i], ROUNDS);
        CHECK_EQ(bench_join(bench, &pingers[i].task), 0);
    }
}

static void give_any(void *ctx)
{
    (void)ctx;
    weft_semaphore_release(&permits[some(BENCH_LEVELS + 1)], 1);
}

/* From another core. */
static void give_some(void *ctx)
{
    for (int i = 0; i < ROUNDS; i++) {
        give_any(ctx);
    }
}

CASE_LEVELS(another_core_wakes_tasks_of_all_levels_and_they_nest, 3)
{
    struct bench *bench = bench_start(3);
    weft_port_thread_t thread;

    start_pingers(bench);
    thread_start(&thread, give_some, NULL);
    end_pingers(bench);
    weft_port_thread_join(&thread);
    bench_stop(bench);
}

#if TEST_IN_SIM
#define WHY "interrupts at random moments are the simulator's"

CASE_SIM_ONLY(interrupts_of_all_priorities_wake_tasks_of_all_levels, WHY)
{
    struct bench *bench = bench_start(3);
    weft_sim_interrupt_t interrupts[WEFT_SIM_LEVELS + 1];

    start_pingers(bench);
    for (unsigned i = 0; i <= WEFT_SIM_LEVELS; i++) {
        interrupts[i] = (weft_sim_interrupt_t){
            .handler = give_any, .priority = i, .times = 3, .one_in = 50};
        weft_sim_interrupt_attach(&interrupts[i]);
    }
    end_pingers(bench);
    for (unsigned i = 0; i <= WEFT_SIM_LEVELS; i++) {
        weft_sim_interrupt_remove(&interrupts[i]);
    }
    bench_stop(bench);
}

/* --- an interrupt of its own priority has its turn */

struct greedy {
    weft_task_t task;
    weft_sim_interrupt_t interrupt;
    int left;
    int left_then;
};

static void has_come(void *ctx)
{
    struct greedy *greedy = ctx;

    greedy->left_then = greedy->left;
}

WEFT_TASK(greedy)
{
    WEFT_BEGIN;
    weft_sim_interrupt_raise(&self->interrupt);
    CHECK_EQ(self->left_then, 0);
    while (self->left-- > 0) {
        WEFT_YIELD();
    }
    return 0;
    WEFT_END;
}

CASE_SIM_ONLY(an_interrupt_of_the_same_priority_gets_in_between_two_turns, WHY)
{
    struct bench *bench = bench_start(1);
    struct greedy greedy = {
        .interrupt = {.handler = has_come, .ctx = &greedy, .priority = 1},
        .left = 50 * WEFT_LOOP_BATCH};

    weft_sim_interrupt_attach(&greedy.interrupt);
    CHECK_EQ(weft_spawn(bench_executor(bench, 1), greedy_task(&greedy)), 0);
    CHECK_EQ(bench_join(bench, &greedy.task), 0);
    CHECK(greedy.left_then > 0);
    weft_sim_interrupt_remove(&greedy.interrupt);
    bench_stop(bench);
}

/* --- an alarm and a wake */

static void set(void *ctx)
{
    weft_event_set(ctx);
}

CASE_SIM_ONLY(an_alarm_and_a_wake_of_one_moment_end_the_wait_once, WHY)
{
    struct bench *bench = bench_start(2);
    weft_event_t event = WEFT_EVENT_INIT_AUTO;
    weft_sim_interrupt_t interrupt = {
        .handler = set, .ctx = &event, .priority = (unsigned)some(4)};

    weft_sim_interrupt_attach(&interrupt);
    for (int i = 0; i < 3; i++) {
        uint64_t due_us = weft_deadline(WEFT_US(20));
        struct waiter waiter = {.event = &event, .deadline_us = due_us};
        int rc;

        interrupt.at_us = due_us - 1 + some(3);
        CHECK_EQ(weft_spawn(bench_executor(bench, 1 + (unsigned)some(2)),
                            waiter_task(&waiter)),
                 0);
        rc = bench_join(bench, &waiter.task);
        CHECK(rc == 0 || (rc == WEFT_ERR_TIMEOUT && weft_now_us() >= due_us));
        bench_pause(bench, WEFT_US(30));
        CHECK_EQ(weft_event_try_wait(&event),
                 rc == 0 ? WEFT_ERR_EMPTY : WEFT_OK);
    }
    weft_sim_interrupt_remove(&interrupt);
    bench_stop(bench);
}

/* --- a stop */

struct stopping {
    weft_isr_t *isr;
    weft_event_t stopped;
    unsigned stops;
    struct looker lookers[ROUNDS];
    unsigned started;
};

static void count_stop(void *ctx)
{
    struct stopping *stopping = ctx;

    stopping->stops++;
    weft_event_set(&stopping->stopped);
}

static void spawn_next(void *ctx)
{
    struct stopping *stopping = ctx;
    struct looker *looker = &stopping->lookers[stopping->started];
    int rc;

    looker->enough = 1;
    rc = weft_spawn(&stopping->isr->executor, looker_task(looker));
    CHECK(rc == 0 || rc == WEFT_ERR_STOPPED);
    if (rc == 0) {
        stopping->started++;
    }
}

CASE_SIM_ONLY(a_stop_lets_in_or_refuses_whatever_an_interrupt_spawns, WHY)
{
    weft_isr_t isr;
    weft_loop_t loop;
    struct stopping stopping = {.isr = &isr, .stopped = WEFT_EVENT_INIT};
    struct waiter waiter = {.event = &stopping.stopped};
    weft_isr_config_t config = {.priority = 1 + (unsigned)some(3),
                                .stopped = count_stop,
                                .stopped_ctx = &stopping};
    weft_sim_interrupt_t interrupt = {.handler = spawn_next,
                                      .ctx = &stopping,
                                      .priority = (unsigned)some(4),
                                      .times = ROUNDS};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_isr_init(&isr, &config), 0);
    weft_sim_interrupt_attach(&interrupt);
    weft_hook_spin();
    weft_isr_stop(&isr);
    CHECK_EQ(weft_loop_run_task(&loop, waiter_task(&waiter)), 0);
    weft_sim_interrupt_remove(&interrupt);
    CHECK(weft_isr_stopped(&isr));
    CHECK_EQ(stopping.stops, 1);
    for (unsigned i = 0; i < stopping.started; i++) {
        CHECK_EQ(weft_task_result(&stopping.lookers[i].task), 5);
    }
    weft_isr_deinit(&isr);
    weft_loop_deinit(&loop);
}
#endif

/* --- who has pushed the last wake may be late with its pend */

struct late {
    weft_port_thread_t thread;
    struct looker looker;
};

static void wake_it(void *ctx)
{
    struct late *late = ctx;

    weft_atomic_store_release_u8(&late->looker.enough, 1);
    weft_task_wake(&late->looker.task);
}

/* The level is pended from here too, as its alarm would: so a turn may end the
 * task before its waker has pended anything. */
static void drop_under_a_wake(void)
{
    weft_isr_t *isr = frame_new(sizeof(*isr));
    weft_isr_config_t config = {.priority = 1};
    struct late late = {.looker = {.looks = 0}};

    CHECK_EQ(weft_isr_init(isr, &config), 0);
    CHECK_EQ(weft_spawn(&isr->executor, looker_task(&late.looker)), 0);
    weft_isr_stop(isr);
    thread_start(&late.thread, wake_it, &late);
    while (!weft_isr_stopped(isr)) {
        weft_port_level_pend(isr->level.pend);
        weft_hook_spin();
    }
    weft_isr_deinit(isr);
    frame_drop(isr, sizeof(*isr));
    CHECK_EQ(weft_task_result(&late.looker.task), 5);
    weft_port_thread_join(&late.thread);
}

CASE_LEVELS(an_executor_may_go_while_a_wake_on_another_core_returns, 1)
{
    for (int i = 0; i < ROUNDS; i++) {
        drop_under_a_wake();
    }
}

/* --- priorities of two cores */

/* At task level of another core: its executor begins, or ends. */
struct visitor {
    weft_task_t task;
    weft_isr_t *isr;
    weft_event_t *stopped;
};
WEFT_TASK(visitor)
{
    WEFT_BEGIN;
    if (self->stopped != NULL) {
        weft_isr_config_t config = {.priority = 1,
                                    .stopped = bench__stopped,
                                    .stopped_ctx = self->stopped};
        return weft_isr_init(self->isr, &config);
    }
    weft_isr_deinit(self->isr);
    WEFT_END;
}

/* Spawns on the other core's executor, and joins. */
struct parent {
    weft_task_t task;
    weft_await_t await;
    weft_executor_t *executor;
    struct looker child;
    int left;
};
WEFT_TASK(parent)
{
    WEFT_BEGIN;
    while (self->left-- > 0) {
        self->child = (struct looker){.enough = 1};
        CHECK_EQ(weft_spawn(self->executor, looker_task(&self->child)), 0);
        WEFT_AWAIT(weft_task_join, &self->child.task);
    }
    return 0;
    WEFT_END;
}

static void visit(struct core *core, struct visitor *visitor)
{
    CHECK_EQ(weft_spawn(&core->loop.executor, visitor_task(visitor)), 0);
    spin_until_finished(&visitor->task);
    CHECK_EQ(weft_task_result(&visitor->task), 0);
}

CASE_LEVELS(each_core_has_priorities_of_its_own, 1)
{
    static struct core core;
    static weft_isr_t there;
    struct bench *bench;
    weft_event_t stopped = WEFT_EVENT_INIT;
    struct visitor visitor = {.isr = &there, .stopped = &stopped};
    struct parent parents[2] = {{.executor = &there.executor, .left = ROUNDS},
                                {.left = ROUNDS}};

    if (weft_port_core_count() < 2) {
        SKIP("needs more than 1 cores");
    }
    bench = bench_start(1);
    parents[1].executor = bench_executor(bench, 1);
    core_start(&core);
    visit(&core, &visitor);
    CHECK_EQ(weft_spawn(bench_executor(bench, 1), parent_task(&parents[0])), 0);
    CHECK_EQ(weft_spawn(&there.executor, parent_task(&parents[1])), 0);
    CHECK_EQ(bench_join(bench, &parents[0].task), 0);
    CHECK_EQ(bench_join(bench, &parents[1].task), 0);
    weft_isr_stop(&there);
    bench_wait(bench, &stopped);
    visitor = (struct visitor){.isr = &there};
    visit(&core, &visitor);
    core_stop(&core);
    bench_stop(bench);
}

/* --- above a worker of a pool */

/* A job that submits another, each of which counts. */
enum { CHAINS = 5 };

struct chain {
    weft_runnable_t runnable;
    weft_executor_t *executor;
    int left;
};

static uintptr_t chained;
static weft_event_t all_chained;

static int go_on(weft_runnable_t *runnable)
{
    struct chain *chain = WEFT_CONTAINER_OF(runnable, struct chain, runnable);

    if (weft_atomic_fetch_add_acq_rel_word(&chained, 1) ==
        CHAINS * ROUNDS - 1) {
        weft_event_set(&all_chained);
    }
    if (--chain->left > 0) {
        CHECK_EQ(weft_submit(chain->executor, runnable, WEFT_HINT_DEFAULT), 0);
    }
    return 0;
}

/* On the worker's own core, so it is the worker that is preempted. */
struct above {
    weft_isr_t isr;
    weft_event_t there;
    weft_event_t stopped;
    weft_event_t gone;
    weft_runnable_t begin;
    weft_runnable_t end;
};

static int begin(weft_runnable_t *runnable)
{
    struct above *above = WEFT_CONTAINER_OF(runnable, struct above, begin);
    weft_isr_config_t config = {.priority = 1,
                                .stopped = bench__stopped,
                                .stopped_ctx = &above->stopped};

    CHECK_EQ(weft_isr_init(&above->isr, &config), 0);
    weft_event_set(&above->there);
    return 0;
}

static int end(weft_runnable_t *runnable)
{
    struct above *above = WEFT_CONTAINER_OF(runnable, struct above, end);

    weft_isr_deinit(&above->isr);
    weft_event_set(&above->gone);
    return 0;
}

struct feeder {
    weft_task_t task;
    struct chain chain;
};
WEFT_TASK(feeder)
{
    WEFT_BEGIN;
    CHECK_EQ(weft_submit(self->chain.executor, &self->chain.runnable,
                         WEFT_HINT_DEFAULT),
             0);
    return 0;
    WEFT_END;
}

static void chain_init(struct chain *chain, struct pool *pool)
{
    *chain = (struct chain){.runnable = {.run = go_on},
                            .executor = &pool->pool.executor,
                            .left = ROUNDS};
}

CASE_LEVELS(a_task_that_preempts_a_worker_submits_to_its_pool, 1)
{
    static struct above above;
    struct pool *pool = pool_open(1);
    struct chain below[2];
    struct feeder feeders[CHAINS - 2];

    chained = 0;
    weft_event_init(&all_chained, false);
    above = (struct above){.there = WEFT_EVENT_INIT,
                           .stopped = WEFT_EVENT_INIT,
                           .gone = WEFT_EVENT_INIT,
                           .begin = {.run = begin},
                           .end = {.run = end}};
    CHECK_EQ(weft_submit(&pool->pool.executor, &above.begin, WEFT_HINT_DEFAULT),
             0);
    CHECK_EQ(weft_event_wait(&above.there), 0);
    for (int i = 0; i < 2; i++) {
        chain_init(&below[i], pool);
        CHECK_EQ(weft_submit(&pool->pool.executor, &below[i].runnable,
                             WEFT_HINT_DEFAULT),
                 0);
    }
    for (int i = 0; i < CHAINS - 2; i++) {
        feeders[i] = (struct feeder){0};
        chain_init(&feeders[i].chain, pool);
        CHECK_EQ(weft_spawn(&above.isr.executor, feeder_task(&feeders[i])), 0);
    }
    weft_isr_stop(&above.isr);
    CHECK_EQ(weft_event_wait(&above.stopped), 0);
    CHECK_EQ(weft_submit(&pool->pool.executor, &above.end, WEFT_HINT_DEFAULT),
             0);
    CHECK_EQ(weft_event_wait(&above.gone), 0);
    CHECK_EQ(weft_event_wait(&all_chained), 0);
    weft_thread_leave();
    pool_end(pool);
    CHECK_EQ(chained, CHAINS * ROUNDS);
}
