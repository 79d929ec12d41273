/* test_fiber.c - fibers: run, wait, join, cancel, sleep, move; on loops
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/cores.h"
#include "weft/weft.h"

enum { STACK = TEST_STACK };

struct fibers {
    weft_loop_t loop;
    weft_fiber_t fiber[3];
    char *stack[3];
    weft_event_t event;
    int steps;
};

static void fibers_init(struct fibers *f)
{
    weft_loop_init(&f->loop, NULL);
    weft_event_init(&f->event, true);
    f->steps = 0;
    for (int i = 0; i < 3; i++) {
        f->stack[i] = frame_new(STACK);
        weft_fiber_init(&f->fiber[i], "test", f->stack[i], STACK);
    }
}

static void fibers_deinit(struct fibers *f)
{
    weft_loop_stop(&f->loop);
    CHECK_EQ(weft_loop_run(&f->loop), 0);
    weft_loop_deinit(&f->loop);
    for (int i = 0; i < 3; i++) {
        frame_drop(f->stack[i], STACK);
    }
}

static int returns_seven(void *ctx)
{
    (void)ctx;
    return 7;
}

CASE(a_fiber_runs_and_gives_its_result)
{
    struct fibers f;

    fibers_init(&f);
    CHECK_EQ(weft_fiber_state(&f.fiber[0]), WEFT_FIBER_IDLE);
    CHECK_EQ(weft_go(&f.loop.executor, &f.fiber[0], returns_seven, NULL), 0);
    CHECK_EQ(weft_fiber_state(&f.fiber[0]), WEFT_FIBER_LIVE);
    CHECK_EQ(weft_go(&f.loop.executor, &f.fiber[0], returns_seven, NULL),
             WEFT_ERR_BUSY);
    weft_loop_step(&f.loop);
    CHECK_EQ(weft_fiber_state(&f.fiber[0]), WEFT_FIBER_FINISHED);
    CHECK_EQ(weft_fiber_result(&f.fiber[0]), 7);
    CHECK_STR_EQ(weft_fiber_name(&f.fiber[0]), "test");
    fibers_deinit(&f);
}

static int takes_three(void *ctx)
{
    struct fibers *f = ctx;

    for (int i = 0; i < 3; i++) {
        CHECK_EQ(weft_event_wait(&f->event), 0);
        f->steps++;
    }
    return f->steps;
}

CASE(a_fiber_waits_for_events)
{
    struct fibers f;

    fibers_init(&f);
    weft_go(&f.loop.executor, &f.fiber[0], takes_three, &f);
    for (int i = 0; i < 3; i++) {
        weft_loop_step(&f.loop);
        CHECK_EQ(f.steps, i);
        weft_event_set(&f.event);
    }
    weft_loop_step(&f.loop);
    CHECK_EQ(weft_fiber_result(&f.fiber[0]), 3);
    fibers_deinit(&f);
}

static int joins_the_first(void *ctx)
{
    struct fibers *f = ctx;

    return weft_fiber_join(&f->fiber[0]) + 1;
}

CASE(a_fiber_joins_a_fiber)
{
    struct fibers f;

    fibers_init(&f);
    weft_go(&f.loop.executor, &f.fiber[1], joins_the_first, &f);
    weft_go(&f.loop.executor, &f.fiber[0], returns_seven, NULL);
    weft_loop_step(&f.loop);
    weft_loop_step(&f.loop);
    CHECK_EQ(weft_fiber_result(&f.fiber[1]), 8);
    weft_go(&f.loop.executor, &f.fiber[0], takes_three, &f);
    weft_loop_step(&f.loop);
    weft_go(&f.loop.executor, &f.fiber[1], joins_the_first, &f);
    for (int i = 0; i < 6; i++) {
        weft_event_set(&f.event);
        weft_loop_step(&f.loop);
    }
    CHECK_EQ(weft_fiber_result(&f.fiber[1]), 4);
    fibers_deinit(&f);
}

static int naps(void *ctx)
{
    struct fibers *f = ctx;
    uint64_t start = weft_now_us();
    int rc = weft_event_wait_until(&f->event, weft_deadline(WEFT_MS(5)));

    CHECK_EQ(rc, WEFT_ERR_TIMEOUT);
    CHECK_EQ(weft_sleep(WEFT_MS(5)), 0);
    CHECK(weft_now_us() - start >= WEFT_MS(10));
    CHECK_EQ(weft_yield(), 0);
    f->steps = 1;
    return weft_sleep(WEFT_S(1000));
}

CASE(a_fiber_sleeps_times_out_and_is_cancelled)
{
    struct fibers f;
    weft_fiber_t *fiber = &f.fiber[0];
    uint64_t next;

    fibers_init(&f);
    weft_go(&f.loop.executor, fiber, naps, &f);
    for (next = 0; f.steps == 0; next = weft_loop_step(&f.loop)) {
        stand_until(next);
    }
    weft_fiber_cancel(fiber);
    weft_loop_step(&f.loop);
    CHECK_EQ(weft_fiber_result(fiber), WEFT_ERR_CANCELLED);
    fibers_deinit(&f);
}

static int moves(void *ctx)
{
    struct core *core = ctx;
    weft_loop_t *from = weft_loop_current();

    for (int i = 0; i < 10; i++) {
        CHECK_EQ(weft_switch_to(&core->loop.executor), 0);
        CHECK(weft_loop_current() == &core->loop);
        CHECK_EQ(weft_yield(), 0);
        CHECK_EQ(weft_switch_to(&from->executor), 0);
        CHECK(weft_loop_current() == from);
    }
    return 0;
}

CASE(a_fiber_moves_between_loops)
{
    struct fibers f;
    struct core core;

    fibers_init(&f);
    core_start(&core);
    CHECK_EQ(
        weft_loop_run_task(&f.loop, weft_fiber_task(&f.fiber[0], moves, &core)),
        0);
    core_stop(&core);
    fibers_deinit(&f);
}

struct ping {
    weft_event_t ping, pong;
    int rounds;
};

static int pings(void *ctx)
{
    struct ping *ping = ctx;

    for (int i = 0; i < ping->rounds; i++) {
        weft_event_set(&ping->ping);
        CHECK_EQ(weft_event_wait(&ping->pong), 0);
    }
    return 0;
}

static void thread_pongs(void *ctx)
{
    struct ping *ping = ctx;

    for (int i = 0; i < ping->rounds; i++) {
        CHECK_EQ(weft_event_wait(&ping->ping), 0);
        weft_event_set(&ping->pong);
    }
}

CASE(a_fiber_and_a_thread_wait_for_each_other)
{
    struct fibers f;
    struct ping ping = {.rounds = TEST_IN_SIM ? 5 : 200};
    weft_port_thread_t thread;

    weft_event_init(&ping.ping, true);
    weft_event_init(&ping.pong, true);
    fibers_init(&f);
    thread_start(&thread, thread_pongs, &ping);
    CHECK_EQ(
        weft_loop_run_task(&f.loop, weft_fiber_task(&f.fiber[0], pings, &ping)),
        0);
    weft_port_thread_join(&thread);
    fibers_deinit(&f);
}

CASE(a_fiber_with_too_small_a_stack_is_an_assertion)
{
    static weft_fiber_t fiber;
    static char stack[WEFT_COROUTINE_STACK_MIN];

    CHECK_DIES(weft_fiber_init(&fiber, "small", stack, 1023),
               "a fiber's stack is too small");
}

static int blocks_in_a_task(weft_runnable_t *runnable)
{
    weft_event_t event = WEFT_EVENT_INIT;

    (void)runnable;
    return weft_event_wait(&event);
}

CASE(a_blocking_call_in_a_task_is_an_assertion)
{
    static weft_loop_t loop;
    static weft_task_t task;

    weft_loop_init(&loop, NULL);
    task.waiter.runnable.run = blocks_in_a_task;
    CHECK_DIES(weft_loop_run_task(&loop, &task),
               "a blocking call in a task: use WEFT_AWAIT");
}
