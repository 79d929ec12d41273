/* say.c - riscv: last words, without a C library
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "boards/board.h"
#include "ports/riscv/hart.h"

void weft__say(const char *text)
{
    board_write(text, strlen(text));
}

static void say_in_base(uintptr_t number, unsigned base, unsigned digits)
{
    char text[2 * sizeof(number) + 8];
    char *at = text + sizeof(text);

    do {
        *--at = "0123456789abcdef"[number % base];
        number /= base;
    } while (number != 0 || at > text + sizeof(text) - digits);
    board_write(at, (size_t)(text + sizeof(text) - at));
}

void weft__say_number(unsigned number)
{
    say_in_base(number, 10, 1);
}

void weft__say_address(uintptr_t address)
{
    weft__say("0x");
    say_in_base(address, 16, 2 * sizeof(address));
}
