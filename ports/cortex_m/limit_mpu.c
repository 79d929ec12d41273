/* limit_mpu.c - cortex_m: the end of the stack in use, by the MPU of Armv7-M
 * SPDX-License-Identifier: MIT
 *
 * A region of 32 bytes that no access may touch: below the two of guard.c, so
 * that it goes before a program's own. Elsewhere memory is as without an MPU.
 * A frame that is larger may jump over it: then the canary tells later. A chip
 * without an MPU ignores all of this.
 */
#include "ports/cortex_m/limit.h"

#ifdef WEFT__LIMIT_MPU

#include <stddef.h>

#include "weft/port.h"

/* Of those that the chip has: most have 8. */
#ifndef WEFT_STACK_LIMIT_REGION
#define WEFT_STACK_LIMIT_REGION 5u
#endif

enum {
    MPU_CTRL = 0x94, /* of the registers from 0xe000ed00 */
    MPU_RBAR = 0x9c,
    MPU_RASR = 0xa0,
    MMFAR = 0x34,
    GUARD = 32,
};

#define SYSTEM(offset) WEFT__REGISTER(0xe000ed00u + (offset))
#define ENABLE_WITH_BACKGROUND 5u
#define NO_ACCESS_32 (1u << 28 | 4u << 1 | 1u)
#define RBAR_VALID 0x10u

/* Of CFSR: pushing in an exception, also of floating point; an access, and
 * MMFAR has its address. */
#define PUSHED (1u << 4 | 1u << 5)
#define ACCESSED (1u << 1 | 1u << 7)

static weft_port_limit_t limits[WEFT_CORES];

static uint32_t guard_of(weft_port_limit_t limit)
{
    return ((uint32_t)(uintptr_t)limit.low + GUARD - 1) & ~(GUARD - 1u);
}

/* In one piece: a fiber of an interrupt level in between would put back what
 * is not yet, or no longer, the limit, and turn the guard on with it. */
weft_port_limit_t weft_port_stack_limit(weft_port_limit_t limit)
{
    uint32_t key = weft__primask_raise();
    weft_port_limit_t *now = &limits[WEFT__THIS_CORE()];
    weft_port_limit_t before = *now;

    SYSTEM(MPU_RBAR) = RBAR_VALID | WEFT_STACK_LIMIT_REGION;
    SYSTEM(MPU_RASR) = 0;
    *now = limit;
    if (limit.low != NULL) {
        SYSTEM(MPU_RBAR) =
            guard_of(limit) | RBAR_VALID | WEFT_STACK_LIMIT_REGION;
        SYSTEM(MPU_RASR) = NO_ACCESS_32;
        SYSTEM(MPU_CTRL) = ENABLE_WITH_BACKGROUND;
    }
    weft__barrier();
    weft__primask_restore(key);
    return before;
}

void weft__limit_fault(uint32_t status)
{
    weft_port_limit_t limit = limits[WEFT__THIS_CORE()];
    bool in_guard = (status & ACCESSED) == ACCESSED &&
                    SYSTEM(MMFAR) - guard_of(limit) < GUARD;

    SYSTEM(MPU_CTRL) = 0;
    weft__barrier();
    if (limit.low != NULL && ((status & PUSHED) != 0 || in_guard)) {
        weft__stack_overflowed(limit.name);
    }
}

#endif
