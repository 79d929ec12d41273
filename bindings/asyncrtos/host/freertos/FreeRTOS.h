/* FreeRTOS.h - FreeRTOS's types and ticks, for a host
 * SPDX-License-Identifier: MIT
 *
 * As much as a program needs whose tasks are AsyncRTOS's: delays and ticks. It
 * is no FreeRTOS; Weft's port for that is another thing (docs/freertos.md).
 */
#ifndef WEFT_ASYNCRTOS_FREERTOS_H
#define WEFT_ASYNCRTOS_FREERTOS_H

#include <sdkconfig.h>
#include <stddef.h>
#include <stdint.h>

typedef long BaseType_t;
typedef unsigned long UBaseType_t;
typedef uint32_t TickType_t;

#define pdFALSE ((BaseType_t)0)
#define pdTRUE ((BaseType_t)1)
#define pdFAIL pdFALSE
#define pdPASS pdTRUE

#define configTICK_RATE_HZ CONFIG_FREERTOS_HZ
#define portMAX_DELAY ((TickType_t)0xffffffff)
#define portTICK_PERIOD_MS ((TickType_t)1000 / configTICK_RATE_HZ)
#define pdMS_TO_TICKS(ms)                                                      \
    ((TickType_t)((uint64_t)(ms)*configTICK_RATE_HZ / 1000u))
#define pdTICKS_TO_MS(ticks)                                                   \
    ((TickType_t)((uint64_t)(ticks)*1000u / configTICK_RATE_HZ))

#endif
