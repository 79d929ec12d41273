/* overflow.c - posix: names the stack whose guard was touched
 * SPDX-License-Identifier: MIT
 *
 * The handler runs on a stack of its own, since the other one is full. It
 * prints a line where a pool knows the address; in any case it goes on to who
 * handled the signal before: the program ends, or is reported by a sanitizer or
 * mended by its own handler, as it would have been.
 */
#define _GNU_SOURCE /* sigaltstack, SA_ONSTACK */
#include "ports/posix/overflow.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#include "weft/port.h"

enum { SIGNALS = 2 };
static const int signals[SIGNALS] = {SIGSEGV, SIGBUS};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static weft_port_overflow_t *watches;
static struct sigaction before[SIGNALS];
static bool installed[SIGNALS];

static void say(const char *text)
{
    ssize_t written = write(STDERR_FILENO, text, strlen(text));

    (void)written;
}

static void name_it(const void *address)
{
    for (const weft_port_overflow_t *at = watches; at != NULL; at = at->next) {
        const char *name = at->name_at(at->ctx, address);

        if (name != NULL) {
            say("weft: stack overflow in fiber ");
            say(name);
            say("\n");
            return;
        }
    }
}

/* As if there were no handler: an access faults again, what was sent is sent
 * again. Ignored is only what was sent; the kernel, too, ends a fault. */
static void go_on_without(int number, const struct sigaction *next, bool sent)
{
    if (sent && next->sa_handler == SIG_IGN) {
        return;
    }
    (void)sigaction(number, next, NULL);
    if (sent) {
        (void)raise(number);
    }
}

static void handle(int number, siginfo_t *info, void *context)
{
    const struct sigaction *next =
        number == signals[0] ? &before[0] : &before[1];
    bool sent = info->si_code <= 0; /* by somebody: si_addr says nothing */

    if (!sent) {
        name_it(info->si_addr);
    }
    if ((next->sa_flags & SA_SIGINFO) != 0) {
        next->sa_sigaction(number, info, context);
    } else if (next->sa_handler == SIG_DFL || next->sa_handler == SIG_IGN) {
        go_on_without(number, next, sent);
    } else {
        next->sa_handler(number);
    }
}

void weft__overflow_thread_begin(char *stack)
{
    stack_t now;
    stack_t own = {.ss_sp = stack, .ss_size = WEFT__OVERFLOW_STACK};

    if (sigaltstack(NULL, &now) == 0 && (now.ss_flags & SS_DISABLE)) {
        (void)sigaltstack(&own, NULL);
    }
}

void weft__overflow_thread_end(const char *stack)
{
    stack_t now;
    stack_t none = {.ss_flags = SS_DISABLE};

    if (sigaltstack(NULL, &now) == 0 && now.ss_sp == stack) {
        (void)sigaltstack(&none, NULL);
    }
}

static void install(void)
{
    struct sigaction action = {.sa_sigaction = handle,
                               .sa_flags = SA_SIGINFO | SA_ONSTACK};

    (void)sigemptyset(&action.sa_mask);
    for (int i = 0; i < SIGNALS; i++) {
        installed[i] =
            installed[i] || sigaction(signals[i], &action, &before[i]) == 0;
    }
}

/* Whoever has come after us keeps the signal; he may go on to us, so we stay
 * then, and are never installed a second time. */
static void uninstall(void)
{
    for (int i = 0; i < SIGNALS; i++) {
        struct sigaction now;

        if (installed[i] && sigaction(signals[i], NULL, &now) == 0 &&
            (now.sa_flags & SA_SIGINFO) != 0 && now.sa_sigaction == handle) {
            installed[i] = sigaction(signals[i], &before[i], NULL) != 0;
        }
    }
}

void weft_port_overflow_watch(weft_port_overflow_t *overflow)
{
    static char first_stack[WEFT__OVERFLOW_STACK];
    static char *unused_stack = first_stack;

    (void)pthread_mutex_lock(&lock);
    /* Of the first thread that asks, most often the only one not the port's. */
    if (unused_stack != NULL) {
        weft__overflow_thread_begin(unused_stack);
        unused_stack = NULL;
    }
    if (watches == NULL) {
        install();
    }
    overflow->next = watches;
    watches = overflow;
    (void)pthread_mutex_unlock(&lock);
}

void weft_port_overflow_unwatch(weft_port_overflow_t *overflow)
{
    (void)pthread_mutex_lock(&lock);
    weft_port_overflow_t **at = &watches;
    while (*at != NULL && *at != overflow) {
        at = &(*at)->next;
    }
    if (*at != NULL) {
        *at = overflow->next;
    }
    if (watches == NULL) {
        uninstall();
    }
    (void)pthread_mutex_unlock(&lock);
}
