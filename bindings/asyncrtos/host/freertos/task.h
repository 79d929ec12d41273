/* task.h - FreeRTOS's delays and ticks, for a host
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_ASYNCRTOS_FREERTOS_TASK_H
#define WEFT_ASYNCRTOS_FREERTOS_TASK_H

#include <freertos/FreeRTOS.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Blocks the calling thread; portMAX_DELAY: for good. */
void vTaskDelay(TickType_t ticks);

/* Until `ticks` after *last_wake, which becomes that time. pdFALSE: it had
 * passed. */
BaseType_t xTaskDelayUntil(TickType_t *last_wake, TickType_t ticks);
#define vTaskDelayUntil(last_wake, ticks)                                      \
    ((void)xTaskDelayUntil((last_wake), (ticks)))

/* Since the program's first look. */
TickType_t xTaskGetTickCount(void);

#define taskYIELD() vTaskDelay(0)

#ifdef __cplusplus
}
#endif

#endif
