/* panic.c - freertos: the end of a wrong program
 * SPDX-License-Identifier: MIT
 *
 * Alone in its file: a program that defines weft_hook_panic itself gets its
 * own. FreeRTOSConfig.h may have configASSERT call it. It needs neither the
 * kernel nor a C library, and prints where the program has a board_write.
 */
#include "boards/board.h"
#include "ports/common/say.h"
#include "ports/freertos/kernel.h"
#include "weft/base/hooks.h"

#pragma weak board_exit

enum { STATUS = 134 };

void weft_hook_panic(const char *file, int line, const char *what)
{
    (void)weft__kernel_mask();
    weft__say_panic(file, line, what);
    if (board_exit != NULL) {
        board_exit(STATUS);
    }
    for (;;) {}
}
