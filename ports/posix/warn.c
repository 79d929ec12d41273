/* warn.c - posix: a line for whoever looks after the program
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "weft/port.h"

void weft_port_warn(const char *who, const char *what)
{
    (void)fprintf(stderr, "weft: %s%s%s\n", who != NULL ? who : "",
                  who != NULL ? ": " : "", what);
}
