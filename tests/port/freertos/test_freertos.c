/* test_freertos.c - freertos: what no other port has: the RTOS beside us
 * SPDX-License-Identifier: MIT
 */
#include <FreeRTOS.h>
#include <string.h>
#include <task.h>

#include "tests/support/handler.h"
#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/event.h"
#include "weft/freertos.h"
#include "weft/pool.h"
#include "weft/port.h"
#include "weft/thread.h"
#include "weft/weft.h"

enum { STACK = 512, MAIN = WEFT_FREERTOS_PRIORITY };

/* An RTOS task of the program's own. */
struct own {
    StaticTask_t task;
    StackType_t stack[STACK];
    TaskHandle_t handle;
    weft_event_t event;
    uint32_t value;
    uintptr_t word;
    uint64_t deadline_us;
    uint8_t done;
};

static struct own owns[WEFT_FREERTOS_TASKS + 1];

static struct own *own_start(struct own *own, TaskFunction_t run,
                             UBaseType_t priority)
{
    weft_event_init(&own->event, false);
    own->done = 0;
    own->handle = xTaskCreateStatic(run, "own", STACK, own, priority,
                                    own->stack, &own->task);
    return own;
}

static void own_end(struct own *own)
{
    weft_thread_leave();
    weft_freertos_task_end();
    weft_atomic_store_release_u8(&own->done, 1);
    vTaskDelete(NULL);
}

/* Until it has ended and the idle task has put it away. */
static void own_join(struct own *own)
{
    while (weft_atomic_load_acquire_u8(&own->done) == 0) {
        vTaskDelay(1);
    }
    vTaskDelay(2);
}

/* --- interrupts */

static void wait_once(void *ctx)
{
    struct own *own = ctx;

    CHECK_EQ(weft_event_wait(&own->event), 0);
    own_end(own);
}

static void set_event(void *ctx)
{
    weft_event_set(ctx);
}

/* The handler calls no macro of the kernel: the port asks for the switch. */
CASE(an_interrupt_that_wakes_a_more_urgent_task_ends_in_it)
{
    struct own *own = own_start(&owns[0], wait_once, MAIN + 1);

    CHECK_EQ(own->done, 0);
    handle(set_event, &own->event);
    CHECK_EQ(own->done, 1);
    own_join(own);
}

CASE(an_interrupt_wakes_a_task_of_the_same_priority)
{
    struct own *own = own_start(&owns[0], wait_once, MAIN);

    vTaskDelay(2);
    CHECK_EQ(own->done, 0);
    handle(set_event, &own->event);
    own_join(own);
}

static uint32_t base_priority(void)
{
    uint32_t base;

    __asm__ volatile("mrs %0, basepri" : "=r"(base));
    return base;
}

/* What ends a critical section of the kernel lets everything in. */
CASE(a_wake_leaves_the_mask_as_it_is)
{
    struct own *own = own_start(&owns[0], wait_once, MAIN + 1);
    unsigned key = weft_port_ceiling_raise(1);
    uint32_t raised = base_priority();

    CHECK(raised != 0);
    weft_event_set(&own->event);
    CHECK_EQ(base_priority(), raised);
    CHECK_EQ(own->done, 0);
    weft_port_ceiling_restore(key);
    CHECK_EQ(own->done, 1);
    own_join(own);
}

CASE(a_wake_in_a_critical_section_of_the_kernel_waits_for_its_end)
{
    struct own *own = own_start(&owns[0], wait_once, MAIN + 1);

    taskENTER_CRITICAL();
    weft_event_set(&own->event);
    CHECK(base_priority() != 0);
    CHECK_EQ(own->done, 0);
    taskEXIT_CRITICAL();
    CHECK_EQ(own->done, 1);
    own_join(own);
}

CASE(a_wake_while_the_scheduler_is_suspended_waits_for_it)
{
    struct own *own = own_start(&owns[0], wait_once, MAIN + 1);

    vTaskSuspendAll();
    weft_event_set(&own->event);
    CHECK_EQ(own->done, 0);
    (void)xTaskResumeAll();
    CHECK_EQ(own->done, 1);
    own_join(own);
}

static void urgent(void)
{
    weft_event_set(&owns[0].event);
}

