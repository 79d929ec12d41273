/* pins.c - pins with outputs, pulls, watchers, LEDs and buttons
 * SPDX-License-Identifier: MIT
 */
#include "sim/devices/devices.h"

static weft_sim_pin_t *pin_at(weft_board_t *board, unsigned pin)
{
    weft_sim_board_t *sim = weft__board_sim(board);

    return pin < sim->kind->pins ? &sim->pins[pin] : NULL;
}

static const weft_sim_part_t *part_at(const weft_sim_part_t *parts,
                                      unsigned count, unsigned pin)
{
    for (unsigned i = 0; i < count; i++) {
        if (parts[i].pin == pin) {
            return &parts[i];
        }
    }
    return NULL;
}

static bool has_button(const weft_sim_board_t *sim, unsigned pin)
{
    return part_at(sim->kind->buttons, sim->kind->button_count, pin) != NULL;
}

const weft_sim_part_t *weft_sim_board_part(const weft_sim_board_t *board,
                                           unsigned pin)
{
    const weft_sim_kind_t *kind = board->kind;
    const weft_sim_part_t *led = part_at(kind->leds, kind->led_count, pin);

    return led != NULL ? led : part_at(kind->buttons, kind->button_count, pin);
}

/* What wins: an output, then a finger, then a pull, then the board's own
 * resistor. */
static uint8_t level_if(const weft_sim_board_t *sim, unsigned number,
                        bool pressed)
{
    const weft_sim_pin_t *pin = &sim->pins[number];
    bool button = has_button(sim, number);

    if (pin->used && pin->mode == WEFT_PIN_OUTPUT) {
        return pin->latch;
    }
    if (pressed) {
        return !button && pin->pull == WEFT_PULL_DOWN;
    }
    if (pin->pull == WEFT_PULL_NONE) {
        return button;
    }
    return pin->pull == WEFT_PULL_UP;
}

static uint8_t level_of(const weft_sim_board_t *sim, unsigned number)
{
    return level_if(sim, number, sim->pins[number].pressed > 0);
}

/* A button against a pull-down, a finger on a pin without a pull: no. */
static bool finger_moves(const weft_sim_board_t *sim, unsigned number)
{
    return level_if(sim, number, true) != level_if(sim, number, false);
}

/* Looks what became of a pin's level; watched: whether its watcher hears. */
static void settle(weft_sim_board_t *sim, unsigned number, bool watched)
{
    weft_sim_pin_t *pin = &sim->pins[number];
    uint8_t level = level_of(sim, number);

    if (level == pin->level) {
        return;
    }
    pin->level = level;
    WEFT__BOARD_TELL(sim, pin, number, level);
    if (watched && pin->fn != NULL &&
        (pin->edge & (level ? WEFT_EDGE_RISING : WEFT_EDGE_FALLING))) {
        pin->fn(pin->ctx, number, level);
    }
}

int weft__board_pin_setup(weft_board_t *board, unsigned number,
                          enum weft_pin_mode mode, enum weft_pin_pull pull,
                          int level)
{
    weft_sim_pin_t *pin = pin_at(board, number);

    if (pin == NULL || (unsigned)mode > WEFT_PIN_OUTPUT ||
        (unsigned)pull > WEFT_PULL_DOWN || (unsigned)level > 1) {
        return WEFT_ERR_INVALID;
    }
    pin->used = true;
    pin->mode = (uint8_t)mode;
    pin->pull = (uint8_t)pull;
    if (mode == WEFT_PIN_OUTPUT) {
        pin->latch = (uint8_t)level;
    }
    settle(weft__board_sim(board), number, false);
    return 0;
}

int weft__board_pin_write(weft_board_t *board, unsigned number, int level)
{
    weft_sim_pin_t *pin = pin_at(board, number);
    weft_sim_board_t *sim = weft__board_sim(board);

    if (pin == NULL || (unsigned)level > 1) {
        return WEFT_ERR_INVALID;
    }
    pin->latch = (uint8_t)level;
    if (!pin->used || pin->mode != WEFT_PIN_OUTPUT) {
        if (!pin->noted) {
            weft__board_note(sim,
                             "gpio %u was set but is no output: nothing "
                             "moves (gpio.setup(%u, 0) makes it one)",
                             number, number);
        }
        pin->noted = true;
        return 0;
    }
    settle(sim, number, true);
    return 0;
}

