/* shell_tty.h - a shell on a terminal of a host: a new pty, or standard input
 * SPDX-License-Identifier: MIT
 *
 * When to use it: on Linux and its like, to talk to a program with a
 * weft/shell.h in it, by `screen` or by a pipe.
 *
 * Example:
 *
 *     int say_hello(weft_shell_t *shell, int argc, char **argv);
 *
 *     static const weft_shell_command_t commands[] = {
 *         {"hello", "[NAME]: greets", say_hello},
 *     };
 *     static weft_shell_t shell;
 *     static weft_shell_tty_t tty;
 *
 *     void shell_on_a_pty(weft_executor_t *executor, weft_request_t *start)
 *     {
 *         weft_shell_config_t config = {.commands = commands, .count = 1,
 *                                       .output = weft_shell_tty_output,
 *                                       .output_ctx = &tty,
 *                                       .prompt = "> ", .echo = true};
 *         (void)weft_shell_init(&shell, executor, &config);
 *         if (weft_shell_tty_pty(&tty, &shell) == WEFT_OK) {
 *             report("screen %s", tty.path);
 *             (void)weft_service_start(&shell.service, start);
 *         }
 *     }
 *
 * A thread of its own waits for bytes, and for room. Nobody has to be at the
 * other end of a pty: what is printed then is lost when its buffer is full.
 *
 * Context: open and close from one thread; the shell's executor runs on
 * another, or later. Memory: the caller's, until close.
 */
#ifndef WEFT_SHELL_TTY_H
#define WEFT_SHELL_TTY_H

#include "weft/port.h"
#include "weft/shell.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_shell_tty {
    char path[64];            /* of a pty, for who wants to talk to it */
    void (*ended)(void *ctx); /* the input has ended; set before opening, in
                                   the thread; NULL: nothing */
    void *ended_ctx;
    /* private */
    weft_shell_t *shell;
    weft_port_thread_t thread;
    int in;
    int out;
    int other;     /* of a pty: its other end, so that it does not hang up */
    int wake[2];   /* a pipe to the thread */
    uint32_t full; /* atomic: the line takes nothing */
    uint32_t stopping; /* atomic */
    void *saved;       /* how the terminal was; NULL: it is none */
} weft_shell_tty_t;

/* Opens a new pty for the shell, which is set up and not yet started.
 * WEFT_ERR_FAILED: as the system says; errors of a thread's start. */
int weft_shell_tty_pty(weft_shell_tty_t *tty, weft_shell_t *shell);

/* The same over two descriptors: 0 and 1, say. A terminal is given to the
 * shell's own editing, until close. */
int weft_shell_tty_open(weft_shell_tty_t *tty, weft_shell_t *shell, int in,
                        int out);

/* Ends the thread, when the shell has stopped. */
void weft_shell_tty_close(weft_shell_tty_t *tty);

/* For the shell's config, with the tty as output_ctx. */
int weft_shell_tty_output(void *ctx, const char *bytes, size_t size);

#ifdef __cplusplus
}
#endif

#endif
