/* esp_err.h - ESP-IDF's errors, for a host
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_ASYNCRTOS_ESP_ERR_H
#define WEFT_ASYNCRTOS_ESP_ERR_H

#ifdef __cplusplus
extern "C" {
#endif

typedef int esp_err_t;

#define ESP_OK 0
#define ESP_FAIL (-1)
#define ESP_ERR_NO_MEM 0x101
#define ESP_ERR_INVALID_ARG 0x102
#define ESP_ERR_INVALID_STATE 0x103
#define ESP_ERR_INVALID_SIZE 0x104
#define ESP_ERR_NOT_FOUND 0x105
#define ESP_ERR_NOT_SUPPORTED 0x106
#define ESP_ERR_TIMEOUT 0x107

const char *esp_err_to_name(esp_err_t error);

/* Ends the program, saying where and what, unless error is ESP_OK. */
void weft__esp_check(esp_err_t error, const char *file, int line,
                     const char *expression);

#define ESP_ERROR_CHECK(expression)                                            \
    weft__esp_check((expression), __FILE__, __LINE__, #expression)

#ifdef __cplusplus
}
#endif

#endif
