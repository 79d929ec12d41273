/* test_shell_edit.c - what is typed is mended, and lines typed before come back
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/shells.h"

static const weft_shell_command_t commands[] = {SHOW};

CASE(what_is_typed_is_shown_and_can_be_mended)
{
    shell_begin(commands, 1, true);
    type("shoe\bw a\x7f"
         "b\r");
    check_printed("shoe\b \bw a\b \bb\r\n2|show|b\r\n> ");
    type("\b\x7f");
    check_printed("");
    type("rubbish\x15show\r");
    check_printed("rubbish\r\033[K> show\r\n1|show\r\n> ");
    type("\xc3\xa4\b\xe2\x82\xac"
         "1\b\bshow\r"); /* two characters, one byte */
    check_printed("\xc3\xa4\b \b\xe2\x82\xac"
                  "1\b \b\b \bshow\r\n1|show\r\n> ");
    type("show\ta\x01"
         "b\r");
    check_printed("show ab\r\n2|show|ab\r\n> ");
    shell_end();
}

/* Where nothing is shown nobody knows what a backspace took away. */
CASE(a_line_that_was_too_long_and_is_shown_can_be_mended)
{
    for (int echo = 0; echo < 2; echo++) {
        shell_begin(commands, 1, echo);
        type("show ");
        for (int i = 0; i < WEFT_SHELL_LINE - 4; i++) {
            type("y");
        }
        type("\b\n");
        CHECK((strstr(printed, "2|show|yyyy") != NULL) == echo);
        CHECK((strstr(printed, "line too long") == NULL) == echo);
        printed[0] = '\0';
        shell_end();
    }
}

CASE(the_arrows_bring_lines_back)
{
    shell_begin(commands, 1, true);
    type("show 1\rshow 2\rshow 2\rshow 3\r");
    printed[0] = '\0';
    type("\033[A\033[A\r");
    check_printed("\r\033[K> show 3\r\033[K> show 2\r\n2|show|2\r\n> ");
    type("\033OA\033OA\033OA\033[B\r");
    CHECK(strstr(printed, "2|show|3\r\n") != NULL);
    printed[0] = '\0';
    type("x\033[A\033[B\033[B\033[1;5Cshow\033[Dy\r");
    CHECK(strstr(printed, "unknown command: showy") != NULL);
    printed[0] = '\0';
    for (int i = 0; i < 100; i++) { /* older than it has room for: stays */
        type("\033[A");
        printed[0] = '\0';
    }
    type("\r");
    CHECK(strstr(printed, "2|show|1\r\n") != NULL);
    shell_end();
}

CASE(what_a_terminal_sends_for_other_keys_types_nothing)
{
    static const char *const sent[] = {
        "\033[?1;2c",           "\033[>0;276;0c",   "\033[[A",  "\033[ q",
        "\033\033[C\033[1;5D",  "\033OP",           "\033[15~", "\033(B",
        "\033]0;a b\xc3\xa9\a", "\033P1$r0m\033\\",
    };

    shell_begin(commands, 1, false);
    for (size_t i = 0; i < sizeof(sent) / sizeof(sent[0]); i++) {
        type("show ");
        type(sent[i]);
        type("x\n");
        check_printed("2|show|x\n");
    }
    shell_end();
}

CASE(a_control_byte_or_a_letter_beyond_ends_an_escape_sequence)
{
    shell_begin(commands, 1, false);
    type("show a\033\025show b\n");
    check_printed("2|show|b\n");
    type("show ab\033[1\bc\n");
    check_printed("2|show|ac\n");
    type("show \033\xc3\xa9\n");
    check_printed("2|show|\xc3\xa9\n");
    type("show d\033]\nshow e\n");
    check_printed("2|show|d\n2|show|e\n");
    shell_end();
}

CASE(old_lines_leave_when_there_is_no_room)
{
    shell_begin(commands, 1, false);
    for (int i = 0; i < 60; i++) {
        char line[] = "show 00\n";

        line[5] = (char)('0' + i / 10);
        line[6] = (char)('0' + i % 10);
        type(line);
    }
    printed[0] = '\0';
    type("\033[A\033[A\n");
    check_printed("2|show|58\n");
    shell_end();
}
