/* switch.S - the context switch for RISC-V, 32 and 64 bits, any float ABI
 * SPDX-License-Identifier: MIT
 *
 * Switching to a context: sp is set to it, a0 to the value, a1 to the context
 * that is left; the address on top is loaded and jumped to. The code there
 * restores the rest. Who is left has its frm in the second word at a1.
 *
 * Saved by the called form, in words from the stack pointer up:
 *      0  where it goes on: `back` below
 *      1  frm    2  where to store what was left    3  ra    4  s0 to s11
 *     16  fs0 to fs11, of the width that the ABI preserves
 *
 * Of fcsr the rounding mode, frm, belongs to a context; the flags gather what
 * happened on the hart. gp is one for the program, and tp for the hart: both
 * stay, so a context may go on at another hart.
 *
 * Jumps go through t1: through ra or t0 they are predicted as returns, to
 * where the last call came from.
 */
#if __riscv_xlen == 64
#define WORD 8
#define STORE sd
#define LOAD ld
#else
#define WORD 4
#define STORE sw
#define LOAD lw
#endif

#if defined(__riscv_float_abi_double)
#define FLOAT 8
#define FSTORE fsd
#define FLOAD fld
#elif defined(__riscv_float_abi_single)
#define FLOAT 4
#define FSTORE fsw
#define FLOAD flw
#else
#define FLOAT 0
#endif

#define FRAME (16 * WORD + 12 * FLOAT)
#define AT(n) ((n) * WORD)(sp)
#define FLOAT_AT(n) (16 * WORD + (n) * FLOAT)(sp)

#if defined(__linux__)
	.cfi_sections .eh_frame
#else
	.cfi_sections .debug_frame
#endif

	.macro	for_each_saved do
	\do	s0, 4
	\do	s1, 5
	\do	s2, 6
	\do	s3, 7
	\do	s4, 8
	\do	s5, 9
	\do	s6, 10
	\do	s7, 11
	\do	s8, 12
	\do	s9, 13
	\do	s10, 14
	\do	s11, 15
	.endm

	.macro	for_each_saved_float do
	\do	fs0, 0
	\do	fs1, 1
	\do	fs2, 2
	\do	fs3, 3
	\do	fs4, 4
	\do	fs5, 5
	\do	fs6, 6
	\do	fs7, 7
	\do	fs8, 8
	\do	fs9, 9
	\do	fs10, 10
	\do	fs11, 11
	.endm

	.macro	save register, n
	STORE	\register, AT(\n)
	.cfi_rel_offset \register, \n * WORD
	.endm

	.macro	restore register, n
	LOAD	\register, AT(\n)
	.endm

#if FLOAT
	.macro	save_float register, n
	FSTORE	\register, FLOAT_AT(\n)
	.endm

	.macro	restore_float register, n
	FLOAD	\register, FLOAT_AT(\n)
	.endm
#endif

/* Goes on in a context that comes first time or again: its own rounding, where
 * who was left had another one. */
	.macro	take_rounding
#if defined(__riscv_flen)
	LOAD	t1, AT(1)
	LOAD	t2, WORD(a1)
	beq	t1, t2, 1f
	fsrm	t1
1:
#endif
	.endm

	.section .text.weft__context_switch, "ax", @progbits
	.globl	weft__context_switch
	.globl	weft__context_switch_bool
	.hidden	weft__context_switch
	.hidden	weft__context_switch_bool
	.type	weft__context_switch, @function
	.type	weft__context_switch_bool, @function
	.p2align 1

/* int weft__context_switch(void **left: a0, void *load: a1, int value: a2) */
weft__context_switch:
weft__context_switch_bool:
	.cfi_startproc
	addi	sp, sp, -FRAME
	.cfi_def_cfa_offset FRAME
	lla	t1, back
	STORE	t1, AT(0)
#if defined(__riscv_flen)
	frrm	t2
	STORE	t2, AT(1)
#endif
	STORE	a0, AT(2)
	save	ra, 3
	for_each_saved save
#if FLOAT
	for_each_saved_float save_float
#endif
	mv	t2, sp
	mv	sp, a1
	mv	a1, t2
	mv	a0, a2
	LOAD	t1, AT(0)
	jr	t1

	/* Here its own context goes on; the stack has the same shape. */
	.p2align 1
back:
	LOAD	t2, AT(2)
	STORE	a1, 0(t2)
	take_rounding
	for_each_saved restore
#if FLOAT
	for_each_saved_float restore_float
#endif
	LOAD	t1, AT(3)
	.cfi_register ra, t1
	addi	sp, sp, FRAME
	.cfi_def_cfa_offset 0
	jr	t1
	.cfi_endproc
	.size	weft__context_switch, . - weft__context_switch

/* Where a new context goes on: its argument lies above frm, its entry above
 * that. Nobody called it, and so a backtrace ends here. */
	.section .text.weft__context_make, "ax", @progbits
	.type	weft__context_enter, @function
	.p2align 1
weft__context_enter:
	.cfi_startproc
	.cfi_undefined ra
	take_rounding
	LOAD	a0, AT(2)
	LOAD	t1, AT(3)
	addi	sp, sp, 4 * WORD
	li	s0, 0
	jalr	t1
	ebreak
	.cfi_endproc
	.size	weft__context_enter, . - weft__context_enter

/* void *weft__context_make(void *top: a0, entry: a1, void *arg: a2)
 * Rounding starts as it stands here and now. */
	.globl	weft__context_make
	.hidden	weft__context_make
	.type	weft__context_make, @function
	.p2align 1
weft__context_make:
	.cfi_startproc
	addi	a0, a0, -4 * WORD
	lla	t1, weft__context_enter
	STORE	t1, 0(a0)
#if defined(__riscv_flen)
	frrm	t2
	STORE	t2, WORD(a0)
#endif
	STORE	a2, 2 * WORD(a0)
	STORE	a1, 3 * WORD(a0)
	ret
	.cfi_endproc
	.size	weft__context_make, . - weft__context_make

#if defined(__linux__) && defined(__ELF__)
	.section .note.GNU-stack, "", @progbits
#endif
