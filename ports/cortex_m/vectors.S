/* vectors.S - cortex_m: the vector table, every entry of it weak
 * SPDX-License-Identifier: MIT
 *
 * Whoever defines weft_irq_5, or weft_systick, gets its own. The rest of the
 * external ones go to weft__irq, which finds what weft_port_irq_setup set
 * where that is used. Names of a number are made here, which C cannot.
 */
#ifndef WEFT_IRQS
#define WEFT_IRQS 32
#endif

    .syntax unified
    .thumb

    .section .text.weft__irq_unset, "ax", %progbits
    .global weft__irq_unset
    .type weft__irq_unset, %function
    .thumb_func
weft__irq_unset:
    ldr r0, =weft__irq
    bx r0
    .type unset, %function
    .thumb_func
unset:
    ldr r0, =weft__unexpected
    bx r0
    .pool

    .macro entry name, otherwise
    .weak \name
    .thumb_set \name, \otherwise
    .word \name
    .endm

    .macro irq number
    entry weft_irq_\number, weft__irq_unset
    .endm

    .section .vectors, "a", %progbits
    .global weft__vectors
    .type weft__vectors, %object
weft__vectors:
    .word weft__interrupt_stack_top
    .word weft__reset
    entry weft_nmi, unset
    .rept 8                     /* hard, memory, bus, usage, secure; unused */
    .word weft__fault
    .endr
    entry weft_svcall, unset
    .word weft__fault           /* debug monitor, and one unused */
    .word weft__fault
    entry weft_pendsv, unset
    entry weft_systick, unset

    .altmacro
    .set number, 0
    .rept WEFT_IRQS
    irq %number
    .set number, number + 1
    .endr
    .size weft__vectors, . - weft__vectors
