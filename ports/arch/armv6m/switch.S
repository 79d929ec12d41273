/* switch.S - the context switch for Armv6-M, Armv8-M Baseline: Thumb-1
 * SPDX-License-Identifier: MIT
 *
 * Switching to a context: sp is set to it, r0 to the value, r1 to the context
 * that is left; the address on top is loaded and jumped to. The code there
 * restores the rest.
 *
 * Saved by the called form, from the stack pointer up:
 *      0  where it goes on: `back` below, bit 0 set as in each code address
 *      4  where to store what was left    8  unused
 *     12  r8 to r11    28  r4 to r7    44  the return address
 *
 * sp is whichever of the two stack pointers is in use. These cores have no
 * floating point unit. The code is Thumb of any age, so that it also runs
 * where tests can reach it.
 */
	.syntax unified
	.thumb
#if defined(__linux__)
	.cfi_sections .eh_frame
#else
	.cfi_sections .debug_frame
#endif

	.section .text.weft__context_switch, "ax", %progbits
	.globl	weft__context_switch
	.globl	weft__context_switch_bool
	.hidden	weft__context_switch
	.hidden	weft__context_switch_bool
	.type	weft__context_switch, %function
	.type	weft__context_switch_bool, %function
	.p2align 2

/* int weft__context_switch(void **left: r0, void *load: r1, int value: r2) */
weft__context_switch:
weft__context_switch_bool:
	.fnstart
	.cfi_startproc
	push	{r4-r7, lr}
	.save	{r4-r7, lr}
	.cfi_def_cfa_offset 20
	.cfi_rel_offset r4, 0
	.cfi_rel_offset r5, 4
	.cfi_rel_offset r6, 8
	.cfi_rel_offset r7, 12
	.cfi_rel_offset lr, 16
	mov	r4, r8
	mov	r5, r9
	mov	r6, r10
	mov	r7, r11
	push	{r4-r7}
	.pad	#16
	.cfi_adjust_cfa_offset 16
	.cfi_rel_offset r8, 0
	.cfi_rel_offset r9, 4
	.cfi_rel_offset r10, 8
	.cfi_rel_offset r11, 12
	adr	r4, back
	adds	r4, #1
	movs	r5, r0
	push	{r4-r6}
	.pad	#12
	.cfi_adjust_cfa_offset 12
	mov	r3, sp
	mov	sp, r1
	movs	r1, r3
	movs	r0, r2
	ldr	r3, [sp]
	bx	r3

	/* Here its own context goes on; the stack has the same shape. */
	.p2align 2
back:
	pop	{r2-r4}
	.cfi_adjust_cfa_offset -12
	str	r1, [r3]
	pop	{r4-r7}
	.cfi_adjust_cfa_offset -16
	mov	r8, r4
	mov	r9, r5
	mov	r10, r6
	mov	r11, r7
	pop	{r4-r7, pc}
	.cfi_endproc
	.fnend
	.size	weft__context_switch, . - weft__context_switch

/* Where a new context goes on: its argument lies above, its entry above that.
 * Nobody called it, and so a backtrace ends here. */
	.section .text.weft__context_make, "ax", %progbits
	.type	weft__context_enter, %function
	.p2align 2
weft__context_enter:
	.fnstart
	.cantunwind
	.cfi_startproc
	.cfi_undefined lr
	pop	{r2-r5}
	movs	r0, r4
	movs	r7, #0
	mov	r11, r7
	blx	r5
	udf	#0
	.cfi_endproc
	.fnend
	.size	weft__context_enter, . - weft__context_enter

/* void *weft__context_make(void *top: r0, entry: r1, void *arg: r2) */
	.globl	weft__context_make
	.hidden	weft__context_make
	.type	weft__context_make, %function
	.p2align 2
weft__context_make:
	.fnstart
	.cfi_startproc
	subs	r0, #16
	ldr	r3, =weft__context_enter
	str	r3, [r0]
	str	r2, [r0, #8]
	str	r1, [r0, #12]
	bx	lr
	.cfi_endproc
	.fnend
	.size	weft__context_make, . - weft__context_make
	.ltorg

#if defined(__linux__) && defined(__ELF__)
	.section .note.GNU-stack, "", %progbits
#endif
