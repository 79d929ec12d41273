/* terminal.c - the keyboard key by key, and a terminal left as it was found
 * SPDX-License-Identifier: MIT
 *
 * Ctrl-C and Ctrl-Z stay signals. The signals that end a program put the
 * terminal back first, and so does stopping; going on makes it raw again.
 */
#define _DEFAULT_SOURCE

#include "tools/weft/real/terminal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

static struct termios found;
static struct termios raw;
static volatile sig_atomic_t is_raw;

void terminal_restore(void)
{
    if (is_raw) {
        is_raw = 0;
        (void)tcsetattr(STDIN_FILENO, TCSANOW, &found);
    }
}

static void make_raw(void)
{
    is_raw = 1;
    (void)tcsetattr(STDIN_FILENO, TCSANOW, &raw);
}

static const int fatal[] = {SIGQUIT, SIGPIPE, SIGABRT, SIGBUS, SIGFPE,
                            SIGILL,  SIGSEGV, SIGTSTP, SIGXCPU};
enum { FATAL_COUNT = sizeof(fatal) / sizeof(fatal[0]) };
static struct sigaction before[FATAL_COUNT];

/* What was done at the signal before we came. */
static const struct sigaction *before_of(int number)
{
    size_t i = 0;

    while (fatal[i] != number) {
        i++;
    }
    return &before[i];
}

/* Ends, or stops, this program as the signal does without us. */
static void on_fatal(int number)
{
    int saved = errno;
    int was_raw = is_raw;
    struct sigaction ours;
    sigset_t only;

    terminal_restore();
    (void)sigaction(number, before_of(number), &ours);
    (void)raise(number);
    (void)sigemptyset(&only);
    (void)sigaddset(&only, number);
    (void)sigprocmask(SIG_UNBLOCK, &only, NULL);
    /* only after a stop are we here again */
    (void)sigaction(number, &ours, NULL);
    if (was_raw && tcgetpgrp(STDIN_FILENO) == getpgrp()) {
        make_raw();
    }
    errno = saved;
}

/* A handler has to run also where the stack is used up. */
static void give_stack(void)
{
    static char room[64 * 1024];
    stack_t stack = {.ss_sp = room, .ss_size = sizeof(room)};
    stack_t now;

    if (sigaltstack(NULL, &now) == 0 && (now.ss_flags & SS_DISABLE)) {
        (void)sigaltstack(&stack, NULL);
    }
}

static void catch_fatal(void)
{
    struct sigaction action = {.sa_handler = on_fatal, .sa_flags = SA_ONSTACK};

    give_stack();
    for (size_t i = 0; i < FATAL_COUNT; i++) {
        if (sigaction(fatal[i], NULL, &before[i]) == 0 &&
            before[i].sa_handler != SIG_IGN) {
            (void)sigaction(fatal[i], &action, NULL);
        }
    }
}

bool terminal_raw(void)
{
    if (isatty(STDIN_FILENO) != 1 || tcgetpgrp(STDIN_FILENO) != getpgrp() ||
        tcgetattr(STDIN_FILENO, &found) != 0) {
        return false;
    }
    raw = found;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    (void)atexit(terminal_restore);
    catch_fatal();
    make_raw();
    return true;
}
