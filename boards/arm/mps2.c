/* mps2.c - Arm's MPS2 board: LEDs and buttons, which are the FPGA's
 * SPDX-License-Identifier: MIT
 *
 * BOARD_FPGA: the address of its registers, which each image has elsewhere.
 */
#include <stdint.h>

#include "boards/board.h"
#include "boards/common/led_line.h"
#include "weft/base/hooks.h"
#include "weft/cortex_m.h"

enum { LEDS = 2, BUTTONS = 2 };
#define LED_REGISTER WEFT__REGISTER(BOARD_FPGA)
#define BUTTON_REGISTER WEFT__REGISTER(BOARD_FPGA + 8)

void board_init(void)
{
}

void board_led(unsigned led, bool on)
{
    if (led < LEDS) {
        unsigned key = weft_hook_mask();
        uint32_t others = LED_REGISTER & ~(1u << led);
        LED_REGISTER = others | (uint32_t)on << led;
        weft_hook_unmask(key);
    }
    board_led_line(led, on);
}

bool board_button(unsigned button)
{
    return button < BUTTONS && (BUTTON_REGISTER & 1u << button) != 0;
}
