/* atomics.c - Armv6-M: atomic operations, with interrupts off
 * SPDX-License-Identifier: MIT
 *
 * Armv6-M has atomic loads and stores and nothing else. Armv8-M Baseline has
 * exclusive accesses, and nothing here is called.
 *
 * Context: privileged code, as Weft's is, in interrupts too.
 */
#include <stdint.h>

#if defined(__ARM_ARCH_6M__)

static inline uint32_t mask(void)
{
    uint32_t key;

    __asm__ volatile("mrs %0, primask\n\tcpsid i" : "=r"(key) : : "memory");
    return key;
}

static inline void unmask(uint32_t key)
{
    __asm__ volatile("msr primask, %0" : : "r"(key) : "memory");
}

#include "ports/arch/one_core_atomics.h"

#else
typedef int weft__nothing; /* a translation unit is never empty */
#endif
