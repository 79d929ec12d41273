/* sim_board.h - a board that exists in memory only: the script sees no
 * difference
 * SPDX-License-Identifier: MIT
 *
 * When to use it: to run a program that moves pins, uarts, adc, pwm and a
 * watchdog where there is no hardware, and to look at what it does: observers
 * are told everything that a probe on the real board would see.
 *
 * Example:
 *
 *     static weft_sim_board_t board;
 *     static weft_sim_press_t press;
 *     weft_sim_board_init(&board, &loop, weft_sim_board_kind("generic"));
 *     weft_lua_config_t config = { .loop = &loop, .board = &board.board };
 *     ...
 *     weft_sim_press_at(&press, &board, 0, WEFT_S(1), WEFT_MS(100));
 *
 * A button connects its pin to ground: pressed reads 0, and not pressed 1,
 * also without a pull-up of the script's (it is on the board). A switch at a
 * pin without a button works against the pull that the script chose: to 1
 * where it is a pull-down, else to 0.
 *
 * Context: the thread of the loop, or before it runs. Memory: the caller's;
 * nothing here allocates. Time: the loop's timers and weft_now_us() only, so
 * that in the simulator all of it is virtual.
 */
#ifndef WEFT_SIM_BOARD_H
#define WEFT_SIM_BOARD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weft/board.h"
#include "weft/loop.h"
#include "weft/timer.h"

