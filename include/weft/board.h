/* board.h - what scripts ask of a board: pins, uart, adc, pwm, watchdog
 * SPDX-License-Identifier: MIT
 *
 * When to use it: to give a script machine something to move. A board is a
 * table of functions and whatever follows it in its own struct; the simulated
 * board (sim/boards) is one, a chip's board file another. A function that a
 * board does not have is NULL and the script gets WEFT_ERR_UNSUPPORTED.
 *
 * Example:
 *
 *     int rc = board->ops->pin_setup(board, 27, WEFT_PIN_OUTPUT,
 *                                    WEFT_PULL_NONE, 0);
 *
 * Numbers out of the board's range are WEFT_ERR_INVALID, never a crash.
 *
 * Context: the functions from task level of one loop; watch callbacks come
 * from any thread or interrupt and must only post. Memory: the board's.
 */
#ifndef WEFT_BOARD_H
#define WEFT_BOARD_H

#include <stddef.h>
#include <stdint.h>

#include "weft/error.h"

#ifdef __cplusplus
extern "C" {
#endif

enum weft_pin_mode { WEFT_PIN_INPUT = 0, WEFT_PIN_OUTPUT = 1 };
enum weft_pin_pull { WEFT_PULL_NONE = 0, WEFT_PULL_UP = 1, WEFT_PULL_DOWN = 2 };
enum weft_pin_edge {
    WEFT_EDGE_NONE = 0,
    WEFT_EDGE_RISING = 1,
    WEFT_EDGE_FALLING = 2,
    WEFT_EDGE_BOTH = 3,
};

typedef struct weft_board weft_board_t;

/* A watched pin moved to level. */
typedef void weft_pin_fn(void *ctx, unsigned pin, int level);

enum weft_uart_event {
    WEFT_UART_RECEIVED = 0, /* something can be read */
    WEFT_UART_SENT = 1,     /* all that was written has left */
    WEFT_UART_CLOSED = 2,   /* the other end is gone: nothing more comes */
};
typedef void weft_uart_fn(void *ctx, unsigned port, enum weft_uart_event event);

typedef struct weft_board_ops {
    const char *name;
    /* level: of an output, at once. */
    int (*pin_setup)(weft_board_t *board, unsigned pin, enum weft_pin_mode mode,
                     enum weft_pin_pull pull, int level);
    int (*pin_write)(weft_board_t *board, unsigned pin, int level);
    int (*pin_read)(weft_board_t *board, unsigned pin); /* 0 or 1 */
    /* One watcher a pin; edge NONE or fn NULL ends it. */
    int (*pin_watch)(weft_board_t *board, unsigned pin, enum weft_pin_edge edge,
                     weft_pin_fn *fn, void *ctx);
    int (*pin_close)(weft_board_t *board, unsigned pin);

    int (*uart_open)(weft_board_t *board, unsigned port, unsigned baud,
                     weft_uart_fn *fn, void *ctx);
    /* How many bytes were taken; never waits. */
    int (*uart_write)(weft_board_t *board, unsigned port, const void *data,
                      size_t size);
    /* How many bytes were there, at most size; 0: none now. */
    int (*uart_read)(weft_board_t *board, unsigned port, void *data,
                     size_t size);
    int (*uart_close)(weft_board_t *board, unsigned port);

    int (*adc_open)(weft_board_t *board, unsigned channel);
    /* The raw value and the voltage. */
    int (*adc_read)(weft_board_t *board, unsigned channel, int *raw,
                    int *millivolts);
    int (*adc_close)(weft_board_t *board, unsigned channel);

    /* duty: 0 to `precision` (100, 256, 1000). */
    int (*pwm_open)(weft_board_t *board, unsigned channel, unsigned hertz,
                    unsigned duty, unsigned precision);
    int (*pwm_close)(weft_board_t *board, unsigned channel);

    /* Bites when not fed for so long. */
    int (*watchdog_start)(weft_board_t *board, unsigned timeout_ms);
    int (*watchdog_feed)(weft_board_t *board);

    /* Whether anything outside may still move a watched pin or an open uart:
     * then a program that waits for it is not at its end. */
    int (*input_open)(weft_board_t *board);
    /* Back to the state after power-on: before a machine starts again. */
    void (*reset)(weft_board_t *board);
} weft_board_ops_t;

struct weft_board {
    const weft_board_ops_t *ops;
};

#ifdef __cplusplus
}
#endif

#endif
