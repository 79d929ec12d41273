/* run.c - `weft run`: loads scripts, runs them on one loop, says how it went
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include "tools/weft/run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/weft/commands.h"
#include "tools/weft/complain.h"
#include "tools/weft/world.h"
#include "weft/base/atomic.h"
#include "weft/time.h"

#define LIVE_US WEFT_MS(50)
#define FLUSH_US WEFT_MS(250)
#define PROGRESS_US WEFT_S(1) /* virtual time between looks at the clock */
#define PATIENCE_US WEFT_S(2) /* real time until progress is shown */

uint64_t run_elapsed_us(const struct run *run)
{
    return weft_now_us() - run->start_us;
}

void run_stop(struct run *run, enum stop why)
{
    uint8_t none = STOP_NOT;

    (void)weft_atomic_cas_acq_rel_u8(&run->stop, &none, (uint8_t)why);
    for (size_t i = 0; i < run->count; i++) {
        weft_lua_stop(run->machines[i].lua);
    }
}

void run_key(struct run *run, char key)
{
    for (size_t i = 0; i < run->count; i++) {
        struct machine *machine = &run->machines[i];
        const weft_sim_kind_t *kind = machine->board.kind;

        for (unsigned n = 0; n < kind->button_count && n < KEYS_MAX; n++) {
            if (kind->buttons[n].key == key) {
                (void)weft_sim_press_at(&machine->keys[n], &machine->board,
                                        kind->buttons[n].pin, weft_now_us(),
                                        WEFT_MS(100));
            }
        }
    }
}

/* --- timers --------------------------------------------------------------- */

static void on_end(weft_timer_t *timer, void *ctx)
{
    (void)timer;
    run_stop(ctx, STOP_TIME);
}

static void on_tick(weft_timer_t *timer, void *ctx)
{
    struct run *run = ctx;

    (void)timer;
    if (!world_is_virtual) {
        outputs_flush(run);
    } else if (world_clock_us() - run->began_us < PATIENCE_US) {
        return;
    }
    if (run->screen.live) {
        live_draw(run);
    }
}

static void start_timers(struct run *run)
{
    bool files = run->vcd != NULL || run->json != NULL;
    uint64_t period_us = world_is_virtual   ? PROGRESS_US
                         : run->screen.live ? LIVE_US
                                            : FLUSH_US;

    weft_timer_init(&run->end, &run->loop, on_end, run);
    weft_timer_init(&run->tick, &run->loop, on_tick, run);
    if (run->options->for_us != WEFT_FOREVER) {
        weft_timer_start(&run->end, run->start_us + run->options->for_us);
    }
    if (run->screen.live || (files && !world_is_virtual)) {
        weft_timer_start_every(&run->tick, run->start_us + period_us,
                               period_us);
    }
}

/* --- the run -------------------------------------------------------------- */

static int open_machines(struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        struct machine *machine = &run->machines[i];
        int rc = machine_open(machine);

        if (rc != 0) {
            return rc;
        }
    }
    return outputs_open(run);
}

static void collect_status(struct run *run)
{
    for (size_t i = 0; i < run->count && run->status == 0; i++) {
        run->status = weft_lua_status(run->machines[i].lua);
    }
}

static void run_machines(struct run *run)
{
    world_begin(run);
    run->start_us = weft_now_us();
    for (size_t i = 0; i < run->count; i++) {
        run->machines[i].board.keys = world_reads_keys();
    }
    if (!run->options->quiet) {
        say_start(run);
    }
    outputs_begin(run);
    start_timers(run);
    for (size_t i = 0; i < run->count && run->status == 0; i++) {
        run->status = machine_start(&run->machines[i]);
    }
    if (run->screen.live && !world_is_virtual) {
        live_draw(run);
    }
    if (run->status != 0) {
        run_stop(run, STOP_NOT);
    }
    if (run->alive > 0) {
        (void)weft_loop_run(&run->loop);
    }
    (void)weft_timer_stop(&run->end);
    (void)weft_timer_stop(&run->tick);
    world_end(run);
    screen_clear(&run->screen);
    collect_status(run);
    if (!run->options->quiet) {
        say_end(run);
    }
    outputs_end(run);
}

static void close_run(struct run *run)
{
    for (size_t i = 0; i < run->count; i++) {
        machine_close(&run->machines[i]);
    }
    weft_loop_deinit(&run->loop);
    free(run->vcd);
    free(run->json);
    free(run->machines);
}

static int name_machines(struct run *run)
{
    const struct options *options = run->options;

    run->count = options->file_count;
    run->machines = calloc(run->count, sizeof(*run->machines));
    if (run->machines == NULL) {
        run->count = 0;
        (void)complain("out of memory");
        return STATUS_FAILED;
    }
    for (unsigned i = 0; i < run->count; i++) {
        struct machine *machine = &run->machines[i];

        machine->run = run;
        machine->index = i;
        machine->file = options->files[i];
        if (machine_name(machine) != 0) {
            run->count = i + 1; /* those to close */
            return STATUS_FAILED;
        }
    }
    return 0;
}

/* What runs where the loop may run. */
static void program(void *ctx)
{
    struct run *run = ctx;

    (void)weft_loop_init(&run->loop, NULL);
    weft_lua_services_init(&run->services);
    run->status = name_machines(run);
    if (run->status == 0) {
        run->status = open_machines(run);
    }
    if (run->status == 0) {
        run_machines(run);
    }
    close_run(run);
}

static int run_all(const struct options *options)
{
    static struct run run; /* one a process */
    bool terminal = isatty(STDERR_FILENO) == 1;
    int rc;

    run.options = options;
    run.utf8 = live_utf8();
    run.pin_lines = !options->quiet && (world_is_virtual || !terminal);
    run.began_us = world_clock_us();
    screen_init(&run.screen, terminal && !options->quiet, !world_is_virtual);
    rc = world_run(options->seed, program, &run);
    if (rc != 0) {
        (void)complain("the simulation ended: %s", weft_error_text(rc));
        run.status = STATUS_FAILED;
    }
    (void)fflush(stderr);
    return run.status;
}

/* --- the command ---------------------------------------------------------- */

/* Lua by its suffix, and what has none. */
static int check_files(const struct options *options)
{
    if (options->file_count > MACHINES_MAX) {
        return complain("run: %zu files are too many; %d is the most",
                        options->file_count, MACHINES_MAX);
    }
    for (size_t i = 0; i < options->file_count; i++) {
        const char *file = options->files[i];
        const char *slash = strrchr(file, '/');
        const char *dot = strrchr(slash != NULL ? slash : file, '.');

        if (file[0] == '\0') {
            return complain("run: the file name is empty");
        }
        if (dot != NULL && strcmp(dot, ".janet") == 0) {
            return complain("%s: Janet: not yet", file);
        }
        if (dot != NULL && dot[1] != '/' && strcmp(dot, ".lua") != 0 &&
            access(file, F_OK) == 0) {
            return complain("%s: not a .lua file", file);
        }
    }
    return 0;
}

int command_run(int argc, char **argv, char **whole)
{
    struct options options;
    int status = options_read(&options, argc, argv);

    if (status == 0) {
        status = check_files(&options);
    }
    if (status == 0) {
        status = outputs_check(&options);
    }
    if (status == 0 && options.virtual_time && !world_is_virtual) {
        status = world_become_virtual(whole);
    } else if (status == 0) {
        status = run_all(&options);
    }
    options_free(&options);
    return status;
}
