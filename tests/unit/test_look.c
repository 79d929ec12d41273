/* test_look.c - what a watchdog sees of an executor
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/fibers.h"
#include "tests/support/levels.h"

/* Looks at the loop, from inside of a task. */
struct looking {
    weft_task_t task;
    weft_loop_t *loop;
    weft_look_t look;
};
WEFT_TASK(looking)
{
    WEFT_BEGIN;
    self->look = weft_loop_look(self->loop);
    return 0;
    WEFT_END;
}

CASE(a_look_names_who_runs_and_tells_one_run_from_the_next)
{
    weft_loop_t loop;
    struct looking looking[2] = {{.loop = &loop}, {.loop = &loop}};
    weft_look_t idle;

    weft_loop_init(&loop, NULL);
    idle = weft_loop_look(&loop);
    CHECK(!idle.busy && idle.waiter == NULL);
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(weft_loop_run_task(&loop, looking_task(&looking[i])), 0);
        CHECK(looking[i].look.busy);
        CHECK(looking[i].look.waiter == &looking[i].task.waiter);
        CHECK(weft_look_same(looking[i].look, looking[i].look));
    }
    CHECK(!weft_look_same(looking[0].look, looking[1].look));
    idle = weft_loop_look(&loop);
    CHECK(!idle.busy && !weft_look_same(idle, idle));
    weft_loop_deinit(&loop);
}

CASE(a_loop_that_is_stepped_is_idle_between_its_steps)
{
    weft_loop_t loop;
    struct looking looking = {.loop = &loop};

    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_spawn(&loop.executor, looking_task(&looking)), 0);
    CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
    CHECK(looking.look.busy);
    CHECK(looking.look.waiter == &looking.task.waiter);
    CHECK(!weft_loop_look(&loop).busy);
    weft_loop_deinit(&loop);
}

/* --- the watchdog of a board */

#if TEST_IN_SIM
#define WHY "the watchdog's interrupt is the simulator's"

struct watchdog {
    weft_sim_interrupt_t interrupt;
    weft_loop_t *loop;
    const weft_isr_t *isr;
    weft_look_t last;
    uint64_t period_us;
    unsigned looks;
    const weft_waiter_t *stuck;
};

static void bark(void *ctx)
{
    struct watchdog *dog = ctx;
    weft_look_t look =
        dog->isr != NULL ? weft_isr_look(dog->isr) : weft_loop_look(dog->loop);

    if (dog->looks++ > 0 && weft_look_same(dog->last, look) &&
        dog->stuck == NULL) {
        dog->stuck = look.waiter;
    }
    dog->last = look;
    dog->interrupt.at_us = weft_deadline(dog->period_us);
}

static void watch(struct watchdog *dog)
{
    dog->interrupt = (weft_sim_interrupt_t){
        .handler = bark, .ctx = dog, .at_us = weft_deadline(dog->period_us)};
    weft_sim_interrupt_attach(&dog->interrupt);
}

/* Works for a while without yielding, after a while in which it does. */
static int never_yields(void *ctx)
{
    struct watchdog *dog = ctx;

    for (int i = 0; i < 50; i++) {
        weft_sim_spend(dog->period_us / 20);
        CHECK_EQ(weft_yield(), 0);
    }
    CHECK_EQ(weft_sleep(5 * dog->period_us), 0);
    CHECK(dog->stuck == NULL);
    CHECK(dog->looks > 5);
    weft_sim_spend(3 * dog->period_us);
    return 1;
}

CASE_SIM_ONLY(a_task_that_never_yields_is_named_by_the_watchdogs_interrupt, WHY)
{
    weft_loop_t loop;
    weft_fiber_t *fiber = fiber_new("greedy");
    struct watchdog dog = {.loop = &loop, .period_us = WEFT_MS(100)};

    weft_loop_init(&loop, NULL);
    watch(&dog);
    CHECK_EQ(
        weft_loop_run_task(&loop, weft_fiber_task(fiber, never_yields, &dog)),
        1);
    CHECK(dog.stuck == &weft__fiber_as_task(fiber)->waiter);
    CHECK_STR_EQ(weft_fiber_name(weft_fiber_of(dog.stuck)), "greedy");
    weft_sim_interrupt_remove(&dog.interrupt);
    weft_loop_deinit(&loop);
    fiber_drop(fiber);
}

