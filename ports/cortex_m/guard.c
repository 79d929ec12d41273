/* guard.c - cortex_m: the ends of the stacks cannot be written, by the MPU
 * SPDX-License-Identifier: MIT
 *
 * v7-M has regions of a power of two; there, where the chip has an MPU, the
 * last two guard the lowest WEFT_STACK_GUARD bytes of the stacks of main and
 * of interrupts. They can be read: the canaries lie there. Elsewhere those are
 * all that there is, and the end of the memory below main's.
 */
#include "ports/cortex_m/start.h"

#if defined(__ARM_ARCH_7M__) || defined(__ARM_ARCH_7EM__)

#include "ports/cortex_m/stacks.h"

extern char weft__stack_guard_size[]; /* as an address */

#define MPU_TYPE WEFT__REGISTER(0xe000ed90u)
#define MPU_CONTROL WEFT__REGISTER(0xe000ed94u)
#define MPU_BASE WEFT__REGISTER(0xe000ed9cu)
#define MPU_ATTRIBUTES WEFT__REGISTER(0xe000eda0u)

enum {
    BASE_VALID = 1 << 4,
    NO_CODE = 1 << 28,
    READ_ONLY = 5 << 24,
    MEMORY = 3 << 17,
    REGION_ON = 1 << 0,
    CONTROL_ON = 1 << 0,
    REST_AS_WITHOUT = 1 << 2,
};

static void guard(unsigned region, const uint32_t *end)
{
    unsigned log2 = 31u - (unsigned)__builtin_clz(
                              (unsigned)(uintptr_t)weft__stack_guard_size);

    MPU_BASE = (uint32_t)(uintptr_t)end | BASE_VALID | region;
    MPU_ATTRIBUTES = NO_CODE | READ_ONLY | MEMORY | (log2 - 1) << 1 | REGION_ON;
}

void weft__guard_stacks(void)
{
    unsigned regions = MPU_TYPE >> 8 & 0xff;

    if (regions >= 2) {
        guard(regions - 1, weft__stack_end);
        guard(regions - 2, weft__interrupt_stack_end);
        MPU_CONTROL = REST_AS_WITHOUT | CONTROL_ON;
        weft__barrier();
    }
}

/* By the address that could not be written, where there is one. */
bool weft__fault_in_guard(void)
{
    uint32_t status = WEFT__REGISTER(0xe000ed28u);
    uintptr_t at = WEFT__REGISTER(0xe000ed34u);
    uintptr_t size = (uintptr_t)weft__stack_guard_size;

    return (status & 1u << 7) != 0 &&
           (at - (uintptr_t)weft__stack_end < size ||
            at - (uintptr_t)weft__interrupt_stack_end < size);
}

#else

void weft__guard_stacks(void)
{
}

bool weft__fault_in_guard(void)
{
    return false;
}

#endif
