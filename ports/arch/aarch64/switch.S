/* switch.S - the context switch for AArch64, AAPCS64
 * SPDX-License-Identifier: MIT
 *
 * Switching to a context: sp is set to it, w0 to the value, x1 to the context
 * that is left; the address on top is loaded and jumped to. The code there
 * restores the rest. Who is left has its fpcr at 8(x1).
 *
 * Saved by the called form, from the stack pointer up:
 *      0  where it goes on: `back` below
 *      8  fpcr    16 where to store what was left
 *     32  x19 to x28    112 x29    120 x30, the return address
 *    128  d8 to d15
 *
 * It ends by br and not by ret, which is predicted to go where the last call
 * came from.
 */
#if defined(__APPLE__)
#define NAME(name) _##name
#define LOCAL_FUNCTION(name)
#define SHARED_FUNCTION(name) .globl _##name; .private_extern _##name
#else
#define NAME(name) name
#define LOCAL_FUNCTION(name) .type name, %function
#define SHARED_FUNCTION(name) \
	.globl name; .hidden name; .type name, %function
#endif
#define BTI_CALL hint #34
#define BTI_JUMP hint #36

	.text

/* int weft__context_switch(void **left: x0, void *load: x1, int value: w2) */
	SHARED_FUNCTION(weft__context_switch)
	SHARED_FUNCTION(weft__context_switch_bool)
	.p2align 4
NAME(weft__context_switch):
NAME(weft__context_switch_bool):
	.cfi_startproc
	BTI_CALL
	sub	sp, sp, #192
	.cfi_def_cfa_offset 192
	adr	x16, back
	mrs	x17, fpcr
	stp	x16, x17, [sp]
	str	x0, [sp, #16]
	stp	x19, x20, [sp, #32]
	stp	x21, x22, [sp, #48]
	stp	x23, x24, [sp, #64]
	stp	x25, x26, [sp, #80]
	stp	x27, x28, [sp, #96]
	stp	x29, x30, [sp, #112]
	stp	d8, d9, [sp, #128]
	stp	d10, d11, [sp, #144]
	stp	d12, d13, [sp, #160]
	stp	d14, d15, [sp, #176]
	.cfi_rel_offset x19, 32
	.cfi_rel_offset x20, 40
	.cfi_rel_offset x21, 48
	.cfi_rel_offset x22, 56
	.cfi_rel_offset x23, 64
	.cfi_rel_offset x24, 72
	.cfi_rel_offset x25, 80
	.cfi_rel_offset x26, 88
	.cfi_rel_offset x27, 96
	.cfi_rel_offset x28, 104
	.cfi_rel_offset x29, 112
	.cfi_rel_offset x30, 120
	mov	x16, sp
	mov	sp, x1
	mov	x1, x16
	mov	w0, w2
	ldr	x16, [sp]
	br	x16

	/* Here its own context goes on; the stack has the same shape. */
	.p2align 4
back:
	BTI_JUMP
	ldr	x2, [sp, #16]
	str	x1, [x2]
	ldr	x2, [sp, #8]
	ldr	x3, [x1, #8]
	cmp	x2, x3
	b.ne	2f
1:	ldp	x19, x20, [sp, #32]
	ldp	x21, x22, [sp, #48]
	ldp	x23, x24, [sp, #64]
	ldp	x25, x26, [sp, #80]
	ldp	x27, x28, [sp, #96]
	ldp	x29, x16, [sp, #112]
	ldp	d8, d9, [sp, #128]
	ldp	d10, d11, [sp, #144]
	ldp	d12, d13, [sp, #160]
	ldp	d14, d15, [sp, #176]
	add	sp, sp, #192
	mov	x30, x16
	br	x16
2:	msr	fpcr, x2
	b	1b
	.cfi_endproc

/* Where a new context goes on: its argument lies above fpcr, its entry above
 * that. Nobody called it, and so a backtrace ends here. */
	.p2align 4
	LOCAL_FUNCTION(weft__context_enter)
weft__context_enter:
	.cfi_startproc
	.cfi_undefined x30
	BTI_JUMP
	ldr	x2, [sp, #8]
	ldr	x3, [x1, #8]
	cmp	x2, x3
	b.ne	2f
1:	ldp	x0, x3, [sp, #16]
	add	sp, sp, #32
	mov	x29, #0
	mov	x30, #0
	blr	x3
	brk	#1
2:	msr	fpcr, x2
	b	1b
	.cfi_endproc

/* void *weft__context_make(void *top: x0, entry: x1, void *arg: x2)
 * Floating point starts as it stands here and now. */
	SHARED_FUNCTION(weft__context_make)
	.p2align 4
NAME(weft__context_make):
	.cfi_startproc
	BTI_CALL
	adr	x16, weft__context_enter
	mrs	x17, fpcr
	sub	x0, x0, #32
	stp	x16, x17, [x0]
	stp	x2, x1, [x0, #16]
	ret
	.cfi_endproc

#if defined(__linux__) && defined(__ELF__)
	.section .note.GNU-stack, "", %progbits
#endif
