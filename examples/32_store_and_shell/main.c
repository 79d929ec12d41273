/* main.c - settings that outlive a power cut, and a shell to change them
 * SPDX-License-Identifier: MIT
 *
 * A store keeps keys and values on a flash; a shell has commands that send it
 * requests and print when they are answered, while it goes on listening. Here
 * the flash is an array and a script types; on a device the flash is the
 * chip's and the bytes come from an interrupt of its serial line, on a host
 * from weft/flash_file.h and weft/shell_tty.h. In the middle the power fails,
 * while something is being written.
 */
#include <stdio.h>
#include <string.h>

#include "weft/weft.h"

static weft_loop_t loop;
static weft_store_t store;
static weft_shell_t shell;

/* --- a flash, and its power ----------------------------------------------- */

enum { SECTORS = 3, SECTOR_SIZE = 512 };

static unsigned char cells[SECTORS * SECTOR_SIZE];
static int power_left = -1; /* operations until it fails; -1: it stays */

static int ram_read(weft_flash_t *flash, uint32_t at, void *to, uint32_t size)
{
    (void)flash;
    memcpy(to, cells + at, size);
    return WEFT_OK;
}

static int ram_program(weft_flash_t *flash, uint32_t at, const void *from,
                       uint32_t size)
{
    (void)flash;
    if (power_left == 0) {
        memcpy(cells + at, from, size / 2); /* half of it is there */
        return WEFT_ERR_FAILED;
    }
    power_left -= power_left > 0;
    memcpy(cells + at, from, size);
    return WEFT_OK;
}

static int ram_erase(weft_flash_t *flash, uint32_t sector)
{
    memset(cells + sector * flash->sector_size, 0xff, flash->sector_size);
    return WEFT_OK;
}

static int open_store(void)
{
    static const weft_flash_ops_t ops = {
        .read = ram_read, .program = ram_program, .erase = ram_erase};
    static weft_flash_t flash = {
        .ops = &ops, .sectors = SECTORS, .sector_size = SECTOR_SIZE, .unit = 1};
    static weft_records_sector_t sectors[SECTORS];
    weft_store_config_t config = {
        .flash = &flash, .sectors = sectors, .count = SECTORS};

    return weft_store_init(&store, &loop.executor, &config);
}

/* --- commands ------------------------------------------------------------- */

/* The words of a line are gone when its command has returned, and a request may
 * still be under way then: it has a copy of its own. */
static struct {
    struct weft_store_put put;
    struct weft_store_get get;
    struct weft_store_next next;
    char key[WEFT_STORE_KEY + 1];
    char value[40];
} ours;

static bool busy(void)
{
    return weft_request_in_flight(&ours.put.request) ||
           weft_request_in_flight(&ours.get.request);
}

static int copy(char *to, size_t size, const char *from)
{
    return snprintf(to, size, "%s", from) < (int)size ? WEFT_OK
                                                      : WEFT_ERR_INVALID;
}

static int set_answered(weft_shell_t *of, weft_request_t *request)
{
    (void)of;
    return weft_future_result(request); /* an error is printed */
}

static int set(weft_shell_t *of, int argc, char **argv)
{
    if (busy()) {
        return WEFT_ERR_BUSY;
    }
    if (argc != 3 || copy(ours.key, sizeof(ours.key), argv[1]) < 0 ||
        copy(ours.value, sizeof(ours.value), argv[2]) < 0) {
        return WEFT_ERR_INVALID;
    }
    ours.put.key = ours.key;
    ours.put.value = ours.value;
    ours.put.size = strlen(ours.value);
    return weft_shell_call(of, &store.service, WEFT_STORE_PUT,
                           &ours.put.request, set_answered);
}

static int get_answered(weft_shell_t *of, weft_request_t *request)
{
    int size = weft_future_result(request);

    if (size >= 0) {
        weft_shell_write(of, ours.value, (size_t)size);
        weft_shell_print(of, "\n");
    }
    return size;
}

