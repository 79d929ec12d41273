/* test_shell.c - lines, words, history, answers that come later, full lines
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/disturb.h"
#include "tests/support/test.h"

#include <string.h>

#include "weft/manual.h"
#include "weft/shell.h"

static weft_shell_t shell;
static weft_manual_t manual;
static weft_request_t bare;
static char printed[1200];
static size_t room; /* bytes that the line takes; counts down */

static int output(void *ctx, const char *bytes, size_t size)
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

static void check_printed(const char *expected)
{
    CHECK_STR_EQ(printed, expected);
    printed[0] = '\0';
}

static void type(const char *text)
{
    CHECK_EQ(weft_shell_feed(&shell, text, strlen(text)), strlen(text));
    weft_manual_drain(&manual);
}

/* --- a service that answers when it is told to ---------------------------- */

static weft_service_t slow;
static weft_kept_t kept;

static int keep(weft_service_t *service, weft_request_t *request)
{
    return weft_request_keep(service, request, &kept);
}

static bool had_its_turn;

static int have_a_turn(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    (void)request;
    had_its_turn = true;
    return WEFT_OK;
}

static const weft_handler_t slow_handlers[] = {{1, 0, keep},
                                               {2, 0, have_a_turn}};
static const weft_service_type_t slow_type = {
    .name = "slow", .handlers = slow_handlers, .handlers_count = 2};

/* --- commands ------------------------------------------------------------- */

static int show(weft_shell_t *of, int argc, char **argv)
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

static int fail(weft_shell_t *of, int argc, char **argv)
{
    (void)of;
    (void)argv;
    return argc > 1 ? 5 : WEFT_ERR_FULL;
}

static weft_request_t later_request;

static int later_answered(weft_shell_t *of, weft_request_t *request)
{
    weft_shell_print(of, "answered ");
    weft_shell_print_int(of, weft_future_result(request));
    weft_shell_print(of, "\n");
    return weft_future_result(request) < 0 ? weft_future_result(request) : 0;
}

static int later(weft_shell_t *of, int argc, char **argv)
{
    (void)argv;
    return weft_shell_call(of, &slow, argc > 1 ? 99 : 1, &later_request,
                           later_answered);
}

static int left; /* requests that `chain` still sends */

static int chain_answered(weft_shell_t *of, weft_request_t *request)
{
    weft_shell_print_int(of, left);
    weft_shell_print(of, left == 0 ? "\n" : " ");
    return left-- == 0 ? WEFT_OK
                       : weft_shell_call(of, &slow, 1, request, chain_answered);
}

