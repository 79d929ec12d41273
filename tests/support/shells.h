/* shells.h - a shell on an executor of its own, its line, and who types
 * SPDX-License-Identifier: MIT
 *
 *     static const weft_shell_command_t commands[] = {SHOW};
 *
 *     CASE(a_word_is_shown)
 *     {
 *         shell_begin(commands, 1, false);
 *         type("show a\n");
 *         check_printed("2|show|a\n");
 *         shell_end();
 *     }
 */
#ifndef WEFT_TEST_SHELLS_H
#define WEFT_TEST_SHELLS_H

#include <string.h>

#include "tests/support/test.h"
#include "weft/manual.h"
#include "weft/shell.h"

static weft_shell_t shell;
static weft_manual_t manual;
static char printed[1200];
static size_t room; /* bytes that the line takes; counts down */

static inline int output(void *ctx, const char *bytes, size_t size)
{
    size_t at = strlen(printed);

    CHECK(ctx == &room);
    if (size > room) {
        size = room;
    }
    CHECK(at + size < sizeof(printed));
    memcpy(printed + at, bytes, size);
    printed[at + size] = '\0';
    room -= size;
    return (int)size;
}

/* Since it was last asked. */
static inline void check_printed(const char *expected)
{
    CHECK_STR_EQ(printed, expected);
    printed[0] = '\0';
}

static inline void type(const char *text)
{
    CHECK_EQ(weft_shell_feed(&shell, text, strlen(text)), strlen(text));
    weft_manual_drain(&manual);
}

/* A command: how many words, and each. */
static inline int show(weft_shell_t *of, int argc, char **argv)
{
    CHECK(argv[argc] == NULL);
    weft_shell_print_int(of, argc);
    for (int i = 0; i < argc; i++) {
        weft_shell_print(of, "|");
        weft_shell_print(of, argv[i]);
    }
    weft_shell_print(of, "\n");
    return WEFT_OK;
}

#define SHOW                                                                   \
    {                                                                          \
        "show", "WORD...: prints them", show                                   \
    }

/* A start or a stop. */
static inline void send_bare(weft_service_t *service, unsigned code)
{
    static weft_request_t bare;

    weft_future_init(&bare);
    (void)weft_service_send(service, code, &bare);
    weft_manual_drain(&manual);
    CHECK_EQ(weft_future_result(&bare), 0);
}

/* With echo as for one who types: there is a prompt, and lines end as on a
 * terminal. */
static inline void shell_begin(const weft_shell_command_t *commands,
                               size_t count, bool echo)
{
    weft_shell_config_t config = {.commands = commands,
                                  .count = count,
                                  .output = output,
                                  .output_ctx = &room,
                                  .prompt = echo ? "> " : NULL,
                                  .newline = echo ? NULL : "\n",
                                  .echo = echo};

    weft_manual_init(&manual);
    printed[0] = '\0';
    room = SIZE_MAX;
    CHECK_EQ(weft_shell_init(&shell, &manual.executor, &config), 0);
    send_bare(&shell.service, WEFT_SERVICE_START);
    check_printed(echo ? "> " : "");
}

static inline void shell_end(void)
{
    send_bare(&shell.service, WEFT_SERVICE_STOP);
}

#endif
