/* atomics_masked.c - RISC-V without the A extension: with interrupts off
 * SPDX-License-Identifier: MIT
 *
 * Context: machine mode, as Weft's code is, in interrupts too.
 */
#include <stdint.h>

#if !defined(__riscv_atomic)

enum { MIE = 8 }; /* of mstatus */

static inline uint32_t mask(void)
{
    uintptr_t key;

    __asm__ volatile("csrrci %0, mstatus, 8" : "=r"(key) : : "memory");
    return (uint32_t)key & MIE;
}

static inline void unmask(uint32_t key)
{
    __asm__ volatile("csrs mstatus, %0" : : "r"((uintptr_t)key) : "memory");
}

#include "ports/arch/one_core_atomics.h"

#else
typedef int weft__nothing; /* a translation unit is never empty */
#endif
