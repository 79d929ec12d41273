/* machine.c - a script, its board, what is connected to the board
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/weft/complain.h"
#include "tools/weft/files.h"
#include "tools/weft/run.h"
#include "tools/weft/world.h"

enum { REBOOTS_MAX = 10 }; /* in virtual time */
#define EPOCH_S 946684800u /* which starts at 2000-01-01, UTC */

static int no_memory(void)
{
    (void)complain("out of memory");
    return STATUS_FAILED;
}

/* --- what the script says ------------------------------------------------- */

static void on_print(void *ctx, const char *text, size_t size)
{
    struct machine *machine = ctx;

    screen_out(&machine->run->screen, text, size);
}

static void on_report(void *ctx, const char *text, size_t size)
{
    struct machine *machine = ctx;

    screen_line(&machine->run->screen, "%.*s", (int)size, text);
}

struct waiters {
    struct machine *machine;
    unsigned count;
};

static void on_waiter(void *ctx, const char *text)
{
    struct waiters *waiters = ctx;
    struct screen *screen = &waiters->machine->run->screen;

    if (waiters->count++ == 0) {
        screen_line(screen,
                    "weft: %snothing can happen any more, and these "
                    "wait for ever:",
                    waiters->machine->label);
    }
    screen_line(screen, "weft:   %s", text);
}

static void on_ended(weft_lua_t *lua, enum weft_lua_end how, void *ctx)
{
    struct machine *machine = ctx;
    struct run *run = machine->run;
    struct waiters waiters = {.machine = machine};

    if (how == WEFT_LUA_FINISHED && !run->options->quiet) {
        weft_lua_waiters(lua, on_waiter, &waiters);
    }
    machine->over = true;
    run->alive--;
    if (run->alive == 0) {
        weft_loop_stop(&run->loop);
    }
}

/* --- what is connected to the board --------------------------------------- */

static void on_sent(void *ctx, const void *data, size_t size)
{
    struct uart_file *file = ctx;
    const char *bytes = data;

    for (size_t i = 0; i < size; i++) {
        sink_print(file->out, "%c", bytes[i]);
    }
    sink_flush(file->out);
}

static int read_whole(const char *name, void **data, size_t *size)
{
    const char *trouble = files_trouble(name);
    struct stat stat;
    long length;
    FILE *in;

    if (trouble != NULL) {
        return complain("--uart: %s %s", name, trouble);
    }
    in = fopen(name, "rb");
    if (in == NULL || fstat(fileno(in), &stat) != 0) {
        if (in != NULL) {
            (void)fclose(in);
        }
        return complain("--uart: cannot read %s: %s", name, strerror(errno));
    }
    length = (long)stat.st_size;
    *data = malloc((size_t)length + 1);
    *size = *data != NULL ? fread(*data, 1, (size_t)length, in) : 0;
    (void)fclose(in);
    return *data != NULL ? 0 : no_memory();
}

static int attach_file(struct machine *machine, unsigned port,
                       const struct uart_option *option)
{
    struct uart_file *file = &machine->uarts[port];
    size_t size = 0;
    int rc = 0;

    if (option->in[0] != '\0') {
        rc = read_whole(option->in, &file->data, &size);
    }
    if (rc == 0 && option->out != NULL) {
        file->out = calloc(1, sizeof(*file->out));
        if (file->out == NULL) {
            return no_memory();
        }
        rc = sink_open(file->out, option->out, "");
        if (rc != 0) {
            free(file->out);
            file->out = NULL;
            return complain("--uart: cannot write %s: %s", option->out,
                            strerror(rc));
        }
        file->source.sent = on_sent;
        file->source.ctx = file;
    }
    if (rc == 0) {
        rc = weft_sim_uart_source_attach(&file->source, &machine->board, port,
                                         file->data, size);
    }
    return rc;
}

static int attach_uarts(struct machine *machine)
{
    int rc = 0;

    for (unsigned i = 0; rc == 0 && i < WEFT_SIM_UARTS; i++) {
        const struct uart_option *option = &machine->run->options->uarts[i];

        switch (option->kind) {
        case UART_NONE: break;
        case UART_LOOP:
            rc = weft_sim_uart_attach_loop(&machine->board, i);
            break;
        case UART_PTY: rc = world_attach_pty(machine, i); break;
        case UART_FILE: rc = attach_file(machine, i, option); break;
        }
    }
    return rc;
}

static void arm_presses(struct machine *machine)
{
    const struct options *options = machine->run->options;
    uint64_t start_us = machine->run->start_us;

    for (size_t i = 0; i < options->press_count; i++) {
        const struct press_option *press = &options->presses[i];

        (void)weft_sim_press_at(&machine->presses[i], &machine->board,
                                press->pin, start_us + press->at_us,
                                press->for_us);
    }
}

/* --- the machine ---------------------------------------------------------- */

static void on_full(weft_trace_t *trace, void *ctx)
{
    (void)trace;
    machine_drain(ctx);
}

void machine_drain(struct machine *machine)
{
    struct run *run = machine->run;

    if (run->json != NULL) {
        trace_json_drain(run->json, &machine->trace, &machine->board);
    }
}

