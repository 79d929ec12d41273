/* panic.c - posix: the end of a wrong program
 * SPDX-License-Identifier: MIT
 *
 * Alone in its file: a program that defines weft_hook_panic itself gets its
 * own, because the linker then leaves this one in the archive.
 */
#include "weft/base/hooks.h"

#include <stdio.h>
#include <stdlib.h>

void weft_hook_panic(const char *file, int line, const char *what)
{
    (void)fflush(stdout);
    (void)fprintf(stderr, "weft: panic: %s:%d: %s\n", file, line, what);
    abort();
}
