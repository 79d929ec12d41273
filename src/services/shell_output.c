/* shell_output.c - what a shell prints: a ring that never waits for the line
 * SPDX-License-Identifier: MIT
 */
#include <string.h>

#include "services/shell.h"

/* Room for the note of what is missing. */
enum { NOTE = 48 };

static size_t unwrapped(const weft_shell_t *shell)
{
    size_t to_end = (size_t)WEFT_SHELL_OUTPUT - shell->output_at;

    return shell->output_size < to_end ? shell->output_size : to_end;
}

static void drain(weft_shell_t *shell)
{
    const weft_shell_config_t *config = &shell->config;

    while (shell->output_size > 0) {
        size_t size = unwrapped(shell);
        int rc = config->output(config->output_ctx,
                                shell->output + shell->output_at, size);
        size_t taken = rc < 0 || (size_t)rc > size ? size : (size_t)rc;

        if (taken == 0) {
            break;
        }
        shell->output_at =
            (uint16_t)((shell->output_at + taken) % WEFT_SHELL_OUTPUT);
        shell->output_size = (uint16_t)(shell->output_size - taken);
    }
}

static void put(weft_shell_t *shell, char byte)
{
    if (shell->output_size == WEFT_SHELL_OUTPUT) {
        drain(shell);
    }
    /* What comes after something that is missing waits for the note. */
    if (shell->output_size == WEFT_SHELL_OUTPUT || shell->missed > 0) {
        shell->missed++;
        return;
    }
    shell->output[((size_t)shell->output_at + shell->output_size) %
                  WEFT_SHELL_OUTPUT] = byte;
    shell->output_size++;
}

void weft__shell_raw(weft_shell_t *shell, const char *bytes, size_t size)
{
    for (; size > 0; size--) {
        put(shell, *bytes++);
    }
}

void weft__shell_flush(weft_shell_t *shell)
{
    drain(shell);
    if (shell->missed > 0 && shell->output_size <= WEFT_SHELL_OUTPUT - NOTE) {
        uint32_t missed = shell->missed;

        shell->missed = 0;
        weft_shell_print(shell, "\n[");
        weft_shell_print_int(shell, missed);
        weft_shell_print(shell, " bytes of output lost]\n");
        if (shell->waits == NULL) {
            weft__shell_prompt(shell);
        }
        drain(shell);
    }
}

void weft_shell_write(weft_shell_t *shell, const char *bytes, size_t size)
{
    for (; size > 0; size--, bytes++) {
        if (*bytes == '\n') {
            weft__shell_raw(shell, shell->config.newline,
                            strlen(shell->config.newline));
        } else {
            put(shell, *bytes);
        }
    }
}

void weft_shell_print(weft_shell_t *shell, const char *text)
{
    weft_shell_write(shell, text, strlen(text));
}

void weft_shell_print_int(weft_shell_t *shell, int64_t value)
{
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    char digits[20];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + left % 10);
        left /= 10;
    } while (left > 0);
    if (value < 0) {
        put(shell, '-');
    }
    weft__shell_raw(shell, digits + at, sizeof(digits) - at);
}