/* One step above the kernel's ceiling, behind the port's back. */
static void interrupt_above_the_ceiling(void)
{
    enum { IRQ = 17 };

    own_start(&owns[0], wait_once, MAIN + 1);
    CHECK_EQ(weft_port_irq_setup(IRQ, 1, urgent), 0);
    ((volatile uint8_t *)0xe000e400)[IRQ] =
        configMAX_SYSCALL_INTERRUPT_PRIORITY - (1 << (8 - boardPRIORITY_BITS));
    *(volatile uint32_t *)0xe000e200 = UINT32_C(1) << IRQ;
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

CASE(an_interrupt_above_the_ceiling_is_named)
{
    CHECK_DIES(interrupt_above_the_ceiling(),
               "ucCurrentPriority >= ucMaxSysCallPriority");
}

CASE(lines_that_are_not_free_are_refused)
{
    CHECK_EQ(weft_port_irq_setup(WEFT_FREERTOS_LEVEL_IRQ, 1, urgent),
             WEFT_ERR_BUSY);
    CHECK_EQ(weft_port_irq_setup(1000, 1, urgent), WEFT_ERR_INVALID);
    CHECK_EQ(weft_port_irq_setup(18, weft_port_levels() + 1, urgent),
             WEFT_ERR_INVALID);
    CHECK_EQ(weft_port_irq_setup(18, 1, urgent), 0);
    CHECK_EQ(weft_port_irq_setup(18, 1, urgent), WEFT_ERR_BUSY);
    CHECK_EQ(weft_port_irq_setup(18, 1, NULL), 0);
}

/* Its device would ask again for ever. */
CASE(a_line_that_nobody_handles_is_disabled_when_it_comes)
{
    enum { IRQ = 18 };
    volatile uint32_t *enable = (volatile uint32_t *)0xe000e100;

    *enable = UINT32_C(1) << IRQ;
    CHECK((*enable & UINT32_C(1) << IRQ) != 0);
    *(volatile uint32_t *)0xe000e200 = UINT32_C(1) << IRQ;
    __asm__ volatile("dsb\n\tisb" ::: "memory");
    CHECK_EQ(*enable & UINT32_C(1) << IRQ, 0);
}

/* --- the task's notifications are its own */

static void wait_and_take(void *ctx)
{
    struct own *own = ctx;

    CHECK_EQ(weft_event_wait(&own->event), 0);
    CHECK_EQ(xTaskNotifyWait(0, UINT32_MAX, &own->value, 0), pdTRUE);
    /* And the other way round: no wait of Weft leaves one behind. */
    CHECK_EQ(xTaskNotifyWait(0, UINT32_MAX, NULL, 2), pdFALSE);
    own_end(own);
}

CASE(a_notification_ends_no_wait_and_is_kept)
{
    struct own *own = own_start(&owns[0], wait_and_take, MAIN + 1);

    for (uint32_t i = 0; i < 3; i++) {
        (void)xTaskNotify(own->handle, UINT32_C(1) << i, eSetBits);
        vTaskDelay(2);
        CHECK_EQ(own->done, 0);
        CHECK(!weft_event_is_set(&own->event));
    }
    weft_event_set(&own->event);
    own_join(own);
    CHECK_EQ(own->value, 7);
}

static void take_while_others_wake(void *ctx)
{
    struct own *own = ctx;

    CHECK_EQ(weft_event_wait(&own->event), 0);
    CHECK_EQ(ulTaskNotifyTake(pdTRUE, portMAX_DELAY), 1);
    own_end(own);
}

CASE(a_late_wake_is_no_notification)
{
    struct own *own = own_start(&owns[0], take_while_others_wake, MAIN + 1);

    weft_event_set(&own->event);
    for (int i = 0; i < 20; i++) {
        weft_port_wake(&own->word);
        weft_port_wake((const uintptr_t *)own);
    }
    vTaskDelay(2);
    CHECK_EQ(own->done, 0);
    (void)xTaskNotifyGive(own->handle);
    own_join(own);
}

/* --- memory of tasks that ended */

static void look_at_own(void *ctx)
{
    struct own *own = ctx;
    weft_local_t *local = weft_port_local();
    weft_local_t zero;
    unsigned char *room = weft_port_thread_room(64);

    memset(&zero, 0, sizeof(zero));
    CHECK(memcmp(local, &zero, sizeof(zero)) == 0);
    for (int i = 0; i < 64; i++) {
        CHECK_EQ(room[i], 0);
    }
    CHECK_EQ(weft_sleep(10), 0);
    own_end(own);
}

/* The same memory and handle, and more of them than there are places. */
CASE(a_task_that_ended_leaves_its_place_to_the_next_one)
{
    for (int i = 0; i < 3 * WEFT_FREERTOS_TASKS; i++) {
        own_join(own_start(&owns[0], look_at_own, MAIN));
        memset(&owns[0], 0xdb, sizeof(owns[0]));
    }
}

static void sleep_and_end(void *ctx)
{
    struct own *own = ctx;
    uintptr_t seen;

    while ((seen = weft_atomic_load_acquire_word(&own->word)) == 0 &&
           weft_port_now_us() < own->deadline_us) {
        weft_port_sleep(&own->word, seen, own->deadline_us);
    }
    own_end(own);
}

static uint32_t step(uint32_t *state)
{
    *state = *state * 1664525 + 1013904223;
    return *state >> 16;
}

/* Wakes come from an interrupt, around the time at which the sleeper ends by
 * itself and its memory is written over. */
CASE(a_wake_may_come_when_its_task_is_gone)
{
    uint32_t state = 1;

    for (int i = 0; i < 200; i++) {
        const uintptr_t *word = &owns[0].word;

        memset(&owns[0], 0, sizeof(owns[0]));
        owns[0].deadline_us = weft_port_now_us() + 1000 + step(&state) % 1000;
        own_start(&owns[0], sleep_and_end, MAIN + 1);
        for (uint32_t j = step(&state) % 64; j > 0; j--) {
            weft_hook_spin();
        }
        if (i % 2 == 0) {
            weft_atomic_store_release_word(&owns[0].word, 1);
        }
        weft_port_wake(word);
        own_join(&owns[0]);
        memset(&owns[0], 0xdb, sizeof(owns[0]));
        weft_port_wake(word);
    }
}

static void stay(void *ctx)
{
    (void)ctx;
    (void)weft_port_local();
    for (;;) {
        vTaskDelay(1000);
    }
}

static void use_from_too_many(void)
{
    for (unsigned i = 0; i <= WEFT_FREERTOS_TASKS; i++) {
        own_start(&owns[i], stay, MAIN + 1);
    }
}

CASE(more_tasks_than_places_are_named)
{
    CHECK_DIES(use_from_too_many(),
               "more RTOS tasks use Weft than WEFT_FREERTOS_TASKS");
}

static void end_without_leave(void *ctx)
{
    (void)ctx;
    (void)weft_thread_self();
    weft_freertos_task_end();
}

CASE(a_task_that_ends_without_leaving_is_named)
{
    CHECK_DIES(own_start(&owns[0], end_without_leave, MAIN + 1),
               "an RTOS task ends that runs a loop, or did not leave");
}

CASE(a_sleep_with_interrupts_off_is_named)
{
    CHECK_DIES((void)weft_hook_mask();
               (void)weft_sleep(1000), "sleep with interrupts masked");
    CHECK_DIES(__asm__ volatile("cpsid i");
               (void)weft_sleep(1000), "sleep with interrupts masked");
}

/* --- threads */

static void look_at_name(void *ctx)
{
    *(const char **)ctx = pcTaskGetName(NULL);
}

/* The first of the program that takes a thread. */
CASE(a_thread_gives_its_task_a_name)
{
    weft_port_thread_t thread = {.name = "storage"};
    const char *name = NULL;

    CHECK_EQ(weft_port_thread_start(&thread, look_at_name, &name), 0);
    weft_port_thread_join(&thread);
    CHECK_EQ(strcmp(name, "storage"), 0);
    thread.name = "later";
    CHECK_EQ(weft_port_thread_start(&thread, look_at_name, &name), 0);
    weft_port_thread_join(&thread);
    CHECK_EQ(strcmp(name, "storage"), 0);
}

CASE(more_threads_than_the_pool_has_are_an_error)
{
    enum { MORE = WEFT_FREERTOS_THREADS + 1 };
    static weft_pool_worker_t workers[MORE];
    weft_pool_t pool;

    CHECK_EQ(weft_pool_init(&pool, &(weft_pool_config_t){.workers = workers,
                                                         .count = MORE}),
             0);
    CHECK_EQ(weft_pool_start(&pool, WEFT_FREERTOS_THREADS), 0);
    CHECK_EQ(weft_pool_start(&pool, 1), WEFT_ERR_UNSUPPORTED);
    weft_pool_stop(&pool);
    CHECK_EQ(weft_pool_join(&pool), 0);
    weft_pool_deinit(&pool);
}

static void look_at_itself(void *ctx)
{
    UBaseType_t *priority = ctx;

    *priority = uxTaskPriorityGet(NULL);
}

/* All of these take the pool's first task, one after the other. */
CASE(a_thread_has_the_priority_that_it_asks_for)
{
    weft_port_thread_t thread = {0};
    static const unsigned asked[] = {MAIN + 1, 0, MAIN + 2};

    for (unsigned i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
        UBaseType_t priority = 0;

        thread.priority = asked[i];
        CHECK_EQ(weft_port_thread_start(&thread, look_at_itself, &priority), 0);
        weft_port_thread_join(&thread);
        CHECK_EQ(priority, asked[i] != 0 ? asked[i] : MAIN);
    }
}

CASE(a_thread_that_needs_more_stack_than_there_is_does_not_start)
{
    weft_port_thread_t thread = {.stack_size =
                                     WEFT_FREERTOS_STACK * sizeof(StackType_t)};
    UBaseType_t priority = 0;

    CHECK_EQ(weft_port_thread_start(&thread, look_at_itself, &priority), 0);
    weft_port_thread_join(&thread);
    thread.stack_size++;
    CHECK_EQ(weft_port_thread_start(&thread, look_at_itself, &priority),
             WEFT_ERR_MEMORY);
}