CASE_SIM_ONLY(a_task_of_a_priority_that_never_yields_is_named, WHY)
{
    struct bench *bench = bench_start(1);
    weft_fiber_t *fiber = fiber_new("greedy");
    struct watchdog dog = {.isr = &bench->isr[0], .period_us = WEFT_MS(100)};

    watch(&dog);
    CHECK_EQ(weft_go(bench_executor(bench, 1), fiber, never_yields, &dog), 0);
    CHECK_EQ(bench_join(bench, weft__fiber_as_task(fiber)), 1);
    CHECK(weft_fiber_of(dog.stuck) == fiber);
    weft_sim_interrupt_remove(&dog.interrupt);
    bench_stop(bench);
    fiber_drop(fiber);
}

/* Yields, but leaves nothing to those below it. */
static int storms(void *ctx)
{
    struct watchdog *dog = ctx;

    while (dog->stuck == NULL) {
        weft_sim_spend(dog->period_us / 20);
        CHECK_EQ(weft_yield(), 0);
    }
    return 6;
}

/* At task level, in a run that the storm interrupts. */
struct starter {
    weft_task_t task;
    weft_await_t await;
    weft_executor_t *executor;
    weft_task_t *task_to_spawn;
};
WEFT_TASK(starter)
{
    int rc;
    WEFT_BEGIN;
    CHECK_EQ(weft_spawn(self->executor, self->task_to_spawn), 0);
    WEFT_AWAIT_RC(rc, weft_task_join, self->task_to_spawn);
    return rc;
    WEFT_END;
}

CASE_SIM_ONLY(a_priority_that_starves_the_loop_is_named, WHY)
{
    struct bench *bench = bench_start(1);
    weft_fiber_t *fiber = fiber_new("storm");
    struct starter storm = {.executor = NULL};
    struct watchdog dog = {.loop = &bench->loop, .period_us = WEFT_MS(100)};

    watch(&dog);
    storm.executor = bench_executor(bench, 1);
    storm.task_to_spawn = weft_fiber_task(fiber, storms, &dog);
    CHECK_EQ(weft_loop_run_task(&bench->loop, starter_task(&storm)), 6);
    CHECK(weft_fiber_of(dog.stuck) == fiber);
    weft_sim_interrupt_remove(&dog.interrupt);
    bench_stop(bench);
    fiber_drop(fiber);
}

/* Another core looks. */
static void look_from_there(void *ctx)
{
    struct watchdog *dog = ctx;

    while (dog->stuck == NULL) {
        weft_sim_sleep_until(weft_now_us() + dog->period_us);
        bark(dog);
    }
}

static int works_on(void *ctx)
{
    struct watchdog *dog = ctx;

    while (dog->stuck == NULL) {
        weft_sim_spend(WEFT_MS(1));
    }
    return 2;
}

CASE_SIM_ONLY(another_core_names_it_too, WHY)
{
    weft_loop_t loop;
    weft_port_thread_t thread;
    weft_fiber_t *fiber = fiber_new("greedy");
    struct watchdog dog = {.loop = &loop, .period_us = WEFT_MS(100)};

    weft_loop_init(&loop, NULL);
    thread_start(&thread, look_from_there, &dog);
    CHECK_EQ(weft_loop_run_task(&loop, weft_fiber_task(fiber, works_on, &dog)),
             2);
    weft_port_thread_join(&thread);
    CHECK(weft_fiber_of(dog.stuck) == fiber);
    weft_loop_deinit(&loop);
    fiber_drop(fiber);
}
#endif