int weft__board_pin_read(weft_board_t *board, unsigned number)
{
    const weft_sim_pin_t *pin = pin_at(board, number);

    return pin != NULL ? pin->level : WEFT_ERR_INVALID;
}

int weft__board_pin_watch(weft_board_t *board, unsigned number,
                          enum weft_pin_edge edge, weft_pin_fn *fn, void *ctx)
{
    weft_sim_pin_t *pin = pin_at(board, number);

    if (pin == NULL || (unsigned)edge > WEFT_EDGE_BOTH) {
        return WEFT_ERR_INVALID;
    }
    pin->fn = edge == WEFT_EDGE_NONE ? NULL : fn;
    pin->ctx = ctx;
    pin->edge = (uint8_t)edge;
    return 0;
}

static void close_pin(weft_sim_board_t *sim, unsigned number)
{
    weft_sim_pin_t *pin = &sim->pins[number];

    pin->used = false;
    pin->mode = WEFT_PIN_INPUT;
    pin->pull = WEFT_PULL_NONE;
    pin->latch = 0;
    pin->fn = NULL;
    settle(sim, number, false);
}

int weft__board_pin_close(weft_board_t *board, unsigned number)
{
    if (pin_at(board, number) == NULL) {
        return WEFT_ERR_INVALID;
    }
    close_pin(weft__board_sim(board), number);
    return 0;
}

void weft__board_pins_init(weft_sim_board_t *sim)
{
    for (unsigned i = 0; i < sim->kind->pins; i++) {
        sim->pins[i].level = level_of(sim, i);
    }
}

void weft__board_pins_reset(weft_sim_board_t *sim)
{
    for (unsigned i = 0; i < sim->kind->pins; i++) {
        close_pin(sim, i);
    }
}

bool weft__board_pins_can_move(const weft_sim_board_t *sim)
{
    for (unsigned i = 0; i < sim->kind->pins; i++) {
        const weft_sim_pin_t *pin = &sim->pins[i];

        if (pin->fn != NULL && finger_moves(sim, i) &&
            (pin->coming > 0 || (sim->keys && has_button(sim, i)))) {
            return true;
        }
    }
    return false;
}

int weft_sim_board_level(const weft_sim_board_t *board, unsigned pin)
{
    return pin < board->kind->pins ? board->pins[pin].level : 0;
}

bool weft_sim_board_pressed(const weft_sim_board_t *board, unsigned pin)
{
    return pin < board->kind->pins && board->pins[pin].pressed > 0;
}

int weft_sim_board_press(weft_sim_board_t *board, unsigned number, bool down)
{
    weft_sim_pin_t *pin = pin_at(&board->board, number);

    if (pin == NULL || (!down && pin->pressed == 0)) {
        return WEFT_ERR_INVALID;
    }
    pin->pressed = (uint16_t)(down ? pin->pressed + 1 : pin->pressed - 1);
    settle(board, number, true);
    return 0;
}

/* --- presses to come ------------------------------------------------------ */

static void on_press(weft_timer_t *timer, void *ctx)
{
    weft_sim_press_t *press = ctx;
    weft_sim_pin_t *pin = &press->board->pins[press->pin];

    press->down = !press->down;
    if (press->down) {
        weft_timer_start(timer, weft_deadline(press->for_us));
    } else {
        pin->coming--;
    }
    (void)weft_sim_board_press(press->board, press->pin, press->down);
}

int weft_sim_press_at(weft_sim_press_t *press, weft_sim_board_t *board,
                      unsigned pin, uint64_t at_us, uint64_t for_us)
{
    if (pin >= board->kind->pins) {
        return WEFT_ERR_INVALID;
    }
    if (press->board == NULL || !weft_timer_active(&press->timer)) {
        *press = (weft_sim_press_t){.board = board, .pin = (uint8_t)pin};
        weft_timer_init(&press->timer, board->loop, on_press, press);
        board->pins[pin].coming++;
    }
    press->for_us = for_us;
    weft_timer_start(&press->timer, press->down ? at_us + for_us : at_us);
    return 0;
}
