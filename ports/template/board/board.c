/* board.c - CHIP: console, end, reset
 * SPDX-License-Identifier: MIT
 */
#include "boards/board.h"

#include <stdio.h>

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

/* picolibc's standard streams and exit lead here. */
static int put(char c, FILE *file)
{
    (void)file;
    board_write(&c, 1);
    return (unsigned char)c;
}

static FILE console = FDEV_SETUP_STREAM(put, NULL, NULL, _FDEV_SETUP_WRITE);
FILE *const stdin = &console;
FILE *const stdout = &console;
FILE *const stderr = &console;

void _exit(int status)
{
    board_exit(status);
}
