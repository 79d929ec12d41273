/* test_coroutine.c - coroutines: order, nesting, registers, misuse
 * SPDX-License-Identifier: MIT
 */
#include "weft/coroutine.h"

#include <stdio.h>
#include <string.h>

#include "coro/switching.h"
#include "tests/support/backtrace.h"
#include "tests/support/rounding.h"
#include "tests/support/stacks.h"
#include "tests/support/test.h"
#include "weft/inlined.h"
#include "weft/port.h"

enum {
    STACK = TEST_ON_BOARD ? 3 * 1024 : 128 * 1024,
    DEEP = 20, /* how many nest */
};

struct steps {
    weft_coroutine_t coroutine;
    void *stack;
    size_t size;
    int limit;
    int value;
};

static void count_up(weft_coroutine_t *self, void *ctx)
{
    struct steps *steps = ctx;

    for (steps->value = 0; steps->value < steps->limit; steps->value++) {
        weft_coroutine_suspend(self);
    }
}

static void steps_init(struct steps *steps, weft_coroutine_fn *fn, int limit)
{
    *steps = (struct steps){.limit = limit};
    stack_take(STACK, &steps->stack, &steps->size);
    weft_coroutine_init(&steps->coroutine, steps->stack, steps->size, fn,
                        steps);
}

static void steps_deinit(struct steps *steps)
{
    weft_coroutine_deinit(&steps->coroutine);
    stack_drop(steps->stack, steps->size);
}

CASE(runs_to_each_suspend_and_to_its_end)
{
    struct steps steps;

    steps_init(&steps, count_up, 3);
    for (int i = 0; i < 3; i++) {
        CHECK(weft_coroutine_resume(&steps.coroutine));
        CHECK_EQ(steps.value, i);
        CHECK(!weft_coroutine_finished(&steps.coroutine));
    }
    CHECK(!weft_coroutine_resume(&steps.coroutine));
    CHECK(weft_coroutine_finished(&steps.coroutine));
    CHECK_EQ(steps.value, 3);
    steps_deinit(&steps);
}

/* Each level resumes the next one, limit levels down. */
static void nest(weft_coroutine_t *self, void *ctx)
{
    struct steps *outer = ctx;
    struct steps inner;

    outer->value = 1;
    if (outer->limit > 0) {
        steps_init(&inner, nest, outer->limit - 1);
        while (weft_coroutine_resume(&inner.coroutine)) {
            outer->value = 1 + inner.value;
            weft_coroutine_suspend(self);
        }
        outer->value = 1 + inner.value;
        steps_deinit(&inner);
    }
    weft_coroutine_suspend(self);
}

CASE(nests_to_any_depth)
{
    struct steps steps;
    int resumes = 0;

    steps_init(&steps, nest, DEEP);
    while (weft_coroutine_resume(&steps.coroutine)) {
        resumes++;
    }
    CHECK_EQ(steps.value, DEEP + 1);
    CHECK_EQ(resumes, DEEP + 1);
    steps_deinit(&steps);
}

static void use_the_stack(weft_coroutine_t *self, void *ctx)
{
    struct steps *steps = ctx;
    char text[512];
    double third = 1.0 / (double)(steps->limit + 2);

    (void)snprintf(text, sizeof(text), "%.6f", third);
    weft_coroutine_suspend(self);
    steps->value = strcmp(text, "0.333333") == 0;
}

CASE(calls_into_the_c_library_find_an_aligned_stack)
{
    struct steps steps;

    steps_init(&steps, use_the_stack, 1);
    CHECK(weft_coroutine_resume(&steps.coroutine));
    CHECK(!weft_coroutine_resume(&steps.coroutine));
    CHECK_EQ(steps.value, 1);
    steps_deinit(&steps);
}

static void round_upward(weft_coroutine_t *self, void *ctx)
{
    struct steps *steps = ctx;

    (void)fesetround(FE_UPWARD);
    weft_coroutine_suspend(self);
    steps->value = fegetround();
}

CASE(rounding_modes_do_not_mix)
{
    struct steps steps;

    if (rounds_one_way()) {
        SKIP(WHY_NO_ROUNDING);
    }
    steps_init(&steps, round_upward, 0);
    CHECK(weft_coroutine_resume(&steps.coroutine));
    CHECK_EQ(fegetround(), FE_TONEAREST);
    CHECK(!weft_coroutine_resume(&steps.coroutine));
    CHECK_EQ(steps.value, FE_UPWARD);
    steps_deinit(&steps);
    (void)fesetround(FE_TONEAREST);
}

CASE(a_suspended_one_may_be_dropped_and_its_stack_used_again)
{
    struct steps steps;

    steps_init(&steps, use_the_stack, 1);
    CHECK(weft_coroutine_resume(&steps.coroutine));
    weft_coroutine_deinit(&steps.coroutine);
    CHECK(weft_coroutine_finished(&steps.coroutine));
    memset(steps.stack, 0xa5, steps.size);
    weft_coroutine_init(&steps.coroutine, steps.stack, steps.size, count_up,
                        &steps);
    steps.limit = 0;
    CHECK(!weft_coroutine_resume(&steps.coroutine));
    steps_deinit(&steps);
}

