/* hooks.c - riscv: what weft/base/hooks.h asks of a port
 * SPDX-License-Identifier: MIT
 */
#include "weft/base/hooks.h"
#include "weft/port.h"

#include "ports/riscv/hart.h"

/* In an emulator who holds the lock may have lost the processor it runs on:
   after so many pauses this hart waits for a moment. */
enum { SPINS_BEFORE_REST = 128 };

/* The hint of Zihintpause, which is a fence of nothing to who does not know
   it. */
void weft_port_pause(void)
{
    __asm__ volatile(".4byte 0x0100000f" ::: "memory");
}

void weft_hook_spin(void)
{
    if (++weft__own.hart->spins % SPINS_BEFORE_REST == 0) {
        weft__rest();
    } else {
        weft_port_pause();
    }
}

unsigned weft_hook_mask(void)
{
    uintptr_t before;

    __asm__ volatile("csrrci %0, mstatus, 8" : "=r"(before)::"memory");
    return (unsigned)before & WEFT__MSTATUS_MIE;
}

void weft_hook_unmask(unsigned key)
{
    WEFT__CSR_SET(mstatus, key);
}
