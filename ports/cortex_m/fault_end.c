/* fault_end.c - cortex_m: one line about a fault, and the end
 * SPDX-License-Identifier: MIT
 *
 * Alone in its file: a program that defines it itself gets its own.
 */
#include "boards/board.h"
#include "ports/common/say.h"
#include "ports/cortex_m/start.h"

void weft__fault_end(const char *what, uint32_t pc)
{
    weft__say("weft: fault: ");
    weft__say(what);
    if (pc != 0) {
        weft__say(" at pc ");
        weft__say_address(pc);
    }
    weft__say("\n");
    board_exit(133);
}
