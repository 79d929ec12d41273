/* board_panic.c - the end of a wrong program, on a board
 * SPDX-License-Identifier: MIT
 *
 * Alone in its file: a program that defines weft_hook_panic itself gets its
 * own, because the linker then leaves this one in the archive.
 */
#include "boards/board.h"
#include "ports/common/say.h"
#include "weft/base/hooks.h"

void weft_hook_panic(const char *file, int line, const char *what)
{
    weft__say_panic(file, line, what);
    board_exit(134);
}
