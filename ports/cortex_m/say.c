/* say.c - cortex_m: text on the console without a C library's help
 * SPDX-License-Identifier: MIT
 */
#include "boards/board.h"
#include "ports/cortex_m/cortex_m.h"

void weft__say(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0') {
        length++;
    }
    board_write(text, length);
}

void weft__say_hex(uint32_t value)
{
    char text[10] = "0x";

    for (int i = 0; i < 8; i++) {
        text[2 + i] = "0123456789abcdef"[value >> (28 - 4 * i) & 15];
    }
    board_write(text, sizeof(text));
}

void weft__say_number(unsigned value)
{
    char text[10];
    size_t at = sizeof(text);

    do {
        text[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value != 0);
    board_write(&text[at], sizeof(text) - at);
}