static int make_memory(struct machine *machine)
{
    const struct options *options = machine->run->options;

    machine->presses =
        calloc(options->press_count + 1, sizeof(*machine->presses));
    if (options->trace != NULL) {
        machine->room = calloc(TRACE_ROOM, sizeof(*machine->room));
    }
    if (machine->presses == NULL ||
        (options->trace != NULL && machine->room == NULL)) {
        return no_memory();
    }
    weft_trace_init(&machine->trace, machine->room,
                    machine->room != NULL ? TRACE_ROOM : 0, on_full, machine);
    machine->trace.machine = (uint8_t)machine->index;
    return 0;
}

static int load(struct machine *machine)
{
    const char *trouble = files_trouble(machine->file);
    int rc;

    if (trouble != NULL) {
        return complain("%s: %s", machine->file, trouble);
    }
    rc = weft_lua_load_file(machine->lua, machine->file);
    if (rc == 0) {
        return 0;
    }
    (void)complain("%s", weft_lua_error(machine->lua));
    return rc == WEFT_ERR_MEMORY ? STATUS_FAILED : STATUS_USAGE;
}

/* Whether another one has that name, or may get it for its file's. */
static bool is_taken(const struct machine *machine, const char *name)
{
    const struct run *run = machine->run;

    for (size_t i = 0; i < run->count; i++) {
        const char *other = run->options->files[i];

        if ((i < machine->index && strcmp(run->machines[i].name, name) == 0) ||
            (i != machine->index && strcmp(other, name) == 0 &&
             strcmp(other, machine->file) != 0)) {
            return true;
        }
    }
    return false;
}

int machine_name(struct machine *machine)
{
    size_t room = strlen(machine->file) + sizeof("#64: ") + 8;

    machine->name = malloc(room);
    machine->label = malloc(room);
    if (machine->name == NULL || machine->label == NULL) {
        return no_memory();
    }
    (void)snprintf(machine->name, room, "%s", machine->file);
    for (unsigned n = 2; is_taken(machine, machine->name); n++) {
        (void)snprintf(machine->name, room, "%s#%u", machine->file, n);
    }
    machine->label[0] = '\0';
    if (machine->run->count > 1) {
        (void)snprintf(machine->label, room, "%s: ", machine->name);
    }
    return 0;
}

int machine_open(struct machine *machine)
{
    struct run *run = machine->run;
    const struct options *options = run->options;
    weft_lua_config_t config = {
        .loop = &run->loop,
        .name = machine->label[0] != '\0' ? machine->name : NULL,
        .allocator = world_allocator(),
        .memory_max = options->memory,
        .reboots_max = world_is_virtual ? REBOOTS_MAX : 0,
        .kill_stuck = options->kill_stuck,
        .seeded = options->seeded || world_is_virtual,
        .seed = options->seed,
        .epoch_s = world_is_virtual ? EPOCH_S : 0,
        .board = &machine->board.board,
        .trace = options->trace != NULL ? &machine->trace : NULL,
        .services = &run->services,
        .print = on_print,
        .report = on_report,
        .ended = on_ended,
        .ctx = machine,
    };
    int rc = make_memory(machine);

    weft_sim_board_init(&machine->board, &run->loop, options->board);
    if (rc != 0) {
        return rc;
    }
    machine->lua = weft_lua_create(&config);
    if (machine->lua == NULL) {
        return no_memory();
    }
    rc = load(machine);
    return rc != 0 ? rc : attach_uarts(machine);
}

int machine_start(struct machine *machine)
{
    int rc;

    for (unsigned i = 0; i < WEFT_SIM_UARTS; i++) {
        if (machine->uarts[i].out != NULL) {
            sink_begin(machine->uarts[i].out);
        }
    }
    observe_begin(machine);
    arm_presses(machine);
    rc = weft_lua_start(machine->lua);
    if (rc != 0) {
        (void)complain("%s: %s", machine->name, weft_error_text(rc));
        return STATUS_FAILED;
    }
    machine->run->alive++;
    return 0;
}

static void close_uart(struct machine *machine, struct uart_file *file)
{
    int rc;

    if (file->source.board != NULL) {
        weft_sim_uart_source_stop(&file->source);
    }
    if (file->out != NULL) {
        rc = sink_close(file->out);
        if (rc != 0) {
            machine->run->status =
                complain("cannot write %s: %s", file->out->name, strerror(rc));
        }
        free(file->out);
    }
    free(file->data);
}

static void stop_press(weft_sim_press_t *press)
{
    if (press->board != NULL) {
        (void)weft_timer_stop(&press->timer);
    }
}

void machine_close(struct machine *machine)
{
    size_t presses = machine->run->options->press_count;

    /* First, so that nobody is told what the end does to the pins. */
    if (machine->board.kind != NULL) {
        weft_sim_board_deinit(&machine->board);
    }
    if (machine->lua != NULL) {
        weft_lua_destroy(machine->lua);
    }
    for (unsigned i = 0; i < WEFT_SIM_UARTS; i++) {
        close_uart(machine, &machine->uarts[i]);
    }
    for (size_t i = 0; machine->presses != NULL && i < presses; i++) {
        stop_press(&machine->presses[i]);
    }
    for (unsigned i = 0; i < KEYS_MAX; i++) {
        stop_press(&machine->keys[i]);
    }
    free(machine->presses);
    free(machine->room);
    free(machine->name);
    free(machine->label);
}
