/* semihosted.c - console and end by the debugger, or by QEMU
 * SPDX-License-Identifier: MIT
 */
#include "boards/board.h"
#include "weft/semihosting.h"

void board_write(const char *text, size_t length)
{
    weft_semihosting_write(text, length);
}

void board_exit(int status)
{
    weft_semihosting_exit(status);
}
