/* shell.h - internal: the parts of a shell
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_SRC_SERVICES_SHELL_H
#define WEFT_SRC_SERVICES_SHELL_H

#include "weft/shell.h"

/* --- shell.c -------------------------------------------------------------- */

/* Runs what is in the line. */
void weft__shell_run(weft_shell_t *shell);

/* --- shell_line.c: what is typed ------------------------------------------ */

/* A byte came. */
void weft__shell_key(weft_shell_t *shell, char byte);

/* Begins an empty line. */
void weft__shell_clear(weft_shell_t *shell);

/* Prints the prompt and the line. */
void weft__shell_prompt(weft_shell_t *shell);

/* Parts the line into words, in its own place: how many, or WEFT_ERR_INVALID,
 * a quote has no end; WEFT_ERR_FULL: more than WEFT_SHELL_WORDS. */
int weft__shell_part(char *line, char *words[WEFT_SHELL_WORDS + 1]);

/* --- shell_output.c ------------------------------------------------------- */

/* Gives the line what it takes. */
void weft__shell_flush(weft_shell_t *shell);

/* Prints as it is. */
void weft__shell_raw(weft_shell_t *shell, const char *bytes, size_t size);

#endif
