/* run.c - `weft run`: loads scripts, runs them on one loop, says how it went
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include "tools/weft/run.h"

#include <inttypes.h>
#include <stdarg.h>
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

/* --- output files --------------------------------------------------------- */

static int open_sink(struct run *run, struct sink *sink, const char *option,
                     const char *name, const char *tail)
{
    int rc = sink_open(sink, name, tail);

    if (rc != 0) {
        return complain("--%s: cannot write %s: %s", option, name,
                        strerror(rc));
    }
    for (size_t i = 0; i < run->count; i++) {
        if (sink_is_file(sink, run->machines[i].name)) {
            return complain("--%s: %s is the script itself", option, name);
        }
    }
    return 0;
}

static int open_files(struct run *run)
{
    const struct options *options = run->options;
    int rc = 0;

    if (options->vcd != NULL) {
        run->vcd = calloc(1, sizeof(*run->vcd));
        rc = run->vcd == NULL
                 ? complain("out of memory")
                 : open_sink(run, &run->vcd->sink, "vcd", options->vcd, "");
    }
    if (rc == 0 && options->trace != NULL) {
        run->json = calloc(1, sizeof(*run->json));
        rc = run->json == NULL ? complain("out of memory")
                               : open_sink(run, &run->json->sink, "trace",
                                           options->trace, "\n]}\n");
    }
    if (rc == 0 && run->vcd != NULL && run->json != NULL &&
        sink_same(&run->vcd->sink, &run->json->sink)) {
        rc = complain("--vcd and --trace are both %s", options->vcd);
    }
    return rc;
}

static void begin_files(struct run *run)
{
    if (run->vcd != NULL) {
        vcd_begin(run->vcd);
        for (unsigned i = 0; i < run->count; i++) {
            vcd_scope(run->vcd, run->machines[i].name, i,
                      &run->machines[i].board);
        }
        vcd_levels_begin(run->vcd);
        for (unsigned i = 0; i < run->count; i++) {
            vcd_levels(run->vcd, i, &run->machines[i].board);
        }
        vcd_levels_end(run->vcd);
    }
    if (run->json != NULL) {
        run->json->start_us = run->start_us;
        trace_json_begin(run->json);
        for (unsigned i = 0; i < run->count; i++) {
            trace_json_machine(run->json, i, run->machines[i].name);
        }
    }
}

static void end_files(struct run *run)
{
    int rc = 0;

    if (run->vcd != NULL) {
        rc = vcd_end(run->vcd, run_elapsed_us(run));
        if (rc != 0) {
            run->status = complain("cannot write %s: %s", run->options->vcd,
                                   strerror(rc));
        }
    }
    if (run->json != NULL) {
        for (size_t i = 0; i < run->count; i++) {
            machine_drain(&run->machines[i]);
        }
        rc = trace_json_end(run->json, weft_now_us());
        if (rc != 0) {
            run->status = complain("cannot write %s: %s", run->options->trace,
                                   strerror(rc));
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
        for (size_t i = 0; i < run->count; i++) {
            machine_drain(&run->machines[i]);
        }
        if (run->json != NULL) {
            sink_flush(&run->json->sink);
        }
        if (run->vcd != NULL) {
            sink_flush(&run->vcd->sink);
        }
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

/* --- what is said at the start and at the end ----------------------------- */

static void add(char *text, size_t room, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add(char *text, size_t room, const char *format, ...)
{
    size_t used = strlen(text);
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text + used, room - used, format, arguments);
    va_end(arguments);
}

/* "LED 27, LED2 26, buttons 0 2", or which keys press them. */
static void list_parts(char *text, size_t room, const weft_sim_kind_t *kind)
{
    for (unsigned i = 0; i < kind->led_count; i++) {
        add(text, room, "%s %u, ", kind->leds[i].name, kind->leds[i].pin);
    }
    add(text, room, world_reads_keys() ? "keys" : "buttons");
    for (unsigned i = 0; i < kind->button_count; i++) {
        if (world_reads_keys()) {
            add(text, room, " %c", kind->buttons[i].key);
        } else {
            add(text, room, " %u", kind->buttons[i].pin);
        }
    }
    add(text, room, world_reads_keys() ? " press the buttons" : "");
}

static void say_start(struct run *run)
{
    const struct options *options = run->options;
    const weft_sim_kind_t *kind = options->board;
    char parts[256] = "";
    char ends[64] = "Ctrl-C ends";

    list_parts(parts, sizeof(parts), kind);
    if (options->for_us != WEFT_FOREVER) {
        (void)snprintf(ends, sizeof(ends), "ends after %.9g s",
                       (double)options->for_us / 1e6);
    }
    if (run->count == 1) {
        screen_line(&run->screen, "weft: running %s on board %s (%s) - %s",
                    run->machines[0].name, kind->name, parts, ends);
    } else {
        screen_line(&run->screen,
                    "weft: running %zu scripts, each on a board "
                    "%s (%s) - %s",
                    run->count, kind->name, parts, ends);
    }
}

static const char *why_ended(const struct run *run)
{
    static const char *const stops[] = {NULL, "--for is over", "Ctrl-C"};
    const char *why = stops[run->stop];

    if (why != NULL) {
        return why;
    }
    if (run->count > 1) {
        return "all scripts have ended";
    }
    switch (weft_lua_ended(run->machines[0].lua)) {
    case WEFT_LUA_FINISHED: return "nothing more can happen";
    case WEFT_LUA_EXITED: return "os.exit";
    case WEFT_LUA_FAILED: return "it failed";
    case WEFT_LUA_REBOOTED: return "too many reboots";
    case WEFT_LUA_STOPPED:
    case WEFT_LUA_RUNNING: break;
    }
    return "it was stopped";
}

static void say_end(struct run *run)
{
    uint64_t us = run_elapsed_us(run);
    uint64_t steps = 0;

    if (!world_is_virtual) {
        screen_line(&run->screen,
                    "weft: ended after %" PRIu64 ".%" PRIu64 " s: %s",
                    us / 1000000, us / 100000 % 10, why_ended(run));
        return;
    }
    for (size_t i = 0; i < run->count; i++) {
        steps += weft_lua_stats(run->machines[i].lua).steps;
    }
    screen_line(&run->screen,
                "weft: ended after %" PRIu64 ".%06" PRIu64
                " s of virtual time: %s; %" PRIu64 " steps, seed %" PRIu64,
                us / 1000000, us % 1000000, why_ended(run), steps,
                run->options->seed);
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
    return open_files(run);
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
    begin_files(run);
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
    end_files(run);
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
        machine->name = options->files[i];
        if (run->count > 1) {
            (void)snprintf(machine->label, sizeof(machine->label),
                           "%s: ", machine->name);
        }
    }
    return 0;
}

/* What runs where the loop may run. */
static void program(void *ctx)
{
    struct run *run = ctx;

    (void)weft_loop_init(&run->loop, NULL);
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
    if (status == 0 && options.virtual_time && !world_is_virtual) {
        status = world_become_virtual(whole);
    } else if (status == 0) {
        status = run_all(&options);
    }
    options_free(&options);
    return status;
}
