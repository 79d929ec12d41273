/* test_fiber_life.c - fibers: what they are asked, stacks, moves, misuse
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/backtrace.h"
#include "tests/support/fibers.h"
#include "tests/support/frames.h"
#include "tests/support/stacks.h"
#include "tests/support/handler.h"

enum { SMALL = 12000 };

static weft_loop_t loop;

/* Each case is a process of its own or begins with a loop of its own. */
static void loop_begin(void)
{
    loop = (weft_loop_t){.stop_limit_us = 0};
    weft_loop_init(&loop, NULL);
}

static void loop_end(void)
{
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    weft_loop_deinit(&loop);
}

/* --- what others ask */

static int asks_itself(void *ctx)
{
    weft_fiber_t *self = weft_fiber_current();

    CHECK(self == ctx);
    CHECK_EQ(weft_fiber_state(self), WEFT_FIBER_RUNNING);
    CHECK_STR_EQ(weft_fiber_name(self), "asked");
    CHECK_EQ(weft_yield(), 0);
    CHECK(weft_fiber_current() == ctx);
    return -7000;
}

CASE(a_fiber_tells_its_name_state_and_result)
{
    weft_fiber_t *fiber = fiber_new("asked");
    weft_fiber_t *nameless = fiber_new(NULL);

    loop_begin();
    CHECK(weft_fiber_current() == NULL);
    CHECK_STR_EQ(weft_fiber_name(nameless), "");
    CHECK_EQ(weft_fiber_state(fiber), WEFT_FIBER_IDLE);
    CHECK(!weft_fiber_finished(fiber));
    CHECK_DIES(weft_fiber_result(fiber),
               "the result of a task that has not finished");
    /* A second time it starts from its begin. */
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(weft_go(&loop.executor, fiber, asks_itself, fiber), 0);
        CHECK_EQ(weft_fiber_state(fiber), WEFT_FIBER_LIVE);
        CHECK_EQ(weft_go(&loop.executor, fiber, asks_itself, fiber),
                 WEFT_ERR_BUSY);
        (void)weft_loop_step(&loop);
        CHECK_EQ(weft_fiber_state(fiber), WEFT_FIBER_FINISHED);
        CHECK(weft_fiber_finished(fiber));
        CHECK_EQ(weft_fiber_result(fiber), -7000);
        CHECK_STR_EQ(weft_fiber_name(fiber), "asked");
    }
    CHECK(weft_fiber_current() == NULL);
    loop_end();
    fiber_drop(fiber);
    fiber_drop(nameless);
}

/* --- a backtrace */

static int walks_up(void *ctx)
{
    int before = frames_above();

    CHECK_EQ(weft_yield(), 0);
    CHECK_EQ(frames_above(), before);
    CHECK_EQ(weft_sleep(*(const uint64_t *)ctx), 0);
    CHECK_EQ(frames_above(), before);
    return before;
}

CASE(a_backtrace_ends_where_the_fiber_begins)
{
    uint64_t sleep_us = 1;

    if (!CAN_WALK_UP) {
        SKIP("no tables to walk up by");
    }
    /* frames_above, walks_up, body, enter, weft__context_enter; or fewer,
       where a compiler has joined them. */
    int frames = in_a_fiber(walks_up, &sleep_us);

    CHECK(frames >= 3 && frames <= 5);
}

/* --- pooled stacks */

static int waits_for(void *event)
{
    return weft_event_wait(event);
}

CASE(a_fiber_ends_with_an_error_when_its_pool_has_no_stack)
{
    static char memory[2 * FIBER_STACK];
    weft_stack_config_t config = {.size = FIBER_STACK,
                                  .count_max = 1,
                                  .memory = memory,
                                  .memory_size = sizeof(memory)};
    weft_event_t event = WEFT_EVENT_INIT;
    weft_stack_pool_t stacks;
    weft_fiber_t first;
    weft_fiber_t second;

    loop_begin();
    weft_stack_pool_init(&stacks, &config);
    weft_fiber_init_pooled(&first, "first", &stacks);
    weft_fiber_init_pooled(&second, "second", &stacks);
    CHECK_EQ(weft_go(&loop.executor, &first, waits_for, &event), 0);
    CHECK_EQ(weft_go(&loop.executor, &second, waits_for, &event), 0);
    CHECK_EQ(weft_stack_pool_in_use(&stacks), 0);
    (void)weft_loop_step(&loop);
    CHECK_EQ(weft_fiber_state(&first), WEFT_FIBER_LIVE);
    CHECK_EQ(weft_fiber_result(&second), WEFT_ERR_MEMORY);
    CHECK_EQ(weft_stack_pool_in_use(&stacks), 1);
    weft_fiber_cancel(&first);
    (void)weft_loop_step(&loop);
    CHECK_EQ(weft_fiber_result(&first), WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_stack_pool_in_use(&stacks), 0);
    /* Then there is one for the other. */
    weft_event_set(&event);
    CHECK_EQ(weft_go(&loop.executor, &second, waits_for, &event), 0);
    (void)weft_loop_step(&loop);
    CHECK_EQ(weft_fiber_result(&second), 0);
    CHECK_EQ(weft_stack_pool_in_use(&stacks), 0);
    loop_end();
    weft_stack_pool_deinit(&stacks);
}

