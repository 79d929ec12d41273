/* led_line.h - what an emulated board prints of its LEDs
 * SPDX-License-Identifier: MIT
 */
#ifndef BOARDS_COMMON_LED_LINE_H
#define BOARDS_COMMON_LED_LINE_H

#include "boards/board.h"

/* "led 0 on" or "led 0 off". */
static inline void board_led_line(unsigned led, bool on)
{
    char line[] = "led 0 off\n";

    line[4] = (char)('0' + led % 10);
    if (on) {
        line[7] = 'n';
        line[8] = '\n';
    }
    board_write(line, on ? 9 : 10);
}

#endif
