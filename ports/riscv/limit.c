/* limit.c - riscv: the end of the stack in use, by physical memory protection
 * SPDX-License-Identifier: MIT
 *
 * Entry 0 of PMP keeps everybody out of 32 bytes, entry 1 lets everybody in
 * elsewhere. In machine mode an entry counts only where it is locked until the
 * next reset; but with MPRV loads and stores are checked as those of the mode
 * in MPP. A trap sets MPP to machine mode, so its own accesses are free, and
 * mret sets it back to user mode and leaves MPRV: set once, it stays. A fiber
 * of an interrupt level runs in a trap: its limit is what sets MPP there, and
 * the trap brings mstatus back as it was.
 *
 * A hart without user mode, or without PMP, ignores all of this. A frame that
 * is larger than the guard may jump over it: then the canary tells later.
 */
#include <stddef.h>

#include "ports/riscv/hart.h"
#include "weft/base/hooks.h"

enum {
    GUARD = 32,
    NAPOT = 3 << 3,    /* of entry 0: no read, no write, by powers of two */
    ALL_ELSE = 0x1f00, /* of entry 1: the same and everything allowed */
    SIZE_32 = 3,       /* in an address, which counts in words */
    LOAD_FAULT = 5,
    STORE_FAULT = 7,
};

#define MPP ((uintptr_t)3 << 11)
#define MPRV ((uintptr_t)1 << 17)

static weft_port_limit_t limits[WEFT_CORES];

static uintptr_t guard_of(weft_port_limit_t limit)
{
    return ((uintptr_t)limit.low + GUARD - 1) & ~(uintptr_t)(GUARD - 1);
}

static void check_as_user(void)
{
    WEFT__CSR_CLEAR(mstatus, MPP);
    if ((WEFT__CSR_READ(mstatus) & MPRV) == 0) {
        __asm__ volatile("csrw pmpaddr1, %0" ::"r"(~(uintptr_t)0));
        WEFT__CSR_SET(pmpcfg0, ALL_ELSE);
        WEFT__CSR_SET(mstatus, MPRV);
    }
}

/* An interrupt level has limits of its own: it must not come upon a guard that
   differs from what is noted, and bring back the noted one. */
weft_port_limit_t weft_port_stack_limit(weft_port_limit_t limit)
{
    weft_port_limit_t *now = &limits[weft__hart_index()];
    unsigned key = weft_hook_mask();
    weft_port_limit_t before = *now;

    WEFT__CSR_CLEAR(pmpcfg0, NAPOT);
    *now = limit;
    if (limit.low != NULL) {
        __asm__ volatile(
            "csrw pmpaddr0, %0" ::"r"(guard_of(limit) >> 2 | SIZE_32));
        WEFT__CSR_SET(pmpcfg0, NAPOT);
        check_as_user();
    }
    weft_hook_unmask(key);
    return before;
}

void weft__limit_fault(uintptr_t cause, uintptr_t address)
{
    weft_port_limit_t limit = limits[weft__hart_index()];
    bool refused = cause == LOAD_FAULT || cause == STORE_FAULT;

    WEFT__CSR_CLEAR(pmpcfg0, NAPOT);
    if (limit.low != NULL && refused && address - guard_of(limit) < GUARD) {
        weft__stack_overflowed(limit.name);
    }
}
