/* options.c - reads the options of `weft run`
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L /* strdup */

#include "tools/weft/options.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tools/weft/complain.h"
#include "tools/weft/values.h"
#include "weft/time.h"

enum {
    OPTION_BOARD = 256,
    OPTION_DASH,
    OPTION_FOR,
    OPTION_KILL_STUCK,
    OPTION_MEMORY,
    OPTION_PRESS,
    OPTION_SEED,
    OPTION_TRACE,
    OPTION_UART,
    OPTION_VCD,
    OPTION_VIRTUAL,
    OPTION_END
};

static const struct option long_options[] = {
    {"board", required_argument, NULL, OPTION_BOARD},
    {"dash", required_argument, NULL, OPTION_DASH},
    {"for", required_argument, NULL, OPTION_FOR},
    {"kill-stuck", no_argument, NULL, OPTION_KILL_STUCK},
    {"memory", required_argument, NULL, OPTION_MEMORY},
    {"press", required_argument, NULL, OPTION_PRESS},
    {"quiet", no_argument, NULL, 'q'},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"trace", required_argument, NULL, OPTION_TRACE},
    {"uart", required_argument, NULL, OPTION_UART},
    {"vcd", required_argument, NULL, OPTION_VCD},
    {"virtual", no_argument, NULL, OPTION_VIRTUAL},
    {NULL, 0, NULL, 0},
};

#define MEMORY_MIN ((size_t)64 * 1024)
#define PRESS_US WEFT_MS(100)
#define SEE_HELP "see `weft help run`"

static const char *name_of(int code)
{
    for (const struct option *o = long_options; o->name != NULL; o++) {
        if (o->val == code) {
            return code == 'q' ? "-q" : o->name;
        }
    }
    return "?";
}

/* --- one function for each kind of value ---------------------------------- */

static int no_memory(void)
{
    (void)complain("out of memory");
    return STATUS_FAILED;
}

static int read_for(struct options *options, const char *text)
{
    if (!value_duration(text, &options->for_us)) {
        return complain("--for '%s': not a duration; " DURATION_HELP, text);
    }
    return 0;
}

static int read_seed(struct options *options, const char *text)
{
    options->seeded = true;
    if (!value_number(text, &options->seed)) {
        return complain("--seed '%s': not a whole number from 0 to 2^64-1",
                        text);
    }
    return 0;
}

static int read_memory(struct options *options, const char *text)
{
    if (!value_size(text, &options->memory)) {
        return complain("--memory '%s': not a size; sizes are written "
                        "262144, 256K or 1M",
                        text);
    }
    if (options->memory < MEMORY_MIN) {
        return complain("--memory %s: too little to start Lua; 64K is the "
                        "least",
                        text);
    }
    return 0;
}

static int read_board(struct options *options, const char *text)
{
    char names[200] = "";
    const weft_sim_kind_t *kind;
    size_t used = 0;

    options->board = weft_sim_board_kind(text);
    if (options->board != NULL) {
        return 0;
    }
    for (size_t i = 0; (kind = weft_sim_board_kind_at(i)) != NULL; i++) {
        int size = snprintf(names + used, sizeof(names) - used, "%s%s",
                            i > 0 ? ", " : "", kind->name);

        if (size < 0 || (size_t)size >= sizeof(names) - used) {
            break;
        }
        used += (size_t)size;
    }
    return complain("--board '%s': no such board; there are %s", text, names);
}

/* Splits text at the first `mark` into two strings: its copy in *left, and
 * what is behind in *right, or NULL. */
static bool split(const char *text, char mark, char **left, char **right)
{
    char *at;

    *left = strdup(text);
    *right = NULL;
    if (*left == NULL) {
        return false;
    }
    at = strchr(*left, mark);
    if (at != NULL) {
        *at = '\0';
        *right = at + 1;
    }
    return true;
}

static bool parse_press(char *pin_text, char *time_text,
                        struct press_option *press)
{
    char *plus = strchr(time_text, '+');
    uint64_t pin;

    press->for_us = PRESS_US;
    if (plus != NULL) {
        *plus = '\0';
        if (!value_duration(plus + 1, &press->for_us) || press->for_us == 0) {
            return false;
        }
    }
    if (!value_number(pin_text, &pin) || pin > UINT8_MAX ||
        !value_duration(time_text, &press->at_us)) {
        return false;
    }
    press->pin = (unsigned)pin;
    return true;
}

static int read_press(struct options *options, const char *text)
{
    struct press_option press = {0};
    struct press_option *more;
    char *pin;
    char *time;
    bool good;

    if (!split(text, '@', &pin, &time)) {
        return no_memory();
    }
    good = time != NULL && parse_press(pin, time, &press);
    free(pin);
    if (!good) {
        return complain("--press '%s': write PIN@TIME or PIN@TIME+DURATION, "
                        "such as 0@1s or 0@1.5s+250ms",
                        text);
    }
    more =
        realloc(options->presses, (options->press_count + 1) * sizeof(*more));
    if (more == NULL) {
        return no_memory();
    }
    options->presses = more;
    options->presses[options->press_count++] = press;
    return 0;
}

