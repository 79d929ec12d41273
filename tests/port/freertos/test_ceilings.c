/* test_ceilings.c - freertos: ceiling locks between RTOS tasks
 * SPDX-License-Identifier: MIT
 *
 * boards/qemu-m3-freertos/more_tests.sh builds it without levels, too.
 */
#include <FreeRTOS.h>
#include <task.h>

#include "tests/port/freertos/stopwatch.h"
#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/ceiling.h"
#include "weft/freertos.h"

enum { STACK = 256 };

#define TICK_US (1000000u / configTICK_RATE_HZ)

static const weft_ceiling_t tasks_only = WEFT_CEILING(0);
static const weft_ceiling_t with_one = WEFT_CEILING(0, 1);
static uint8_t came;

static bool has_come(void)
{
    return weft_atomic_load_acquire_u8(&came) != 0;
}

static void spin_ticks(uint32_t ticks)
{
    uint32_t from = stopwatch_now();

    while (stopwatch_us(from) < ticks * TICK_US) {}
}

/* After the next tick, from a more urgent task. */
static void come_by_tick(void *ctx)
{
    (void)ctx;
    vTaskDelay(1);
    weft_atomic_store_release_u8(&came, 1);
    for (;;) {
        vTaskDelay(portMAX_DELAY);
    }
}

static void check_keeps_out_tasks(const weft_ceiling_t *ceiling,
                                  UBaseType_t priority, StaticTask_t *task,
                                  StackType_t *stack)
{
    weft_ceiling_key_t key;

    weft_atomic_store_release_u8(&came, 0);
    vTaskDelay(1);
    (void)xTaskCreateStatic(come_by_tick, "other", STACK, NULL, priority, stack,
                            task);
    key = weft_ceiling_lock(ceiling);
    spin_ticks(3);
    CHECK(!has_come());
    weft_ceiling_unlock(key);
    spin_ticks(2);
    CHECK(has_come());
}

CASE(a_ceiling_keeps_out_the_other_rtos_tasks)
{
    static StaticTask_t tasks[2];
    static StackType_t stacks[2][STACK];

    CHECK_EQ(weft_ceiling_check(&tasks_only), 0);
    check_keeps_out_tasks(&tasks_only, WEFT_FREERTOS_PRIORITY + 1, &tasks[0],
                          stacks[0]);
    check_keeps_out_tasks(&with_one, WEFT_FREERTOS_PRIORITY + 1, &tasks[1],
                          stacks[1]);
}

#if WEFT_FREERTOS_LEVELS == 0

/* The vector table's, which is the port's where there are levels. */
void weft_freertos_irq(void)
{
    weft_atomic_store_release_u8(&came, 1);
}

CASE(without_levels_a_ceiling_keeps_out_all_interrupts_that_may_call)
{
    enum { IRQ = 17 };

    weft_atomic_store_release_u8(&came, 0);
    ((volatile uint8_t *)0xe000e400)[IRQ] =
        configMAX_SYSCALL_INTERRUPT_PRIORITY;
    *(volatile uint32_t *)0xe000e100 = UINT32_C(1) << IRQ;
    weft_ceiling_key_t key = weft_ceiling_lock(&with_one);
    *(volatile uint32_t *)0xe000e200 = UINT32_C(1) << IRQ;
    __asm__ volatile("dsb\n\tisb" ::: "memory");
    CHECK(!has_come());
    weft_ceiling_unlock(key);
    __asm__ volatile("isb" ::: "memory");
    CHECK(has_come());
}

#endif
