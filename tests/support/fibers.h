/* fibers.h - fibers with a stack of their own, for tests
 * SPDX-License-Identifier: MIT
 *
 *     weft_fiber_t *fiber = fiber_new("test");
 *     weft_go(&loop.executor, fiber, fn, ctx);
 *     ...
 *     fiber_drop(fiber);
 */
#ifndef WEFT_TEST_FIBERS_H
#define WEFT_TEST_FIBERS_H

#include "tests/support/cores.h"

enum { FIBER_STACK = TEST_STACK };

/* How often a racing case repeats itself: `few`, or WEFT_ROUNDS. */
static inline long rounds(long few)
{
    const char *text = getenv("WEFT_ROUNDS");

    return text != NULL && !TEST_IN_SIM ? strtol(text, NULL, 10) : few;
}

/* Of a case that repeats itself inside, when many rounds are asked for: 1. */
static inline int once(int times)
{
    return rounds(0) > 0 ? 1 : times;
}

/* One block, so that its end is the end of both. */
static inline weft_fiber_t *fiber_new(const char *name)
{
    weft_fiber_t *fiber = (weft_fiber_t *)malloc(sizeof(*fiber) + FIBER_STACK);

    CHECK(fiber != NULL);
    weft_fiber_init(fiber, name, fiber + 1, FIBER_STACK);
    return fiber;
}

static inline void fiber_drop(weft_fiber_t *fiber)
{
    memset((void *)fiber, 0xdb, sizeof(*fiber));
    free(fiber);
}

/* Runs fn(ctx) as a fiber of a loop that is made for it; gives its result. */
static inline int in_a_fiber(weft_fiber_fn *fn, void *ctx)
{
    weft_fiber_t *fiber = fiber_new("alone");
    weft_loop_t loop;
    int rc;

    weft_loop_init(&loop, NULL);
    rc = weft_loop_run_task(&loop, weft_fiber_task(fiber, fn, ctx));
    CHECK(weft_loop_step(&loop) == WEFT_FOREVER);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    weft_loop_deinit(&loop);
    fiber_drop(fiber);
    return rc;
}

#endif
