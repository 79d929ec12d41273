/* start.c - cortex_m: from reset to main
 * SPDX-License-Identifier: MIT
 *
 * Interrupts have a stack of their own (MSP), so that a fiber's needs no room
 * for them but a frame. main, tasks and fibers run on the other one (PSP).
 * Thread-local storage of the C library lies at a place that the linker knows:
 * there is no pointer that could be unset.
 */
#include "ports/cortex_m/start.h"

#include <stddef.h>

#include "boards/board.h"
#include "ports/cortex_m/stacks.h"

extern uint32_t weft__data_load[];
extern uint32_t weft__data_start[];
extern uint32_t weft__data_end[];
extern uint32_t weft__bss_start[];
extern uint32_t weft__bss_end[];
extern uint32_t weft__stack_top[];
extern void (*const weft__constructors_start[])(void);
extern void (*const weft__constructors_end[])(void);

int main(void);

static void memory_init(void)
{
    const uint32_t *from = weft__data_load;

    for (uint32_t *to = weft__data_start; to < weft__data_end; to++) {
        *to = *from++;
    }
    for (uint32_t *to = weft__bss_start; to < weft__bss_end; to++) {
        *to = 0;
    }
    weft__stack_end[0] = WEFT__CANARY;
    weft__interrupt_stack_end[0] = WEFT__CANARY;
}

/* The compiler uses the unit's registers anywhere, and it starts switched off.
 */
static void floats_init(void)
{
#ifdef __ARM_FP
    WEFT__REGISTER(0xe000ed88u) |= 0xfu << 20;
    weft__barrier();
#endif
}

__attribute__((noreturn)) static void run_main(void)
{
    board_init();
    weft__clock_start();
    weft__core_init();
    for (size_t i = 0; &weft__constructors_start[i] < weft__constructors_end;
         i++) {
        weft__constructors_start[i]();
    }
    board_exit(main());
}

void weft__enter_thread_mode(uint32_t *top, void (*run)(void))
{
    __asm__ volatile("msr psp, %0\n\t"
                     "msr control, %2\n\t"
                     "isb\n\t"
                     "bx %1" ::"r"(top),
                     "r"(run), "r"(2)
                     : "memory");
    __builtin_unreachable();
}

void weft__reset(void)
{
    memory_init();
    weft__guard_stacks();
    floats_init();
    weft__enter_thread_mode(weft__stack_top, run_main);
}
