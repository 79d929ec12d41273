/* say.c - freertos: lines of the port, where the program has a board_write
 * SPDX-License-Identifier: MIT
 */
#include "ports/common/say.c"

/* Who has none sees nothing. */
__attribute__((weak)) void board_write(const char *text, size_t length)
{
    (void)text;
    (void)length;
}
