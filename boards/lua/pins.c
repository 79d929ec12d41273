/* pins.c - a board's LEDs and button as pins, for scripts
 * SPDX-License-Identifier: MIT
 *
 * A press is told in the button's interrupt. When it ends nobody says, so that
 * is looked for, LOOK_US apart and only while the button is down.
 */
#include "boards/lua/pins.h"

#include <stddef.h>

#include "boards/board.h"
#include "weft/base/atomic.h"
#include "weft/time.h"
#include "weft/timer.h"

enum { LOOK_US = 10000, BUTTON_PIN = 0 };

static const uint8_t led_pins[] = {27, 10, 11, 12};
enum { LEDS = sizeof(led_pins) / sizeof(led_pins[0]), NO_LED = LEDS };

static struct pins {
    weft_board_t board;
    weft_pin_fn *fn; /* of the button */
    void *ctx;
    uint8_t edge;
    uint8_t down;         /* atomic */
    weft_timer_t look;    /* is it still down? */
    uint64_t finger_us;   /* one is on it until then */
    uint8_t level[LEDS];  /* as set */
    uint8_t output[LEDS]; /* set up as one */
    weft_timer_t watchdog;
    uint64_t feed_us; /* how long one feed lasts; 0: not started */
    void (*bite)(void);
} pins;

static unsigned led_of(unsigned pin)
{
    unsigned led = 0;

    while (led < LEDS && led_pins[led] != pin) {
        led++;
    }
    return led;
}

/* --- the button ---------------------------------------------------------- */

static void tell(int level)
{
    uint8_t edge = level != 0 ? WEFT_EDGE_RISING : WEFT_EDGE_FALLING;

    if (pins.fn != NULL && (pins.edge & edge) != 0) {
        pins.fn(pins.ctx, BUTTON_PIN, level);
    }
}

/* An interrupt. */
static void pressed(void)
{
    if (weft_atomic_exchange_acq_rel_u8(&pins.down, 1) == 0) {
        tell(0);
        weft_timer_post_start(&pins.look, weft_deadline(LOOK_US));
    }
}

static void look(weft_timer_t *timer, void *ctx)
{
    uint64_t now_us = weft_now_us();

    (void)ctx;
    if (now_us < pins.finger_us || board_button(0)) {
        bool soon =
            pins.finger_us > now_us && pins.finger_us - now_us < LOOK_US;
        weft_timer_start(timer, soon ? pins.finger_us : now_us + LOOK_US);
        return;
    }
    weft_atomic_store_release_u8(&pins.down, 0);
    tell(1);
}

void board_lua_press(uint64_t for_us)
{
    pins.finger_us = weft_deadline(for_us);
    board_press();
}

static int pin_watch(weft_board_t *board, unsigned pin, enum weft_pin_edge edge,
                     weft_pin_fn *fn, void *ctx)
{
    (void)board;
    if (pin != BUTTON_PIN) {
        return led_of(pin) == NO_LED ? WEFT_ERR_INVALID : WEFT_ERR_UNSUPPORTED;
    }
    board_button_on_press(NULL);
    pins.edge = (uint8_t)edge;
    pins.fn = edge == WEFT_EDGE_NONE ? NULL : fn;
    pins.ctx = ctx;
    if (pins.fn != NULL) {
        board_button_on_press(pressed);
    }
    return 0;
}

/* --- levels -------------------------------------------------------------- */

static void set_led(unsigned led, int level)
{
    if (pins.level[led] != level) {
        pins.level[led] = (uint8_t)level;
        board_led(led, level != 0);
    }
}

static int pin_setup(weft_board_t *board, unsigned pin, enum weft_pin_mode mode,
                     enum weft_pin_pull pull, int level)
{
    unsigned led = led_of(pin);

    (void)board;
    (void)pull;
    if (pin == BUTTON_PIN) {
        return mode == WEFT_PIN_INPUT ? 0 : WEFT_ERR_UNSUPPORTED;
    }
    if (led == NO_LED || (unsigned)level > 1) {
        return WEFT_ERR_INVALID;
    }
    pins.output[led] = mode == WEFT_PIN_OUTPUT;
    if (mode == WEFT_PIN_OUTPUT) {
        set_led(led, level);
    }
    return 0;
}

static int pin_write(weft_board_t *board, unsigned pin, int level)
{
    unsigned led = led_of(pin);

    (void)board;
    if (pin == BUTTON_PIN) {
        return 0;
    }
    if (led == NO_LED || (unsigned)level > 1) {
        return WEFT_ERR_INVALID;
    }
    if (pins.output[led] != 0) {
        set_led(led, level);
    }
    return 0;
}

static int pin_read(weft_board_t *board, unsigned pin)
{
    unsigned led = led_of(pin);

    (void)board;
    if (pin == BUTTON_PIN) {
        return weft_atomic_load_acquire_u8(&pins.down) == 0 && !board_button(0);
    }
    return led == NO_LED ? WEFT_ERR_INVALID : pins.level[led];
}

static int pin_close(weft_board_t *board, unsigned pin)
{
    unsigned led = led_of(pin);

    if (pin == BUTTON_PIN) {
        return pin_watch(board, pin, WEFT_EDGE_NONE, NULL, NULL);
    }
    if (led == NO_LED) {
        return WEFT_ERR_INVALID;
    }
    set_led(led, 0);
    pins.output[led] = 0;
    return 0;
}

/* --- the watchdog -------------------------------------------------------- */

static void on_watchdog(weft_timer_t *timer, void *ctx)
{
    (void)timer;
    (void)ctx;
    pins.bite();
}

static int watchdog_feed(weft_board_t *board)
{
    (void)board;
    if (pins.feed_us == 0) {
        return WEFT_ERR_INVALID;
    }
    weft_timer_start(&pins.watchdog, weft_deadline(pins.feed_us));
    return 0;
}

static int watchdog_start(weft_board_t *board, unsigned timeout_ms)
{
    pins.feed_us = WEFT_MS((uint64_t)timeout_ms);
    return watchdog_feed(board);
}

/* --- the board ----------------------------------------------------------- */

static int input_open(weft_board_t *board)
{
    (void)board;
    return pins.fn != NULL || pins.feed_us != 0;
}

static void reset(weft_board_t *board)
{
    (void)weft_timer_stop(&pins.watchdog);
    pins.feed_us = 0;
    (void)pin_close(board, BUTTON_PIN);
    for (unsigned led = 0; led < LEDS; led++) {
        (void)pin_close(board, led_pins[led]);
    }
}

weft_board_t *board_lua_pins(weft_loop_t *loop, void (*bite)(void))
{
    static const weft_board_ops_t ops = {
        .name = "leds and a button",
        .pin_setup = pin_setup,
        .pin_write = pin_write,
        .pin_read = pin_read,
        .pin_watch = pin_watch,
        .pin_close = pin_close,
        .watchdog_start = watchdog_start,
        .watchdog_feed = watchdog_feed,
        .input_open = input_open,
        .reset = reset,
    };

    pins.board.ops = &ops;
    pins.bite = bite;
    weft_timer_init(&pins.look, loop, look, NULL);
    weft_timer_init(&pins.watchdog, loop, on_watchdog, NULL);
    return &pins.board;
}
