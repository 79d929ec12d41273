/* complain.h - one line to standard error that says what is wrong
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TOOL_COMPLAIN_H
#define WEFT_TOOL_COMPLAIN_H

enum {
    STATUS_FAILED = 1, /* the program that ran failed */
    STATUS_USAGE = 2,  /* a file, an option or a value is wrong */
};

/* Writes "weft: " and the text; STATUS_USAGE. */
int complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
