/* limit.h - cortex_m: where the stack in use ends, one file for each way
 * SPDX-License-Identifier: MIT
 *
 *     limit_mpu.c         Armv7-M: 32 bytes that the MPU keeps everybody out of
 *     limit_registers.c   Armv8-M Mainline: its stack limits
 *     limit_none.c        others: a canary only
 */
#ifndef WEFT_PORTS_CORTEX_M_LIMIT_H
#define WEFT_PORTS_CORTEX_M_LIMIT_H

#include "ports/cortex_m/cortex_m.h"

#if defined(__ARM_ARCH_8M_MAIN__) || defined(__ARM_ARCH_8_1M_MAIN__)
#define WEFT__LIMIT_REGISTERS 1
#elif defined(__ARM_ARCH_7M__) || defined(__ARM_ARCH_7EM__)
#define WEFT__LIMIT_MPU 1
#endif

/* In assembly, for a handler that goes on at another place of this stack. */
#ifdef WEFT__LIMIT_REGISTERS
#define WEFT__LIMIT_LIFT "movs r3, #0\n\tmsr msplim, r3\n\t"
#else
#define WEFT__LIMIT_LIFT
#endif

/* For the handler of faults: ends the program with the name of the stack that
 * has overflowed, where CFSR says that one has; else returns. Nothing is linked
 * of it where no limits are set. */
__attribute__((weak)) void weft__limit_fault(uint32_t status);

#endif
