/* fault.c - cortex_m: what a fault was, and where
 * SPDX-License-Identifier: MIT
 */
#include <stddef.h>

#include "ports/common/say.h"
#include "ports/cortex_m/limit.h"
#include "ports/cortex_m/start.h"

/* What the processor pushed lies on the stack that was in use, which may be
 * full; then there is no program counter to name. It goes on at the top of
 * this core's stack of interrupts, which is where the vector table (VTOR, on
 * v6-M always 0) starts: nothing returns from here. */
__attribute__((naked)) void weft__fault(void)
{
    __asm__ volatile("mrs r0, psp\n\t"
                     "mov r1, lr\n\t"
                     "movs r2, #4\n\t"
                     "tst r1, r2\n\t"
                     "bne 1f\n\t"
                     "mrs r0, msp\n"
                     "1:\n\t"
                     "ldr r3, =weft__ram_start\n\t"
                     "cmp r0, r3\n\t"
                     "blo 2f\n\t"
                     "ldr r3, =weft__ram_last_frame\n\t"
                     "cmp r0, r3\n\t"
                     "bhi 2f\n\t"
                     "ldr r0, [r0, #24]\n\t"
                     "b 3f\n"
                     "2:\n\t"
                     "ldr r0, =0xffffffff\n"
                     "3:\n\t" WEFT__LIMIT_LIFT "ldr r3, =0xe000ed08\n\t"
                     "ldr r3, [r3]\n\t"
                     "ldr r3, [r3]\n\t"
                     "mov sp, r3\n\t"
                     "ldr r3, =weft__fault_say\n\t"
                     "bx r3\n\t"
                     ".pool");
}

struct cause {
    uint32_t bits;
    const char *text;
};

/* By the bits of CFSR, the first that is set. v6-M has none. */
static const struct cause causes[] = {
    {1u << 4 | 1u << 12, "stack overflow"},
    {1u << 20, "stack overflow (limit)"},
    {1u << 16, "undefined instruction"},
    {1u << 17, "no Thumb address"},
    {1u << 18, "wrong return from an interrupt"},
    {1u << 19, "no coprocessor"},
    {1u << 24, "unaligned access"},
    {1u << 25, "division by zero"},
    {1u << 8 | 1u << 0, "fetch from no memory"},
    {1u << 9 | 1u << 10 | 1u << 1, "access to no memory"},
};

static const char *cause_of(uint32_t status)
{
    for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
        if ((status & causes[i].bits) != 0) {
            return causes[i].text;
        }
    }
    return "hard fault";
}

#if defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__)
#define STATUS() 0u
#else
#define STATUS() WEFT__REGISTER(0xe000ed28u)
#endif

/* The stack pointer lay where no memory is. */
#define NO_FRAME UINT32_MAX

__attribute__((noreturn, used)) void weft__fault_say(uint32_t pc);
void weft__fault_say(uint32_t pc)
{
    bool overflow = pc == NO_FRAME || weft__fault_in_guard();

    (void)weft__primask_raise();
    if (weft__limit_fault != NULL) {
        weft__limit_fault(STATUS());
    }
    weft__fault_end(overflow ? "stack overflow" : cause_of(STATUS()),
                    pc == NO_FRAME ? 0 : pc);
}

__attribute__((noreturn)) void weft__unexpected(void)
{
    weft__say("weft: exception ");
    weft__say_number(weft__ipsr());
    weft__say("\n");
    weft_hook_panic(__FILE__, __LINE__, "an interrupt without a handler");
}

__attribute__((weak)) void weft__irq(void)
{
    weft__unexpected();
}
