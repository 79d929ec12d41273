/* weft/arch_switch.h - the inlined context switch: Armv6-M, Armv8-M Baseline
 * SPDX-License-Identifier: MIT
 *
 * For weft/coroutine_inlined.h, which programs take; it does what
 * weft__context_switch does (ports/arch/switch.h), without a call.
 *
 * The clobber list tells the compiler that no register survives, so it saves
 * those that hold something, and no others. Saved here is what the list cannot
 * name: sp; r7 and r11, the frame pointers; r6, which clang takes as base
 * pointer in frames that need one.
 *
 * Saved, from the context's stack pointer up:
 *      0  where it goes on    4  r11    8  r6    12  r7
 *
 * Context: the thread's own variables (errno, thread_local) may have moved
 * when it comes back in another thread, and a compiler may keep an address of
 * one across it: do not inline it where a coroutine changes threads.
 */
#ifndef WEFT_ARCH_SWITCH_H
#define WEFT_ARCH_SWITCH_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

static inline __attribute__((always_inline)) int weft__context_switch_inline(
    void **left, void *load, int value)
{
    register intptr_t result __asm__("r0") = value;
    register void *from __asm__("r1") = load;

    /* clang-format off */
    __asm__ volatile(
        ".syntax unified\n\t"
        "adr r3, 1f\n\t"
        "adds r3, #1\n\t"
        "mov r4, r11\n\t"
        "push {r3, r4, r6, r7}\n\t"
        "mov r3, sp\n\t"
        "mov sp, r1\n\t"
        "movs r1, r3\n\t"
        "ldr r3, [sp]\n\t"
        "bx r3\n\t"
        ".p2align 2\n"
        "1:\n\t"
        "pop {r3, r4, r6, r7}\n\t"
        "mov r11, r4"
        : "+r"(result), "+r"(from)
        :
        : "r2", "r3", "r4", "r5", "r8", "r9", "r10", "r12", "lr", "cc",
          "memory");
    /* clang-format on */
    /* Into variables of no register: what follows may use those. */
    void *context = from;
    int passed = (int)result;

    *left = context;
    return passed;
}

#ifdef __cplusplus
}
#endif

#endif
