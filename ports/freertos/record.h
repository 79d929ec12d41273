/* record.h - freertos: what the port keeps for an RTOS task that uses Weft
 * SPDX-License-Identifier: MIT
 *
 * Records are static. One is found by its task's handle; a task takes a free
 * one when it first needs it and keeps it until weft_freertos_task_end. The
 * first ones belong to the port's own tasks for good: threads, then the one
 * that waits for the alarms of levels.
 */
#ifndef WEFT_PORTS_FREERTOS_RECORD_H
#define WEFT_PORTS_FREERTOS_RECORD_H

#include "ports/freertos/kernel.h"
#include "weft/port.h"

enum {
    WEFT__RECORD_ALARM = WEFT_FREERTOS_THREADS,
    WEFT__RECORD_FREE = WEFT__RECORD_ALARM + (WEFT__HAS_LEVELS ? 1 : 0),
    WEFT__RECORDS = WEFT__RECORD_FREE + WEFT_FREERTOS_TASKS,
    WEFT__ROOM_WORDS = 24,
};

struct weft__record {
    void *task; /* its handle; NULL: free */
    weft_local_t local;
    uintptr_t asleep_on; /* the address of the word; 0: awake */
    /* Given by a wake, late ones too: made once, there for ever. */
    SemaphoreHandle_t wake;
    StaticSemaphore_t wake_memory;
    _Alignas(8) uintptr_t room[WEFT__ROOM_WORDS];
};

extern struct weft__record weft__records[WEFT__RECORDS];

/* The running task's, which is taken if it has none yet. */
struct weft__record *weft__record_own(void);

/* From now on this one is the running task's. */
void weft__record_bind(struct weft__record *record);

/* As it was before its task used it, but for the semaphore. */
void weft__record_clear(struct weft__record *record);

#endif
