/* record.c - freertos: who runs here: an RTOS task's record, found by handle
 * SPDX-License-Identifier: MIT
 *
 * No thread-local storage slot of the kernel is used: users have their own
 * plans for them. The handle of the running task is compared with that of the
 * record which this core used last, and then with all.
 */
#include "ports/freertos/record.h"

#include <string.h>

#include "weft/base/atomic.h"
#include "weft/base/hooks.h"

struct weft__record weft__records[WEFT__RECORDS];

/* Of who runs before the scheduler does. It is never the one to look at first
 * where the kernel has tasks already: its handle is none. */
static struct weft__record boot;

/* Where each core looks first. Whatever it is, the handle decides. */
static void *last[WEFT__CORES];

/* Of interrupt levels: what they interrupt has none, or another use for it. */
static weft_local_t level_local[WEFT__CORES];

static bool is_of(struct weft__record *record, void *task)
{
    return weft_atomic_load_relaxed_ptr(&record->task) == task;
}

static struct weft__record *find(void *task)
{
    unsigned i;

    for (i = 0; i < WEFT__RECORDS; i++) {
        if (is_of(&weft__records[i], task)) {
            return &weft__records[i];
        }
    }
    return NULL;
}

static struct weft__record *take(void *task)
{
    unsigned i;

    for (i = WEFT__RECORD_FREE; i < WEFT__RECORDS; i++) {
        void *nobody = NULL;

        if (weft_atomic_cas_acquire_ptr(&weft__records[i].task, &nobody,
                                        task)) {
            return &weft__records[i];
        }
    }
    weft_hook_panic(__FILE__, __LINE__,
                    "more RTOS tasks use Weft than WEFT_FREERTOS_TASKS");
}

/* Out of line: once for each task, or when cores and tasks change. */
static __attribute__((noinline)) struct weft__record *look_up(void *task)
{
    struct weft__record *record;

    if (!weft__kernel_started()) {
        return &boot;
    }
    record = find(task);
    if (record == NULL) {
        record = take(task);
    }
    weft_atomic_store_release_ptr(&last[weft__kernel_core()], record);
    return record;
}

struct weft__record *weft__record_own(void)
{
    void *task = (void *)xTaskGetCurrentTaskHandle();
    struct weft__record *record =
        (struct weft__record *)weft_atomic_load_acquire_ptr(
            &last[weft__kernel_core()]);

    return record != NULL && is_of(record, task) ? record : look_up(task);
}

void weft__record_bind(struct weft__record *record)
{
    weft_atomic_store_release_ptr(&record->task,
                                  (void *)xTaskGetCurrentTaskHandle());
}

void weft__record_clear(struct weft__record *record)
{
    memset(&record->local, 0, sizeof(record->local));
    memset(record->room, 0, sizeof(record->room));
}

weft_local_t *weft_port_local(void)
{
    return weft__kernel_in_interrupt() ? &level_local[weft__kernel_core()]
                                       : &weft__record_own()->local;
}

void *weft_port_thread_room(size_t size)
{
    struct weft__record *record = weft__record_own();

    return size <= sizeof(record->room) ? record->room : NULL;
}

void weft_freertos_task_end(void)
{
    struct weft__record *record = find((void *)xTaskGetCurrentTaskHandle());

    WEFT_ASSERT(!weft__kernel_in_interrupt(),
                "weft_freertos_task_end in an interrupt");
    if (record == NULL) {
        return;
    }
    WEFT_ASSERT(record >= &weft__records[WEFT__RECORD_FREE],
                "weft_freertos_task_end of a thread of the port");
    WEFT_ASSERT(record->local.home == NULL && record->local.thread == NULL,
                "an RTOS task ends that runs a loop, or did not leave");
    weft__record_clear(record);
    weft_atomic_store_release_ptr(&record->task, NULL);
}

unsigned weft_port_core(void)
{
    return weft__kernel_core();
}

unsigned weft_port_core_count(void)
{
    return WEFT__CORES;
}
