/* hooks.c - posix: what weft/base/hooks.h asks of a port
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L
#include "weft/base/hooks.h"
#include "weft/port.h"

#include <sched.h>

/* Whoever holds the lock may have lost its processor: after so many pauses
   give ours away, so that it can go on. */
enum { SPINS_BEFORE_YIELD = 128 };

void weft_port_pause(void)
{
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__) || (defined(__arm__) && __ARM_ARCH >= 7)
    __asm__ volatile("yield");
#endif
}

void weft_hook_spin(void)
{
    static _Thread_local unsigned spins;

    if (++spins % SPINS_BEFORE_YIELD == 0) {
        (void)sched_yield();
    } else {
        weft_port_pause();
    }
}

unsigned weft_hook_mask(void)
{
    return 0;
}

void weft_hook_unmask(unsigned key)
{
    (void)key;
}
