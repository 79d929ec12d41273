/* weft/arch_switch.h - the inlined context switch: RISC-V, 32 and 64 bits
 * SPDX-License-Identifier: MIT
 *
 * For weft/coroutine_inlined.h, which programs take; it does what
 * weft__context_switch does (ports/arch/switch.h), without a call.
 *
 * The clobber list tells the compiler that no register survives, so it saves
 * those that hold something, and no others. Saved here is what the list cannot
 * name: sp; s0, the frame pointer; s1, which clang takes as base pointer in
 * frames that need one; frm, the rounding mode. The flags of fcsr stay with
 * the hart, and so do gp and tp. With vector registers it is the called form,
 * as no two compilers agree on their names in the list.
 *
 * Saved, in words from the context's stack pointer up:
 *      0  where it goes on    1  frm    2  s0    3  s1
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

#if defined(__riscv_vector)

/* See ports/arch/switch.h. */
int weft__context_switch(void **left, void *load, int value);

static inline int weft__context_switch_inline(void **left, void *load,
                                              int value)
{
    return weft__context_switch(left, load, value);
}

#else

/* clang-format off */
#if __riscv_xlen == 64
#define WEFT__STORE_WORD(reg, n) "sd " reg ", 8*" #n "(sp)\n\t"
#define WEFT__LOAD_WORD(reg, n) "ld " reg ", 8*" #n "(sp)\n\t"
#define WEFT__WORDS(n) "8*" #n
#else
#define WEFT__STORE_WORD(reg, n) "sw " reg ", 4*" #n "(sp)\n\t"
#define WEFT__LOAD_WORD(reg, n) "lw " reg ", 4*" #n "(sp)\n\t"
#define WEFT__WORDS(n) "4*" #n
#endif

#if defined(__riscv_flen)
#define WEFT__SAVE_ROUNDING "frrm t2\n\t" WEFT__STORE_WORD("t2", 1)
#define WEFT__LOAD_ROUNDING WEFT__LOAD_WORD("a2", 1)
#define WEFT__CLOBBERS_FLOAT                                                   \
    , "ft0", "ft1", "ft2", "ft3", "ft4", "ft5", "ft6", "ft7", "ft8", "ft9",    \
        "ft10", "ft11", "fa0", "fa1", "fa2", "fa3", "fa4", "fa5", "fa6",       \
        "fa7", "fs0", "fs1", "fs2", "fs3", "fs4", "fs5", "fs6", "fs7", "fs8",  \
        "fs9", "fs10", "fs11"
#else
#define WEFT__SAVE_ROUNDING
#define WEFT__LOAD_ROUNDING
#define WEFT__CLOBBERS_FLOAT
#endif
/* clang-format on */

/* Sets the rounding mode where the two sides differ. */
static inline __attribute__((always_inline)) void weft__context_rounding(
    uintptr_t own, const uintptr_t *context)
{
#if defined(__riscv_flen)
    if (__builtin_expect(own != context[1], 0)) {
        __asm__ volatile("fsrm %0" : : "r"(own));
    }
#else
    (void)own;
    (void)context;
#endif
}

static inline __attribute__((always_inline)) int weft__context_switch_inline(
    void **left, void *load, int value)
{
    register intptr_t result __asm__("a0") = value;
    register void *from __asm__("a1") = load;
    register uintptr_t rounding __asm__("a2");

    /* clang-format off */
    __asm__ volatile(
        "addi sp, sp, -" WEFT__WORDS(4) "\n\t"
        "lla t1, 1f\n\t"
        WEFT__STORE_WORD("t1", 0)
        WEFT__SAVE_ROUNDING
        WEFT__STORE_WORD("s0", 2)
        WEFT__STORE_WORD("s1", 3)
        "mv t1, sp\n\t"
        "mv sp, a1\n\t"
        "mv a1, t1\n\t"
        WEFT__LOAD_WORD("t1", 0)
        "jr t1\n"
        "1:\n\t"
        WEFT__LOAD_ROUNDING
        WEFT__LOAD_WORD("s0", 2)
        WEFT__LOAD_WORD("s1", 3)
        "addi sp, sp, " WEFT__WORDS(4)
        : "+r"(result), "+r"(from), "=r"(rounding)
        :
        : "ra", "t0", "t1", "t2", "t3", "t4", "t5", "t6", "a3", "a4", "a5",
          "a6", "a7", "s2", "s3", "s4", "s5", "s6", "s7", "s8", "s9", "s10",
          "s11", "memory" WEFT__CLOBBERS_FLOAT);
    /* clang-format on */
    /* Into variables of no register: what follows may use those. */
    void *context = from;
    uintptr_t own = rounding;
    int passed = (int)result;

    *left = context;
    weft__context_rounding(own, (const uintptr_t *)context);
    return passed;
}

#endif

#ifdef __cplusplus
}
#endif

#endif
