/* locks.c - qemu-m3-freertos: picolibc's locks, so that tasks may share malloc
 * SPDX-License-Identifier: MIT
 *
 * One lock for all: the scheduler stands still. The names are the library's,
 * and it has them in one object: all of them, or none.
 */
#include <stdbool.h>
#include <sys/lock.h>

#include <FreeRTOS.h>
#include <task.h>

struct __lock {
    char unused;
};
struct __lock __lock___libc_recursive_mutex;

void __retarget_lock_init(_LOCK_T *lock)
{
    (void)lock;
}

void __retarget_lock_init_recursive(_LOCK_T *lock)
{
    (void)lock;
}

void __retarget_lock_close(_LOCK_T lock)
{
    (void)lock;
}

void __retarget_lock_close_recursive(_LOCK_T lock)
{
    (void)lock;
}

void __retarget_lock_acquire(_LOCK_T lock)
{
    (void)lock;
    vTaskSuspendAll();
}

void __retarget_lock_acquire_recursive(_LOCK_T lock)
{
    (void)lock;
    vTaskSuspendAll();
}

void __retarget_lock_release(_LOCK_T lock)
{
    (void)lock;
    (void)xTaskResumeAll();
}

void __retarget_lock_release_recursive(_LOCK_T lock)
{
    (void)lock;
    (void)xTaskResumeAll();
}
