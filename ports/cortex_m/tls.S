/* tls.S - cortex_m: where thread-local storage lies, of each core
 * SPDX-License-Identifier: MIT
 *
 * What the compiler and the C library call to find errno and the like. It may
 * change r0 and ip alone.
 */
    .syntax unified
    .thumb

    .section .text.__aeabi_read_tp, "ax", %progbits
    .global __aeabi_read_tp
    .type __aeabi_read_tp, %function
    .thumb_func
__aeabi_read_tp:
#if defined(WEFT_CORES) && WEFT_CORES > 1
    ldr r0, =WEFT_CPU_ID
    ldr r0, [r0]
    cbnz r0, other
    ldr r0, =weft__tls_pointer
    bx lr
other:
    ldr r0, =weft__tls_pointer_1
    bx lr
#else
    ldr r0, =weft__tls_pointer
    bx lr
#endif
    .pool