CASE(many_alternate)
{
    enum { COUNT = 50, ROUNDS = 20 };
    static struct steps all[COUNT];

    for (int i = 0; i < COUNT; i++) {
        steps_init(&all[i], count_up, ROUNDS);
    }
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < COUNT; i++) {
            CHECK(weft_coroutine_resume(&all[i].coroutine));
            CHECK_EQ(all[i].value, round);
        }
    }
    for (int i = 0; i < COUNT; i++) {
        CHECK(!weft_coroutine_resume(&all[i].coroutine));
        steps_deinit(&all[i]);
    }
}

/* Suspends by the inlined form, then by the called one, and so on. */
static void count_up_both_ways(weft_coroutine_t *self, void *ctx)
{
    struct steps *steps = ctx;

    for (steps->value = 0; steps->value < steps->limit; steps->value++) {
        if (steps->value % 2 == 0) {
            weft_coroutine_suspend(self);
        } else {
            (weft_coroutine_suspend)(self);
        }
    }
}

CASE(inlined_and_called_forms_mix_on_one_coroutine)
{
    struct steps steps;

    steps_init(&steps, count_up_both_ways, 12);
    for (int i = 0; i < 12; i++) {
        CHECK(i % 3 == 0 ? (weft_coroutine_resume)(&steps.coroutine)
                         : weft_coroutine_resume(&steps.coroutine));
        CHECK_EQ(steps.value, i);
    }
    CHECK(!weft_coroutine_resume(&steps.coroutine));
    steps_deinit(&steps);
}

/* As a fiber's first function does. */
static void leave_and_finish(weft_coroutine_t *self, void *ctx)
{
    struct steps *steps = ctx;

    for (int i = 0; i < steps->limit; i++) {
        weft__coroutine_leave(self);
    }
    self->result = 42;
}

CASE(a_fiber_is_pending_until_it_has_its_result)
{
    struct steps steps;

    steps_init(&steps, leave_and_finish, 2);
    CHECK_EQ(weft__coroutine_enter(&steps.coroutine), WEFT_PENDING);
    CHECK_EQ(weft__coroutine_enter(&steps.coroutine), WEFT_PENDING);
    CHECK_EQ(weft__coroutine_enter(&steps.coroutine), 42);
    CHECK(weft_coroutine_finished(&steps.coroutine));
    steps_deinit(&steps);
}

static void resume_on_other_thread(void *ctx)
{
    struct steps *steps = ctx;

    CHECK(weft_coroutine_resume(&steps->coroutine));
}

CASE(goes_on_in_another_thread)
{
    weft_port_thread_t thread = {0};
    struct steps steps;

    steps_init(&steps, count_up, 2);
    CHECK(weft_coroutine_resume(&steps.coroutine));
    CHECK_STARTED(
        weft_port_thread_start(&thread, resume_on_other_thread, &steps));
    weft_port_thread_join(&thread);
    CHECK_EQ(steps.value, 1);
    CHECK(!weft_coroutine_resume(&steps.coroutine));
    steps_deinit(&steps);
}

static void look_around(weft_coroutine_t *self, void *ctx)
{
    struct steps *steps = ctx;

    steps->value = frames_above();
    weft_coroutine_suspend(self);
    steps->value = frames_above();
    (weft_coroutine_suspend)(self);
    steps->value = frames_above();
}

CASE(a_backtrace_ends_where_the_coroutine_begins)
{
    struct steps steps;

    if (!CAN_WALK_UP) {
        SKIP("no tables to walk up by");
    }
    steps_init(&steps, look_around, 0);
    for (int i = 0; i < 3; i++) {
        steps.value = 0;
        CHECK_EQ(weft_coroutine_resume(&steps.coroutine), i < 2);
        /* frames_above, look_around, enter, weft__context_enter; or two less,
           where a compiler has joined them. */
        CHECK(steps.value >= 2 && steps.value <= 4);
    }
    steps_deinit(&steps);
}

static void resume_itself(weft_coroutine_t *self, void *ctx)
{
    (void)ctx;
    (void)weft_coroutine_resume(self);
}

static void deinit_itself(weft_coroutine_t *self, void *ctx)
{
    (void)ctx;
    weft_coroutine_deinit(self);
}

CASE_ALONE(misuse_is_named)
{
    struct steps steps;

    steps_init(&steps, count_up, 0);
    CHECK_DIES(weft_coroutine_suspend(&steps.coroutine),
               "suspend of a coroutine that does not run");
    CHECK(!weft_coroutine_resume(&steps.coroutine));
    CHECK_DIES(weft_coroutine_resume(&steps.coroutine),
               "resume of a finished coroutine");
    steps_deinit(&steps);
    steps_init(&steps, resume_itself, 0);
    CHECK_DIES(weft_coroutine_resume(&steps.coroutine),
               "resume of a running coroutine");
    steps_deinit(&steps);
    steps_init(&steps, deinit_itself, 0);
    CHECK_DIES(weft_coroutine_resume(&steps.coroutine),
               "deinit of a running coroutine");
    steps_deinit(&steps);
    CHECK_DIES(weft_coroutine_init(&steps.coroutine, &steps,
                                   WEFT_COROUTINE_STACK_MIN - 1, count_up,
                                   NULL),
               "a coroutine's stack is too small");
}
