/* screen.c - who may write where: the script's output, our lines, a live line
 * SPDX-License-Identifier: MIT
 */
#define _POSIX_C_SOURCE 200809L

#include "tools/weft/screen.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define CLEAR "\r\033[K"

void screen_init(struct screen *screen, bool live, bool hurry)
{
    *screen = (struct screen){
        .live = live,
        .hurry = hurry,
        .out_is_terminal = isatty(STDOUT_FILENO) == 1,
    };
    (void)setvbuf(stderr, NULL, _IOFBF, BUFSIZ);
}

void screen_clear(struct screen *screen)
{
    if (screen->shown) {
        (void)fputs(CLEAR, stderr);
        (void)fflush(stderr);
        screen->shown = false;
    }
}

void screen_out(struct screen *screen, const char *text, size_t size)
{
    if (size == 0) {
        return;
    }
    if (screen->out_is_terminal) {
        screen_clear(screen);
        screen->in_line = text[size - 1] != '\n';
    }
    (void)fflush(stderr); /* both may go to one place: keep the order */
    (void)fwrite(text, 1, size, stdout);
    if (screen->hurry || screen->out_is_terminal) {
        (void)fflush(stdout);
    }
}

void screen_line(struct screen *screen, const char *format, ...)
{
    va_list arguments;

    (void)fflush(stdout);
    screen_clear(screen);
    if (screen->live && screen->in_line) {
        (void)fputc('\n', stderr);
        screen->in_line = false;
    }
    va_start(arguments, format);
    (void)vfprintf(stderr, format, arguments);
    va_end(arguments);
    (void)fputc('\n', stderr);
    if (screen->hurry) {
        (void)fflush(stderr);
    }
}

void screen_draw(struct screen *screen, const char *text)
{
    if (!screen->live || screen->in_line ||
        (screen->shown && strcmp(screen->text, text) == 0)) {
        return;
    }
    (void)snprintf(screen->text, sizeof(screen->text), "%s", text);
    (void)fputs(CLEAR, stderr);
    (void)fputs(screen->text, stderr);
    (void)fflush(stderr);
    screen->shown = true;
}
