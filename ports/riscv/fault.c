/* fault.c - riscv: the end of a program that did what no hart can do
 * SPDX-License-Identifier: MIT
 *
 * Alone in its file: a program that defines weft_riscv_fault itself gets its
 * own, because the linker then leaves this one in the archive.
 */
#include "boards/board.h"
#include "ports/common/say.h"
#include "ports/riscv/hart.h"
#include "weft/riscv.h"

enum { STATUS_FAULT = 133 };

void weft_riscv_fault(uintptr_t cause, uintptr_t pc, uintptr_t address)
{
    weft__say("weft: fault: cause ");
    weft__say_number((unsigned)cause);
    weft__say(" at ");
    weft__say_address(pc);
    weft__say(", address ");
    weft__say_address(address);
    weft__say(", hart ");
    weft__say_number(weft_port_core());
    weft__say("\n");
    board_exit(STATUS_FAULT);
}
