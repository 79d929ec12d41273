/* sink.c - an output file that is whole after every flush
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include "tools/weft/sink.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { PIECE_MAX = 1024 };

int sink_open(struct sink *sink, const char *name, const char *tail)
{
    sink->name = name;
    sink->tail = tail;
    sink->error = 0;
    sink->at = 0;
    sink->used = 0;
    sink->fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    return sink->fd >= 0 ? 0 : errno;
}

void sink_begin(struct sink *sink)
{
    sink->seekable =
        lseek(sink->fd, 0, SEEK_SET) == 0 && ftruncate(sink->fd, 0) == 0;
}

static void put(struct sink *sink, const char *text, size_t size)
{
    while (size > 0 && sink->error == 0) {
        ssize_t done = write(sink->fd, text, size);

        if (done >= 0) {
            text += done;
            size -= (size_t)done;
        } else if (errno != EINTR) {
            sink->error = errno;
        }
    }
}

void sink_flush(struct sink *sink)
{
    put(sink, sink->text, sink->used);
    sink->at += (int64_t)sink->used;
    sink->used = 0;
    if (sink->seekable && sink->tail[0] != '\0') {
        put(sink, sink->tail, strlen(sink->tail));
        (void)lseek(sink->fd, (off_t)sink->at, SEEK_SET);
    }
}

void sink_print(struct sink *sink, const char *format, ...)
{
    va_list arguments;
    int size;

    if (sizeof(sink->text) - sink->used < PIECE_MAX) {
        sink_flush(sink);
    }
    va_start(arguments, format);
    size = vsnprintf(sink->text + sink->used, PIECE_MAX, format, arguments);
    va_end(arguments);
    if (size > 0) {
        sink->used += (size_t)size < PIECE_MAX ? (size_t)size : PIECE_MAX - 1;
    }
}

int sink_close(struct sink *sink)
{
    sink_flush(sink);
    if (!sink->seekable) {
        put(sink, sink->tail, strlen(sink->tail));
    }
    if (close(sink->fd) != 0 && sink->error == 0) {
        sink->error = errno;
    }
    return sink->error;
}
