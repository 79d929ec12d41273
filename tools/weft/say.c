/* say.c - the first and the last line of a run
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
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

void say_start(struct run *run)
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
                " s of virtual time: %s; %" PRIu64 " steps, seed %" PRIu64,
                us / 1000000, us % 1000000, why_ended(run), steps,
                run->options->seed);
}
