/* files.h - what kind of file a name stands for, and whether two are one
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TOOL_FILES_H
#define WEFT_TOOL_FILES_H

#include <stdbool.h>

/* Why what is read whole cannot be read from there: a folder, no plain file,
 * too large. NULL: nothing is wrong, or it cannot be looked at, of which who
 * opens it tells more. Opens nothing: to open a pipe would wait. */
const char *files_trouble(const char *name);

/* Whether what is written to one of them is in the other, too, under whatever
 * names; they need not exist. A device is no file in this. */
bool files_same(const char *name, const char *other);

#endif
