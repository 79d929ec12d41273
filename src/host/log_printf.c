/* log_printf.c - a log's text by the rules of printf
 * SPDX-License-Identifier: MIT
 */
#include <stdarg.h>
#include <stdio.h>

#include "weft/log.h"

bool weft_log_printf(weft_log_t *log, enum weft_log_level level,
                     const char *tag, const char *format, ...)
{
    char text[WEFT_LOG_RECORD_MAX];
    weft_log_record_t record = {level, tag, text, NULL, 0};
    va_list arguments;

    if (!weft_log_lets(log, level)) {
        return false;
    }
    va_start(arguments, format);
    if (vsnprintf(text, sizeof(text), format, arguments) < 0) {
        text[0] = '\0';
    }
    va_end(arguments);
    return weft_log_write(log, &record);
}
