/* start.c - CHIP: vectors, and what happens before main
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include "boards/board.h"
#include "ports/CHIP/chip.h"

extern char stack_top[], data_load[], data_start[], data_end[];
extern char bss_start[], bss_end[], tls_base[];
void _set_tls(void *tls); /* picolibc's: errno lives there */
int main(int argc, char **argv);
void reset_handler(void);

static void fault(void)
{
    static const char text[] = "fault\n";

    board_write(text, sizeof(text) - 1);
    board_exit(133);
}

#error "fill in: vectors"

void reset_handler(void)
{
    static char name[] = "program";
    static char *arguments[] = {name, NULL};

    memcpy(data_start, data_load, (size_t)(data_end - data_start));
    memset(bss_start, 0, (size_t)(bss_end - bss_start));
    _set_tls(tls_base);
    clock_start();
    board_init();
    exit(main(1, arguments));
}