/* --- overflow, named by the fiber */

struct greedy {
    long offset; /* from the lowest byte of its stack */
    bool parks;  /* and does not end */
};

static int writes_below(void *ctx)
{
    const struct greedy *greedy = ctx;
    weft_event_t never = WEFT_EVENT_INIT;
    volatile char *low = weft_fiber_current()->coroutine.stack;

    low[greedy->offset] = 0;
    return greedy->parks ? weft_event_wait(&never) : 0;
}

static void overflow(const weft_stack_config_t *config, struct greedy greedy)
{
    weft_stack_pool_t stacks;
    weft_fiber_t fiber;

    loop_begin();
    weft_stack_pool_init(&stacks, config);
    weft_fiber_init_pooled(&fiber, "greedy", &stacks);
    CHECK_EQ(weft_go(&loop.executor, &fiber, writes_below, &greedy), 0);
    (void)weft_loop_step(&loop);
}

CASE_ALONE(a_fiber_that_overflows_is_named)
{
    static const char words[] = "stack overflow in fiber greedy";
    weft_stack_config_t guarded = {.size = 0};
    weft_stack_config_t packed = {.size = SMALL, .unguarded = true};
    weft_stack_config_t checked = {
        .size = SMALL, .unguarded = true, .checked = true};

    if (!slabs_are_there()) {
        SKIP(WHY_NO_SLABS);
    }
    CHECK_DIES(overflow(&guarded, (struct greedy){.offset = -5}), words);
    CHECK_DIES(overflow(&packed, (struct greedy){.offset = 3}), words);
    CHECK_DIES(overflow(&checked, (struct greedy){3, .parks = true}), words);
}

CASE_ALONE(a_fiber_that_overflows_in_the_callers_memory_is_named)
{
    static char memory[4 * SMALL];
    weft_stack_config_t given = {
        .size = SMALL, .memory = memory, .memory_size = sizeof(memory)};

    CHECK_DIES(overflow(&given, (struct greedy){3, .parks = true}),
               "stack overflow in fiber greedy");
}

/* --- a deadline in the past: what is there is taken, else TIMEOUT, at once */

static int has_late_deadlines(void *ctx)
{
    static const uint64_t past[] = {0, 1};
    weft_event_t event = WEFT_EVENT_INIT_AUTO;
    weft_fiber_t *other = ctx;
    uint64_t start_us = weft_now_us();

    for (int i = 0; i < 2; i++) {
        CHECK_EQ(weft_event_wait_until(&event, past[i]), WEFT_ERR_TIMEOUT);
        weft_event_set(&event);
        CHECK_EQ(weft_event_wait_until(&event, past[i]), 0);
        CHECK(!weft_event_is_set(&event));
        CHECK_EQ(weft_sleep_until(past[i]), 0);
        CHECK_EQ(weft_fiber_join_until(other, past[i]), WEFT_ERR_TIMEOUT);
    }
    CHECK_EQ(weft_sleep(0), 0);
    CHECK(weft_now_us() - start_us < WEFT_S(5));
    weft_fiber_cancel(other);
    CHECK_EQ(weft_fiber_join(other), WEFT_ERR_CANCELLED);
    CHECK_EQ(weft_fiber_join_until(other, 1), WEFT_ERR_CANCELLED);
    return 0;
}

CASE(a_deadline_in_the_past_takes_what_is_there_or_times_out)
{
    weft_event_t never = WEFT_EVENT_INIT;
    weft_fiber_t *other = fiber_new("other");
    struct core core;

    core_start(&core);
    CHECK_EQ(weft_go(&core.loop.executor, other, waits_for, &never), 0);
    CHECK_EQ(in_a_fiber(has_late_deadlines, other), 0);
    CHECK_EQ(weft_go(&core.loop.executor, other, waits_for, &never), 0);
    CHECK_EQ(has_late_deadlines(other), 0);
    core_stop(&core);
    fiber_drop(other);
    weft_thread_leave();
}

/* --- switch_to */

static int goes_where_it_cannot(void *ctx)
{
    weft_loop_t *closed = ctx;

    CHECK_EQ(weft_switch_to(&closed->executor), WEFT_ERR_STOPPED);
    CHECK(weft_loop_current() == &loop);
    CHECK_EQ(weft_switch_to(&loop.executor), 0);
    CHECK(weft_loop_current() == &loop);
    weft_fiber_cancel(weft_fiber_current());
    CHECK_EQ(weft_switch_to(&loop.executor), WEFT_ERR_CANCELLED);
    return 3;
}

