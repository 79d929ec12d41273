/* nap.h - cortex_m: one WFI, without a window between the look and the sleep
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_PORTS_CORTEX_M_NAP_H
#define WEFT_PORTS_CORTEX_M_NAP_H

#include "ports/cortex_m/cortex_m.h"
#include "ports/cortex_m/mask.h"
#include "ports/cortex_m/stacks.h"

static inline void weft__check_may_sleep(void)
{
    WEFT_ASSERT(weft__ipsr() == 0, "sleep in an interrupt");
    WEFT_ASSERT(!weft__masked(), "sleep with interrupts masked");
    weft__check_stacks();
}

/* Sleeps until an interrupt was taken, unless the word has changed or the
 * deadline passed: false. */
static inline bool weft__nap(const uintptr_t *word, uintptr_t asleep,
                             uint64_t deadline_us)
{
    uint32_t key = weft__primask_raise();
    bool sleeps = __atomic_load_n(word, __ATOMIC_ACQUIRE) == asleep &&
                  weft__clock_arm(deadline_us);

    if (sleeps) {
        __asm__ volatile("dsb\n\twfi" ::: "memory");
    }
    weft__primask_restore(key);
    __asm__ volatile("isb" ::: "memory");
    return sleeps;
}

#endif
