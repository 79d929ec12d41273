/* test_limit.c - cortex_m: the end of the stack in use
 * SPDX-License-Identifier: MIT
 */
#include "ports/common/stack_registers.h"
#include "tests/support/limit_cases.h"

/* --- what an interrupt pushes on a stack that is nearly full -------------- */

#define NVIC(offset) (*(volatile uint32_t *)(0xe000e000u + (offset)))

/* So little is left that the frame of an interrupt does not fit; then there is
 * one. Nobody writes there but the processor. */
static int is_interrupted(void *ctx)
{
    uintptr_t end = (uintptr_t)stack;
    uintptr_t sp;

    (void)ctx;
    if (!WEFT_STACK_LIMIT) {
        (void)weft_port_stack_limit((weft_port_limit_t){stack, "full"});
    }
    for (;;) {
        __asm__ volatile("mov %0, sp" : "=r"(sp));
        if (sp - end <= 24) {
            break;
        }
        __asm__ volatile("" ::"r"(__builtin_alloca(8)) : "memory");
    }
    NVIC(0x100 + TEST_IRQ / 32 * 4) = 1u << TEST_IRQ % 32;
    NVIC(0x200 + TEST_IRQ / 32 * 4) = 1u << TEST_IRQ % 32;
    __asm__ volatile("dsb\n\tisb" ::: "memory");
    return 0;
}

static void fill_up(void)
{
    weft_fiber_t fiber;
    weft_loop_t loop;

    weft_loop_init(&loop, NULL);
    weft_fiber_init(&fiber, "full", stack, sizeof(stack));
    CHECK_EQ(weft_go(&loop.executor, &fiber, is_interrupted, NULL), 0);
    (void)weft_loop_step(&loop);
}

CASE_ALONE(a_full_stack_is_named_when_an_interrupt_comes)
{
    if (!limits_are_there()) {
        SKIP(no_limit);
    }
    CHECK_DIES(fill_up(), "stack overflow in fiber full");
}

/* --- a level whose fibers have limits, while a task changes its own ----- */

static weft_port_level_t level;

static void runs_a_fiber(void *ctx)
{
    (void)limit_now();
    weft_port_level_alarm(&level, weft_port_now_us() + 1 + some(20));
    ++*(uintptr_t *)ctx;
}

CASE(a_level_in_between_leaves_no_guard_where_none_is_set)
{
    enum { RUNS = 3000, BELOW = 1024 };
    uintptr_t runs = 0;
    const volatile char *low = (const char *)__builtin_frame_address(0) - BELOW;
    weft_port_limit_t own = {(const void *)(uintptr_t)low, "nobody"};
    weft_port_limit_t none = {.low = NULL};
    weft_port_limit_t before = limit_now();

    if (!limits_are_there()) {
        SKIP(no_limit);
    }
    CHECK_EQ(weft_port_level_open(&level, 1, runs_a_fiber, &runs), 0);
    weft_port_level_pend(level.pend);
    while (*(volatile uintptr_t *)&runs < RUNS) {
        (void)weft_port_stack_limit(own);
        (void)weft_port_stack_limit(none);
        for (unsigned i = 0; i < 64; i++) {
            (void)low[i];
        }
    }
    weft_port_level_close(&level);
    (void)weft_port_stack_limit(before);
}

/* --- who runs here has a limit already, as an RTOS gives one to each task */

#if WEFT_STACK_LIMIT && defined(WEFT__STACK_REGISTERS)

static int ends(void *ctx)
{
    return *(const int *)ctx;
}

CASE(a_fiber_may_lie_below_the_end_of_its_resumers_stack)
{
    char *here = __builtin_frame_address(0);
    uintptr_t end = ((uintptr_t)here - 2048) & ~(uintptr_t)7;
    int seven = 7;
    weft_fiber_t fiber;
    weft_loop_t loop;

    /* Memory of this stack that nobody uses yet. */
    here -= 8192 + (uintptr_t)here % 32;
    weft_loop_init(&loop, NULL);
    weft_fiber_init(&fiber, "below", here, STACK);
    uintptr_t before = weft__stack_register(false, end);
    int result =
        weft_loop_run_task(&loop, weft_fiber_task(&fiber, ends, &seven));
    uintptr_t after = weft__stack_register(false, before);
    CHECK_EQ(result, 7);
    CHECK(after == end);
    weft_loop_deinit(&loop);
}

#endif
