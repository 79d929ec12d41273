/* start.S - riscv: where all harts begin, and the entry of traps
 * SPDX-License-Identifier: MIT
 *
 * Hart 0 copies .data, clears .bss and goes on in C; a1 still points to the
 * device tree, if there is one. The others wait for its software interrupt. A
 * hart that the program is not linked for stays asleep.
 *
 * Each hart has, from low to high addresses, a stack for traps and one for
 * its thread. mscratch holds the top of the former while it is not in use, 0
 * while it is: a trap that finds 0 is nested and goes on on the stack it came
 * from, which may be a fiber's.
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

#ifndef __riscv_flen
#define FLOAT 0
#elif __riscv_flen == 64
#define FLOAT 8
#define FSTORE fsd
#define FLOAD fld
#else
#define FLOAT 4
#define FSTORE fsw
#define FLOAD flw
#endif

#ifndef WEFT_CORES
#define WEFT_CORES 1
#endif

#define MSTATUS_FS_INITIAL 0x2000
#define MSIE 0x8
#define MSIE_MTIE 0x88

	.section .text.init.enter, "ax"
	.globl	_start
	.type	_start, @function
_start:
	.option	push
	.option	norelax
	la	gp, __global_pointer$
	.option	pop
	csrw	mie, zero
	csrr	s0, mhartid
	li	t0, WEFT_CORES
	bgeu	s0, t0, asleep
	la	t0, weft__trap
	csrw	mtvec, t0
#if FLOAT
	li	t0, MSTATUS_FS_INITIAL
	csrs	mstatus, t0
	csrw	fcsr, zero
#endif
	/* The stacks. */
	la	sp, __hart_stacks_second
	la	t0, __hart_stacks
	sub	t0, sp, t0
	mul	t0, t0, s0
	add	sp, sp, t0
	la	t1, __trap_stack_top
	add	t1, t1, t0
	csrw	mscratch, t1
	/* The thread-locals: hart 0 has those that the linker laid out. */
	la	tp, __tls_base
#if WEFT_CORES > 1
	beqz	s0, first
	la	t0, __tls_second
	sub	t0, t0, tp
	mul	t0, t0, s0
	add	tp, tp, t0
	/* Until hart 0 says that memory is what it should be. */
	li	t0, MSIE
	csrw	mie, t0
1:	wfi
	csrr	t0, mip
	andi	t0, t0, MSIE
	beqz	t0, 1b
	fence	/* after that, what hart 0 wrote before */
	li	t0, MSIE_MTIE
	csrw	mie, t0
	mv	a0, s0
	j	weft__hart_main
#endif

first:
	la	t0, __data_start
	la	t1, __data_end
	la	t2, __data_source
	j	3f
2:	LOAD	t3, 0(t2)
	STORE	t3, 0(t0)
	addi	t0, t0, WORD
	addi	t2, t2, WORD
3:	bltu	t0, t1, 2b
	la	t0, __bss_start
	la	t1, __bss_end
	j	5f
4:	STORE	zero, 0(t0)
	addi	t0, t0, WORD
5:	bltu	t0, t1, 4b
	li	t0, MSIE_MTIE
	csrw	mie, t0
	mv	a0, a1
	j	weft__first_main

asleep:
	wfi
	j	asleep
	.size	_start, . - _start

/* What a function call may change, and what a nested trap would: in words
   from the stack pointer up. */
#define PC 16
#define STATUS 17
#define STACK 18
#define SCRATCH 19
#define FRAME (20 * WORD + 24 * FLOAT)
#define AT(n) ((n) * WORD)(sp)
#define FLOAT_AT(n) (20 * WORD + (n) * FLOAT)(sp)

	.macro	for_each do
	\do	ra, 0
	\do	t1, 2
	\do	t2, 3
	\do	t3, 4
	\do	t4, 5
	\do	t5, 6
	\do	t6, 7
	\do	a0, 8
	\do	a1, 9
	\do	a2, 10
	\do	a3, 11
	\do	a4, 12
	\do	a5, 13
	\do	a6, 14
	\do	a7, 15
	.endm

	.macro	for_each_float do
	\do	ft0, 0
	\do	ft1, 1
	\do	ft2, 2
	\do	ft3, 3
	\do	ft4, 4
	\do	ft5, 5
	\do	ft6, 6
	\do	ft7, 7
	\do	ft8, 8
	\do	ft9, 9
	\do	ft10, 10
	\do	ft11, 11
	\do	fa0, 12
	\do	fa1, 13
	\do	fa2, 14
	\do	fa3, 15
	\do	fa4, 16
	\do	fa5, 17
	\do	fa6, 18
	\do	fa7, 19
	.endm

	.macro	save register, n
	STORE	\register, AT(\n)
	.endm
	.macro	load register, n
	LOAD	\register, AT(\n)
	.endm
#if FLOAT
	.macro	save_float register, n
	FSTORE	\register, FLOAT_AT(\n)
	.endm
	.macro	load_float register, n
	FLOAD	\register, FLOAT_AT(\n)
	.endm
#endif

	.section .text.weft__trap, "ax"
	.balign	4
	.globl	weft__trap
	.type	weft__trap, @function
weft__trap:
	csrrw	sp, mscratch, sp
	bnez	sp, 1f
	/* Nested: sp is what it was, mscratch stays 0. */
	csrrw	sp, mscratch, sp
	addi	sp, sp, -FRAME
	STORE	t0, AT(1)
	STORE	zero, AT(SCRATCH)
	addi	t0, sp, FRAME
	STORE	t0, AT(STACK)
	j	2f
1:	addi	sp, sp, -FRAME
	STORE	t0, AT(1)
	addi	t0, sp, FRAME
	STORE	t0, AT(SCRATCH)
	csrrw	t0, mscratch, zero
	STORE	t0, AT(STACK)
2:	for_each save
	csrr	a1, mepc
	STORE	a1, AT(PC)
	csrr	t0, mstatus
	STORE	t0, AT(STATUS)
#if FLOAT
	for_each_float save_float
	frcsr	t0
	STORE	t0, FLOAT_AT(20)
#endif
	csrr	a0, mcause
	call	weft__trapped
#if FLOAT
	LOAD	t0, FLOAT_AT(20)
	fscsr	t0
	for_each_float load_float
#endif
	LOAD	t0, AT(STATUS)
	csrw	mstatus, t0
	LOAD	t0, AT(PC)
	csrw	mepc, t0
	LOAD	t0, AT(SCRATCH)
	csrw	mscratch, t0
	for_each load
	LOAD	t0, AT(1)
	LOAD	sp, AT(STACK)
	mret
	.size	weft__trap, . - weft__trap