static int set_uart(struct uart_option *uart, const char *end)
{
    char *out;

    if (strcmp(end, "pty") == 0) {
        uart->kind = UART_PTY;
        return 0;
    }
    if (strcmp(end, "loop") == 0) {
        uart->kind = UART_LOOP;
        return 0;
    }
    uart->kind = UART_FILE;
    if (!split(end, ',', &uart->in, &out)) {
        return no_memory();
    }
    uart->out = out;
    return 0;
}

static int read_uart(struct options *options, const char *text)
{
    char *port_text;
    char *end;
    uint64_t port;
    int rc;

    if (!split(text, '=', &port_text, &end)) {
        return no_memory();
    }
    if (end == NULL || *end == '\0' || strcmp(end, ",") == 0 ||
        !value_number(port_text, &port)) {
        rc = complain("--uart '%s': write PORT=FILE, PORT=IN,OUT, PORT=pty or "
                      "PORT=loop",
                      text);
    } else if (port >= WEFT_SIM_UARTS) {
        rc = complain("--uart '%s': no port %s; they are 0 to %d", text,
                      port_text, WEFT_SIM_UARTS - 1);
    } else if (options->uarts[port].kind != UART_NONE) {
        rc = complain("--uart '%s': port %s is given twice", text, port_text);
    } else {
        rc = set_uart(&options->uarts[port], end);
    }
    free(port_text);
    return rc;
}

static int read_name(const char **name, const char *option, const char *text)
{
    *name = text;
    return text[0] != '\0' ? 0
                           : complain("--%s: the file name is empty", option);
}

static int read_one(struct options *options, int code, const char *text)
{
    switch (code) {
    case 'q': options->quiet = true; return 0;
    case OPTION_VIRTUAL: options->virtual_time = true; return 0;
    case OPTION_KILL_STUCK: options->kill_stuck = true; return 0;
    case OPTION_BOARD: return read_board(options, text);
    case OPTION_DASH: return complain("--dash: not yet");
    case OPTION_FOR: return read_for(options, text);
    case OPTION_MEMORY: return read_memory(options, text);
    case OPTION_PRESS: return read_press(options, text);
    case OPTION_SEED: return read_seed(options, text);
    case OPTION_TRACE: return read_name(&options->trace, "trace", text);
    case OPTION_UART: return read_uart(options, text);
    default: return read_name(&options->vcd, "vcd", text);
    }
}

/* --- all of them ---------------------------------------------------------- */

/* What getopt_long did not like; argv[optind - 1] is the word. */
static int bad_option(int code, char **argv)
{
    const char *word = argv[optind - 1];

    if (code == ':') {
        return complain("%s needs a value; " SEE_HELP, word);
    }
    if (optopt >= OPTION_BOARD || (optopt == 'q' && word[1] == '-')) {
        return complain("%s: takes no value; " SEE_HELP, word);
    }
    if (word[0] == '-' && word[1] == '-') {
        return complain("unknown option %s; " SEE_HELP, word);
    }
    return complain("unknown option -%c; " SEE_HELP, optopt);
}

static int read_words(struct options *options, int argc, char **argv)
{
    bool given[OPTION_END] = {false};
    int code;

    opterr = 0;
    optind = 1;
    while ((code = getopt_long(argc, argv, ":q", long_options, NULL)) != -1) {
        int rc;

        if (code == ':' || code == '?') {
            return bad_option(code, argv);
        }
        if (given[code] && code != OPTION_PRESS && code != OPTION_UART) {
            return complain("%s%s is given twice", code == 'q' ? "" : "--",
                            name_of(code));
        }
        given[code] = true;
        rc = read_one(options, code, optarg);
        if (rc != 0) {
            return rc;
        }
    }
    options->files = argv + optind;
    options->file_count = (size_t)(argc - optind);
    return 0;
}

/* What can be judged only when all are known. */
static int check_together(const struct options *options)
{
    const weft_sim_kind_t *board = options->board;

    if (options->file_count == 0) {
        return complain("run: which file? write `weft run FILE.lua`");
    }
    for (size_t i = 0; i < options->press_count; i++) {
        if (options->presses[i].pin >= board->pins) {
            return complain("--press: board %s has no pin %u; they are 0 to "
                            "%d",
                            board->name, options->presses[i].pin,
                            board->pins - 1);
        }
    }
    for (unsigned i = 0; i < WEFT_SIM_UARTS; i++) {
        enum uart_kind kind = options->uarts[i].kind;

        if (kind != UART_NONE && i >= board->uarts) {
            return complain("--uart: board %s has no port %u; they are 0 to "
                            "%d",
                            board->name, i, board->uarts - 1);
        }
        if (kind != UART_NONE && kind != UART_LOOP && options->file_count > 1) {
            return complain("--uart %u: with several files each has a board "
                            "of its own; run them one by one",
                            i);
        }
        if (kind == UART_PTY && options->virtual_time) {
            return complain("--uart %u=pty and --virtual: a terminal needs "
                            "real time; leave one out",
                            i);
        }
    }
    return 0;
}

int options_read(struct options *options, int argc, char **argv)
{
    int rc;

    *options = (struct options){
        .for_us = WEFT_FOREVER,
        .seed = 1,
        .board = weft_sim_board_kind(NULL),
    };
    rc = read_words(options, argc, argv);
    return rc != 0 ? rc : check_together(options);
}

void options_free(struct options *options)
{
    for (unsigned i = 0; i < WEFT_SIM_UARTS; i++) {
        free(options->uarts[i].in); /* out is in the same memory */
    }
    free(options->presses);
}
