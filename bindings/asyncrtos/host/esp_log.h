/* esp_log.h - ESP-IDF's logging, for a host: lines on standard error
 * SPDX-License-Identifier: MIT
 *
 *     I (1234) tag: text
 *
 * with the milliseconds since the start. Lines above LOG_LOCAL_LEVEL, which a
 * source may define before it includes this, and above the level at run time,
 * ESP_LOG_INFO unless esp_log_level_set says another, are left out.
 */
#ifndef WEFT_ASYNCRTOS_ESP_LOG_H
#define WEFT_ASYNCRTOS_ESP_LOG_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef enum {
    ESP_LOG_NONE,
    ESP_LOG_ERROR,
    ESP_LOG_WARN,
    ESP_LOG_INFO,
    ESP_LOG_DEBUG,
    ESP_LOG_VERBOSE,
} esp_log_level_t;

#ifndef LOG_LOCAL_LEVEL
#define LOG_LOCAL_LEVEL ESP_LOG_VERBOSE
#endif

/* For every tag, whichever is named. */
void esp_log_level_set(const char *tag, esp_log_level_t level);

/* Milliseconds. */
uint32_t esp_log_timestamp(void);

__attribute__((format(printf, 3, 4))) void weft__esp_log(esp_log_level_t level,
                                                         const char *tag,
                                                         const char *format,
                                                         ...);

#define WEFT__ESP_LOG(level, tag, ...)                                         \
    do {                                                                       \
        if (LOG_LOCAL_LEVEL >= (level)) {                                      \
            weft__esp_log((level), (tag), __VA_ARGS__);                        \
        }                                                                      \
    } while (0)

#define ESP_LOGE(tag, ...) WEFT__ESP_LOG(ESP_LOG_ERROR, tag, __VA_ARGS__)
#define ESP_LOGW(tag, ...) WEFT__ESP_LOG(ESP_LOG_WARN, tag, __VA_ARGS__)
#define ESP_LOGI(tag, ...) WEFT__ESP_LOG(ESP_LOG_INFO, tag, __VA_ARGS__)
#define ESP_LOGD(tag, ...) WEFT__ESP_LOG(ESP_LOG_DEBUG, tag, __VA_ARGS__)
#define ESP_LOGV(tag, ...) WEFT__ESP_LOG(ESP_LOG_VERBOSE, tag, __VA_ARGS__)

#ifdef __cplusplus
}
#endif

#endif
