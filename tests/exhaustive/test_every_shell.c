/* test_every_shell.c - what is fed to a shell that starts, in all schedules
 * SPDX-License-Identifier: MIT
 *
 * The loop ends only when both lines have run: one that is not looked at is a
 * deadlock.
 */
#include "tests/support/explore.h"
#include "weft/shell.h"

static weft_loop_t loop;
static weft_shell_t shell;
static weft_request_t start;
static weft_request_t stop;
static int ran;

static int output(void *ctx, const char *bytes, size_t size)
{
    (void)ctx;
    (void)bytes;
    return (int)size;
}

static int run(weft_shell_t *of, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    if (++ran == 2) {
        CHECK_EQ(weft_service_stop(&of->service, &stop), 0);
        weft_loop_stop(&loop);
    }
    return WEFT_OK;
}

static const weft_shell_command_t commands[] = {{"a", NULL, run}};

static void feed(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_shell_feed(&shell, "a\n", 2), 2);
}

static void started(weft_future_t *future)
{
    CHECK_EQ(weft_future_result(future), 0);
    feed(NULL);
}

EXPLORE_LARGE(what_is_fed_while_the_service_starts_is_looked_at, 2)
{
    weft_shell_config_t config = {
        .commands = commands, .count = 1, .output = output};

    ran = 0;
    start = stop = (weft_request_t)WEFT_FUTURE_INIT;
    weft_loop_init(&loop, NULL);
    CHECK_EQ(weft_shell_init(&shell, &loop.executor, &config), 0);
    side(feed, NULL);
    weft_future_then(&start, started);
    CHECK_EQ(weft_service_start(&shell.service, &start), 0);
    CHECK_EQ(weft_loop_run(&loop), 0);
    sides_join();
    CHECK_EQ(ran, 2);
    weft_loop_deinit(&loop);
}
