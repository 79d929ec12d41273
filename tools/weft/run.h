/* run.h - one run: the loop, its machines, what is written about them
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TOOL_RUN_H
#define WEFT_TOOL_RUN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/weft/options.h"
#include "tools/weft/screen.h"
#include "tools/weft/trace_json.h"
#include "tools/weft/vcd.h"
#include "weft/loop.h"
#include "weft/lua.h"
#include "weft/lua_service.h"
#include "weft/sim_board.h"
#include "weft/trace.h"

enum { KEYS_MAX = 8, TRACE_ROOM = 4096, MACHINES_MAX = 64 };

/* A file at the other end of a uart. */
struct uart_file {
    weft_sim_uart_source_t source;
    struct sink *out; /* or NULL */
    void *data;
};

/* A script and its board. */
struct machine {
    struct run *run;
    const char *file;
    char *name;  /* its file's, with #2 and on when that is there again */
    char *label; /* "main.lua: ", or "" when it is the only one */
    unsigned index;
    weft_lua_t *lua;
    bool over;
    weft_sim_board_t board;
    weft_sim_observer_t observer;
    weft_sim_press_t *presses;       /* --press */
    weft_sim_press_t keys[KEYS_MAX]; /* one for each button */
    struct uart_file uarts[WEFT_SIM_UARTS];
    uint8_t pwm_percent[WEFT_SIM_PWMS];
    bool pwm_open[WEFT_SIM_PWMS];
    weft_trace_t trace;
    weft_trace_event_t *room;
};

/* Who asked all to stop. */
enum stop { STOP_NOT = 0, STOP_TIME, STOP_SIGNAL };

struct run {
    const struct options *options;
    weft_loop_t loop;
    weft_lua_services_t services;
    struct screen screen;
    struct machine *machines;
    size_t count;
    size_t alive;
    uint64_t start_us;
    bool pin_lines; /* a line for each change of a pin */
    bool utf8;
    struct vcd *vcd;         /* or NULL */
    struct trace_json *json; /* or NULL */
    weft_timer_t end;        /* --for */
    weft_timer_t tick;       /* redraws and flushes */
    uint64_t began_us;       /* by world_clock_us() */
    uint8_t stop;            /* atomic: enum stop */
    int status;
};

/* Asks all machines to end in order. From any thread, and from what the
 * simulator calls an interrupt. */
void run_stop(struct run *run, enum stop why);

/* A key of the keyboard was pressed. */
void run_key(struct run *run, char key);

uint64_t run_elapsed_us(const struct run *run);

/* machine.c: 0, or an exit status after one line. After machine_open the
 * script is compiled and has not begun. */
int machine_name(struct machine *machine); /* those before it have names */
int machine_open(struct machine *machine);
int machine_start(struct machine *machine);
void machine_close(struct machine *machine);
void machine_drain(struct machine *machine);

/* outputs.c: the files of --vcd and --trace. check: that no two options write
 * one file, nor over a script or what a uart reads; before any is opened.
 * open: 0, or an exit status after one line; nothing in them has changed
 * then. */
int outputs_check(const struct options *options);
int outputs_open(struct run *run);
void outputs_begin(struct run *run);
void outputs_flush(struct run *run);
void outputs_end(struct run *run);

/* say.c: the first and the last line. */
void say_start(struct run *run);
void say_end(struct run *run);

/* observe.c: what the board does, told to the screen and the files. */
void observe_begin(struct machine *machine);

/* live.c: the live line of all boards. */
void live_draw(struct run *run);
bool live_utf8(void);
/* Whether text fits in one line of the terminal; cuts it so that it does. */
bool live_fits(const char *text);
void live_cut(char *text);

#endif
