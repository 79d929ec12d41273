/* say.c - the first and the last line of a run
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "tools/weft/run.h"
#include "tools/weft/world.h"
#include "weft/time.h"

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
static void list_parts(char *text, size_t room, const weft_sim_kind_t *kind,
                       bool leds)
{
    for (unsigned i = 0; leds && i < kind->led_count; i++) {
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
}

static void start_line(char *text, size_t room, const struct run *run,
                       bool leds)
{
    const struct options *options = run->options;
    const weft_sim_kind_t *kind = options->board;

    text[0] = '\0';
    if (run->count == 1) {
        add(text, room, "weft: running %s on board %s (", run->machines[0].name,
            kind->name);
    } else {
        add(text, room, "weft: running %zu scripts, each on a board %s (",
            run->count, kind->name);
    }
    list_parts(text, room, kind, leds);
    if (options->for_us != WEFT_FOREVER) {
        add(text, room, ") - ends after %.9g s", (double)options->for_us / 1e6);
    } else {
        add(text, room, ") - Ctrl-C ends");
    }
}

/* On a terminal one line of it: the LEDs are in the live line, too. */
void say_start(struct run *run)
{
    char text[PATH_MAX + 512];

    start_line(text, sizeof(text), run, true);
    if (run->screen.live && !live_fits(text)) {
        start_line(text, sizeof(text), run, false);
        live_cut(text);
    }
    screen_line(&run->screen, "%s", text);
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

void say_end(struct run *run)
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
                " s of virtual time: %s; %" PRIu64 " step%s, seed %" PRIu64,
                us / 1000000, us % 1000000, why_ended(run), steps,
                steps == 1 ? "" : "s", run->options->seed);
}
