/* tls.S - cortex_m: where thread-local storage lies, for one core
 * SPDX-License-Identifier: MIT
 *
 * What the compiler and the C library call to find errno and the like. It may
 * change r0 and ip alone.
 */
    .syntax unified
    .thumb

#if !defined(WEFT_CORES) || WEFT_CORES == 1
    .section .text.__aeabi_read_tp, "ax", %progbits
    .global __aeabi_read_tp
    .type __aeabi_read_tp, %function
    .thumb_func
__aeabi_read_tp:
    ldr r0, =weft__tls_pointer
    bx lr
    .pool
#endif