static int chain(weft_shell_t *of, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    left = 3;
    return weft_shell_call(of, &slow, 1, &later_request, chain_answered);
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

static int flood(weft_shell_t *of, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    for (int i = 0; i < WEFT_SHELL_OUTPUT + 100; i++) {
        weft_shell_print(of, "x");
    }
    return WEFT_OK;
}

/* As one who types on and on. */
static int again(weft_shell_t *of, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    if (!had_its_turn && ++left < 1000) {
        CHECK_EQ(weft_shell_feed(of, "again\n", 6), 6);
    }
    return WEFT_OK;
}

static const weft_shell_command_t commands[] = {
    {"show", "WORD...: prints them", show},
    {"fail", NULL, fail},
    {"later", "[x]", later},
    {"numbers", "", numbers},
    {"flood", "", flood},
    {"chain", NULL, chain},
    {"again", NULL, again},
};

static void send_bare(weft_service_t *service, unsigned code)
{
    weft_future_init(&bare);
    (void)weft_service_send(service, code, &bare);
    weft_manual_drain(&manual);
    CHECK_EQ(weft_future_result(&bare), 0);
}

static void begin(bool echo)
{
    weft_shell_config_t config = {.commands = commands,
                                  .count = 7,
                                  .output = output,
                                  .output_ctx = &room,
                                  .prompt = echo ? "> " : NULL,
                                  .newline = echo ? NULL : "\n",
                                  .echo = echo};

    weft_manual_init(&manual);
    printed[0] = '\0';
    room = SIZE_MAX;
    weft_future_init(&later_request);
    CHECK_EQ(weft_service_init(&slow, &slow_type, &manual.executor), 0);
    send_bare(&slow, WEFT_SERVICE_START);
    CHECK_EQ(weft_shell_init(&shell, &manual.executor, &config), 0);
    send_bare(&shell.service, WEFT_SERVICE_START);
    check_printed(echo ? "> " : "");
}

static void end(void)
{
    send_bare(&shell.service, WEFT_SERVICE_STOP);
    send_bare(&slow, WEFT_SERVICE_STOP);
}

CASE(a_line_ends_with_cr_lf_or_both_once)
{
    begin(false);
    type("show a\rshow b\nshow c\r\nshow d\r");
    check_printed("2|show|a\n2|show|b\n2|show|c\n2|show|d\n");
    type("\nshow e\n\n\r\n\r");
    check_printed("2|show|e\n");
    end();
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
    end();
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
    end();
}

CASE(help_lists_and_explains)
{
    begin(false);
    type("help\n");
    check_printed("help [NAME]: what there is\nshow WORD...: prints them\n"
                  "fail\nlater [x]\nnumbers \nflood \nchain\nagain\n");
    type("help show\nhelp help\n");
    check_printed("show WORD...: prints them\nhelp [NAME]: what there is\n");
    type("help me\n");
    check_printed("help: not found\n");
    end();
}

CASE(a_line_that_is_too_long_is_dropped_and_says_so)
{
    begin(false);
    for (int i = 0; i < WEFT_SHELL_LINE / 8 + 1; i++) {
        type("show abc");
    }
    type("\nshow ok\n");
    check_printed("line too long, at most 80 bytes\n2|show|ok\n");
    end();
}

CASE(what_is_typed_is_shown_and_can_be_mended)
{
    begin(true);
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
    end();
}

CASE(the_arrows_bring_lines_back)
{
    begin(true);
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
    end();
}

CASE(what_a_terminal_sends_for_other_keys_types_nothing)
{
    static const char *const sent[] = {
        "\033[?1;2c",           "\033[>0;276;0c",   "\033[[A",  "\033[ q",
        "\033\033[C\033[1;5D",  "\033OP",           "\033[15~", "\033(B",
        "\033]0;a b\xc3\xa9\a", "\033P1$r0m\033\\",
    };

    begin(false);
    for (size_t i = 0; i < sizeof(sent) / sizeof(sent[0]); i++) {
        type("show ");
        type(sent[i]);
        type("x\n");
        check_printed("2|show|x\n");
    }
    end();
}

CASE(a_control_byte_or_a_letter_beyond_ends_an_escape_sequence)
{
    begin(false);
    type("show a\033\025show b\n");
    check_printed("2|show|b\n");
    type("show ab\033[1\bc\n");
    check_printed("2|show|ac\n");
    type("show \033\xc3\xa9\n");
    check_printed("2|show|\xc3\xa9\n");
    type("show d\033]\nshow e\n");
    check_printed("2|show|d\n2|show|e\n");
    end();
}

CASE(old_lines_leave_when_there_is_no_room)
{
    begin(false);
    for (int i = 0; i < 60; i++) {
        char line[] = "show 00\n";

        line[5] = (char)('0' + i / 10);
        line[6] = (char)('0' + i % 10);
        type(line);
    }
    printed[0] = '\0';
    type("\033[A\033[A\n");
    check_printed("2|show|58\n");
    end();
}

CASE(a_command_may_be_answered_later_and_what_is_typed_waits)
{
    begin(true);
    type("later\rshow x\r");
    check_printed("later\r\n");
    CHECK(weft_kept_settle(&kept, 7));
    weft_manual_drain(&manual);
    check_printed("answered 7\r\n> show x\r\n2|show|x\r\n> ");
    type("later x\r");
    check_printed("later x\r\nanswered -14\r\n"
                  "later: no handler\r\n> ");
    end();
}

CASE(an_answer_may_send_the_next_request)
{
    begin(true);
    type("chain\rshow\r");
    for (int i = 0; i < 4; i++) {
        CHECK(weft_kept_settle(&kept, 0));
        weft_manual_drain(&manual);
    }
    check_printed("chain\r\n3 2 1 0\r\n> show\r\n1|show\r\n> ");
    end();
}

CASE(control_c_ends_a_line_and_a_command)
{
    begin(true);
    type("rubbish");
    type("\x03show\r");
    check_printed("rubbish^C\r\n> show\r\n1|show\r\n> ");
    type("later\r");
    type("typed ahead\r\x03show 1\r"); /* what came before it is gone */
    check_printed("later\r\n^C\r\n> show 1\r\n2|show|1\r\n> ");
    CHECK(weft_future_cancel_asked(&later_request));
    type("later\r"); /* its request is still under way */
    CHECK(strstr(printed, "later: ") != NULL);
    printed[0] = '\0';
    CHECK(weft_kept_settle(&kept, 1));
    weft_manual_drain(&manual);
    check_printed("");
    type("later\r");
    CHECK(weft_kept_settle(&kept, 2));
    weft_manual_drain(&manual);
    check_printed("later\r\nanswered 2\r\n> ");
    end();
}

CASE(an_answer_that_is_on_its_way_keeps_its_request)
{
    begin(false);
    type("later\n");
    CHECK(weft_shell_feed(&shell, "\x03later\n", 7) == 7);
    CHECK(weft_kept_settle(&kept, 1)); /* behind what was typed */
    weft_manual_drain(&manual);
    CHECK(strncmp(printed, "later: ", 7) == 0);
    printed[0] = '\0';
    type("later\n");
    CHECK(weft_kept_settle(&kept, 3));
    weft_manual_drain(&manual);
    check_printed("answered 3\n");
    end();
}

CASE(a_stop_while_a_command_waits)
{
    begin(false);
    type("later\n");
    send_bare(&shell.service, WEFT_SERVICE_STOP);
    CHECK(weft_future_cancel_asked(&later_request));
    CHECK(weft_kept_settle(&kept, 1)); /* nobody is told */
    weft_manual_drain(&manual);
    CHECK_EQ(weft_shell_feed(&shell, "later\n", 6), 6);
    weft_manual_drain(&manual);
    check_printed("");
    send_bare(&shell.service, WEFT_SERVICE_START); /* it looks at once */
    CHECK(weft_kept_settle(&kept, 4));
    weft_manual_drain(&manual);
    check_printed("answered 4\n");
    end();
}

CASE(input_without_room_is_dropped_and_counted)
{
    char many[WEFT_SHELL_INPUT + 10];

    begin(false);
    memset(many, 'a', sizeof(many));
    CHECK_EQ(weft_shell_feed(&shell, many, sizeof(many)), WEFT_SHELL_INPUT);
    CHECK_EQ(shell.lost, 10);
    CHECK_EQ(weft_shell_feed(&shell, "\x03show\n", 6), 6); /* always seen */
    weft_manual_drain(&manual);
    check_printed("1|show\n");
    end();
}

CASE(who_types_on_and_on_does_not_hold_up_others)
{
    begin(false);
    left = 0;
    had_its_turn = false;
    CHECK_EQ(weft_shell_feed(&shell, "again\n", 6), 6);
    CHECK_EQ(weft_service_send(&slow, 2, &later_request), 0);
    weft_manual_drain(&manual);
    CHECK_EQ(weft_future_result(&later_request), 0);
    CHECK(left < 100);
    end();
}

CASE(a_line_that_takes_nothing_holds_nothing_up)
{
    begin(false);
    room = 10;
    type("show 1234567\n");
    check_printed("2|show|123");
    type("show b\n");
    room = SIZE_MAX;
    weft_shell_ready(&shell);
    weft_manual_drain(&manual);
    check_printed("4567\n2|show|b\n");
    room = 0;
    type("flood\n");
    type("show lost\n");
    room = WEFT_SHELL_OUTPUT;
    weft_shell_ready(&shell);
    weft_manual_drain(&manual);
    CHECK_EQ(strlen(printed), WEFT_SHELL_OUTPUT);
    printed[0] = '\0';
    room = SIZE_MAX;
    weft_shell_ready(&shell);
    weft_manual_drain(&manual);
    check_printed("\n[112 bytes of output lost]\n");
    type("show ok\n");
    check_printed("2|show|ok\n");
    end();
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

/* Nothing that is typed makes it write outside, or stop. */
CASE(no_bytes_make_it_crash)
{
    static const char some[] =
        "show later help \b\x7f\r\n\t\"'\\\033[AB\x15\x03";
    uint32_t seed = 1;

    begin(true);
    for (int i = 0; i < (TEST_ON_BOARD ? 2000 : 20000); i++) {
        char byte;

        seed = seed * 1664525u + 1013904223u;
        byte = seed >> 31 ? some[(seed >> 8) % (sizeof(some) - 1)]
                          : (char)(seed >> 16);
        (void)weft_shell_feed(&shell, &byte, 1);
        if (i % 7 == 0) {
            weft_manual_drain(&manual);
            printed[0] = '\0';
            if (weft_request_in_flight(&later_request)) {
                (void)weft_kept_settle(&kept, 0);
            }
        }
    }
    weft_manual_drain(&manual);
    if (weft_request_in_flight(&later_request)) {
        (void)weft_kept_settle(&kept, 0);
    }
    weft_manual_drain(&manual);
    printed[0] = '\0';
    type("\x03");
    printed[0] = '\0';
    type("show\r");
    CHECK(strstr(printed, "1|show\r\n") != NULL);
    end();
}

/* --- fed from an interrupt ------------------------------------------------ */

static const char *to_feed;

static void feed_one(void *ctx)
{
    (void)ctx;
    if (*to_feed != '\0') {
        CHECK_EQ(weft_shell_feed(&shell, to_feed++, 1), 1);
    }
}

CASE_DISTURBED(bytes_that_an_interrupt_feeds_at_any_moment_all_arrive)
{
    struct disturb disturb = {.handler = feed_one, .times = 21};

    begin(false);
    to_feed = "show 1\nshow 22\nshow 3\n";
    disturb_begin(&disturb);
    for (int i = 0; i < 60; i++) {
        weft_manual_drain(&manual);
    }
    disturb_end(&disturb);
    weft_manual_drain(&manual);
    CHECK_EQ(weft_shell_room(&shell), WEFT_SHELL_INPUT);
    while (*to_feed != '\0') {
        feed_one(NULL);
        weft_manual_drain(&manual);
    }
    weft_manual_drain(&manual);
    check_printed("2|show|1\n2|show|22\n2|show|3\n");
    end();
}
