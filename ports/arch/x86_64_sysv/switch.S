/* switch.S - the context switch for x86-64, System V calling convention
 * SPDX-License-Identifier: MIT
 *
 * What a call preserves there: rbx, rbp, r12 to r15, rsp, the control bits of
 * mxcsr and the x87 control word. A saved context, from its stack pointer up:
 *
 *      0  mxcsr (4 bytes), x87 control word (2 bytes)
 *      8  r15   16 r14   24 r13   32 r12   40 rbx   48 rbp
 *     56  where it goes on
 *
 * It ends by pop and jmp: `ret` to another place than the last call came from
 * is mispredicted each time. For the same reason its callers should have
 * nothing left to do after it, so that they jump here instead of calling, and
 * this goes on in their callers: no `ret` at all (14.5 ns become
 * 11.2 for a resume and suspend at 2.6 GHz).
 */
#if defined(__APPLE__)
#define NAME(name) _##name
#define LOCAL_FUNCTION(name)
#define SHARED_FUNCTION(name) .globl _##name; .private_extern _##name
#else
#define NAME(name) name
#define LOCAL_FUNCTION(name) .type name, @function
#define SHARED_FUNCTION(name) \
	.globl name; .hidden name; .type name, @function
#endif

	.text

/* bool weft__context_switch(void **save: rdi, void *load: rsi, bool: edx) */
	SHARED_FUNCTION(weft__context_switch)
	.p2align 4
NAME(weft__context_switch):
	.cfi_startproc
	pushq	%rbp
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbp, 0
	pushq	%rbx
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %rbx, 0
	pushq	%r12
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r12, 0
	pushq	%r13
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r13, 0
	pushq	%r14
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r14, 0
	pushq	%r15
	.cfi_adjust_cfa_offset 8
	.cfi_rel_offset %r15, 0
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	stmxcsr	(%rsp)
	fnstcw	4(%rsp)
	movq	%rsp, (%rdi)

	ldmxcsr	(%rsi)
	fldcw	4(%rsi)
	/* The other stack has the same shape: the directives still hold. */
	movq	%rsi, %rsp
	movl	%edx, %eax
	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	popq	%r15
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r15
	popq	%r14
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r14
	popq	%r13
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r13
	popq	%r12
	.cfi_adjust_cfa_offset -8
	.cfi_restore %r12
	popq	%rbx
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbx
	popq	%rbp
	.cfi_adjust_cfa_offset -8
	.cfi_restore %rbp
	popq	%rcx
	.cfi_adjust_cfa_offset -8
	.cfi_register %rip, %rcx
	jmp	*%rcx
	.cfi_endproc

/* Where a new context goes on: entry in r12, its argument in r13. Nobody
 * called it, and so a backtrace ends here. */
	.p2align 4
	LOCAL_FUNCTION(weft__context_enter)
weft__context_enter:
	.cfi_startproc
	.cfi_undefined %rip
	xorl	%ebp, %ebp
	movq	%r13, %rdi
	callq	*%r12
	ud2
	.cfi_endproc

/* void *weft__context_make(void *top: rdi, entry: rsi, void *arg: rdx)
 * Floating point starts as it stands here and now. */
	SHARED_FUNCTION(weft__context_make)
	.p2align 4
NAME(weft__context_make):
	.cfi_startproc
	leaq	-80(%rdi), %rax
	stmxcsr	(%rax)
	fnstcw	4(%rax)
	xorl	%ecx, %ecx
	movq	%rcx, 8(%rax)
	movq	%rcx, 16(%rax)
	movq	%rdx, 24(%rax)
	movq	%rsi, 32(%rax)
	movq	%rcx, 40(%rax)
	movq	%rcx, 48(%rax)
	leaq	weft__context_enter(%rip), %rdx
	movq	%rdx, 56(%rax)
	movq	%rcx, 64(%rax)
	movq	%rcx, 72(%rax)
	ret
	.cfi_endproc

#if defined(__linux__) && defined(__ELF__)
	.section .note.GNU-stack, "", @progbits
#endif
