/* board.c - qemu-m0: the first two LEDs, and the buttons
 * SPDX-License-Identifier: MIT
 */
#include "boards/board.h"

#include <stdint.h>

#include "boards/common/led_line.h"
#include "weft/cortex_m.h"

/* The buttons are pins 17 and 26, low when pressed; the LEDs lie between row
 * 1, pin 13, and columns from pin 4 on, which light when they are low. */
enum { LEDS = 2, ROW = 13, COLUMN = 4 };
#define PINS_SET WEFT__REGISTER(0x50000508u)
#define PINS_CLEAR WEFT__REGISTER(0x5000050cu)
#define PINS_IN WEFT__REGISTER(0x50000510u)
#define PINS_OUTPUT WEFT__REGISTER(0x50000518u)

void board_init(void)
{
    PINS_SET = 3u << COLUMN | 1u << ROW;
    PINS_OUTPUT = 3u << COLUMN | 1u << ROW;
}

void board_led(unsigned led, bool on)
{
    if (led < LEDS && on) {
        PINS_CLEAR = 1u << (COLUMN + led);
    } else if (led < LEDS) {
        PINS_SET = 1u << (COLUMN + led);
    }
    board_led_line(led, on);
}

bool board_button(unsigned button)
{
    return button < 2 && (PINS_IN & 1u << (button == 0 ? 17 : 26)) == 0;
}
