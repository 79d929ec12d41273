/* freertos.c - delays and ticks by Weft's clock
 * SPDX-License-Identifier: MIT
 */
#include <freertos/task.h>

#include "weft/time.h"

static uint64_t to_us(uint64_t ticks)
{
    return ticks * 1000000u / configTICK_RATE_HZ;
}

TickType_t xTaskGetTickCount(void)
{
    return (TickType_t)(weft_now_us() * configTICK_RATE_HZ / 1000000u);
}

void vTaskDelay(TickType_t ticks)
{
    if (ticks == portMAX_DELAY) {
        (void)weft_sleep_until(WEFT_FOREVER);
    } else {
        (void)weft_sleep(to_us(ticks));
    }
}

BaseType_t xTaskDelayUntil(TickType_t *last_wake, TickType_t ticks)
{
    TickType_t now = xTaskGetTickCount();
    TickType_t passed = now - *last_wake;

    *last_wake += ticks;
    if (passed >= ticks) {
        return pdFALSE;
    }
    (void)weft_sleep(to_us(ticks - passed));
    return pdTRUE;
}
