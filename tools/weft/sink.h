/* sink.h - an output file that is whole after every flush
 * SPDX-License-Identifier: MIT
 *
 * What was written since the last flush is in memory only. Each flush also
 * writes `tail`, and the next one writes over it, so that the file can be
 * read at any time, also after the program was killed. Where the file cannot
 * be sought in (a pipe) the tail comes once, at close.
 */
#ifndef WEFT_TOOL_SINK_H
#define WEFT_TOOL_SINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sink {
    const char *name;
    const char *tail;
    /* private */
    int fd;
    bool seekable;
    int error; /* errno of the first failure */
    int64_t at;
    size_t used;
    char text[1 << 16];
};

/* Opens or makes the file and leaves what is in it: 0 or errno. */
int sink_open(struct sink *sink, const char *name, const char *tail);
/* Empties the file; from now on it is written. */
void sink_begin(struct sink *sink);

/* Adds one whole piece: it is never divided by a flush. Pieces that are
 * longer than 1 KiB are cut. */
void sink_print(struct sink *sink, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void sink_flush(struct sink *sink);
/* 0 or errno of the first failure. */
int sink_close(struct sink *sink);

#endif
