/* weft/semihosting.h - Cortex-M: console and exit by the debugger or QEMU
 * SPDX-License-Identifier: MIT
 *
 * For boards that run in an emulator, or with a debugger attached: without one
 * the breakpoint that these functions use is a fault.
 *
 *     weft_semihosting_write("hello\n", 6);
 *     weft_semihosting_exit(0);
 *
 * Context: any.
 */
#ifndef WEFT_SEMIHOSTING_H
#define WEFT_SEMIHOSTING_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

void weft_semihosting_write(const char *text, size_t length);
__attribute__((noreturn)) void weft_semihosting_exit(int status);

#ifdef __cplusplus
}
#endif

#endif
