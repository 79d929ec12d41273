/* shell.h - commands over a serial line, a terminal or a script
 * SPDX-License-Identifier: MIT
 *
 * When to use it: to ask and tune a device from a terminal: `screen` on a
 * serial port, or on a host's pty (weft/shell_tty.h).
 *
 * Example:
 *
 *     static int say_hello(weft_shell_t *shell, int argc, char **argv)
 *     {
 *         weft_shell_print(shell, "hello ");
 *         weft_shell_print(shell, argc > 1 ? argv[1] : "you");
 *         weft_shell_print(shell, "\n");
 *         return WEFT_OK;
 *     }
 *
 *     static const weft_shell_command_t commands[] = {
 *         {"hello", "[NAME]: greets", say_hello},
 *     };
 *     static weft_shell_t shell;
 *
 *     static int to_line(void *ctx, const char *bytes, size_t size)
 *     {
 *         return uart_write(ctx, bytes, size);
 *     }
 *     static void line_interrupt(void)
 *     {
 *         char byte = uart_byte();
 *         weft_shell_feed(&shell, &byte, 1);
 *     }
 *
 *     void shell_begin(weft_executor_t *executor, weft_request_t *start)
 *     {
 *         weft_shell_config_t config = {.commands = commands, .count = 1,
 *                                       .output = to_line, .prompt = "> ",
 *                                       .echo = true};
 *         (void)weft_shell_init(&shell, executor, &config);
 *         (void)weft_service_start(&shell.service, start);
 *     }
 *
 * A line ends with CR, LF or CRLF. Its words are parted by spaces; "..." and
 * '...' keep them, and a backslash keeps the next byte, not inside of '...'.
 * The first is the command; `help` is there always, `help NAME` explains one.
 * Backspace, Ctrl-U (the line away), Ctrl-C (the line or the command away),
 * arrow up and down (lines typed before). A line that is too long, or has too
 * many words, is not run and says so; one that was too long, and is shown, may
 * be mended by backspace.
 *
 * A command that fails has its error printed. It may be answered later: it
 * sends a request by weft_shell_call, and its answer function prints. What is
 * typed meanwhile waits, but for Ctrl-C, which cancels the request and gives a
 * prompt at once; an answer that still comes prints nothing.
 *
 * Input that finds no room is dropped and counted in `lost`. Output never holds
 * up the service: what the line does not take waits in a buffer, and what finds
 * no room there is dropped, with a note on the line when there is room again.
 *
 * Context: feed, room and ready from any thread, core and interrupt, also while
 * the service is stopped; what prints, and call, inside of a command or an
 * answer function. Memory: the caller's.
 */
#ifndef WEFT_SHELL_H
#define WEFT_SHELL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weft/base/spinlock.h"
#include "weft/config.h"
#include "weft/service.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_shell weft_shell_t;

/* Requests of a shell that may be under way at once. */
enum { WEFT_SHELL_CALLS = 4 };

/* Runs a command: 0 or more, or an error, or what weft_shell_call gives. The
 * words are there until it returns: what its request needs longer it copies. */
typedef int weft_shell_fn(weft_shell_t *shell, int argc, char **argv);

typedef struct weft_shell_command {
    const char *name;
    const char *help; /* its arguments, and what it does; NULL: none */
    weft_shell_fn *fn;
} weft_shell_command_t;

/* Prints what a request was answered with: 0 or more, or an error, which is
 * printed; or what weft_shell_call gives, for the next request. */
typedef int weft_shell_answer_fn(weft_shell_t *shell, weft_request_t *request);

/* Takes as much as there is room for, and says how much; an error: the bytes
 * are lost. It may not wait. Context: in the service. */
typedef int weft_shell_output_fn(void *ctx, const char *bytes, size_t size);

/* Kept as they are: */
typedef struct weft_shell_config {
    const weft_shell_command_t *commands;
    size_t count; /* of these */
    weft_shell_output_fn *output;
    void *output_ctx;
    const char *prompt;  /* NULL: none */
    const char *newline; /* NULL: "\r\n" */
    bool echo;           /* what is typed is shown */
} weft_shell_config_t;

struct weft_shell {
    weft_service_t service;
    void *context; /* the user's */
    uint32_t lost; /* bytes of input that found no room */
    /* private */
    weft_shell_config_t config;
    weft_request_t poke; /* has the service look */
    weft_reply_t reply;
    const weft_shell_command_t *running; /* what report names */
    weft_request_t *waits;               /* the running command's; NULL: none */
    weft_shell_answer_fn *answer;
    void *under_way[WEFT_SHELL_CALLS]; /* atomic: requests not yet back */
    uint32_t poked;                    /* atomic: poke is in flight */
    uint32_t news; /* atomic: there is something to look at */
    weft_spinlock_t lock;
    uint16_t input_at;
    uint16_t input_size;
    uint16_t line_size;
    uint16_t output_at;
    uint16_t output_size;
    uint16_t shown;  /* so many lines back is what the line shows */
    uint32_t missed; /* bytes of output that found no room */
    uint8_t broken;  /* Ctrl-C was fed */
    uint8_t escape;  /* of an arrow, so many bytes have come */
    uint8_t after_cr;
    uint8_t too_long;
    uint8_t open; /* atomic: it takes requests */
    char input[WEFT_SHELL_INPUT];
    char line[WEFT_SHELL_LINE + 1];
    char
        history[WEFT_SHELL_HISTORY]; /* lines, each with its end; newest last */
    uint16_t history_size;
    char output[WEFT_SHELL_OUTPUT];
};

/* Prepares a stopped shell; its start prints the prompt. Errors of
 * weft_service_init; WEFT_ERR_INVALID: a command without name or function, or
 * no output. */
int weft_shell_init(weft_shell_t *shell, weft_executor_t *executor,
                    const weft_shell_config_t *config);

/* Bytes that came over the line; how many there was room for. Ctrl-C is always
 * seen, and throws away what came before it and was not looked at. */
size_t weft_shell_feed(weft_shell_t *shell, const char *bytes, size_t size);

/* So many bytes there is room for now. */
size_t weft_shell_room(weft_shell_t *shell);

/* The line takes bytes again. */
void weft_shell_ready(weft_shell_t *shell);

/* Prints; "\n" is the config's newline. */
void weft_shell_print(weft_shell_t *shell, const char *text);
void weft_shell_write(weft_shell_t *shell, const char *bytes, size_t size);
void weft_shell_print_int(weft_shell_t *shell, int64_t value);

/* Sends a request, and has answer called with it when it is settled; the
 * command returns what this gives. WEFT_ERR_BUSY: the request is still under
 * way, or WEFT_SHELL_CALLS others, from commands that Ctrl-C has ended. */
int weft_shell_call(weft_shell_t *shell, weft_service_t *service, unsigned code,
                    weft_request_t *request, weft_shell_answer_fn *answer);

#ifdef __cplusplus
}
#endif

#endif
