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

/* Ends, or stops, this program as the signal does by itself. */
static void on_fatal(int number)
{
    int saved = errno;
    int was_raw = is_raw;
    struct sigaction plain = {.sa_handler = SIG_DFL};
    struct sigaction again;
    sigset_t only;

    terminal_restore();
    (void)sigaction(number, &plain, &again);
    (void)raise(number);
    (void)sigemptyset(&only);
    (void)sigaddset(&only, number);
    (void)sigprocmask(SIG_UNBLOCK, &only, NULL);
    /* only after a stop are we here again */
    (void)sigaction(number, &again, NULL);
    if (was_raw && tcgetpgrp(STDIN_FILENO) == getpgrp()) {
        make_raw();
    }
    errno = saved;
}

static void catch_fatal(void)
{
    static const int numbers[] = {SIGQUIT, SIGPIPE, SIGABRT, SIGBUS, SIGFPE,
                                  SIGILL,  SIGSEGV, SIGTSTP, SIGXCPU};
    struct sigaction action = {.sa_handler = on_fatal};
    struct sigaction before;

    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
        /* what somebody else handles (a sanitizer) or ignores stays so */
        if (sigaction(numbers[i], NULL, &before) == 0 &&
            before.sa_handler == SIG_DFL) {
            (void)sigaction(numbers[i], &action, NULL);
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
    raw.c_cc[VMIN] = 1;
    raw.c_cc[VTIME] = 0;
    (void)atexit(terminal_restore);
    catch_fatal();
    make_raw();
    return true;
}
