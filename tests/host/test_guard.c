/* test_guard.c - stacks where the kernel cannot guard them all
 * SPDX-License-Identifier: MIT
 *
 * A kernel before 6.13, and one whose limit of mappings is reached: a filter
 * of system calls refuses what they would refuse.
 */
#define _GNU_SOURCE

#include "weft/stack.h"

#include "tests/support/test.h"

#if !TEST_IN_SIM && defined(__has_include)
#if __has_include(<linux/seccomp.h>)
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#define CAN_REFUSE 1
#endif
#endif

#if defined(CAN_REFUSE)
enum { GUARD_INSTALL = 102, NO_CALL = -1, STACKS = 3 };

#define LOAD(member)                                                           \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define IF(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
#define GIVE(value) BPF_STMT(BPF_RET | BPF_K, value)

/* Refuses the advice, and where `full` also the guard by mprotect. */
static void refuse(bool full)
{
    struct sock_filter filter[] = {
        LOAD(nr),
        IF(__NR_madvise, 0, 3),
        LOAD(args[2]),
        IF(GUARD_INSTALL, 0, 5),
        GIVE(SECCOMP_RET_ERRNO | EINVAL),
        IF(full ? __NR_mprotect : (unsigned)NO_CALL, 0, 3),
        LOAD(args[2]),
        IF(PROT_NONE, 0, 1),
        GIVE(SECCOMP_RET_ERRNO | ENOMEM),
        GIVE(SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {.len = sizeof(filter) / sizeof(filter[0]),
                                 .filter = filter};

    CHECK_EQ(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), 0);
    CHECK_EQ(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), 0);
}

/* Each stack says whether it has a guard; an overflow is named either way. */
static void overflow(bool full)
{
    static weft_stack_pool_t pool;
    weft_stack_t *stacks[STACKS];

    refuse(full);
    weft_stack_pool_init(&pool, NULL);
    for (int i = 0; i < STACKS; i++) {
        CHECK_EQ(weft_stack_acquire(&pool, "greedy", &stacks[i]), 0);
        CHECK_EQ(stacks[i]->guarded, !full);
    }
    ((volatile char *)stacks[1]->base)[full ? 3 : -5] = 1;
    weft_stack_release(stacks[1]);
}

/* More than would fit in what a process may map. */
static void acquire_many(void)
{
    enum { MANY = 34000, SIZE = 4096 };
    static weft_stack_pool_t pool;
    weft_stack_t *stack;
    long guarded = 0;

    refuse(false);
    weft_stack_pool_init(&pool, &(weft_stack_config_t){.size = SIZE});
    for (int i = 0; i < MANY; i++) {
        CHECK_EQ(weft_stack_acquire(&pool, "one of many", &stack), 0);
        guarded += stack->guarded;
    }
    CHECK(guarded > 20000);
    CHECK(!stack->guarded);
    ((volatile char *)stack->base)[3] = 1;
    weft_stack_release(stack);
}
#endif

CASE_REAL_ONLY(without_the_advice_a_stack_has_a_mapping_as_guard,
               "the simulator asks no kernel")
{
#if defined(CAN_REFUSE)
    CHECK_DIES(overflow(false), "stack overflow in fiber greedy");
#else
    SKIP("no system calls can be refused here");
#endif
}

CASE_REAL_ONLY(without_any_guard_a_stack_has_a_canary,
               "the simulator asks no kernel")
{
#if defined(CAN_REFUSE)
    CHECK_DIES(overflow(true), "stack overflow in fiber greedy");
#else
    SKIP("no system calls can be refused here");
#endif
}

CASE_REAL_ONLY(guards_leave_the_kernel_mappings_for_others,
               "the simulator asks no kernel")
{
#if defined(CAN_REFUSE)
    CHECK_DIES(acquire_many(), "stack overflow in fiber one of many");
#else
    SKIP("no system calls can be refused here");
#endif
}
