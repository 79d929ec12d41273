/* shell_line.c - the line that is typed, those before it, and its words
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "services/shell.h"

enum {
    BACKSPACE = 0x08,
    KILL = 0x15,
    ESCAPE = 0x1b,
    DELETE = 0x7f,
};

/* shell->escape: where it is in what a terminal's key, or answer, sends. */
enum {
    NO_ESCAPE,
    AFTER_ESCAPE,
    AFTER_BRACKET, /* ESC [ */
    IN_SEQUENCE,   /* to a byte from '@' on; ESC O begins one, too */
    BEFORE_LAST,   /* ESC [ [ and one byte: a function key on a console */
    IN_STRING,     /* ESC ] and the like: to a control byte */
};

static void echo(weft_shell_t *shell, const char *text)
{
    if (shell->config.echo) {
        weft_shell_print(shell, text);
    }
}

void weft__shell_clear(weft_shell_t *shell)
{
    shell->line_size = 0;
    shell->shown = 0;
    shell->too_long = 0;
}

void weft__shell_prompt(weft_shell_t *shell)
{
    if (shell->config.prompt != NULL) {
        weft_shell_print(shell, shell->config.prompt);
    }
    if (shell->config.echo) {
        weft_shell_write(shell, shell->line, shell->line_size);
    }
}

/* Shows it in place of what stands there. */
static void redraw(weft_shell_t *shell)
{
    if (shell->config.echo) {
        weft_shell_print(shell, "\r\033[K");
        weft__shell_prompt(shell);
    }
}

/* --- lines that were typed before ----------------------------------------- */

static void remember(weft_shell_t *shell)
{
    size_t size = (size_t)shell->line_size + 1;

    if (size == 1 || size > WEFT_SHELL_HISTORY) {
        return;
    }
    if (shell->history_size >= size &&
        memcmp(shell->history + shell->history_size - size, shell->line,
               size) == 0 &&
        (shell->history_size == size ||
         shell->history[shell->history_size - size - 1] == '\0')) {
        return; /* the same as the last one */
    }
    while (shell->history_size + size > WEFT_SHELL_HISTORY) {
        size_t oldest = strlen(shell->history) + 1;

        shell->history_size = (uint16_t)(shell->history_size - oldest);
        memmove(shell->history, shell->history + oldest, shell->history_size);
    }
    memcpy(shell->history + shell->history_size, shell->line, size);
    shell->history_size = (uint16_t)(shell->history_size + size);
}

/* The line so many back, from 1; NULL: there are not so many. */
static const char *back(const weft_shell_t *shell, unsigned count)
{
    size_t at = shell->history_size;

    while (at > 0) {
        at--; /* its end */
        while (at > 0 && shell->history[at - 1] != '\0') {
            at--;
        }
        if (--count == 0) {
            return shell->history + at;
        }
    }
    return NULL;
}

static void show_back(weft_shell_t *shell, unsigned count)
{
    const char *line = count == 0 ? "" : back(shell, count);

    if (line != NULL) {
        size_t size = strlen(line);

        weft__shell_clear(shell);
        memcpy(shell->line, line, size);
        shell->line_size = (uint16_t)size;
        shell->shown = (uint16_t)count;
        redraw(shell);
    }
}

/* --- keys ----------------------------------------------------------------- */

static void erase_one(weft_shell_t *shell)
{
    if (shell->line_size > 0) {
        /* Of a character of several bytes in UTF-8, all. */
        do {
            shell->line_size--;
        } while (shell->line_size > 0 &&
                 ((unsigned char)shell->line[shell->line_size] & 0xc0) == 0x80);
        echo(shell, "\b \b");
        if (shell->config.echo) {
            shell->too_long = 0; /* who types sees what is left of it */
        }
    }
}

static void sequence_ended(weft_shell_t *shell, char byte)
{
    if (byte == 'A') {
        show_back(shell, shell->shown + 1u);
    } else if (byte == 'B' && shell->shown > 0) {
        show_back(shell, shell->shown - 1u);
    }
}

