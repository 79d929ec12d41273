/* test_shell_answers.c - commands that are answered later, ended or given up
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/shells.h"

/* --- a service that answers when it is told to ---------------------------- */

static weft_service_t slow;
static weft_kept_t kept;

static int keep(weft_service_t *service, weft_request_t *request)
{
    return weft_request_keep(service, request, &kept);
}

static const weft_handler_t slow_handlers[] = {{1, 0, keep}};
static const weft_service_type_t slow_type = {
    .name = "slow", .handlers = slow_handlers, .handlers_count = 1};

/* --- commands ------------------------------------------------------------- */

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

static const weft_shell_command_t commands[] = {
    SHOW,
    {"later", "[x]", later},
    {"chain", NULL, chain},
};

static void begin(bool echo)
{
    shell_begin(commands, sizeof(commands) / sizeof(commands[0]), echo);
    weft_future_init(&later_request);
    CHECK_EQ(weft_service_init(&slow, &slow_type, &manual.executor), 0);
    send_bare(&slow, WEFT_SERVICE_START);
}

static void end(void)
{
    shell_end();
    send_bare(&slow, WEFT_SERVICE_STOP);
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
