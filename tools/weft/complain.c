/* complain.c - one line to standard error that says what is wrong
 * SPDX-License-Identifier: MIT
 */
#include "tools/weft/complain.h"

#include <stdarg.h>
#include <stdio.h>

int complain(const char *format, ...)
{
    va_list arguments;

    (void)fflush(stdout);
    (void)fputs("weft: ", stderr);
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
    return STATUS_USAGE;
}
