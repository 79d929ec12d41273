/* mask.h - cortex_m: keeping interrupts out, up to a priority or all
 * SPDX-License-Identifier: MIT
 *
 * With BASEPRI (v7-M, v8-M mainline) those above the ceiling go on; without
 * it (v6-M, v8-M baseline) PRIMASK keeps out all of them.
 */
#ifndef WEFT_PORTS_CORTEX_M_MASK_H
#define WEFT_PORTS_CORTEX_M_MASK_H

#include "ports/cortex_m/allowed.h"
#include "ports/cortex_m/cortex_m.h"

#if defined(__ARM_ARCH_6M__) || defined(__ARM_ARCH_8M_BASE__)

static inline unsigned weft__mask_raise(unsigned hardware)
{
    uint32_t key;

    __asm__ volatile("mrs %0, primask" : "=r"(key));
    if (hardware != 0) { /* a ceiling of 0 keeps out nothing */
        (void)weft__primask_raise();
    }
    return key;
}

static inline void weft__mask_restore(unsigned key)
{
    weft__primask_restore(key);
}

static inline bool weft__masked(void)
{
    uint32_t value;

    __asm__ volatile("mrs %0, primask" : "=r"(value));
    return value != 0;
}

/* What is kept out by PRIMASK is all that there is. */
static inline uint32_t weft__most_urgent(void)
{
    return 0;
}

static inline bool weft__may_call(uint32_t exception)
{
    (void)exception;
    return true;
}

#else

/* basepri_max never lets in what was kept out. */
static inline unsigned weft__mask_raise(unsigned hardware)
{
    uint32_t key;

    __asm__ volatile("mrs %0, basepri\n\tmsr basepri_max, %1"
                     : "=&r"(key)
                     : "r"(hardware)
                     : "memory");
    return key;
}

static inline void weft__mask_restore(unsigned key)
{
    __asm__ volatile("msr basepri, %0" ::"r"(key) : "memory");
}

static inline bool weft__masked(void)
{
    uint32_t base;
    uint32_t all;

    __asm__ volatile("mrs %0, basepri\n\tmrs %1, primask"
                     : "=r"(base), "=r"(all));
    return (base | all) != 0;
}

/* The hardware's priority of the most urgent interrupts that may call. */
static inline uint32_t weft__most_urgent(void)
{
    return WEFT_CEILING_PRIORITY;
}

static inline bool weft__may_call(uint32_t exception)
{
    return weft__exception_priority(exception) >= weft__most_urgent();
}

#endif

#endif
