/* test_fiber_stack.c - fibers on memory of their own: canary, high water
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/fibers.h"

enum {
    STACK = SCALED(16 * 1024, 1536),
    MUCH = SCALED(8000, 600),
};

static const char no_canary[] = "WEFT_STACK_CANARY is 0";
static weft_loop_t loop;
static _Alignas(16) char memory[STACK];

/* On a stack of so many bytes from there; steps once. */
static int run(weft_fiber_t *fiber, weft_fiber_fn *fn, void *ctx)
{
    int rc = weft_go(&loop.executor, fiber, fn, ctx);

    (void)weft_loop_step(&loop);
    return rc;
}

static void begin(void)
{
    loop = (weft_loop_t){.stop_limit_us = 0};
    weft_loop_init(&loop, NULL);
}

static void end(void)
{
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    weft_loop_deinit(&loop);
}

/* --- overflow ------------------------------------------------------------ */

struct greedy {
    size_t misplaced; /* its stack begins so many bytes off a boundary */
    size_t offset;    /* what it writes to, from there */
    bool parks;       /* and does not end */
    bool yields;
};

static int writes_low(void *ctx)
{
    const struct greedy *greedy = ctx;
    weft_event_t never = WEFT_EVENT_INIT;

    memory[greedy->misplaced + greedy->offset] = 0;
    if (greedy->yields) {
        CHECK_EQ(weft_yield(), 0);
    }
    return greedy->parks ? weft_event_wait(&never) : 0;
}

static void overflow(struct greedy greedy)
{
    static weft_fiber_t fiber;

    begin();
    weft_fiber_init(&fiber, "greedy", memory + greedy.misplaced,
                    sizeof(memory) - greedy.misplaced);
    CHECK_EQ(run(&fiber, writes_low, &greedy), 0);
}

CASE_ALONE(an_overflow_is_named_at_the_next_switch)
{
    static const char words[] = "stack overflow in fiber greedy";

    if (!WEFT_STACK_CANARY) {
        SKIP(no_canary);
    }
    CHECK_DIES(overflow((struct greedy){.parks = true}), words);
    CHECK_DIES(overflow((struct greedy){.yields = true}), words);
    CHECK_DIES(overflow((struct greedy){.offset = 3}), words);
    CHECK_DIES(overflow((struct greedy){.misplaced = 1,
                                        .offset = sizeof(uintptr_t) - 1}),
               words);
}

CASE(a_stack_used_for_something_else_between_two_runs_is_intact)
{
    weft_fiber_t fiber;
    struct greedy modest = {.offset = STACK / 2};

    begin();
    weft_fiber_init(&fiber, "modest", memory, sizeof(memory));
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(run(&fiber, writes_low, &modest), 0);
        CHECK_EQ(weft_fiber_result(&fiber), 0);
        memset(memory, 0, sizeof(memory));
    }
    end();
}

/* --- how much of it was in use ------------------------------------------- */

static int uses_much(void *ctx)
{
    volatile char bytes[MUCH];

    for (size_t i = 0; i < sizeof(bytes); i++) {
        bytes[i] = (char)i;
    }
    *(size_t *)ctx = weft_fiber_stack_high_water(weft_fiber_current());
    return bytes[7];
}

static int uses_little(void *ctx)
{
    *(size_t *)ctx = weft_fiber_stack_high_water(weft_fiber_current());
    return 0;
}

CASE(high_water_of_the_callers_stack_is_since_init)
{
    weft_fiber_t fiber;
    size_t seen = 0;

    begin();
    weft_fiber_init(&fiber, "measured", memory + 1, sizeof(memory) - 1);
    if (!WEFT_STACK_CANARY) {
        CHECK_EQ(weft_fiber_stack_high_water(&fiber), sizeof(memory) - 1);
        end();
        SKIP(no_canary);
    }
    CHECK_EQ(weft_fiber_stack_high_water(&fiber), 0);
    CHECK_EQ(run(&fiber, uses_little, &seen), 0);
    size_t little = weft_fiber_stack_high_water(&fiber);
    CHECK(seen > 0 && seen <= little);
    CHECK_EQ(run(&fiber, uses_much, &seen), 0);
    CHECK(seen > MUCH && seen < STACK);
    CHECK(seen > little);
    size_t much = weft_fiber_stack_high_water(&fiber);
    CHECK_EQ(run(&fiber, uses_little, &seen), 0);
    CHECK_EQ(weft_fiber_stack_high_water(&fiber), much);
    weft_fiber_init(&fiber, "measured", memory, sizeof(memory));
    CHECK_EQ(weft_fiber_stack_high_water(&fiber), 0);
    end();
}

CASE(high_water_of_a_pooled_stack_is_of_this_run)
{
    static char room[2 * STACK];
    weft_stack_config_t config = {
        .size = STACK, .memory = room, .memory_size = sizeof(room)};
    weft_stack_pool_t stacks;
    weft_fiber_t fiber;
    size_t seen = 0;

    begin();
    weft_stack_pool_init(&stacks, &config);
    weft_fiber_init_pooled(&fiber, "pooled", &stacks);
    CHECK_EQ(weft_fiber_stack_high_water(&fiber), 0);
    CHECK_EQ(run(&fiber, uses_much, &seen), 0);
    CHECK(seen > MUCH && seen < STACK);
    CHECK_EQ(weft_fiber_stack_high_water(&fiber), 0);
    size_t much = seen;
    CHECK_EQ(run(&fiber, uses_little, &seen), 0);
    CHECK(seen > 0 && seen < much);
    end();
    weft_stack_pool_deinit(&stacks);
}
