/* test_limit.c - cortex_m: the end of the stack in use
 * SPDX-License-Identifier: MIT
 */
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
