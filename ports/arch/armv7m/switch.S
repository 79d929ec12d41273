/* switch.S - the context switch for Armv7-M and Armv8-M Mainline: Thumb-2
 * SPDX-License-Identifier: MIT
 *
 * Switching to a context: sp is set to it, r0 to the value, r1 to the context
 * that is left; the address on top is loaded and jumped to. The code there
 * restores the rest. Who is left has its fpscr at 4(r1), where there is one.
 *
 * Saved by the called form, from the stack pointer up:
 *      0  where it goes on: `back` below, bit 0 set as in each code address
 *      4  fpscr   8  where to store what was left
 *     12  with floating point registers: d8 to d15
 *     12  or 76  r4 to r11, the return address
 *
 * sp is whichever of the two stack pointers is in use. Of fpscr the modes
 * belong to a context (rounding, flush to zero, default NaN); the flags gather
 * what happened on the core. Saving d8 to d15 is use of the floating point
 * unit: from the first switch on an interrupt reserves room for its registers.
 * The stack limit registers of Armv8-M are not touched here: see
 * weft_port_stack_limit in weft/port.h.
 */
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
#define FLOAT 1
#else
#define FLOAT 0
#endif

	.syntax unified
	.thumb
#if defined(__linux__)
	.cfi_sections .eh_frame
#else
	.cfi_sections .debug_frame
#endif

/* Goes on in a context that comes first time or again: its own modes, those
 * are in r3, where who was left had other ones. Modes are the bits 8 to 26,
 * flags are beside. */
	.macro	take_modes
#if FLOAT
	ldr	r2, [r1, #4]
	eors	r3, r2
	ubfx	r3, r3, #8, #19
	cbz	r3, 1f
	eor	r2, r2, r3, lsl #8
	vmsr	fpscr, r2
1:
#endif
	.endm

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
	push	{r4-r11, lr}
	.save	{r4-r11, lr}
	.cfi_def_cfa_offset 36
	.cfi_rel_offset r4, 0
	.cfi_rel_offset r5, 4
	.cfi_rel_offset r6, 8
	.cfi_rel_offset r7, 12
	.cfi_rel_offset r8, 16
	.cfi_rel_offset r9, 20
	.cfi_rel_offset r10, 24
	.cfi_rel_offset r11, 28
	.cfi_rel_offset lr, 32
#if FLOAT
	vpush	{d8-d15}
	.vsave	{d8-d15}
	.cfi_adjust_cfa_offset 64
	vmrs	r5, fpscr
#endif
	adr	r4, back
	adds	r4, #1
	mov	r6, r0
	push	{r4-r6}
	.pad	#12
	.cfi_adjust_cfa_offset 12
	mov	r3, sp
	mov	sp, r1
	mov	r1, r3
	mov	r0, r2
	ldr	r3, [sp]
	bx	r3

	/* Here its own context goes on; the stack has the same shape. */
	.p2align 2
back:
	pop	{r2-r4}
	.cfi_adjust_cfa_offset -12
	str	r1, [r4]
	take_modes
#if FLOAT
	vpop	{d8-d15}
	.cfi_adjust_cfa_offset -64
#endif
	pop	{r4-r11, pc}
	.cfi_endproc
	.fnend
	.size	weft__context_switch, . - weft__context_switch

/* Where a new context goes on: its argument lies above fpscr, its entry above
 * that. Nobody called it, and so a backtrace ends here. */
	.section .text.weft__context_make, "ax", %progbits
	.type	weft__context_enter, %function
	.p2align 2
weft__context_enter:
	.fnstart
	.cantunwind
	.cfi_startproc
	.cfi_undefined lr
	ldr	r3, [sp, #4]
	take_modes
	pop	{r2-r5}
	mov	r0, r4
	movs	r7, #0
	mov	r11, r7
	blx	r5
	udf	#0
	.cfi_endproc
	.fnend
	.size	weft__context_enter, . - weft__context_enter

/* void *weft__context_make(void *top: r0, entry: r1, void *arg: r2)
 * Floating point starts as it stands here and now. */
	.globl	weft__context_make
	.hidden	weft__context_make
	.type	weft__context_make, %function
	.p2align 2
weft__context_make:
	.fnstart
	.cfi_startproc
	subs	r0, #16
	adr	r3, weft__context_enter
	orr	r3, r3, #1
	str	r3, [r0]
#if FLOAT
	vmrs	r3, fpscr
	str	r3, [r0, #4]
#endif
	str	r2, [r0, #8]
	str	r1, [r0, #12]
	bx	lr
	.cfi_endproc
	.fnend
	.size	weft__context_make, . - weft__context_make

#if defined(__linux__) && defined(__ELF__)
	.section .note.GNU-stack, "", %progbits
#endif
