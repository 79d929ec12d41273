/* panic.c - freertos: the end of a wrong program
 * SPDX-License-Identifier: MIT
 *
 * Alone in its file: a program that defines weft_hook_panic itself gets its
 * own. FreeRTOSConfig.h may have configASSERT call it. It needs neither the
 * kernel nor a C library, and prints where the program has a board_write.
 */
#include "weft/base/hooks.h"

#include <string.h>

#include "boards/board.h"
#include "ports/freertos/kernel.h"

#pragma weak board_write
#pragma weak board_exit

enum { STATUS = 134 };

static void say(const char *text)
{
    if (board_write != NULL) {
        board_write(text, strlen(text));
    }
}

static void say_number(int number)
{
    char digits[12];
    char *at = &digits[sizeof(digits) - 1];
    unsigned left = number < 0 ? 0 : (unsigned)number;

    *at = '\0';
    do {
        *--at = (char)('0' + left % 10);
        left /= 10;
    } while (left != 0);
    say(at);
}

void weft_hook_panic(const char *file, int line, const char *what)
{
    (void)weft__kernel_mask();
    say("weft: panic: ");
    say(file);
    say(":");
    say_number(line);
    say(": ");
    say(what);
    say("\n");
    if (board_exit != NULL) {
        board_exit(STATUS);
    }
    for (;;) {}
}
