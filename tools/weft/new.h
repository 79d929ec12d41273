/* new.h - the files of a new project
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TOOL_NEW_H
#define WEFT_TOOL_NEW_H

struct new_file {
    const char *name; /* NULL behind the last */
    const char *text;
};

/* Those of firmware for a board, in folder. 2: there is no such board, or
 * make could not build there, which was said. */
#define NEW_BOARD_FILES 5
int new_board_files(const char *board, const char *folder,
                    struct new_file files[NEW_BOARD_FILES]);

/* Prints which boards there are. */
void new_board_list(void);

#endif
