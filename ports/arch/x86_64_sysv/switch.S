/* switch.S - the context switch for x86-64, System V calling convention
 * SPDX-License-Identifier: MIT
 *
 * Switching to a context: rsp is set to it, eax to the value, rdx to the
 * context that is left; the address on top is popped and jumped to. The code
 * there restores the rest. Who is left has its x87 control word at 8(rdx).
 *
 * Saved by the called form, from the stack pointer up:
 *      0  where it goes on: `back` below
 *      8  x87 control word   16 where to store what was left
 *     24  r15   32 r14   40 r13   48 r12   56 rbx   64 rbp
 *     72  the return address
 *
 * Floating point is kept as weft/arch_switch.h tells: by the x87 control word;
 * stmxcsr would cost 4 ns a switch.
 *
 * It ends by jmp: `ret` to another place than the last call came from is
 * mispredicted each time. For the same reason its callers should have nothing
 * left to do after it, so that they jump here instead of calling, and this
 * goes on in their callers: no `ret` at all (14.5 ns become 11.2 for a resume
 * and suspend at 2.6 GHz).
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

/* int weft__context_switch(void **left: rdi, void *load: rsi, int: edx) */
	SHARED_FUNCTION(weft__context_switch)
	SHARED_FUNCTION(weft__context_switch_bool)
	.p2align 4
NAME(weft__context_switch):
NAME(weft__context_switch_bool):
	.cfi_startproc
	leaq	-72(%rsp), %rsp
	.cfi_def_cfa_offset 80
	leaq	back(%rip), %rcx
	movq	%rcx, (%rsp)
	fnstcw	8(%rsp)
	movq	%rdi, 16(%rsp)
	movq	%r15, 24(%rsp)
	movq	%r14, 32(%rsp)
	movq	%r13, 40(%rsp)
	movq	%r12, 48(%rsp)
	movq	%rbx, 56(%rsp)
	movq	%rbp, 64(%rsp)
	.cfi_rel_offset %r15, 24
	.cfi_rel_offset %r14, 32
	.cfi_rel_offset %r13, 40
	.cfi_rel_offset %r12, 48
	.cfi_rel_offset %rbx, 56
	.cfi_rel_offset %rbp, 64
	movl	%edx, %eax
	movq	%rsp, %rdx
	movq	%rsi, %rsp
	popq	%rcx
	jmp	*%rcx

	/* Here its own context goes on, the address already popped. */
	.p2align 4
back:
	.cfi_def_cfa_offset 72
	movq	8(%rsp), %rcx
	movq	%rdx, (%rcx)
	movzwl	(%rsp), %ecx
	cmpw	8(%rdx), %cx
	jne	2f
1:	movq	16(%rsp), %r15
	movq	24(%rsp), %r14
	movq	32(%rsp), %r13
	movq	40(%rsp), %r12
	movq	48(%rsp), %rbx
	movq	56(%rsp), %rbp
	movq	64(%rsp), %rcx
	leaq	72(%rsp), %rsp
	.cfi_remember_state
	.cfi_def_cfa_offset 0
	.cfi_restore %r15
	.cfi_restore %r14
	.cfi_restore %r13
	.cfi_restore %r12
	.cfi_restore %rbx
	.cfi_restore %rbp
	.cfi_register %rip, %rcx
	jmp	*%rcx
2:	.cfi_restore_state
	pushq	%rax
	.cfi_adjust_cfa_offset 8
	movl	%ecx, %edi
	callq	NAME(weft__context_float)
	popq	%rax
	.cfi_adjust_cfa_offset -8
	jmp	1b
	.cfi_endproc

/* void weft__context_float(unsigned control: edi)
 * The rounding and the masks of exceptions are bits 10 and 0 to 5 there, 13
 * and 7 to 12 in mxcsr. */
	SHARED_FUNCTION(weft__context_float)
	.p2align 4
NAME(weft__context_float):
	.cfi_startproc
	subq	$8, %rsp
	.cfi_adjust_cfa_offset 8
	movw	%di, (%rsp)
	fldcw	(%rsp)
	stmxcsr	4(%rsp)
	movl	%edi, %ecx
	andl	$0x0c00, %ecx
	shll	$3, %ecx
	andl	$0x003f, %edi
	shll	$7, %edi
	orl	%edi, %ecx
	movl	4(%rsp), %eax
	andl	$~0x7f80, %eax
	orl	%ecx, %eax
	movl	%eax, 4(%rsp)
	ldmxcsr	4(%rsp)
	addq	$8, %rsp
	.cfi_adjust_cfa_offset -8
	ret
	.cfi_endproc

/* Where a new context goes on: its argument lies above the control word, its
 * entry above that. Nobody called it, and so a backtrace ends here. */
	.p2align 4
	LOCAL_FUNCTION(weft__context_enter)
weft__context_enter:
	.cfi_startproc
	.cfi_undefined %rip
	movzwl	(%rsp), %ecx
	cmpw	8(%rdx), %cx
	jne	2f
1:	movq	8(%rsp), %rdi
	movq	16(%rsp), %rcx
	movq	%rdx, %rsi
	leaq	24(%rsp), %rsp
	xorl	%ebp, %ebp
	callq	*%rcx
	ud2
2:	movq	%rdx, %rbx
	movl	%ecx, %edi
	callq	NAME(weft__context_float)
	movq	%rbx, %rdx
	jmp	1b
	.cfi_endproc

/* void *weft__context_make(void *top: rdi, entry: rsi, void *arg: rdx)
 * Floating point starts as it stands here and now. */
	SHARED_FUNCTION(weft__context_make)
	.p2align 4
NAME(weft__context_make):
	.cfi_startproc
	leaq	-32(%rdi), %rax
	leaq	weft__context_enter(%rip), %rcx
	movq	%rcx, (%rax)
	fnstcw	8(%rax)
	movq	%rdx, 16(%rax)
	movq	%rsi, 24(%rax)
	ret
	.cfi_endproc

#if defined(__linux__) && defined(__ELF__)
	.section .note.GNU-stack, "", @progbits
#endif
