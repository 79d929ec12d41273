/* levels.c - freertos: interrupt levels in spare lines of a Cortex-M's NVIC
 * SPDX-License-Identifier: MIT
 *
 * A pend sets the line's pending bit. Alarms are kept by an RTOS task of the
 * highest priority, which sleeps until the next one: they come with a tick.
 */
#include "ports/freertos/nvic.h"

#if WEFT__HAS_LEVELS

#include "ports/freertos/record.h"
#include "weft/base/atomic.h"
#include "weft/base/spinlock.h"
#include "weft/error.h"

WEFT_STATIC_ASSERT(WEFT__PRIORITY_LOWEST -
                           (WEFT_FREERTOS_LEVELS - 1) * WEFT__PRIORITY_STEP >=
                       configMAX_SYSCALL_INTERRUPT_PRIORITY,
                   "more WEFT_FREERTOS_LEVELS than priorities below "
                   "configMAX_SYSCALL_INTERRUPT_PRIORITY");

enum { ALARM_STACK = configMINIMAL_STACK_SIZE + 128 };

static struct place {
    weft_port_level_t *level; /* NULL: not open, and has no alarm */
    uint64_t alarm_us;        /* UINT64_MAX: none */
} places[WEFT_FREERTOS_LEVELS];

static weft_spinlock_t lock;

/* The exception of the level that runs, and is no interrupt; 0: none. */
static volatile uint32_t level_exception;

/* --- who runs */

bool weft_port_in_interrupt(void)
{
    uint32_t exception = weft__nvic_exception();

    if (exception == 0 || exception == level_exception) {
        return false;
    }
    weft__kernel_check_interrupt();
    return true;
}

unsigned weft_port_levels(void)
{
    return WEFT_FREERTOS_LEVELS;
}

unsigned weft_port_priority(void)
{
    uint32_t exception = weft__nvic_exception();
    unsigned hardware = WEFT__PRIORITY_LOWEST;

    if (exception == 0) {
        return 0;
    }
    if (exception >= 16) {
        hardware = WEFT__NVIC_PRIORITY[exception - 16] & WEFT__PRIORITY_LOWEST;
    }
    return 1 + (WEFT__PRIORITY_LOWEST - hardware) / WEFT__PRIORITY_STEP;
}

void weft__level_irq(unsigned irq)
{
    struct place *place = &places[irq - WEFT_FREERTOS_LEVEL_IRQ];
    uint32_t outer = level_exception;
    weft_port_level_t *level = __atomic_load_n(&place->level, __ATOMIC_ACQUIRE);

    level_exception = 16 + irq;
    if (level != NULL) {
        level->run(level->ctx);
    }
    level_exception = outer;
}

/* --- alarms */

static uintptr_t turn; /* changes when an alarm is set */

/* Pends what is due; the time of the next one. */
static uint64_t ring(uint64_t now_us)
{
    uint64_t next_us = UINT64_MAX;
    unsigned i;

    for (i = 0; i < WEFT_FREERTOS_LEVELS; i++) {
        unsigned key = weft_lock_mask(&lock);
        struct place *place = &places[i];

        if (place->level != NULL && place->alarm_us <= now_us) {
            place->alarm_us = UINT64_MAX;
            weft_port_level_pend(WEFT_FREERTOS_LEVEL_IRQ + i);
        }
        if (place->level != NULL && place->alarm_us < next_us) {
            next_us = place->alarm_us;
        }
        weft_unlock_mask(&lock, key);
    }
    return next_us;
}

static void keep_alarms(void *ctx)
{
    (void)ctx;
    weft__record_bind(&weft__records[WEFT__RECORD_ALARM]);
    for (;;) {
        uintptr_t seen = weft_atomic_load_acquire_word(&turn);

        weft_port_sleep(&turn, seen, ring(weft_port_now_us()));
    }
}

/* Once, when the first level is opened. No task that opens another one comes
 * between: it would arm an alarm that nobody keeps yet. */
static void start_alarms(void)
{
    static StackType_t stack[ALARM_STACK];
    static StaticTask_t task;
    static volatile bool started;

    if (started) {
        return;
    }
    vTaskSuspendAll();
    if (!started) {
        (void)xTaskCreateStatic(keep_alarms, "alarms", ALARM_STACK, NULL,
                                configMAX_PRIORITIES - 1, stack, &task);
        started = true;
    }
    (void)xTaskResumeAll();
}

static void set_alarm(const weft_port_level_t *level, uint64_t deadline_us)
{
    unsigned key = weft_lock_mask(&lock);

    places[level->handle[0]].alarm_us = deadline_us;
    weft_unlock_mask(&lock, key);
}

void weft_port_level_alarm(weft_port_level_t *level, uint64_t deadline_us)
{
    set_alarm(level, deadline_us);
    if (deadline_us != UINT64_MAX) {
        (void)weft_atomic_fetch_add_acq_rel_word(&turn, 1);
        weft_port_wake(&turn);
    }
}

/* --- levels */

int weft_port_level_open(weft_port_level_t *level, unsigned priority,
                         weft_port_level_fn *run, void *ctx)
{
    unsigned irq = WEFT_FREERTOS_LEVEL_IRQ + priority - 1;
    unsigned key;
    bool free;

    if (priority < 1 || priority > WEFT_FREERTOS_LEVELS) {
        return WEFT_ERR_INVALID;
    }
    start_alarms();
    *level = (weft_port_level_t){
        .run = run,
        .ctx = ctx,
        .pend = irq,
        .handle = {priority - 1},
    };
    key = weft_lock_mask(&lock);
    free = places[priority - 1].level == NULL;
    if (free) {
        places[priority - 1].alarm_us = UINT64_MAX;
        __atomic_store_n(&places[priority - 1].level, level, __ATOMIC_RELEASE);
    }
    weft_unlock_mask(&lock, key);
    if (!free) {
        return WEFT_ERR_BUSY;
    }
    WEFT__NVIC_PRIORITY[irq] = weft__nvic_priority(priority);
    WEFT__NVIC_ENABLE(irq) = weft__nvic_bit(irq);
    return WEFT_OK;
}

void weft_port_level_close(weft_port_level_t *level)
{
    unsigned key = weft_lock_mask(&lock);
    struct place *place = &places[level->handle[0]];

    WEFT_ASSERT(place->level == level, "close of a level that is not open");
    place->alarm_us = UINT64_MAX;
    __atomic_store_n(&place->level, (weft_port_level_t *)NULL,
                     __ATOMIC_RELEASE);
    weft_unlock_mask(&lock, key);
}

void weft_port_level_pend(uintptr_t pend)
{
    __atomic_thread_fence(__ATOMIC_SEQ_CST);
    WEFT__NVIC_PEND(pend) = weft__nvic_bit((unsigned)pend);
    __asm__ volatile("dsb\n\tisb" ::: "memory");
}

/* --- ceilings */

/* RTOS tasks preempt each other: the ceiling of task level keeps out the
 * kernel's own interrupts, and so level 1 too. */
unsigned weft_port_ceiling_raise(unsigned priority)
{
    uint32_t base = weft__nvic_priority(priority > 0 ? priority : 1);
    uint32_t key;

    WEFT_ASSERT(priority <= WEFT_FREERTOS_LEVELS, "a ceiling above the levels");
    __asm__ volatile("mrs %0, basepri\n\tmsr basepri_max, %1\n\tisb"
                     : "=&r"(key)
                     : "r"(base)
                     : "memory");
    return key;
}

void weft_port_ceiling_restore(unsigned key)
{
    __asm__ volatile("msr basepri, %0" ::"r"(key) : "memory");
}

#endif
