/* test_shell_flow.c - more is typed or printed than there is room or time for
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/disturb.h"
#include "tests/support/shells.h"

static int flood(weft_shell_t *of, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    for (int i = 0; i < WEFT_SHELL_OUTPUT + 100; i++) {
        weft_shell_print(of, "x");
    }
    return WEFT_OK;
}

static bool had_its_turn;
static int times;

/* As one who types on and on. */
static int again(weft_shell_t *of, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    if (!had_its_turn && ++times < 1000) {
        CHECK_EQ(weft_shell_feed(of, "again\n", 6), 6);
    }
    return WEFT_OK;
}

static const weft_shell_command_t commands[] = {
    SHOW,
    {"flood", "", flood},
    {"again", NULL, again},
};

static void begin(void)
{
    shell_begin(commands, sizeof(commands) / sizeof(commands[0]), false);
}

CASE(input_without_room_is_dropped_and_counted)
{
    char many[WEFT_SHELL_INPUT + 10];

    begin();
    memset(many, 'a', sizeof(many));
    CHECK_EQ(weft_shell_feed(&shell, many, sizeof(many)), WEFT_SHELL_INPUT);
    CHECK_EQ(shell.lost, 10);
    CHECK_EQ(weft_shell_feed(&shell, "\x03show\n", 6), 6); /* always seen */
    weft_manual_drain(&manual);
    check_printed("1|show\n");
    shell_end();
}

static int have_a_turn(weft_service_t *service, weft_request_t *request)
{
    (void)service;
    (void)request;
    had_its_turn = true;
    return WEFT_OK;
}

CASE(who_types_on_and_on_does_not_hold_up_others)
{
    static const weft_handler_t handlers[] = {{1, 0, have_a_turn}};
    static const weft_service_type_t type = {
        .name = "other", .handlers = handlers, .handlers_count = 1};
    weft_service_t other;
    weft_request_t request = {0};

    begin();
    CHECK_EQ(weft_service_init(&other, &type, &manual.executor), 0);
    send_bare(&other, WEFT_SERVICE_START);
    times = 0;
    had_its_turn = false;
    CHECK_EQ(weft_shell_feed(&shell, "again\n", 6), 6);
    CHECK_EQ(weft_service_send(&other, 1, &request), 0);
    weft_manual_drain(&manual);
    CHECK_EQ(weft_future_result(&request), 0);
    CHECK(times < 100);
    send_bare(&other, WEFT_SERVICE_STOP);
    shell_end();
}

CASE(a_line_that_takes_nothing_holds_nothing_up)
{
    begin();
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
    shell_end();
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

    begin();
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
    shell_end();
}
