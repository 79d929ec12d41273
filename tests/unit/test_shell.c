/* test_shell.c - lines, words, commands and their errors
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/shells.h"

static int fail(weft_shell_t *of, int argc, char **argv)
{
    (void)of;
    (void)argv;
    return argc > 1 ? 5 : WEFT_ERR_FULL;
}

static int numbers(weft_shell_t *of, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    weft_shell_print_int(of, INT64_MIN);
    weft_shell_print(of, " ");
    weft_shell_print_int(of, INT64_MAX);
    weft_shell_print(of, " ");
    weft_shell_print_int(of, 0);
    weft_shell_print(of, "\n");
    return WEFT_OK;
}

static const weft_shell_command_t commands[] = {
    SHOW,
    {"fail", ": as it says", fail},
    {"numbers", "", numbers},
    {"quiet", NULL, show},
};

static void begin(bool echo)
{
    shell_begin(commands, sizeof(commands) / sizeof(commands[0]), echo);
}

CASE(a_line_ends_with_cr_lf_or_both_once)
{
    begin(false);
    type("show a\rshow b\nshow c\r\nshow d\r");
    check_printed("2|show|a\n2|show|b\n2|show|c\n2|show|d\n");
    type("\nshow e\n\n\r\n\r");
    check_printed("2|show|e\n");
    shell_end();
}

CASE(words_are_parted_by_spaces_and_kept_by_quotes)
{
    begin(false);
    type("  show   'a b' \"c 'd'\" e\\ f\n");
    check_printed("4|show|a b|c 'd'|e f\n");
    type("show '' \"a\\\"b\" 'c\\d' x'y'z \\\n");
    check_printed("6|show||a\"b|c\\d|xyz|\\\n");
    type("show \"open\n");
    check_printed("a quote has no end\n");
    type("show 'it\n");
    check_printed("a quote has no end\n");
    type("show 1 2 3 4 5 6 7\n");
    check_printed("8|show|1|2|3|4|5|6|7\n");
    type("show 1 2 3 4 5 6 7 8\n");
    check_printed("too many words, at most 8\n");
    type("   \n''\n");
    check_printed("unknown command:  ('help' lists them)\n");
    shell_end();
}

CASE(errors_are_one_line_each)
{
    begin(false);
    type("nothing\n");
    check_printed("unknown command: nothing ('help' lists them)\n");
    type("fail\nfail x\n");
    CHECK(strncmp(printed, "fail: ", 6) == 0);
    CHECK(strchr(printed, '\n') == printed + strlen(printed) - 1);
    printed[0] = '\0';
    type("numbers\n");
    check_printed("-9223372036854775808 9223372036854775807 0\n");
    shell_end();
}

CASE(help_lists_and_explains)
{
    begin(false);
    type("help\n");
    check_printed("help [NAME]: what there is\nshow WORD...: prints them\n"
                  "fail: as it says\nnumbers \nquiet\n");
    type("help show\nhelp help\n");
    check_printed("show WORD...: prints them\nhelp [NAME]: what there is\n");
    type("help me\n");
    check_printed("help: not found\n");
    shell_end();
}

CASE(a_line_that_is_too_long_is_dropped_and_says_so)
{
    begin(false);
    for (int i = 0; i < WEFT_SHELL_LINE / 8 + 1; i++) {
        type("show abc");
    }
    type("\nshow ok\n");
    check_printed("line too long, at most 80 bytes\n2|show|ok\n");
    shell_end();
}

CASE(bad_configurations_are_errors)
{
    static const weft_shell_command_t nameless[] = {{NULL, NULL, show}};
    static const weft_shell_command_t idle[] = {{"idle", NULL, NULL}};
    weft_shell_config_t config = {.commands = nameless, .count = 1};

    weft_manual_init(&manual);
    CHECK_EQ(weft_shell_init(&shell, &manual.executor, &config),
             WEFT_ERR_INVALID);
    config.output = output;
    CHECK_EQ(weft_shell_init(&shell, &manual.executor, &config),
             WEFT_ERR_INVALID);
    config.commands = idle;
    CHECK_EQ(weft_shell_init(&shell, &manual.executor, &config),
             WEFT_ERR_INVALID);
}
