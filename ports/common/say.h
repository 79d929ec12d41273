/* say.h - what a port prints itself, without a C library's help
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_PORTS_COMMON_SAY_H
#define WEFT_PORTS_COMMON_SAY_H

#include <stdint.h>

void weft__say(const char *text);
void weft__say_number(unsigned number);
void weft__say_address(uintptr_t address);

/* "weft: panic: FILE:LINE: WHAT". */
void weft__say_panic(const char *file, int line, const char *what);

#endif
