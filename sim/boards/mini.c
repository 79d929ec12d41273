/* mini.c - the smallest useful board: one LED, one button, 22 pins
 * SPDX-License-Identifier: MIT
 */
#include "sim/boards/kinds.h"

static const weft_sim_part_t leds[] = {
    {.name = "LED", .pin = 8},
};

static const weft_sim_part_t buttons[] = {
    {.name = "BOOT", .pin = 9, .key = '9'},
};

const weft_sim_kind_t weft__board_mini = {
    .name = "mini",
    .summary = "22 pins, 2 uarts, 5 adc and 6 pwm channels",
    .pins = 22,
    .uarts = 2,
    .adcs = 5,
    .pwms = 6,
    .leds = leds,
    .led_count = sizeof(leds) / sizeof(leds[0]),
    .buttons = buttons,
    .button_count = sizeof(buttons) / sizeof(buttons[0]),
};
