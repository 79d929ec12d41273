/* test_overflow.c - a pool's fault handler beside the host's own
 * SPDX-License-Identifier: MIT
 */
#define _GNU_SOURCE

#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/support/test.h"
#include "weft/stack.h"

static weft_stack_pool_t pool;
static char *page;
static int mended;

static struct sigaction handler_of(int number)
{
    struct sigaction now;

    memset(&now, 0, sizeof(now));
    CHECK_EQ(sigaction(number, NULL, &now), 0);
    return now;
}

static void install(int number, struct sigaction action)
{
    (void)sigemptyset(&action.sa_mask);
    CHECK_EQ(sigaction(number, &action, NULL), 0);
}

/* A host that allows an access when it is first tried. */
static void mend(int number, siginfo_t *info, void *context)
{
    (void)context;
    if (number == SIGSEGV && (char *)info->si_addr == page) {
        mended++;
        (void)mprotect(page, (size_t)sysconf(_SC_PAGESIZE),
                       PROT_READ | PROT_WRITE);
        return;
    }
    static const char words[] = "the host has seen it too\n";
    ssize_t written = write(STDERR_FILENO, words, sizeof(words) - 1);
    (void)written;
    _exit(3);
}

static void count(int number)
{
    (void)number;
    mended++;
}

static void touch_page(void)
{
    size_t size = (size_t)sysconf(_SC_PAGESIZE);

    page = mmap(NULL, size, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(page != MAP_FAILED);
    *(volatile char *)page = 1;
    (void)munmap(page, size);
}

static void overflow(void)
{
    weft_stack_t *stack;

    CHECK_EQ(weft_stack_acquire(&pool, "greedy", &stack), 0);
    ((volatile char *)stack->base)[-5] = 1;
}

CASE_ALONE(faults_of_others_go_to_the_hosts_handler_and_ours_are_named_after)
{
    struct sigaction before = handler_of(SIGSEGV);

    mended = 0;
    install(SIGSEGV,
            (struct sigaction){.sa_sigaction = mend, .sa_flags = SA_SIGINFO});
    weft_stack_pool_init(&pool, NULL);
    CHECK(handler_of(SIGSEGV).sa_sigaction != mend);
    touch_page();
    touch_page();
    CHECK_EQ(mended, 2);
    CHECK_DIES(overflow(), "stack overflow in fiber greedy");
    CHECK_DIES(overflow(), "the host has seen it too");
    weft_stack_pool_deinit(&pool);
    CHECK(handler_of(SIGSEGV).sa_sigaction == mend);
    install(SIGSEGV, before);
}

CASE_ALONE(a_signal_that_was_sent_goes_on_to_the_hosts_handler)
{
    struct sigaction before = handler_of(SIGBUS);

    mended = 0;
    install(SIGBUS, (struct sigaction){.sa_handler = count});
    weft_stack_pool_init(&pool, NULL);
    CHECK_EQ(raise(SIGBUS), 0);
    CHECK_EQ(raise(SIGBUS), 0);
    CHECK_EQ(mended, 2);
    weft_stack_pool_deinit(&pool);
    install(SIGBUS, (struct sigaction){.sa_handler = SIG_IGN});
    weft_stack_pool_init(&pool, NULL);
    CHECK_EQ(raise(SIGBUS), 0);
    weft_stack_pool_deinit(&pool);
    install(SIGBUS, before);
}

static void send_it(void)
{
    (void)raise(SIGBUS);
    _exit(0);
}

CASE_ALONE(a_signal_that_was_sent_ends_a_program_that_does_not_handle_it)
{
    struct sigaction before = handler_of(SIGBUS);

    install(SIGBUS, (struct sigaction){.sa_handler = SIG_DFL});
    weft_stack_pool_init(&pool, NULL);
    CHECK_DIES(send_it(), "");
    weft_stack_pool_deinit(&pool);
    install(SIGBUS, before);
}

CASE_ALONE(who_comes_after_the_pool_keeps_the_signal)
{
    struct sigaction before = handler_of(SIGBUS);

    mended = 0;
    weft_stack_pool_init(&pool, NULL);
    install(SIGBUS, (struct sigaction){.sa_handler = count});
    weft_stack_pool_deinit(&pool);
    CHECK(handler_of(SIGBUS).sa_handler == count);
    weft_stack_pool_init(&pool, NULL);
    CHECK_EQ(raise(SIGBUS), 0);
    CHECK_EQ(mended, 1);
    weft_stack_pool_deinit(&pool);
    install(SIGBUS, before);
}

CASE_ALONE(a_pool_without_a_fault_handler_leaves_the_signals_alone)
{
    struct sigaction before = handler_of(SIGSEGV);

    install(SIGSEGV,
            (struct sigaction){.sa_sigaction = mend, .sa_flags = SA_SIGINFO});
    weft_stack_pool_init(&pool,
                         &(weft_stack_config_t){.no_fault_handler = true});
    CHECK(handler_of(SIGSEGV).sa_sigaction == mend);
    CHECK_DIES(overflow(), "the host has seen it too");
    weft_stack_pool_deinit(&pool);
    install(SIGSEGV, before);
}
