/* observe.c - what a board does, told to the screen and to the files
 * SPDX-License-Identifier: MIT
 */
#include <inttypes.h>
#include <stdio.h>

#include "tools/weft/run.h"

#define STAMP "[%" PRIu64 ".%06" PRIu64 "] %s"
#define STAMP_OF(m, us) (us) / 1000000, (us) % 1000000, (m)->label

static void on_pin(void *ctx, unsigned pin, int level)
{
    struct machine *machine = ctx;
    struct run *run = machine->run;
    uint64_t us = run_elapsed_us(run);

    if (run->pin_lines) {
        screen_line(&run->screen, STAMP "gpio %u -> %d", STAMP_OF(machine, us),
                    pin, level);
    }
    if (run->vcd != NULL) {
        vcd_pin(run->vcd, us, machine->index, pin, level);
    }
    if (run->json != NULL) {
        weft_trace_record(&machine->trace, WEFT_TRACE_PIN, pin, NULL, level);
    }
}

static void on_pwm(void *ctx, unsigned channel, unsigned hertz, unsigned duty,
                   unsigned precision)
{
    struct machine *machine = ctx;
    struct run *run = machine->run;
    uint64_t us = run_elapsed_us(run);

    machine->pwm_open[channel] = hertz != 0;
    machine->pwm_percent[channel] = (uint8_t)(duty * 100 / precision);
    if (!run->pin_lines) {
        return;
    }
    if (hertz == 0) {
        screen_line(&run->screen, STAMP "pwm %u off", STAMP_OF(machine, us),
                    channel);
        return;
    }
    screen_line(&run->screen, STAMP "pwm %u -> %u/%u at %u Hz",
                STAMP_OF(machine, us), channel, duty, precision, hertz);
}

/* Bytes as a Lua string would be written, at most so many of them. */
static void quote_bytes(char *text, size_t room, const void *data, size_t size)
{
    const unsigned char *bytes = data;
    size_t used = 0;

    for (size_t i = 0; i < size && used + 8 < room; i++) {
        unsigned char c = bytes[i];
        const char *format = c == '\n'   ? "\\n"
                             : c == '\r' ? "\\r"
                             : c == '\t' ? "\\t"
                                         : NULL;
        char *at = text + used;

        if (format != NULL) {
            used += (size_t)snprintf(at, 5, "%s", format);
        } else if (c == '"' || c == '\\') {
            used += (size_t)snprintf(at, 5, "\\%c", c);
        } else if (c >= 0x20 && c < 0x7F) {
            used += (size_t)snprintf(at, 5, "%c", c);
        } else {
            used += (size_t)snprintf(at, 5, "\\x%02x", c);
        }
    }
    text[used] = '\0';
}

static void on_uart(void *ctx, unsigned port, bool in, const void *data,
                    size_t size)
{
    enum { SHOWN_MAX = 64 };
    struct machine *machine = ctx;
    struct run *run = machine->run;
    uint64_t us = run_elapsed_us(run);
    char text[4 * SHOWN_MAX + 16];

    if (run->json != NULL) {
        weft_trace_record(&machine->trace, WEFT_TRACE_UART, port, NULL,
                          in ? (int32_t)size : -(int32_t)size);
    }
    if (run->options->quiet) {
        return;
    }
    quote_bytes(text, sizeof(text), data, size < SHOWN_MAX ? size : SHOWN_MAX);
    screen_line(&run->screen, STAMP "uart %u %s \"%s\"%s",
                STAMP_OF(machine, us), port, in ? "<-" : "->", text,
                size > SHOWN_MAX ? "..." : "");
}

static void on_note(void *ctx, const char *text)
{
    struct machine *machine = ctx;

    if (!machine->run->options->quiet) {
        screen_line(&machine->run->screen, "weft: %s%s", machine->label, text);
    }
}

static void on_bite(void *ctx, unsigned timeout_ms)
{
    struct machine *machine = ctx;

    screen_line(&machine->run->screen,
                "weft: %sthe watchdog was not fed for %u ms: it resets the "
                "board",
                machine->label, timeout_ms);
    weft_lua_reboot(machine->lua);
}

void observe_begin(struct machine *machine)
{
    machine->observer = (weft_sim_observer_t){
        .pin = on_pin,
        .pwm = on_pwm,
        .uart = on_uart,
        .note = on_note,
        .bite = on_bite,
        .ctx = machine,
    };
    weft_sim_board_observe(&machine->board, &machine->observer);
}
