/* terminal.h - the keyboard key by key, and a terminal left as it was found
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TOOL_TERMINAL_H
#define WEFT_TOOL_TERMINAL_H

#include <stdbool.h>

/* Has standard input give keys at once and unseen, and a read give 0 where
 * there is none; false: it is no terminal of ours. However the program ends,
 * the terminal is put back. */
bool terminal_raw(void);

/* Puts it back. May be called from a signal handler, and twice. */
void terminal_restore(void);

#endif
