/* weft/arch_switch.h - the inlined context switch: x86-64, System V
 * SPDX-License-Identifier: MIT
 *
 * For weft/coroutine_inlined.h, which programs take; it does what
 * weft__context_switch does (ports/arch/switch.h), without a call.
 *
 * The clobber list tells the compiler that no register survives, so it saves
 * those that hold something, and no others. What the list cannot name is saved
 * here: rsp; rbp, which may be the frame pointer; rbx, which clang takes as
 * base pointer in frames that need one. A function that is inlined into may be
 * a leaf in the compiler's eyes, with its locals in the 128 bytes below rsp:
 * so rsp goes down by these before anything is written, and a signal finds
 * the frame whole at each instruction.
 *
 * Saved, from the context's stack pointer up:
 *      0  where it goes on    8  x87 control word    16  rbx    24  rbp
 *
 * Floating point: the x87 control word is saved and, where the two sides
 * differ, set again, and with it the same bits of mxcsr (rounding, exception
 * masks): fesetround, fesetenv and feenableexcept always change both. mxcsr is
 * never stored: that alone costs as much as the whole switch. What only mxcsr
 * has, or what was changed only there by its intrinsics (flush to zero), stays
 * as it is in the thread. The called form does the same.
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

/* Sets the x87 control word, and mxcsr's rounding and masks from it. */
void weft__context_float(unsigned control);

#if defined(__AVX512F__)
#define WEFT__CLOBBERS_AVX512                                                  \
    , "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23",  \
        "xmm24", "xmm25", "xmm26", "xmm27", "xmm28", "xmm29", "xmm30",         \
        "xmm31", "k1", "k2", "k3", "k4", "k5", "k6", "k7"
#else
#define WEFT__CLOBBERS_AVX512
#endif

static inline __attribute__((always_inline)) int weft__context_switch_inline(
    void **left, void *load, int value)
{
    void *from;
    unsigned control;

    __asm__ volatile("leaq -160(%%rsp), %%rsp\n\t"
                     "leaq 1f(%%rip), %%rcx\n\t"
                     "movq %%rcx, (%%rsp)\n\t"
                     "fnstcw 8(%%rsp)\n\t"
                     "movq %%rbx, 16(%%rsp)\n\t"
                     "movq %%rbp, 24(%%rsp)\n\t"
                     "movq %%rsp, %%rdx\n\t"
                     "movq %%rsi, %%rsp\n\t"
                     "popq %%rcx\n\t"
                     "jmp *%%rcx\n"
                     "1:\n\t"
                     "movzwl (%%rsp), %%ecx\n\t"
                     "movq 8(%%rsp), %%rbx\n\t"
                     "movq 16(%%rsp), %%rbp\n\t"
                     "leaq 152(%%rsp), %%rsp"
                     : "+S"(load), "+a"(value), "=&d"(from), "=&c"(control)
                     :
                     : "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14",
                       "r15", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5",
                       "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11",
                       "xmm12", "xmm13", "xmm14", "xmm15", "st", "st(1)",
                       "st(2)", "st(3)", "st(4)", "st(5)", "st(6)", "st(7)",
                       "cc", "memory" WEFT__CLOBBERS_AVX512);
    *left = from;
    if (__builtin_expect(control != ((const uint16_t *)from)[4], 0)) {
        weft__context_float(control);
    }
    return value;
}

#ifdef __cplusplus
}
#endif

#endif
