/* pty.h - a pseudo terminal as the other end of a uart
 * SPDX-License-Identifier: MIT
 *
 * The thread of outside.c reads into its buffer and posts it; from then on
 * the buffer is the loop's, until it gives it back by `full` = 0.
 */
#ifndef WEFT_TOOL_PTY_H
#define WEFT_TOOL_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tools/weft/run.h"

struct pty {
    weft_runnable_t post; /* first */
    int master, slave;    /* slave: held open, so that nobody hangs up */
    struct machine *machine;
    void (*emptied)(void); /* tells the thread that it may read again */
    unsigned port;
    uint8_t full; /* atomic: data is the loop's */
    bool arrived; /* the loop knows of data */
    bool noted;   /* that nobody reads it */
    size_t at, size;
    char data[256];
};

/* A new one at that port: 0, or an exit status after one line. */
int pty_create(struct pty **made, struct machine *machine, unsigned port,
               void (*emptied)(void));
void pty_destroy(struct pty *pty);

/* The thread's: whether it may read, and reading. */
bool pty_may_read(const struct pty *pty);
void pty_read(struct pty *pty);

#endif
