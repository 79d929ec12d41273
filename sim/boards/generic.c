/* generic.c - the default board: two LEDs, two buttons, all pins
 * SPDX-License-Identifier: MIT
 */
#include "sim/boards/kinds.h"

static const weft_sim_part_t leds[] = {
    {.name = "LED", .pin = 27},
    {.name = "LED2", .pin = 26},
};

static const weft_sim_part_t buttons[] = {
    {.name = "BOOT", .pin = 0, .key = '0'},
    {.name = "USER", .pin = 2, .key = '2'},
};

const weft_sim_kind_t weft__board_generic = {
    .name = "generic",
    .summary = "64 pins, 4 uarts, 8 adc and 8 pwm channels",
    .pins = 64,
    .uarts = 4,
    .adcs = 8,
    .pwms = 8,
    .leds = leds,
    .led_count = sizeof(leds) / sizeof(leds[0]),
    .buttons = buttons,
    .button_count = sizeof(buttons) / sizeof(buttons[0]),
};
