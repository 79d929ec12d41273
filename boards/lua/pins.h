/* pins.h - a board's LEDs and button as pins, for scripts
 * SPDX-License-Identifier: MIT
 *
 * Pin 27 is LED 0; pins 10, 11 and 12 are LEDs 1 to 3; pin 0 is button 0,
 * which connects it to ground while it is down. There are no others, and no
 * uart, adc and pwm. The watchdog is a timer of the loop's.
 *
 * Context: as in weft/board.h.
 */
#ifndef BOARDS_LUA_PINS_H
#define BOARDS_LUA_PINS_H

#include "weft/board.h"
#include "weft/loop.h"

/* There is one, as the button's handler knows no other. bite is called on the
 * loop when the watchdog was not fed. */
weft_board_t *board_lua_pins(weft_loop_t *loop, void (*bite)(void));

/* A finger: button 0 goes down and, after so long, up again. On the loop. */
void board_lua_press(uint64_t for_us);

#endif
