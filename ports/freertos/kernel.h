/* kernel.h - freertos: the kernel's headers, and in what its versions differ
 * SPDX-License-Identifier: MIT
 *
 * V9 to V11, one core or several, and ESP-IDF's kernel. Only here and in
 * subtick.h does the port look at versions and chips.
 */
#ifndef WEFT_PORTS_FREERTOS_KERNEL_H
#define WEFT_PORTS_FREERTOS_KERNEL_H

#ifdef ESP_PLATFORM
#include <freertos/FreeRTOS.h>
#include <freertos/semphr.h>
#include <freertos/task.h>
#else
#include <FreeRTOS.h>
#include <semphr.h>
#include <task.h>
#endif

#include <stdbool.h>

#include "weft/config.h"
#include "weft/freertos.h"

#if tskKERNEL_VERSION_MAJOR < 9
#error "Weft needs FreeRTOS V9 or later: earlier ones have no static tasks"
#endif
#if configSUPPORT_STATIC_ALLOCATION != 1
#error "Weft needs configSUPPORT_STATIC_ALLOCATION 1 in FreeRTOSConfig.h"
#endif
#if INCLUDE_xTaskGetCurrentTaskHandle != 1 && configUSE_MUTEXES != 1
#error "Weft needs INCLUDE_xTaskGetCurrentTaskHandle 1 in FreeRTOSConfig.h"
#endif
#if WEFT_FREERTOS_THREADS < 1 || WEFT_FREERTOS_THREADS > 64
#error "WEFT_FREERTOS_THREADS must be 1 to 64"
#endif
#if WEFT_FREERTOS_TASKS < 1 || WEFT_FREERTOS_TASKS > 64
#error "WEFT_FREERTOS_TASKS must be 1 to 64"
#endif

#if defined(__ARM_ARCH_PROFILE) && __ARM_ARCH_PROFILE == 'M'
#define WEFT__CORTEX_M 1
#else
#define WEFT__CORTEX_M 0
#endif

#if !WEFT__CORTEX_M && INCLUDE_xTaskGetSchedulerState != 1 &&                  \
    configUSE_TIMERS != 1
#error "Weft needs INCLUDE_xTaskGetSchedulerState 1 in FreeRTOSConfig.h"
#endif

#if WEFT_FREERTOS_LEVELS < 0 || WEFT_FREERTOS_LEVELS > 16
#error "WEFT_FREERTOS_LEVELS must be 0 to 16"
#endif

/* --- cores */

#if defined(configNUMBER_OF_CORES)
#define WEFT__CORES configNUMBER_OF_CORES
#elif defined(ESP_PLATFORM) || defined(portNUM_PROCESSORS)
#define WEFT__CORES portNUM_PROCESSORS
#elif defined(configNUM_CORES)
#define WEFT__CORES configNUM_CORES
#else
#define WEFT__CORES 1
#endif

static inline unsigned weft__kernel_core(void)
{
#if WEFT__CORES == 1
    return 0;
#elif defined(ESP_PLATFORM)
    return (unsigned)xPortGetCoreID();
#else
    return (unsigned)portGET_CORE_ID();
#endif
}

/* --- whether the processor is in an interrupt, one of a level too */

static inline bool weft__kernel_in_interrupt(void)
{
#if defined(WEFT_FREERTOS_IN_INTERRUPT)
    return WEFT_FREERTOS_IN_INTERRUPT();
#elif defined(ESP_PLATFORM)
    return xPortInIsrContext() != 0;
#elif WEFT__CORTEX_M
    uint32_t exception;

    __asm__ volatile("mrs %0, ipsr" : "=r"(exception));
    return exception != 0;
#elif defined(portCHECK_IF_IN_ISR)
    return portCHECK_IF_IN_ISR() != 0;
#else
#error "define WEFT_FREERTOS_IN_INTERRUPT() in FreeRTOSConfig.h"
#endif
}

/* --- whether there is a task: before the scheduler starts the kernel gives
 * the handle of one that does not run yet. On a Cortex-M tasks have the process
 * stack, and start code the other one. Context: no interrupt. */

static inline bool weft__kernel_started(void)
{
#if WEFT__CORTEX_M
    uint32_t control;

    __asm__ volatile("mrs %0, control" : "=r"(control));
    return (control & 2) != 0;
#else
    return xTaskGetSchedulerState() != taskSCHEDULER_NOT_STARTED;
#endif
}