CASE(a_fiber_that_cannot_go_on_elsewhere_stays)
{
    weft_fiber_t *fiber = fiber_new("stays");
    weft_loop_t closed;

    loop_begin();
    weft_loop_init(&closed, NULL);
    weft_loop_stop(&closed);
    CHECK_EQ(weft_loop_run_task(
                 &loop, weft_fiber_task(fiber, goes_where_it_cannot, &closed)),
             3);
    CHECK_EQ(weft_loop_run(&closed), 0);
    weft_loop_deinit(&closed);
    loop_end();
    fiber_drop(fiber);
}

static int goes_with_a_scope_open(void *ctx)
{
    weft_loop_t *to = ctx;
    weft_scope_t scope;

    weft_scope_open(&scope, WEFT_SCOPE_FAIL_FAST, WEFT_FOREVER);
    return weft_switch_to(&to->executor);
}

static int goes_to_no_home(void *ctx)
{
    return weft_switch_to(ctx);
}

CASE(a_fiber_that_must_not_go_on_elsewhere_is_an_assertion)
{
    weft_executor_t *none = weft_inline_executor();
    weft_fiber_t *fiber = fiber_new("goes");
    weft_loop_t to;

    loop_begin();
    weft_loop_init(&to, NULL);
    CHECK_DIES(weft_loop_run_task(
                   &loop, weft_fiber_task(fiber, goes_with_a_scope_open, &to)),
               "weft_switch_to with a scope open");
    CHECK_DIES(weft_loop_run_task(
                   &loop, weft_fiber_task(fiber, goes_to_no_home, none)),
               "a task on an executor that runs none");
    loop_end();
    weft_loop_deinit(&to);
    fiber_drop(fiber);
}

/* --- other misuse */

static int gives_pending(void *ctx)
{
    (void)ctx;
    return WEFT_PENDING;
}

CASE(misuse_of_a_fiber_is_an_assertion)
{
    weft_event_t never = WEFT_EVENT_INIT;
    weft_fiber_t *fiber = fiber_new("misused");
    weft_fiber_t blank;

    loop_begin();
    memset((void *)&blank, 0, sizeof(blank));
    CHECK_DIES(weft_fiber_task(&blank, waits_for, &never),
               "a fiber that weft_fiber_init() has not made");
    CHECK_DIES(weft_fiber_init_pooled(&blank, "none", NULL),
               "a fiber without a pool of stacks");
    CHECK_DIES(
        weft_loop_run_task(&loop, weft_fiber_task(fiber, gives_pending, NULL)),
        "a fiber's result is WEFT_PENDING");
    CHECK_EQ(weft_go(&loop.executor, fiber, waits_for, &never), 0);
    CHECK_DIES(weft_fiber_task(fiber, waits_for, &never), "a fiber that lives");
    weft_fiber_cancel(fiber);
    loop_end();
    fiber_drop(fiber);
}

/* What blocks, called where nothing can. */
static void block(int which)
{
    static weft_fiber_t other;
    weft_event_t event = WEFT_EVENT_INIT;

    switch (which) {
    case 0: (void)weft_event_wait(&event); break;
    case 1:
        (void)weft_event_wait_until(&event, weft_deadline(WEFT_S(9)));
        break;
    case 2: (void)weft_sleep(1); break;
    case 3: (void)weft_yield(); break;
    case 4: (void)weft_switch_to(&loop.executor); break;
    default: (void)weft_fiber_join(&other); break;
    }
}

struct blocker {
    weft_task_t task;
    int which;
};

WEFT_TASK(blocker)
{
    WEFT_BEGIN;
    block(self->which);
    WEFT_END;
}

static void block_in_a_task(int which)
{
    struct blocker blocker = {.which = which};
    weft_loop_t own;

    weft_loop_init(&own, NULL);
    (void)weft_loop_run_task(&own, blocker_task(&blocker));
}

CASE(a_blocking_call_in_a_stackless_task_is_an_assertion)
{
    loop_begin();
    for (int which = 0; which < 5; which++) {
        CHECK_DIES(block_in_a_task(which),
                   "a blocking call in a task: use WEFT_AWAIT");
    }
    loop_end();
}

static void block_here(void *ctx)
{
    block(*(const int *)ctx);
}

CASE_INTERRUPT(a_blocking_call_in_an_interrupt_is_an_assertion)
{
    loop_begin();
    for (int which = 0; which < 6; which++) {
        CHECK_DIES(handle(block_here, &which),
                   "a waiting call in an interrupt");
    }
    loop_end();
}
