/* board.c - puts the devices together to a board
 * SPDX-License-Identifier: MIT
 */
#include <stdarg.h>
#include <stdio.h>

#include "sim/devices/devices.h"

static int input_open(weft_board_t *board)
{
    const weft_sim_board_t *sim = weft__sim_board(board);

    return weft__sim_pins_can_move(sim) || weft__sim_uarts_can_move(sim) ||
           sim->watchdog.timeout_ms != 0;
}

static void reset(weft_board_t *board)
{
    weft_sim_board_t *sim = weft__sim_board(board);

    weft__sim_watchdog_reset(sim);
    weft__sim_uarts_reset(sim);
    weft__sim_analog_reset(sim);
    weft__sim_pins_reset(sim);
}

static const weft_board_ops_t ops = {
    .name = "sim",
    .pin_setup = weft__sim_pin_setup,
    .pin_write = weft__sim_pin_write,
    .pin_read = weft__sim_pin_read,
    .pin_watch = weft__sim_pin_watch,
    .pin_close = weft__sim_pin_close,
    .uart_open = weft__sim_uart_open,
    .uart_write = weft__sim_uart_write,
    .uart_read = weft__sim_uart_read,
    .uart_close = weft__sim_uart_close,
    .adc_open = weft__sim_adc_open,
    .adc_read = weft__sim_adc_read,
    .adc_close = weft__sim_adc_close,
    .pwm_open = weft__sim_pwm_open,
    .pwm_close = weft__sim_pwm_close,
    .watchdog_start = weft__sim_watchdog_start,
    .watchdog_feed = weft__sim_watchdog_feed,
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
    weft__sim_pins_init(board);
    weft__sim_uarts_init(board);
    weft__sim_analog_init(board);
    weft__sim_watchdog_init(board);
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

void weft__sim_note(weft_sim_board_t *sim, const char *format, ...)
{
    char text[160];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    WEFT__SIM_TELL(sim, note, text);
}
