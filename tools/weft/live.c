/* live.c - the live line: time, LEDs, buttons, pwm, tasks
 * SPDX-License-Identifier: MIT
 */
#define _DEFAULT_SOURCE

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "tools/weft/run.h"

/* A line that is never wider than the terminal: what does not fit whole is
 * left out. */
struct line {
    char text[1024];
    size_t used;
    unsigned columns, columns_max;
};

static void add(struct line *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static unsigned width(const char *text)
{
    unsigned columns = 0;

    for (; *text != '\0'; text++) {
        columns += ((unsigned char)*text & 0xC0) != 0x80;
    }
    return columns;
}

static void add(struct line *line, const char *format, ...)
{
    char text[128];
    va_list arguments;
    size_t size;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    size = strlen(text);
    if (line->columns + width(text) > line->columns_max ||
        line->used + size >= sizeof(line->text)) {
        line->columns = line->columns_max; /* nothing behind it either */
        return;
    }
    memcpy(line->text + line->used, text, size + 1);
    line->used += size;
    line->columns += width(text);
}

static unsigned terminal_columns(void)
{
    struct winsize size = {0};

    if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col < 2) {
        return 79;
    }
    return size.ws_col - 1u; /* the last column makes some terminals wrap */
}

bool live_fits(const char *text)
{
    return width(text) <= terminal_columns();
}

void live_cut(char *text)
{
    unsigned left = terminal_columns();

    for (; *text != '\0'; text++) {
        if (((unsigned char)*text & 0xC0) != 0x80 && left-- == 0) {
            *text = '\0';
            return;
        }
    }
}

bool live_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        const char *value = getenv(names[i]);

        if (value != NULL && value[0] != '\0') {
            return strstr(value, "UTF-8") != NULL ||
                   strstr(value, "utf8") != NULL ||
                   strstr(value, "UTF8") != NULL;
        }
    }
    return false;
}

static const char *dot(const struct run *run, bool full)
{
    if (run->utf8) {
        return full ? "\xE2\x97\x8F" : "\xE2\x97\x8B"; /* filled, empty */
    }
    return full ? "#" : "-";
}

static void add_board(struct line *line, const struct machine *machine)
{
    const weft_sim_board_t *board = &machine->board;
    const weft_sim_kind_t *kind = board->kind;

    for (unsigned i = 0; i < kind->led_count; i++) {
        const weft_sim_part_t *led = &kind->leds[i];

        add(line, "  %s %s", led->name,
            dot(machine->run, weft_sim_board_level(board, led->pin)));
    }
    for (unsigned i = 0; i < kind->button_count; i++) {
        const weft_sim_part_t *button = &kind->buttons[i];
        bool pressed = weft_sim_board_pressed(board, button->pin);

        if (board->keys) {
            add(line, "  %s[%c] %s", button->name, button->key,
                dot(machine->run, pressed));
        } else {
            add(line, "  %s %s", button->name, dot(machine->run, pressed));
        }
    }
    for (unsigned i = 0; i < kind->pwms; i++) {
        if (machine->pwm_open[i]) {
            add(line, "  pwm%u %u%%", i, machine->pwm_percent[i]);
        }
    }
}

static void add_machine(struct line *line, const struct machine *machine)
{
    weft_lua_stats_t stats;

    if (machine->label[0] != '\0') {
        add(line, "  | %s", machine->name);
    }
    if (machine->over) {
        add(line, "  ended");
        return;
    }
    stats = weft_lua_stats(machine->lua);
    add_board(line, machine);
    add(line, "  %u task%s", stats.tasks, stats.tasks == 1 ? "" : "s");
}

void live_draw(struct run *run)
{
    struct line line = {.columns_max = terminal_columns()};
    uint64_t tenths = run_elapsed_us(run) / 100000;

    add(&line, "%6llu.%llu s", (unsigned long long)(tenths / 10),
        (unsigned long long)(tenths % 10));
    for (size_t i = 0; i < run->count; i++) {
        add_machine(&line, &run->machines[i]);
    }
    screen_draw(&run->screen, line.text);
}
