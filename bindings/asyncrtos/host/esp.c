/* esp.c - ESP-IDF's logging and errors, on standard error
 * SPDX-License-Identifier: MIT
 */
#include <esp_err.h>
#include <esp_log.h>
#include <stdarg.h>
#include <stdio.h>

#include "weft/base/atomic.h"
#include "weft/base/hooks.h"
#include "weft/time.h"

static uint32_t highest = ESP_LOG_INFO; /* atomic */

void esp_log_level_set(const char *tag, esp_log_level_t level)
{
    (void)tag;
    weft_atomic_store_relaxed_u32(&highest, (uint32_t)level);
}

uint32_t esp_log_timestamp(void)
{
    return (uint32_t)(weft_now_us() / 1000u);
}

/* One call for a line, so that those of several threads do not mix. */
void weft__esp_log(esp_log_level_t level, const char *tag, const char *format,
                   ...)
{
    char text[256];
    va_list list;

    if ((uint32_t)level > weft_atomic_load_relaxed_u32(&highest)) {
        return;
    }
    va_start(list, format);
    (void)vsnprintf(text, sizeof(text), format, list);
    va_end(list);
    (void)fprintf(stderr, "%c (%u) %s: %s\n", "NEWIDV"[level],
                  (unsigned)esp_log_timestamp(), tag, text);
}

const char *esp_err_to_name(esp_err_t error)
{
    switch (error) {
    case ESP_OK: return "ESP_OK";
    case ESP_FAIL: return "ESP_FAIL";
    case ESP_ERR_NO_MEM: return "ESP_ERR_NO_MEM";
    case ESP_ERR_INVALID_ARG: return "ESP_ERR_INVALID_ARG";
    case ESP_ERR_INVALID_STATE: return "ESP_ERR_INVALID_STATE";
    case ESP_ERR_INVALID_SIZE: return "ESP_ERR_INVALID_SIZE";
    case ESP_ERR_NOT_FOUND: return "ESP_ERR_NOT_FOUND";
    case ESP_ERR_NOT_SUPPORTED: return "ESP_ERR_NOT_SUPPORTED";
    case ESP_ERR_TIMEOUT: return "ESP_ERR_TIMEOUT";
    default: return "UNKNOWN ERROR";
    }
}

void weft__esp_check(esp_err_t error, const char *file, int line,
                     const char *expression)
{
    if (error != ESP_OK) {
        (void)fprintf(stderr, "%s gave %s\n", expression,
                      esp_err_to_name(error));
        weft_hook_panic(file, line, "ESP_ERROR_CHECK failed");
    }
}
