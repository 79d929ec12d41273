/* limit_cases.h - the end of the stack in use, for ports that can watch it
 * SPDX-License-Identifier: MIT
 *
 * The file that includes it is a test of such a port: tests/port/NAME.
 */
#ifndef WEFT_TEST_LIMIT_CASES_H
#define WEFT_TEST_LIMIT_CASES_H

#include "tests/support/fibers.h"
#include "weft/isr.h"

enum { STACK = 2048 };

static const char no_limit[] = "nothing watches the end of a stack here";
static const char not_told[] = "WEFT_STACK_LIMIT is 0";

static _Alignas(32) char stack[STACK];

static weft_port_limit_t limit_now(void)
{
    weft_port_limit_t none = {.low = NULL};
    weft_port_limit_t now = weft_port_stack_limit(none);

    (void)weft_port_stack_limit(now);
    return now;
}

/* Tries one a little below. */
static bool limits_are_there(void)
{
    const char *low = (const char *)__builtin_frame_address(0) - 512;
    weft_port_limit_t before =
        weft_port_stack_limit((weft_port_limit_t){low, "nobody"});

    return weft_port_stack_limit(before).low != NULL;
}

/* --- an overflow, with no switch after it -------------------------------- */

static __attribute__((noinline)) int deeper(const volatile int *above)
{
    volatile int here = *above + 1;

    return here < 1000000 ? deeper(&here) + here : 0;
}

static int overflows(void *ctx)
{
    int depth = 0;

    (void)ctx;
    if (!WEFT_STACK_LIMIT) {
        (void)weft_port_stack_limit((weft_port_limit_t){stack, "deep one"});
    }
    depth = deeper(&depth);
    (void)weft_port_stack_limit((weft_port_limit_t){.low = NULL});
    return depth;
}

static void overflow(void)
{
    weft_fiber_t fiber;
    weft_loop_t loop;

    weft_loop_init(&loop, NULL);
    weft_fiber_init(&fiber, "deep one", stack, sizeof(stack));
    CHECK_EQ(weft_go(&loop.executor, &fiber, overflows, NULL), 0);
    (void)weft_loop_step(&loop);
}

CASE_ALONE(an_overflow_is_named_before_the_next_switch)
{
    if (!limits_are_there()) {
        SKIP(no_limit);
    }
    CHECK_DIES(overflow(), "stack overflow in fiber deep one");
}

static void overflow_on_a_level(void)
{
    static const weft_isr_config_t config = {.priority = 1};
    weft_fiber_t fiber;
    weft_isr_t isr;

    CHECK_EQ(weft_isr_init(&isr, &config), 0);
    weft_fiber_init(&fiber, "deep one", stack, sizeof(stack));
    CHECK_EQ(weft_go(&isr.executor, &fiber, overflows, NULL), 0);
}

/* What preempts need not be as it is at task level. */
CASE_ALONE(an_overflow_on_a_level_is_named)
{
    if (!limits_are_there()) {
        SKIP(no_limit);
    }
    CHECK_DIES(overflow_on_a_level(), "stack overflow in fiber deep one");
}

/* --- each has its own ---------------------------------------------------- */

static void looks(weft_coroutine_t *self, void *ctx)
{
    for (;;) {
        CHECK(limit_now().low != NULL);
        CHECK(limit_now().low != ctx);
        weft_coroutine_suspend(self);
    }
}

static int looks_often(void *ctx)
{
    static char inner_stacks[2][STACK];
    static int users;
    char *inner_stack = inner_stacks[users++ % 2];
    weft_fiber_t *self = ctx;
    weft_coroutine_t inner;
    const void *own = limit_now().low;

    /* A register may leave out the last bits. */
    CHECK((uintptr_t)own - (uintptr_t)self->coroutine.stack < 64);
    CHECK_STR_EQ(limit_now().name, weft_fiber_name(self));
    weft_coroutine_init(&inner, inner_stack, STACK, looks,
                        (void *)(uintptr_t)own);
    for (int i = 0; i < 3; i++) {
        CHECK(weft_coroutine_resume(&inner));
        CHECK(limit_now().low == own);
        CHECK_EQ(weft_yield(), 0);
        CHECK(limit_now().low == own);
        CHECK_EQ(weft_sleep(WEFT_MS(1)), 0);
        CHECK(limit_now().low == own);
        CHECK(weft_fiber_stack_high_water(self) > 0);
    }
    weft_coroutine_deinit(&inner);
    return 0;
}

CASE(the_limit_goes_with_the_fiber)
{
    weft_port_limit_t before = limit_now();

    if (!limits_are_there()) {
        SKIP(no_limit);
    }
    if (!WEFT_STACK_LIMIT) {
        SKIP(not_told);
    }
    weft_fiber_t *other = fiber_new("other");
    weft_fiber_t fiber;
    weft_loop_t loop;

    weft_loop_init(&loop, NULL);
    weft_fiber_init(&fiber, "looks", stack, sizeof(stack));
    CHECK_EQ(weft_go(&loop.executor, other, looks_often, other), 0);
    CHECK_EQ(
        weft_loop_run_task(&loop, weft_fiber_task(&fiber, looks_often, &fiber)),
        0);
    while (!weft_fiber_finished(other)) {
        (void)weft_loop_step(&loop);
    }
    CHECK(limit_now().low == before.low);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    weft_loop_deinit(&loop);
    fiber_drop(other);
}

#endif
