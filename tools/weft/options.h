/* options.h - what `weft run` was asked to do
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TOOL_OPTIONS_H
#define WEFT_TOOL_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weft/sim_board.h"

struct press_option {
    unsigned pin;
    uint64_t at_us, for_us;
};

enum uart_kind { UART_NONE = 0, UART_PTY, UART_LOOP, UART_FILE };
struct uart_option {
    enum uart_kind kind;
    char *in, *out; /* UART_FILE: what it receives, where it sends; or NULL */
};

struct options {
    char **files;
    size_t file_count;
    bool virtual_time, quiet, kill_stuck, seeded;
    uint64_t seed;
    uint64_t for_us; /* WEFT_FOREVER: not limited */
    size_t memory;   /* 0: not limited */
    const weft_sim_kind_t *board;
    struct press_option *presses;
    size_t press_count;
    const char *vcd, *trace;
    struct uart_option uarts[WEFT_SIM_UARTS];
};

/* Reads the words behind `weft run`, argv[0] being "run"; reorders them. 0,
 * or the exit status after one line that says what is wrong. Free it in
 * either case. */
int options_read(struct options *options, int argc, char **argv);
void options_free(struct options *options);

#endif
