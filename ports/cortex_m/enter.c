/* enter.c - cortex_m: what one core at a time may touch, all interrupts off
 * SPDX-License-Identifier: MIT
 */
#include "ports/cortex_m/cortex_m.h"
#include "weft/base/spinlock.h"

#if WEFT_CORES > 1

static weft_spinlock_t lock;

unsigned weft__enter(void)
{
    unsigned key = weft__primask_raise();

    weft_spinlock_lock(&lock);
    return key;
}

void weft__leave(unsigned key)
{
    weft_spinlock_unlock(&lock);
    weft__primask_restore(key);
}

#else

unsigned weft__enter(void)
{
    return weft__primask_raise();
}

void weft__leave(unsigned key)
{
    weft__primask_restore(key);
}

#endif
