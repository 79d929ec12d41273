/* test_faults.c - faults have a name, overflows of each stack, too
 * SPDX-License-Identifier: MIT
 */
#include "ports/cortex_m/start.h"
#include "ports/cortex_m/stacks.h"
#include "tests/support/test.h"
#include "weft/port.h"

/* In place of the port's: to the runner a fault is a panic. */
void weft__fault_end(const char *what, uint32_t pc)
{
    weft_hook_panic("fault", (int)pc, what);
}

static int dig(volatile char *above);
static int (*volatile deeper)(volatile char *) = dig;

static int dig(volatile char *above)
{
    volatile char room[300];

    room[0] = above == NULL ? 1 : above[0];
    return deeper(room) + room[1];
}

static void dig_in_interrupt(void)
{
    (void)dig(NULL);
}

static void overflow_interrupts(void)
{
    CHECK_EQ(weft_port_irq_setup(TEST_IRQ, 1, dig_in_interrupt), 0);
    weft_cortex_m_irq_pend(TEST_IRQ);
}

static void spoil(uint32_t *end)
{
    static const uintptr_t word;

    end[0] = 0;
    weft_port_sleep(&word, 0, weft_port_now_us() + 1);
}

CASE(overflows_of_the_stacks_are_named)
{
    CHECK_DIES(dig(NULL), "stack overflow");
    CHECK_DIES(overflow_interrupts(), "stack overflow");
    CHECK_DIES(spoil(weft__stack_end), "stack overflow");
    CHECK_DIES(spoil(weft__interrupt_stack_end), "stack overflow");
}

/* v6-M knows no more. */
static const char *named(const char *what)
{
    return WEFT_PRIORITY_BITS == 2 ? "hard fault" : what;
}

static void run_nonsense(void)
{
    __asm__ volatile("udf #1");
}

static void jump(uintptr_t address)
{
    __asm__ volatile("bx %0" ::"r"(address));
}

CASE(faults_are_named)
{
    CHECK_DIES(run_nonsense(), named("undefined instruction"));
    CHECK_DIES(*(volatile uint32_t *)0xa0000000u = 1,
               named("access to no memory"));
    CHECK_DIES(jump((uintptr_t)&weft__vectors + 16), named("no Thumb address"));
}