#ifdef __cplusplus
extern "C" {
#endif

#define WEFT_SIM_PINS 64
#define WEFT_SIM_UARTS 4
#define WEFT_SIM_ADCS 8
#define WEFT_SIM_PWMS 8
#define WEFT_SIM_UART_ROOM 1024 /* bytes in each direction */
#define WEFT_SIM_ADC_MILLIVOLTS 3300
#define WEFT_SIM_ADC_BITS 12

/* An LED or a button. */
typedef struct weft_sim_part {
    const char *name;
    uint8_t pin;
    char key; /* of a button: the key that presses it */
} weft_sim_part_t;

typedef struct weft_sim_kind {
    const char *name;
    const char *summary;
    uint8_t pins, uarts, adcs, pwms; /* how many, numbered from 0 */
    const weft_sim_part_t *leds, *buttons;
    uint8_t led_count, button_count;
} weft_sim_kind_t;

/* A kind of board by name, NULL: the default; NULL when there is none. */
const weft_sim_kind_t *weft_sim_board_kind(const char *name);
/* The kind of that index, the default first; NULL past the last. */
const weft_sim_kind_t *weft_sim_board_kind_at(size_t index);

typedef struct weft_sim_board weft_sim_board_t;

/* Is told what happens; members may be NULL. Keeps the struct as long as the
 * board lives. */
typedef struct weft_sim_observer {
    /* The level of a pin has changed; all are 0 at the start but those of
     * buttons. */
    void (*pin)(void *ctx, unsigned pin, int level);
    /* hertz 0: closed. */
    void (*pwm)(void *ctx, unsigned channel, unsigned hertz, unsigned duty,
                unsigned precision);
    /* Bytes that the program sent, or that it was sent (in). */
    void (*uart)(void *ctx, unsigned port, bool in, const void *data,
                 size_t size);
    /* Something that its user should know, one line. */
    void (*note)(void *ctx, const char *text);
    /* The watchdog was not fed in time: the machine has to start again. */
    void (*bite)(void *ctx, unsigned timeout_ms);
    void *ctx;
    struct weft_sim_observer *next; /* private */
} weft_sim_observer_t;

/* What is at the other end of a uart. */
typedef struct weft_sim_uart_end {
    void (*sent)(void *ctx, const void *data, size_t size);
    /* The program opened the port or made room: receive takes again. */
    void (*room)(void *ctx);
    void *ctx;
} weft_sim_uart_end_t;

enum weft_sim_wave {
    WEFT_SIM_WAVE_CONSTANT = 0, /* high */
    WEFT_SIM_WAVE_RAMP,         /* low to high, then again */
    WEFT_SIM_WAVE_TRIANGLE,
    WEFT_SIM_WAVE_SQUARE,
};

/* private: the devices */

typedef struct weft_sim_pin {
    weft_pin_fn *fn;
    void *ctx;
    uint8_t used, mode, pull, latch, level, edge;
    bool noted;
    uint16_t pressed; /* by how many at once */
    uint16_t coming;  /* presses that will still move it */
} weft_sim_pin_t;

typedef struct weft_sim_uart {
    weft_sim_board_t *board;
    weft_uart_fn *fn;
    void *ctx;
    weft_sim_uart_end_t end;
    weft_timer_t sender; /* fires when what is in tx has left */
    uint32_t baud;
    uint16_t rx_first, rx_count, tx_count;
    bool open, attached, loop, closed, noted;
    uint8_t rx[WEFT_SIM_UART_ROOM];
    uint8_t tx[WEFT_SIM_UART_ROOM];
} weft_sim_uart_t;

typedef struct weft_sim_adc {
    bool open;
    uint8_t wave;
    uint16_t low, high; /* millivolts */
    uint64_t period_us;
} weft_sim_adc_t;

typedef struct weft_sim_watchdog {
    weft_timer_t timer;
    uint64_t deadline_us;
    uint32_t timeout_ms; /* 0: not started */
} weft_sim_watchdog_t;

/* public again */

struct weft_sim_board {
    weft_board_t board; /* give &x.board to a machine */
    const weft_sim_kind_t *kind;
    bool keys; /* somebody reads a keyboard: buttons can be pressed */
    /* private */
    weft_loop_t *loop;
    weft_sim_observer_t *observers;
    weft_sim_pin_t pins[WEFT_SIM_PINS];
    weft_sim_uart_t uarts[WEFT_SIM_UARTS];
    weft_sim_adc_t adcs[WEFT_SIM_ADCS];
    uint8_t pwm_open[WEFT_SIM_PWMS];
    weft_sim_watchdog_t watchdog;
};

/* kind NULL: the default. */
void weft_sim_board_init(weft_sim_board_t *board, weft_loop_t *loop,
                         const weft_sim_kind_t *kind);
/* Stops its timers. */
void weft_sim_board_deinit(weft_sim_board_t *board);

/* Observers are told in the order added. */
void weft_sim_board_observe(weft_sim_board_t *board,
                            weft_sim_observer_t *observer);

/* The level that a probe at the pin would see; 0 for one that is not there. */
int weft_sim_board_level(const weft_sim_board_t *board, unsigned pin);
/* The LED or button at a pin, or NULL. */
const weft_sim_part_t *weft_sim_board_part(const weft_sim_board_t *board,
                                           unsigned pin);
bool weft_sim_board_pressed(const weft_sim_board_t *board, unsigned pin);

/* Presses or releases; each press needs its release. WEFT_ERR_INVALID: no
 * such pin. */
int weft_sim_board_press(weft_sim_board_t *board, unsigned pin, bool down);

/* A press to come. */
typedef struct weft_sim_press {
    /* private */
    weft_timer_t timer;
    weft_sim_board_t *board;
    uint64_t for_us;
    uint8_t pin;
    bool down;
} weft_sim_press_t;

/* Presses at that time for so long. Keeps press until it was released.
 * One that is down already stays down that long from at_us on. */
int weft_sim_press_at(weft_sim_press_t *press, weft_sim_board_t *board,
                      unsigned pin, uint64_t at_us, uint64_t for_us);

/* Connects the other end of a uart; copies end. Without one what the program
 * sends is only observed. WEFT_ERR_INVALID: no such port, WEFT_ERR_BUSY. */
int weft_sim_uart_attach(weft_sim_board_t *board, unsigned port,
                         const weft_sim_uart_end_t *end);
/* Connects its transmitter with its own receiver. */
int weft_sim_uart_attach_loop(weft_sim_board_t *board, unsigned port);
/* The other end sends: how many bytes there was room for; 0 while the program
 * has not opened the port. */
size_t weft_sim_uart_receive(weft_sim_board_t *board, unsigned port,
                             const void *data, size_t size);
/* The other end will never send again. */
void weft_sim_uart_hangup(weft_sim_board_t *board, unsigned port);
/* Bits a second that the program chose; 0: not open. */
unsigned weft_sim_uart_baud(const weft_sim_board_t *board, unsigned port);

/* What an adc channel measures. Between 0 and WEFT_SIM_ADC_MILLIVOLTS, low
 * <= high, period_us > 0 unless constant; else WEFT_ERR_INVALID. */
int weft_sim_adc_set(weft_sim_board_t *board, unsigned channel,
                     enum weft_sim_wave wave, unsigned low, unsigned high,
                     uint64_t period_us);

/* A uart's other end that sends given bytes, at the pace of the program's
 * baud rate and line by line, then hangs up. data is borrowed. */
typedef struct weft_sim_uart_source {
    /* private */
    weft_sim_board_t *board;
    const uint8_t *data;
    size_t size, at;
    weft_timer_t timer;
    unsigned port;
    void (*sent)(void *ctx, const void *data, size_t size);
    void *ctx;
} weft_sim_uart_source_t;

/* What the program sends goes to sent, which may be NULL. */
int weft_sim_uart_source_attach(weft_sim_uart_source_t *source,
                                weft_sim_board_t *board, unsigned port,
                                const void *data, size_t size);
void weft_sim_uart_source_stop(weft_sim_uart_source_t *source);

#ifdef __cplusplus
}
#endif

#endif
