/* sleep.c - freertos: a task sleeps on a semaphore of its own
 * SPDX-License-Identifier: MIT
 *
 *     sleep: asleep_on = word;  *word == asleep?  take the semaphore
 *     wake:  for each record with asleep_on == word: give its semaphore
 *
 * Both sides write before they read, and so at least one sees the other. The
 * semaphore is binary and never deleted: a wake that comes late gives one
 * that ends a sleep too early, which may happen at any time. Notifications
 * are not used: a task's user has plans for them.
 */
#include "ports/freertos/clock.h"
#include "ports/freertos/record.h"
#include "weft/base/atomic.h"
#include "weft/base/hooks.h"

void weft_port_sleep(const uintptr_t *word, uintptr_t asleep,
                     uint64_t deadline_us)
{
    struct weft__record *record = weft__record_own();
    TickType_t ticks;

    WEFT_ASSERT(!weft__kernel_in_interrupt(), "sleep in an interrupt");
    WEFT_ASSERT(record->task != NULL, "sleep before the scheduler runs");
    WEFT_ASSERT(!weft__kernel_masked(), "sleep with interrupts masked");
    if (record->wake == NULL) {
        record->wake = xSemaphoreCreateBinaryStatic(&record->wake_memory);
    }
    weft_atomic_store_seq_cst_word(&record->asleep_on, (uintptr_t)word);
    weft_atomic_fence_seq_cst();
    if (weft_atomic_load_seq_cst_word(word) == asleep) {
        ticks = weft__clock_ticks_until(deadline_us);
        if (ticks > 0) {
            (void)xSemaphoreTake(record->wake, ticks);
        }
    }
    weft_atomic_store_release_word(&record->asleep_on, 0);
}

void weft_port_wake(const uintptr_t *word)
{
    BaseType_t yield = pdFALSE;
    unsigned i;

    weft_atomic_fence_seq_cst();
    for (i = 0; word != NULL && i < WEFT__RECORDS; i++) {
        struct weft__record *record = &weft__records[i];

        if (weft_atomic_load_seq_cst_word(&record->asleep_on) ==
            (uintptr_t)word) {
            weft__kernel_give(record->wake, &yield);
        }
    }
    if (yield != pdFALSE) {
        /* The kernel switches where the interrupt ends. */
        portYIELD_FROM_ISR(yield);
    }
}
