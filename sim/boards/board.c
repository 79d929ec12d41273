/* board.c - puts the devices together to a board
 * SPDX-License-Identifier: MIT
 */
#include <stdarg.h>
#include <stdio.h>

#include "sim/devices/devices.h"

static int input_open(weft_board_t *board)
{
    const weft_sim_board_t *sim = weft__board_sim(board);

    return weft__board_pins_can_move(sim) || weft__board_uarts_can_move(sim) ||
           sim->watchdog.timeout_ms != 0;
}

static void reset(weft_board_t *board)
{
    weft_sim_board_t *sim = weft__board_sim(board);

    weft__board_watchdog_reset(sim);
    weft__board_uarts_reset(sim);
    weft__board_analog_reset(sim);
    weft__board_pins_reset(sim);
}

static const weft_board_ops_t ops = {
    .name = "sim",
    .pin_setup = weft__board_pin_setup,
    .pin_write = weft__board_pin_write,
    .pin_read = weft__board_pin_read,
    .pin_watch = weft__board_pin_watch,
    .pin_close = weft__board_pin_close,
    .uart_open = weft__board_uart_open,
    .uart_write = weft__board_uart_write,
    .uart_read = weft__board_uart_read,
    .uart_close = weft__board_uart_close,
    .adc_open = weft__board_adc_open,
    .adc_read = weft__board_adc_read,
    .adc_close = weft__board_adc_close,
    .pwm_open = weft__board_pwm_open,
    .pwm_close = weft__board_pwm_close,
    .watchdog_start = weft__board_watchdog_start,
    .watchdog_feed = weft__board_watchdog_feed,
    .input_open = input_open,
    .reset = reset,
};

void weft_sim_board_init(weft_sim_board_t *board, weft_loop_t *loop,
                         const weft_sim_kind_t *kind)
{
    *board = (weft_sim_board_t){
        .board = {.ops = &ops},
        .kind = kind != NULL ? kind : weft_sim_board_kind(NULL),
        .loop = loop,
    };
    weft__board_pins_init(board);
    weft__board_uarts_init(board);
    weft__board_analog_init(board);
    weft__board_watchdog_init(board);
}

void weft_sim_board_deinit(weft_sim_board_t *board)
{
    board->observers = NULL;
    reset(&board->board);
}

void weft_sim_board_observe(weft_sim_board_t *board,
                            weft_sim_observer_t *observer)
{
    weft_sim_observer_t **at = &board->observers;

    while (*at != NULL) {
        at = &(*at)->next;
    }
    observer->next = NULL;
    *at = observer;
}

void weft__board_note(weft_sim_board_t *sim, const char *format, ...)
{
    char text[160];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    WEFT__BOARD_TELL(sim, note, text);
}
