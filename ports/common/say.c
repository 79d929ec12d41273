/* say.c - lines of the port on the console of the board
 * SPDX-License-Identifier: MIT
 */
#include "ports/common/say.h"

#include "boards/board.h"
#include "weft/port.h"

void weft__say(const char *text)
{
    size_t length = 0;

    while (text[length] != '\0') {
        length++;
    }
    board_write(text, length);
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

void weft__say_panic(const char *file, int line, const char *what)
{
    weft__say("weft: panic: ");
    weft__say(file);
    weft__say(":");
    weft__say_number(line < 0 ? 0u : (unsigned)line);
    weft__say(": ");
    weft__say(what);
    weft__say("\n");
}

void weft_port_warn(const char *who, const char *what)
{
    weft__say("weft: ");
    if (who != NULL) {
        weft__say(who);
        weft__say(": ");
    }
    weft__say(what);
    weft__say("\n");
}
