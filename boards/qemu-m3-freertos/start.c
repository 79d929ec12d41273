/* start.c - qemu-m3-freertos: vectors, reset, main as an RTOS task
 * SPDX-License-Identifier: MIT
 *
 * The kernel gives interrupts a stack of their own. Its thread-local storage of
 * the C library is one for all tasks.
 */
#include <stdint.h>
#include <string.h>

#include <FreeRTOS.h>
#include <task.h>

#include "boards/board.h"
#include "weft/base/hooks.h"
#include "weft/freertos.h"

enum { IRQS = 32, MAIN_STACK = 8192, MAIN_PRIORITY = WEFT_FREERTOS_PRIORITY };

typedef void handler(void);

extern uint32_t weft__interrupt_stack_top[];
extern char weft__data_start[], weft__data_end[];
extern char weft__bss_start[], weft__bss_end[];
extern const char weft__data_load[];

int main(void);
void weft__reset(void);
void fault(void);

/* A test's: what it does before the scheduler starts. */
__attribute__((weak)) void before_scheduler(void);

/* The kernel's. */
void vPortSVCHandler(void);
void xPortPendSVHandler(void);
void xPortSysTickHandler(void);

struct vectors {
    uint32_t *stack;
    handler *exceptions[15];
    handler *irqs[IRQS];
};

#define FOUR_IRQS                                                              \
    weft_freertos_irq, weft_freertos_irq, weft_freertos_irq, weft_freertos_irq
#define EIGHT_IRQS FOUR_IRQS, FOUR_IRQS

__attribute__((used,
               section(".vectors"))) static const struct vectors vectors = {
    .stack = weft__interrupt_stack_top,
    .exceptions =
        {
            [0] = weft__reset,
            [1] = fault,
            [2] = fault,
            [3] = fault,
            [4] = fault,
            [5] = fault,
            [10] = vPortSVCHandler,
            [13] = xPortPendSVHandler,
            [14] = xPortSysTickHandler,
        },
    .irqs = {EIGHT_IRQS, EIGHT_IRQS, EIGHT_IRQS, EIGHT_IRQS},
};

static void run_main(void *ctx)
{
    (void)ctx;
    board_exit(main());
}

static void start_kernel(void)
{
    static StaticTask_t task;
    static StackType_t stack[MAIN_STACK];

    (void)xTaskCreateStatic(run_main, "main", MAIN_STACK, NULL, MAIN_PRIORITY,
                            stack, &task);
    if (before_scheduler != NULL) {
        before_scheduler();
    }
    vTaskStartScheduler();
}

void weft__reset(void)
{
    memcpy(weft__data_start, weft__data_load,
           (size_t)(weft__data_end - weft__data_start));
    memset(weft__bss_start, 0, (size_t)(weft__bss_end - weft__bss_start));
    board_init();
    start_kernel();
    for (;;) {}
}

void fault(void)
{
    weft_hook_panic("fault", 0, "the processor met a fault");
}

/* --- what the kernel asks of a program */

void vApplicationGetIdleTaskMemory(StaticTask_t **task, StackType_t **stack,
                                   uint32_t *size);
void vApplicationStackOverflowHook(TaskHandle_t task, char *name);

void vApplicationGetIdleTaskMemory(StaticTask_t **task, StackType_t **stack,
                                   uint32_t *size)
{
    static StaticTask_t idle_task;
    static StackType_t idle_stack[configMINIMAL_STACK_SIZE];

    *task = &idle_task;
    *stack = idle_stack;
    *size = configMINIMAL_STACK_SIZE;
}

void vApplicationStackOverflowHook(TaskHandle_t task, char *name)
{
    (void)task;
    weft_hook_panic(name, 0, "stack overflow of an RTOS task");
}
