/* weft/arch_switch.h - the inlined context switch: AArch64
 * SPDX-License-Identifier: MIT
 *
 * For weft/coroutine_inlined.h, which programs take; it does what
 * weft__context_switch does (ports/arch/switch.h), without a call.
 *
 * The clobber list tells the compiler that no register survives, so it saves
 * those that hold something, and no others. Saved here is what the list cannot
 * name: sp; x29, the frame pointer; x19, which clang takes as base pointer in
 * frames that need one; fpcr. Apple's ABI lets a leaf keep 128 bytes below sp,
 * so sp goes down by these first.
 *
 * Saved, from the context's stack pointer up:
 *      0  where it goes on    8  fpcr    16  x19    24  x29
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

/* Apple and Android keep x18 for themselves. */
#if defined(__APPLE__) || defined(__ANDROID__)
#define WEFT__CLOBBERS_X18
#else
#define WEFT__CLOBBERS_X18 , "x18"
#endif
#if defined(__ARM_FEATURE_SVE)
#define WEFT__CLOBBERS_SVE                                                     \
    , "p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10",       \
        "p11", "p12", "p13", "p14", "p15"
#else
#define WEFT__CLOBBERS_SVE
#endif

static inline __attribute__((always_inline)) int weft__context_switch_inline(
    void **left, void *load, int value)
{
    register intptr_t result __asm__("x0") = value;
    register void *from __asm__("x1") = load;
    register uint64_t control __asm__("x2");

    __asm__ volatile("sub sp, sp, #160\n\t"
                     "adr x16, 1f\n\t"
                     "mrs x17, fpcr\n\t"
                     "stp x16, x17, [sp]\n\t"
                     "stp x19, x29, [sp, #16]\n\t"
                     "mov x16, sp\n\t"
                     "mov sp, x1\n\t"
                     "mov x1, x16\n\t"
                     "ldr x16, [sp]\n\t"
                     "br x16\n"
                     "1:\n\t"
                     "hint #36\n\t" /* bti j */
                     "ldr x2, [sp, #8]\n\t"
                     "ldp x19, x29, [sp, #16]\n\t"
                     "add sp, sp, #160"
                     : "+r"(result), "+r"(from), "=r"(control)
                     :
                     : "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11",
                       "x12", "x13", "x14", "x15", "x16", "x17", "x20", "x21",
                       "x22", "x23", "x24", "x25", "x26", "x27", "x28", "x30",
                       "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8",
                       "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16",
                       "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24",
                       "v25", "v26", "v27", "v28", "v29", "v30", "v31", "cc",
                       "memory" WEFT__CLOBBERS_X18 WEFT__CLOBBERS_SVE);
    /* Into variables of no register: what follows may use those. */
    void *context = from;
    uint64_t own = control;
    int passed = (int)result;

    *left = context;
    if (__builtin_expect(own != ((const uint64_t *)context)[1], 0)) {
        __asm__ volatile("msr fpcr, %0" : : "r"(own));
    }
    return passed;
}

#ifdef __cplusplus
}
#endif

#endif
