/* test_alarms.c - freertos: alarms of levels that several tasks open
 * SPDX-License-Identifier: MIT
 */
#include <FreeRTOS.h>
#include <task.h>

#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/event.h"
#include "weft/freertos.h"
#include "weft/port.h"
#include "weft/weft.h"

/* The first CMSDK timer of the MPS2 boards: 25 MHz, counts down. */
#define TIMER ((volatile uint32_t *)0x40000000)

enum { STACK = 512, TIMER_IRQ = 8 };

static weft_event_t go = WEFT_EVENT_INIT_AUTO;
static weft_port_level_t early, late;
static uint8_t rang;

static void at_once(void)
{
    TIMER[0] = 0;
    TIMER[3] = 1;
    weft_event_set(&go);
}

static void ring(void *ctx)
{
    (void)ctx;
    weft_atomic_store_release_u8(&rang, 1);
}

static void nothing(void *ctx)
{
    (void)ctx;
}

static void open_urgently(void *ctx)
{
    (void)ctx;
    CHECK_EQ(weft_event_wait(&go), 0);
    CHECK_EQ(weft_port_level_open(&early, 1, ring, NULL), 0);
    weft_port_level_alarm(&early, weft_deadline(WEFT_MS(3)));
    for (;;) {
        vTaskDelay(1000);
    }
}

/* An urgent task opens its level and sets its alarm, when so much of another
 * task's open has gone by. */
static void open_two(uint32_t counts)
{
    static StaticTask_t task;
    static StackType_t stack[STACK];

    (void)xTaskCreateStatic(open_urgently, "urgent", STACK, NULL,
                            WEFT_FREERTOS_PRIORITY + 1, stack, &task);
    CHECK_EQ(weft_port_irq_setup(TIMER_IRQ, 2, at_once), 0);
    vTaskDelay(1);
    TIMER[0] = 0;
    TIMER[2] = UINT32_MAX;
    TIMER[1] = counts;
    TIMER[0] = 9; /* on, with its interrupt */
    CHECK_EQ(weft_port_level_open(&late, 2, nothing, NULL), 0);
    vTaskDelay(8 * configTICK_RATE_HZ / 1000);
    if (weft_atomic_load_acquire_u8(&rang)) {
        weft_hook_panic(__FILE__, __LINE__, "the alarm has come");
    }
}

/* The port sets up its alarms once, so each of these is a restart. */
CASE(an_alarm_outlasts_the_first_open_of_another_task)
{
    for (uint32_t counts = 8; counts <= 200; counts += 8) {
        CHECK_DIES(open_two(counts), "the alarm has come");
    }
}
