/* weft/freertos.h - what the FreeRTOS port can be told, and RTOS tasks that end
 * SPDX-License-Identifier: MIT
 *
 * A program that runs on FreeRTOS needs this header for two things only: to
 * look up a size below, which FreeRTOSConfig.h or -DNAME=value changes, and to
 * end an RTOS task that used Weft:
 *
 *     static void reader(void *ctx)
 *     {
 *         weft_event_wait(ctx);
 *         weft_thread_leave();
 *         weft_freertos_task_end();
 *         vTaskDelete(NULL);
 *     }
 *
 * docs/freertos.md tells how Weft is added to a project.
 */
#ifndef WEFT_FREERTOS_H
#define WEFT_FREERTOS_H

#ifdef __cplusplus
extern "C" {
#endif

/* Threads that weft_port_thread_start has, pools by it too, 1 to 64. Their
 * memory is static; when all run the next start is an error. */
#ifndef WEFT_FREERTOS_THREADS
#define WEFT_FREERTOS_THREADS 4
#endif

/* RTOS tasks of your own that use Weft at one time, 1 to 64. */
#ifndef WEFT_FREERTOS_TASKS
#define WEFT_FREERTOS_TASKS 4
#endif

/* Of each such thread: words of stack, priority. */
#ifndef WEFT_FREERTOS_STACK
#define WEFT_FREERTOS_STACK 512
#endif
#ifndef WEFT_FREERTOS_PRIORITY
#define WEFT_FREERTOS_PRIORITY 1
#endif

/* 1: with several cores thread n stays on core n + 1, round and round; 0: they
 * wander. */
#ifndef WEFT_FREERTOS_PIN
#define WEFT_FREERTOS_PIN 1
#endif

/* --- interrupt levels: a Cortex-M only, with one core */

/* Spare interrupt lines in a row: how many, 0 to 16, and the first one's
 * number. Line n has the priority of level n: 1 is the kernel's own, the least
 * urgent, each next one a step more urgent, none above
 * configMAX_SYSCALL_INTERRUPT_PRIORITY. */
#ifndef WEFT_FREERTOS_LEVELS
#define WEFT_FREERTOS_LEVELS 0
#endif
#ifndef WEFT_FREERTOS_LEVEL_IRQ
#define WEFT_FREERTOS_LEVEL_IRQ 0
#endif

/* How many lines weft_port_irq_setup knows, and the bits of a priority. */
#ifndef WEFT_FREERTOS_IRQS
#define WEFT_FREERTOS_IRQS 32
#endif
#ifndef WEFT_FREERTOS_PRIORITY_BITS
#define WEFT_FREERTOS_PRIORITY_BITS 3
#endif

/* Stands in the vector table for the lines of levels, and for those that
 * weft_port_irq_setup is to know. */
void weft_freertos_irq(void);

/* The calling RTOS task uses Weft no more: its place is free for another one.
 * It may begin again at any time. Call it before vTaskDelete, after
 * weft_thread_leave: without it the place is lost for good, unless the kernel
 * gives the task's memory, and so its handle, to another one, which then goes
 * on with what the first one left. Nobody else can end it from outside.
 * Context: task level, not in a task or callback of Weft. */
void weft_freertos_task_end(void);

#ifdef __cplusplus
}
#endif

#endif
