/* test_shell_tty.c - a shell on a pty and on pipes, on real threads
 * SPDX-License-Identifier: MIT
 */
#define _DEFAULT_SOURCE

#include "tests/support/test.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "weft/event.h"
#include "weft/loop_thread.h"
#include "weft/shell_tty.h"

static weft_shell_t shell;
static weft_shell_tty_t tty;
static weft_loop_thread_t thread;
static weft_event_t ended = WEFT_EVENT_INIT;

static int hello(weft_shell_t *of, int argc, char **argv)
{
    weft_shell_print(of, "hello ");
    weft_shell_print(of, argc > 1 ? argv[1] : "you");
    weft_shell_print(of, "\n");
    return WEFT_OK;
}

static int flood(weft_shell_t *of, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    for (int i = 0; i < 1000; i++) {
        weft_shell_print(of, "0123456789abcdef");
    }
    weft_shell_print(of, "\n");
    return WEFT_OK;
}

/* A request that nobody answers, until it is cancelled by a stop. */
static weft_service_t deaf;
static weft_kept_t kept;
static weft_request_t wish;

static int keep(weft_service_t *service, weft_request_t *request)
{
    return weft_request_keep(service, request, &kept);
}

static const weft_handler_t deaf_handlers[] = {{1, 0, keep}};
static const weft_service_type_t deaf_type = {
    .name = "deaf", .handlers = deaf_handlers, .handlers_count = 1};

static int never(weft_shell_t *of, weft_request_t *request)
{
    (void)of;
    (void)request;
    FAIL("answered");
}

static int wait_for_ever(weft_shell_t *of, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return weft_shell_call(of, &deaf, 1, &wish, never);
}

static const weft_shell_command_t commands[] = {
    {"hello", "[NAME]", hello},
    {"flood", NULL, flood},
    {"wait", NULL, wait_for_ever},
};

static int call(weft_service_t *service, unsigned code)
{
    weft_request_t request = WEFT_FUTURE_INIT;

    return weft_call(service, code, &request);
}

static void begin(bool echo)
{
    weft_shell_config_t config = {.commands = commands,
                                  .count = 3,
                                  .output = weft_shell_tty_output,
                                  .output_ctx = &tty,
                                  .prompt = echo ? "> " : NULL,
                                  .newline = echo ? NULL : "\n",
                                  .echo = echo};

    CHECK_STARTED(weft_loop_thread_start(&thread, NULL));
    weft_future_init(&wish);
    CHECK_EQ(weft_service_init(&deaf, &deaf_type, &thread.loop.executor), 0);
    CHECK_EQ(call(&deaf, WEFT_SERVICE_START), 0);
    CHECK_EQ(weft_shell_init(&shell, &thread.loop.executor, &config), 0);
}

static void end(void)
{
    CHECK_EQ(call(&shell.service, WEFT_SERVICE_STOP), 0);
    weft_shell_tty_close(&tty);
    CHECK_EQ(call(&deaf, WEFT_SERVICE_STOP), 0);
    weft_loop_thread_stop(&thread);
    weft_loop_thread_join(&thread);
}

static void say(int fd, const char *text)
{
    CHECK_EQ(write(fd, text, strlen(text)), strlen(text));
}

/* Reads until what was read ends with this. */
static void expect(int fd, const char *last)
{
    static char seen[65536];
    size_t size = 0;

    for (;;) {
        struct pollfd in = {.fd = fd, .events = POLLIN};
        ssize_t more;

        CHECK(poll(&in, 1, 20000) == 1);
        more = read(fd, seen + size, sizeof(seen) - 1 - size);
        CHECK(more > 0);
        size += (size_t)more;
        seen[size] = '\0';
        if (size >= strlen(last) &&
            strcmp(seen + size - strlen(last), last) == 0) {
            return;
        }
    }
}

CASE_REAL_ONLY(a_terminal_at_the_other_end_talks_to_it, "it is a pty")
{
    int fd;

    begin(true);
    CHECK_EQ(weft_shell_tty_pty(&tty, &shell), 0);
    fd = open(tty.path, O_RDWR | O_NOCTTY);
    CHECK(fd >= 0);
    CHECK_EQ(call(&shell.service, WEFT_SERVICE_START), 0);
    expect(fd, "> ");
    say(fd, "hello pty\r");
    expect(fd, "hello pty\r\nhello pty\r\n> ");
    say(fd, "wait\r");
    expect(fd, "wait\r\n");
    say(fd, "\x03");
    expect(fd, "^C\r\n> ");
    say(fd, "hello\r");
    expect(fd, "hello you\r\n> ");
    CHECK_EQ(close(fd), 0);
    end();
}

CASE_REAL_ONLY(a_terminal_that_does_not_read_holds_nobody_up, "it is a pty")
{
    int fd;

    begin(false);
    CHECK_EQ(weft_shell_tty_pty(&tty, &shell), 0);
    fd = open(tty.path, O_RDWR | O_NOCTTY);
    CHECK(fd >= 0);
    CHECK_EQ(call(&shell.service, WEFT_SERVICE_START), 0);
    for (int i = 0; i < 20; i++) {
        say(fd, "flood\r");
    }
    say(fd, "wait\r");
    while (!weft_request_in_flight(&wish)) {
        weft_hook_spin();
    }
    expect(fd, " bytes of output lost]\n");
    CHECK_EQ(close(fd), 0);
    end();
}

static void set_ended(void *ctx)
{
    (void)ctx;
    weft_event_set(&ended);
}

CASE_REAL_ONLY(a_reader_of_a_pipe_that_goes_does_not_end_us, "it is a pipe")
{
    int in[2];
    int out[2];

    CHECK(signal(SIGPIPE, SIG_DFL) != SIG_ERR);
    begin(false);
    CHECK_EQ(pipe(in), 0);
    CHECK_EQ(pipe(out), 0);
    CHECK_EQ(weft_shell_tty_open(&tty, &shell, in[0], out[1]), 0);
    CHECK_EQ(call(&shell.service, WEFT_SERVICE_START), 0);
    CHECK_EQ(close(out[0]), 0);
    say(in[1], "hello\nhello\nwait\n");
    while (!weft_request_in_flight(&wish)) {
        weft_hook_spin();
    }
    end();
    (void)close(in[0]);
    (void)close(in[1]);
    (void)close(out[1]);
}

CASE_REAL_ONLY(a_script_in_a_pipe_is_run_whole, "it is a pipe")
{
    int in[2];
    int out[2];

    begin(false);
    CHECK_EQ(pipe(in), 0);
    CHECK_EQ(pipe(out), 0);
    weft_event_reset(&ended);
    tty.ended = set_ended;
    CHECK_EQ(weft_shell_tty_open(&tty, &shell, in[0], out[1]), 0);
    CHECK_EQ(call(&shell.service, WEFT_SERVICE_START), 0);
    for (int i = 0; i < 100; i++) { /* more than it has room for at once */
        say(in[1], "hello a\nhello b\nhello c\n");
    }
    say(in[1], "hello end\n");
    expect(out[0], "hello c\nhello end\n");
    CHECK_EQ(shell.lost, 0);
    CHECK_EQ(close(in[1]), 0);
    weft_event_wait(&ended);
    tty.ended = NULL;
    end();
    CHECK_EQ(fcntl(out[1], F_GETFL) & O_NONBLOCK, 0);
    (void)close(in[0]);
    (void)close(out[0]);
    (void)close(out[1]);
}
