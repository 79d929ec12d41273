/* panic.c - ESP-IDF: the end of a wrong program
 * SPDX-License-Identifier: MIT
 *
 * Alone in its file: a program that defines weft_hook_panic itself gets its
 * own. ESP-IDF's abort prints the backtrace and does what is configured.
 */
#include <stdlib.h>

#include <esp_rom_sys.h>

#include "weft/base/hooks.h"

void weft_hook_panic(const char *file, int line, const char *what)
{
    (void)esp_rom_printf("weft: panic: %s:%d: %s\n", file, line, what);
    abort();
}
