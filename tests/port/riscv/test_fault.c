/* test_fault.c - riscv: what no hart can do, wherever it is tried
 * SPDX-License-Identifier: MIT
 *
 * weft_riscv_fault is this program's own: what would be a line and the end is
 * a panic here, whose words the cases expect.
 */
#include <stdio.h>

#include "tests/support/test.h"
#include "weft/base/hooks.h"
#include "weft/port.h"
#include "weft/riscv.h"

/* Nothing is there in QEMU's machine. */
#define NOWHERE ((uintptr_t)0x0f000000)

void weft_riscv_fault(uintptr_t cause, uintptr_t pc, uintptr_t address)
{
    static char text[80];

    (void)snprintf(text, sizeof(text), "fault %u, address %x, hart %u, %s",
                   (unsigned)cause, (unsigned)address, weft_port_core(),
                   pc == NOWHERE ? "there" : "here");
    weft_hook_panic(__FILE__, __LINE__, text);
}

static volatile uint32_t *nowhere(void)
{
    return (volatile uint32_t *)NOWHERE;
}

CASE_ALONE(each_fault_says_what_and_where)
{
    CHECK_DIES(*nowhere() = 1, "fault 7, address f000000, hart 0, here");
    CHECK_DIES((void)*nowhere(), "fault 5, address f000000, hart 0, here");
    CHECK_DIES(((void (*)(void))NOWHERE)(),
               "fault 1, address f000000, hart 0, there");
    CHECK_DIES(__asm__ volatile(".4byte 0xffffffff"), "fault 2, ");
    CHECK_DIES(__asm__ volatile("ebreak"), "fault 3, ");
}

static void store(void *ctx)
{
    (void)ctx;
    *nowhere() = 1;
}

CASE_ALONE(a_fault_in_a_level_is_one_too)
{
    weft_port_level_t level;

    CHECK_EQ(weft_port_level_open(&level, 7, store, NULL), 0);
    CHECK_DIES(weft_port_level_pend(level.pend), "fault 7, ");
    weft_port_level_close(&level);
}

CASE_ALONE(a_fault_names_its_hart)
{
    weft_port_thread_t thread = {0};

    CHECK_DIES(
        {
            CHECK_STARTED(weft_port_thread_start(&thread, store, NULL));
            weft_port_thread_join(&thread);
        },
        "fault 7, address f000000, hart 1, here");
}

/* The stack may be what is wrong: a fault has one of its own. */
CASE_ALONE(a_fault_needs_none_of_the_stack_it_comes_from)
{
    CHECK_DIES(__asm__ volatile("li sp, 0\n\tsw zero, 0(sp)" ::
                                    : "memory"),
               "fault 7, address 0, hart 0, here");
}
