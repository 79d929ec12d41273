/* board_panic.c - the end of a wrong program, on a board
 * SPDX-License-Identifier: MIT
 *
 * Alone in its file: a program that defines weft_hook_panic itself gets its
 * own, because the linker then leaves this one in the archive.
 */
#include "boards/board.h"
#include "weft/base/hooks.h"

#include <string.h>

static void say(const char *text)
{
    board_write(text, strlen(text));
}

static void say_number(int number)
{
    char digits[12];
    char *at = digits + sizeof(digits);
    unsigned rest = number < 0 ? 0u : (unsigned)number;

    do {
        *--at = (char)('0' + rest % 10);
        rest /= 10;
    } while (rest > 0);
    board_write(at, (size_t)(digits + sizeof(digits) - at));
}

void weft_hook_panic(const char *file, int line, const char *what)
{
    say("weft: panic: ");
    say(file);
    say(":");
    say_number(line);
    say(": ");
    say(what);
    say("\n");
    board_exit(134);
}
