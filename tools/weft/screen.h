/* screen.h - who may write where: the script's output, our lines, a live line
 * SPDX-License-Identifier: MIT
 *
 * The live line is the last one on the terminal. Whatever else is written
 * takes it away first; it comes back with the next draw, unless the script
 * has left the cursor in the middle of a line.
 *
 * Context: the thread of the loop.
 */
#ifndef WEFT_TOOL_SCREEN_H
#define WEFT_TOOL_SCREEN_H

#include <stdbool.h>
#include <stddef.h>

struct screen {
    bool live;  /* standard error is a terminal and wants a live line */
    bool hurry; /* the script's output goes out at once */
    /* private */
    bool out_is_terminal;
    bool shown;
    bool in_line; /* the script left the cursor in a line */
    char text[1024];
};

void screen_init(struct screen *screen, bool live, bool hurry);

/* What the script prints. */
void screen_out(struct screen *screen, const char *text, size_t size);

/* A line of ours, with its line end added. */
void screen_line(struct screen *screen, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Shows text as the live line if it is another one than before. */
void screen_draw(struct screen *screen, const char *text);

/* Takes the live line away. */
void screen_clear(struct screen *screen);

#endif
