/* devices.h - what the devices of the simulated board share
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_SIM_DEVICES_H
#define WEFT_SIM_DEVICES_H

#include "weft/sim_board.h"

static inline weft_sim_board_t *weft__board_sim(weft_board_t *board)
{
    return (weft_sim_board_t *)(void *)board; /* its first member */
}

/* Tells every observer: WEFT__BOARD_TELL(board, pin, pin, level). */
#define WEFT__BOARD_TELL(sim, member, ...)                                     \
    for (weft_sim_observer_t *weft__o = (sim)->observers; weft__o != NULL;     \
         weft__o = weft__o->next) {                                            \
        if (weft__o->member != NULL) {                                         \
            weft__o->member(weft__o->ctx, __VA_ARGS__);                        \
        }                                                                      \
    }

/* One line, printf-like, to observers. */
void weft__board_note(weft_sim_board_t *sim, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* pins.c */
int weft__board_pin_setup(weft_board_t *board, unsigned pin,
                          enum weft_pin_mode mode, enum weft_pin_pull pull,
                          int level);
int weft__board_pin_write(weft_board_t *board, unsigned pin, int level);
int weft__board_pin_read(weft_board_t *board, unsigned pin);
int weft__board_pin_watch(weft_board_t *board, unsigned pin,
                          enum weft_pin_edge edge, weft_pin_fn *fn, void *ctx);
int weft__board_pin_close(weft_board_t *board, unsigned pin);
void weft__board_pins_init(weft_sim_board_t *sim);
void weft__board_pins_reset(weft_sim_board_t *sim);
bool weft__board_pins_can_move(const weft_sim_board_t *sim);

/* uart.c */
int weft__board_uart_open(weft_board_t *board, unsigned port, unsigned baud,
                          weft_uart_fn *fn, void *ctx);
int weft__board_uart_write(weft_board_t *board, unsigned port, const void *data,
                           size_t size);
int weft__board_uart_read(weft_board_t *board, unsigned port, void *data,
                          size_t size);
int weft__board_uart_close(weft_board_t *board, unsigned port);
void weft__board_uarts_init(weft_sim_board_t *sim);
void weft__board_uarts_reset(weft_sim_board_t *sim);
bool weft__board_uarts_can_move(const weft_sim_board_t *sim);

/* analog.c */
int weft__board_adc_open(weft_board_t *board, unsigned channel);
int weft__board_adc_read(weft_board_t *board, unsigned channel, int *raw,
                         int *millivolts);
int weft__board_adc_close(weft_board_t *board, unsigned channel);
int weft__board_pwm_open(weft_board_t *board, unsigned channel, unsigned hertz,
                         unsigned duty, unsigned precision);
int weft__board_pwm_close(weft_board_t *board, unsigned channel);
void weft__board_analog_init(weft_sim_board_t *sim);
void weft__board_analog_reset(weft_sim_board_t *sim);

/* watchdog.c */
int weft__board_watchdog_start(weft_board_t *board, unsigned timeout_ms);
int weft__board_watchdog_feed(weft_board_t *board);
void weft__board_watchdog_init(weft_sim_board_t *sim);
void weft__board_watchdog_reset(weft_sim_board_t *sim);

#endif
