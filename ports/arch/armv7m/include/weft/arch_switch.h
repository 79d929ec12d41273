/* weft/arch_switch.h - the inlined context switch: Armv7-M, Armv8-M Mainline
 * SPDX-License-Identifier: MIT
 *
 * For weft/coroutine_inlined.h, which programs take; it does what
 * weft__context_switch does (ports/arch/switch.h), without a call.
 *
 * The clobber list tells the compiler that no register survives, so it saves
 * those that hold something, and no others. Saved here is what the list cannot
 * name: sp; r7 and r11, the frame pointers; r6, which clang takes as base
 * pointer in frames that need one; the modes of fpscr. Its flags stay with the
 * core. With vector registers (MVE) it is the called form, as compilers name
 * their state differently.
 *
 * Saved, from the context's stack pointer up:
 *      0  where it goes on    4  fpscr    8  r5, for the alignment
 *     12  r6    16  r7    20  r11
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

#if defined(__ARM_FEATURE_MVE)

/* See ports/arch/switch.h. */
int weft__context_switch(void **left, void *load, int value);

static inline int weft__context_switch_inline(void **left, void *load,
                                              int value)
{
    return weft__context_switch(left, load, value);
}

#else

#if defined(__ARM_FP)
#define WEFT__SAVE_MODES "vmrs r4, fpscr\n\t"
#define WEFT__CLOBBERS_FLOAT                                                   \
    , "s0", "s1", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10",       \
        "s11", "s12", "s13", "s14", "s15", "s16", "s17", "s18", "s19", "s20",  \
        "s21", "s22", "s23", "s24", "s25", "s26", "s27", "s28", "s29", "s30",  \
        "s31"
#else
#define WEFT__SAVE_MODES
#define WEFT__CLOBBERS_FLOAT
#endif

/* Sets the modes where the two sides differ: bits 8 to 26. The flags beside
 * stay as they were when the other side was left. */
static inline __attribute__((always_inline)) void weft__context_modes(
    uint32_t own, const uint32_t *context)
{
#if defined(__ARM_FP)
    uint32_t differ = (own ^ context[1]) & 0x07ffff00u;

    if (__builtin_expect(differ != 0, 0)) {
        __asm__ volatile("vmsr fpscr, %0" : : "r"(context[1] ^ differ));
    }
#else
    (void)own;
    (void)context;
#endif
}

static inline __attribute__((always_inline)) int weft__context_switch_inline(
    void **left, void *load, int value)
{
    register intptr_t result __asm__("r0") = value;
    register void *from __asm__("r1") = load;
    register uint32_t modes __asm__("r3");

    /* clang-format off */
    __asm__ volatile(
        "adr r3, 1f\n\t"
        "orr r3, r3, #1\n\t"
        WEFT__SAVE_MODES
        "push {r3, r4, r5, r6, r7, r11}\n\t"
        "mov r3, sp\n\t"
        "mov sp, r1\n\t"
        "mov r1, r3\n\t"
        "ldr r3, [sp]\n\t"
        "bx r3\n\t"
        ".p2align 2\n"
        "1:\n\t"
        "pop {r2, r3, r5, r6, r7, r11}"
        : "+r"(result), "+r"(from), "=r"(modes)
        :
        : "r2", "r4", "r5", "r8", "r9", "r10", "r12", "lr", "cc",
          "memory" WEFT__CLOBBERS_FLOAT);
    /* clang-format on */
    /* Into variables of no register: what follows may use those. */
    void *context = from;
    uint32_t own = modes;
    int passed = (int)result;

    *left = context;
    weft__context_modes(own, (const uint32_t *)context);
    return passed;
}

#endif

#ifdef __cplusplus
}
#endif

#endif