/* The state after this byte, which is one of a sequence. */
static unsigned sequence_next(unsigned state, char byte)
{
    bool goes_on = byte >= ' ' && byte < '@';

    switch (state) {
    case AFTER_ESCAPE:
        return byte == '['                     ? AFTER_BRACKET
               : byte == 'O'                   ? IN_SEQUENCE
               : strchr("]PX^_", byte) != NULL ? IN_STRING
               : byte < '0'                    ? AFTER_ESCAPE
                                               : NO_ESCAPE;
    case AFTER_BRACKET:
        return byte == '[' ? BEFORE_LAST : goes_on ? IN_SEQUENCE : NO_ESCAPE;
    case IN_SEQUENCE: return goes_on ? IN_SEQUENCE : NO_ESCAPE;
    case IN_STRING: return IN_STRING;
    default: return NO_ESCAPE;
    }
}

/* false: the byte is none of it, and ends it. */
static bool sequence(weft_shell_t *shell, char byte)
{
    unsigned char code = (unsigned char)byte;
    unsigned state = shell->escape;

    if (code < ' ' || code == DELETE || (code > DELETE && state != IN_STRING)) {
        shell->escape = NO_ESCAPE;
        return false;
    }
    shell->escape = (uint8_t)sequence_next(state, byte);
    if (shell->escape == NO_ESCAPE &&
        (state == AFTER_BRACKET || state == IN_SEQUENCE)) {
        sequence_ended(shell, byte);
    }
    return true;
}

static void line_ended(weft_shell_t *shell)
{
    echo(shell, "\n");
    if (shell->too_long) {
        weft_shell_print(shell, "line too long, at most ");
        weft_shell_print_int(shell, WEFT_SHELL_LINE);
        weft_shell_print(shell, " bytes\n");
    } else {
        shell->line[shell->line_size] = '\0';
        remember(shell);
        weft__shell_run(shell);
    }
    weft__shell_clear(shell);
    if (shell->waits == NULL) {
        weft__shell_prompt(shell);
    }
}

static void typed(weft_shell_t *shell, char byte)
{
    if (byte == '\t') {
        byte = ' ';
    }
    if ((unsigned char)byte < ' ') {
        return;
    }
    if (shell->line_size == WEFT_SHELL_LINE) {
        shell->too_long = 1;
        echo(shell, "\a");
        return;
    }
    shell->line[shell->line_size++] = byte;
    if (shell->config.echo) {
        weft__shell_raw(shell, &byte, 1);
    }
}

void weft__shell_key(weft_shell_t *shell, char byte)
{
    bool second = byte == '\n' && shell->after_cr;

    shell->after_cr = byte == '\r';
    if (shell->escape != NO_ESCAPE && sequence(shell, byte)) {
        return;
    }
    switch (byte) {
    case '\n':
    case '\r':
        if (!second) {
            line_ended(shell);
        }
        break;
    case BACKSPACE:
    case DELETE: erase_one(shell); break;
    case KILL:
        weft__shell_clear(shell);
        redraw(shell);
        break;
    case ESCAPE: shell->escape = AFTER_ESCAPE; break;
    default: typed(shell, byte);
    }
}

/* --- words ---------------------------------------------------------------- */

/* Copies one word down to *to, without quotes; where it ends, NULL: inside of
 * a quote. */
static const char *copy_word(const char *from, char **to)
{
    char quote = '\0';

    for (; quote != '\0' || (*from != ' ' && *from != '\0'); from++) {
        if (*from == '\0') {
            return NULL;
        }
        if (quote == '\0' && (*from == '"' || *from == '\'')) {
            quote = *from;
        } else if (*from == quote) {
            quote = '\0';
        } else {
            if (*from == '\\' && quote != '\'' && from[1] != '\0') {
                from++;
            }
            *(*to)++ = *from;
        }
    }
    return from;
}

int weft__shell_part(char *line, char *words[WEFT_SHELL_WORDS + 1])
{
    const char *from = line;
    char *to = line;
    int count = 0;

    for (;;) {
        from += strspn(from, " ");
        if (*from == '\0') {
            words[count] = NULL;
            return count;
        }
        if (count == WEFT_SHELL_WORDS) {
            return WEFT_ERR_FULL;
        }
        words[count++] = to;
        from = copy_word(from, &to);
        if (from == NULL) {
            return WEFT_ERR_INVALID;
        }
        /* The end may stand where the space is that is read next. */
        from += *from == ' ';
        *to++ = '\0';
    }
}