/* In an interrupt: one above configMAX_SYSCALL_INTERRUPT_PRIORITY may not call.
 * Says so by configASSERT, where the kernel's port can tell. */
static inline void weft__kernel_check_interrupt(void)
{
#if WEFT_ASSERTIONS && defined(portASSERT_IF_INTERRUPT_PRIORITY_INVALID)
    portASSERT_IF_INTERRUPT_PRIORITY_INVALID();
#endif
}

#define WEFT__HAS_LEVELS                                                       \
    (WEFT__CORTEX_M && WEFT__CORES == 1 && WEFT_FREERTOS_LEVELS > 0)

/* --- interrupts off on this core
 *
 * Where the kernel's macro gives a key it works everywhere, before the
 * scheduler starts too. The kernel's own lock of several cores is left alone:
 * Weft has its own. */

#if WEFT__CORES > 1 && !defined(ESP_PLATFORM)
static inline unsigned weft__kernel_mask(void)
{
    return (unsigned)portSET_INTERRUPT_MASK();
}

static inline void weft__kernel_unmask(unsigned key)
{
    portCLEAR_INTERRUPT_MASK(key);
}
#elif WEFT__CORTEX_M || defined(ESP_PLATFORM)
static inline unsigned weft__kernel_mask(void)
{
    return (unsigned)portSET_INTERRUPT_MASK_FROM_ISR();
}

static inline void weft__kernel_unmask(unsigned key)
{
    portCLEAR_INTERRUPT_MASK_FROM_ISR(key);
}
#else
static inline unsigned weft__kernel_mask(void)
{
    if (weft__kernel_in_interrupt()) {
        return (unsigned)taskENTER_CRITICAL_FROM_ISR();
    }
    taskENTER_CRITICAL();
    return 0;
}

static inline void weft__kernel_unmask(unsigned key)
{
    if (weft__kernel_in_interrupt()) {
        taskEXIT_CRITICAL_FROM_ISR(key);
    } else {
        taskEXIT_CRITICAL();
    }
}
#endif

/* Whether the caller may not wait, since it keeps interrupts out. */
static inline bool weft__kernel_masked(void)
{
#if WEFT__CORTEX_M
    uint32_t all, base = 0;

    __asm__ volatile("mrs %0, primask" : "=r"(all));
#if defined(__ARM_FEATURE_CLZ) /* has BASEPRI too */
    __asm__ volatile("mrs %0, basepri" : "=r"(base));
#endif
    return (all & 1) != 0 || base != 0;
#else
    return false;
#endif
}

/* Gives a semaphore from anywhere. A Cortex-M may call what ends in FromISR
 * from tasks too: it brings back the mask that it found, where the other one
 * takes all masks away, a ceiling of ours among them. */
static inline void weft__kernel_give(SemaphoreHandle_t semaphore,
                                     BaseType_t *yield)
{
    if ((WEFT__CORTEX_M && WEFT__CORES == 1) || weft__kernel_in_interrupt()) {
        (void)xSemaphoreGiveFromISR(semaphore, yield);
    } else {
        (void)xSemaphoreGive(semaphore);
    }
}

/* --- a task that stays on one core */

struct weft__kernel_task {
    const char *name;
    TaskFunction_t run;
    void *ctx;
    UBaseType_t priority;
    unsigned core;
};

/* The stack has WEFT_FREERTOS_STACK words. */
static inline void weft__kernel_task_create(
    const struct weft__kernel_task *task, StackType_t *stack,
    StaticTask_t *memory)
{
#if WEFT__CORES > 1 && WEFT_FREERTOS_PIN && defined(ESP_PLATFORM)
    (void)xTaskCreateStaticPinnedToCore(
        task->run, task->name, WEFT_FREERTOS_STACK, task->ctx, task->priority,
        stack, memory, (BaseType_t)task->core);
#elif WEFT__CORES > 1 && WEFT_FREERTOS_PIN && configUSE_CORE_AFFINITY == 1
    (void)xTaskCreateStaticAffinitySet(
        task->run, task->name, WEFT_FREERTOS_STACK, task->ctx, task->priority,
        stack, memory, (UBaseType_t)1 << task->core);
#else
    (void)xTaskCreateStatic(task->run, task->name, WEFT_FREERTOS_STACK,
                            task->ctx, task->priority, stack, memory);
#endif
}

#endif