static int get(weft_shell_t *of, int argc, char **argv)
{
    if (busy()) {
        return WEFT_ERR_BUSY;
    }
    if (argc != 2 || copy(ours.key, sizeof(ours.key), argv[1]) < 0) {
        return WEFT_ERR_INVALID;
    }
    ours.get.key = ours.key;
    ours.get.value = ours.value;
    ours.get.size = sizeof(ours.value);
    return weft_shell_call(of, &store.service, WEFT_STORE_GET,
                           &ours.get.request, get_answered);
}

/* Prints a key, and asks for the next, until there is none. */
static int list_answered(weft_shell_t *of, weft_request_t *request)
{
    int size = weft_future_result(request);

    if (size == WEFT_ERR_NOT_FOUND) {
        return WEFT_OK;
    }
    if (size >= 0) {
        weft_shell_print(of, ours.next.key);
        weft_shell_print(of, ", ");
        weft_shell_print_int(of, size);
        weft_shell_print(of, " bytes\n");
        size = weft_shell_call(of, &store.service, WEFT_STORE_NEXT, request,
                               list_answered);
    }
    return size;
}

static int list(weft_shell_t *of, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    if (weft_request_in_flight(&ours.next.request)) {
        return WEFT_ERR_BUSY;
    }
    ours.next.key[0] = '\0';
    return weft_shell_call(of, &store.service, WEFT_STORE_NEXT,
                           &ours.next.request, list_answered);
}

static const weft_shell_command_t commands[] = {
    {"set", "KEY VALUE: keeps it, over restarts", set},
    {"get", "KEY: prints its value", get},
    {"list", ": the keys, in order", list},
};

static int to_line(void *ctx, const char *bytes, size_t size)
{
    (void)ctx;
    return (int)fwrite(bytes, 1, size, stdout);
}

static int open_shell(void)
{
    weft_shell_config_t config = {.commands = commands,
                                  .count = 3,
                                  .output = to_line,
                                  .prompt = "> ",
                                  .newline = "\n",
                                  .echo = true};

    return weft_shell_init(&shell, &loop.executor, &config);
}

/* --- who types ------------------------------------------------------------ */

struct user {
    weft_task_t task;
    weft_await_t await;
    weft_timer_node_t timer;
    weft_request_t request;
    struct weft_store_stats stats;
    int line;
};
WEFT_TASK(user)
{
    static const char *const lines[] = {
        "help\r",          "set wifi.name 'over the hill'\r",
        "set led 2\r",     "list\r",
        "get wifi.name\r", "get colour\r",
    };
    static const char *const more[] = {"get led\r", "set led 4\r", "list\r"};

    WEFT_BEGIN;
    WEFT_AWAIT(weft_call, &store.service, WEFT_SERVICE_START, &self->request);
    WEFT_AWAIT(weft_call, &shell.service, WEFT_SERVICE_START, &self->request);
    for (self->line = 0; self->line < 6; self->line++) {
        weft_shell_feed(&shell, lines[self->line], strlen(lines[self->line]));
        WEFT_SLEEP(WEFT_MS(1));
    }

    /* The next write is cut in the middle. The store finds its flash failing,
     * pauses, and opens it again: as a device does that has restarted. */
    power_left = 0;
    weft_shell_feed(&shell, "set led 3\r", 10);
    WEFT_SLEEP(WEFT_MS(1));
    power_left = -1;
    for (self->line = 0; self->line < 3; self->line++) {
        weft_shell_feed(&shell, more[self->line], strlen(more[self->line]));
        WEFT_SLEEP(WEFT_MS(200));
    }
    WEFT_AWAIT(weft_store_stats_call, &store.service, &self->stats);
    WEFT_AWAIT(weft_call, &shell.service, WEFT_SERVICE_STOP, &self->request);
    WEFT_AWAIT(weft_call, &store.service, WEFT_SERVICE_STOP, &self->request);
    printf("\n%u keys, %u record that was cut off\n",
           (unsigned)self->stats.stats.keys,
           (unsigned)self->stats.stats.damaged);
    WEFT_END;
}

int main(void)
{
    static struct user user;

    weft_loop_init(&loop, NULL);
    memset(cells, 0xff, sizeof(cells));
    if (open_store() < 0 || open_shell() < 0) {
        return 1;
    }
    return weft_loop_run_task(&loop, user_task(&user));
}
