/* main.c - runs the example of docs/freertos.md, which more_tests.sh cuts out
 * SPDX-License-Identifier: MIT
 */
#include <FreeRTOS.h>
#include <task.h>

void app_start(void);

int main(void)
{
    app_start();
    vTaskDelay(pdMS_TO_TICKS(1000));
    return 0;
}
