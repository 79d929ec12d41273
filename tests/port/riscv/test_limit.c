/* test_limit.c - riscv: the end of the stack in use
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/limit_cases.h"

/* --- levels have their own ------------------------------------------------ */

enum { RUNS = 5000 };

static char levels_stack[STACK];
static volatile int runs;

static void has_its_own(void *ctx)
{
    weft_port_limit_t before =
        weft_port_stack_limit((weft_port_limit_t){levels_stack, "of a level"});

    (void)weft_port_stack_limit(before);
    runs = runs + 1;
    if (runs < RUNS) {
        weft_port_level_alarm(ctx, weft_port_now_us() + 3 + (unsigned)runs % 7);
    }
}

/* Where the guard stays behind, the write is a fault. */
CASE(a_level_leaves_the_limit_of_what_it_interrupts_alone)
{
    static const weft_port_limit_t none = {.low = NULL};
    volatile char *guarded = stack;
    weft_port_level_t level;
    weft_port_limit_t now = none;

    if (!limits_are_there()) {
        SKIP(no_limit);
    }
    CHECK_EQ(weft_port_level_open(&level, 1, has_its_own, &level), 0);
    weft_port_level_pend(level.pend);
    for (int i = 0; runs < RUNS; i++) {
        (void)weft_port_stack_limit((weft_port_limit_t){stack, "a stack"});
        now = weft_port_stack_limit(none);
        CHECK(now.low == stack);
        guarded[i % 32] = 1;
        for (volatile int pause = i % 11; pause > 0; pause--) {}
    }
    weft_port_level_close(&level);
}
