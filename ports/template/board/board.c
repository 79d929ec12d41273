/* board.c - CHIP: console, end, reset
 * SPDX-License-Identifier: MIT
 */
#include "boards/board.h"

#include "ports/CHIP/chip.h"

void board_init(void)
{
}

#error "fill in: console"

void board_write(const char *text, size_t length)
{
    while (length-- > 0) {
        console_put(*text++);
    }
}

#error "fill in: end"
