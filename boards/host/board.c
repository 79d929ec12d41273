/* board.c - a host in the place of a board: the console, LEDs that are words
 * SPDX-License-Identifier: MIT
 */
#include "boards/board.h"

#include <stdio.h>
#include <stdlib.h>

static void (*on_press)(void);

void board_init(void)
{
}

void board_write(const char *text, size_t length)
{
    (void)fwrite(text, 1, length, stdout);
    (void)fflush(stdout);
}

void board_led(unsigned led, bool on)
{
    char text[32];
    int length =
        snprintf(text, sizeof(text), "led %u %s\n", led, on ? "on" : "off");

    board_write(text, (size_t)length);
}

bool board_button(unsigned button)
{
    (void)button;
    return false;
}

void board_button_on_press(void (*handler)(void))
{
    on_press = handler;
}

/* In the caller, as a host has no interrupts to give. */
void board_press(void)
{
    if (on_press != NULL) {
        on_press();
    }
}

void board_exit(int status)
{
    exit(status);
}

void board_reset(void)
{
    abort();
}
