/* semihosting.c - cortex_m: calls of the debugger, or of QEMU
 * SPDX-License-Identifier: MIT
 */
#include "weft/semihosting.h"

#include <stdint.h>

enum {
    SYS_OPEN = 0x01,
    SYS_WRITE = 0x05,
    SYS_EXIT_EXTENDED = 0x20,
    OPEN_W = 4,
    APPLICATION_EXIT = 0x20026,
};

static uintptr_t call(uintptr_t operation, const void *block)
{
    register uintptr_t r0 __asm__("r0") = operation;
    register const void *r1 __asm__("r1") = block;

    __asm__ volatile("bkpt 0xab" : "+r"(r0) : "r"(r1) : "memory");
    return r0;
}

/* The handle of the console: one more than the host's, 0: not yet asked. Two
 * that ask at once get one each; both work. */
static uintptr_t console;

static uintptr_t console_handle(void)
{
    static const char name[] = ":tt";

    if (console == 0) {
        uintptr_t block[3] = {(uintptr_t)name, OPEN_W, sizeof(name) - 1};
        console = call(SYS_OPEN, block) + 1;
    }
    return console - 1;
}

void weft_semihosting_write(const char *text, size_t length)
{
    uintptr_t block[3] = {console_handle(), (uintptr_t)text, length};

    if (length > 0) {
        (void)call(SYS_WRITE, block);
    }
}

void weft_semihosting_exit(int status)
{
    uintptr_t block[2] = {APPLICATION_EXIT, (uintptr_t)status};

    for (;;) {
        (void)call(SYS_EXIT_EXTENDED, block);
    }
}
