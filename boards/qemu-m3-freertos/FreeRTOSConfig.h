/* FreeRTOSConfig.h - qemu-m3-freertos: the kernel as our tests want it
 * SPDX-License-Identifier: MIT
 *
 * Static memory only, no software timers, no heap. -DconfigTICK_RATE_HZ=n,
 * -DconfigUSE_16_BIT_TICKS=1 and -DconfigUSE_TICKLESS_IDLE=2 change what tests
 * of time vary.
 */
#ifndef BOARDS_QEMU_M3_FREERTOS_CONFIG_H
#define BOARDS_QEMU_M3_FREERTOS_CONFIG_H

#include <stdint.h>

/* --- the machine */
#define configCPU_CLOCK_HZ 25000000u
#ifndef configTICK_RATE_HZ
#define configTICK_RATE_HZ 1000
#endif
#ifndef configUSE_16_BIT_TICKS
#define configUSE_16_BIT_TICKS 0
#endif
/* Three bits of priority, as small chips have: kernel 7, Weft 2 to 6. */
#define boardPRIORITY_BITS 3
#define configKERNEL_INTERRUPT_PRIORITY (7 << (8 - boardPRIORITY_BITS))
#define configMAX_SYSCALL_INTERRUPT_PRIORITY (2 << (8 - boardPRIORITY_BITS))

/* --- scheduling */
#define configUSE_PREEMPTION 1
#define configUSE_TIME_SLICING 1
#define configMAX_PRIORITIES 5
#define configMINIMAL_STACK_SIZE 128
#define configSTACK_DEPTH_TYPE uint32_t
#define configMAX_TASK_NAME_LEN 8
#define configIDLE_SHOULD_YIELD 1
/* No WFI: with counted instructions QEMU 7.2 goes past every second tick. */
#define configUSE_IDLE_HOOK 0
#define configUSE_TICK_HOOK 0
/* 2: the kernel may be told of ticks that passed, which a test does; ours
 * suppresses none. */
#ifndef configUSE_TICKLESS_IDLE
#define configUSE_TICKLESS_IDLE 0
#endif
#define portSUPPRESS_TICKS_AND_SLEEP(ticks) ((void)(ticks))

/* --- memory */
#define configSUPPORT_STATIC_ALLOCATION 1
#define configSUPPORT_DYNAMIC_ALLOCATION 0
#define configTOTAL_HEAP_SIZE 0
#define configKERNEL_PROVIDED_STATIC_MEMORY 0
/* 1, and 2 from V11.2 on, take a fiber's stack for an overflow of its task's.
 */
#define configCHECK_FOR_STACK_OVERFLOW                                         \
    (tskKERNEL_VERSION_MAJOR * 100 + tskKERNEL_VERSION_MINOR < 1102 ? 2 : 0)

/* --- parts */
#define configUSE_MUTEXES 0
#define configUSE_TIMERS 0
#define configUSE_CO_ROUTINES 0
#define configUSE_TRACE_FACILITY 0
#define configUSE_TASK_NOTIFICATIONS 1
#define INCLUDE_xTaskGetCurrentTaskHandle 1
#define INCLUDE_vTaskDelay 1
#define INCLUDE_vTaskDelete 1
#define INCLUDE_vTaskSuspend 1
#define INCLUDE_vTaskPrioritySet 1
#define INCLUDE_uxTaskPriorityGet 1

/* --- faults */
__attribute__((noreturn)) void weft_hook_panic(const char *file, int line,
                                               const char *what);
#define configASSERT(condition)                                                \
    ((condition) ? (void)0 : weft_hook_panic(__FILE__, __LINE__, #condition))

#endif
