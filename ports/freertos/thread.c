/* thread.c - freertos: threads from a static pool of RTOS tasks
 * SPDX-License-Identifier: MIT
 *
 * A task of the pool is created when it is first needed and never deleted: the
 * kernel does not say when the memory of a deleted one is free. Between two
 * threads it sleeps on its state word:
 *
 *     FREE -> TAKEN      1  weft_port_thread_start, by compare and swap
 *     TAKEN -> RUNNING   2  weft_port_thread_start
 *     RUNNING -> ENDED   3  the task, after run
 *     ENDED -> FREE      4  weft_port_thread_join
 */
#include "ports/freertos/record.h"
#include "weft/base/atomic.h"
#include "weft/base/hooks.h"
#include "weft/error.h"

enum state { FREE, TAKEN, RUNNING, ENDED };

static struct slot {
    uintptr_t state;
    weft_port_thread_fn *run;
    void *ctx;
    bool created;
    unsigned priority;
    StaticTask_t task;
    _Alignas(8) StackType_t stack[WEFT_FREERTOS_STACK];
} slots[WEFT_FREERTOS_THREADS];

static void set(struct slot *slot, enum state state)
{
    const uintptr_t *word = &slot->state;

    weft_atomic_store_release_word(&slot->state, state);
    weft_port_wake(word);
}

/* Sleeps while it is not, or while it is, in that state. */
static void wait_while(struct slot *slot, bool is, enum state state)
{
    uintptr_t now = weft_atomic_load_acquire_word(&slot->state);

    while ((now == (uintptr_t)state) == is) {
        weft_port_sleep(&slot->state, now, UINT64_MAX);
        now = weft_atomic_load_acquire_word(&slot->state);
    }
}

static void work(void *ctx)
{
    struct slot *slot = ctx;
    struct weft__record *record = &weft__records[slot - slots];

    weft__record_bind(record);
    for (;;) {
        wait_while(slot, false, RUNNING);
        weft__record_clear(record);
        slot->run(slot->ctx);
        set(slot, ENDED);
    }
}

static struct slot *take(void)
{
    unsigned i;

    for (i = 0; i < WEFT_FREERTOS_THREADS; i++) {
        uintptr_t free = FREE;

        if (weft_atomic_cas_acquire_word(&slots[i].state, &free, TAKEN)) {
            return &slots[i];
        }
    }
    return NULL;
}

/* One that was created sleeps until its state changes, and keeps its name. The
 * handle of a static task is the address of its memory. */
static void prepare(struct slot *slot, const weft_port_thread_t *thread)
{
    unsigned priority =
        thread->priority != 0 ? thread->priority : WEFT_FREERTOS_PRIORITY;

#if INCLUDE_vTaskPrioritySet == 1
    if (slot->created && priority != slot->priority) {
        vTaskPrioritySet((TaskHandle_t)&slot->task, priority);
    }
#endif
    slot->priority = priority;
}

static void create(struct slot *slot, const char *name)
{
    const struct weft__kernel_task task = {
        .name = name != NULL ? name : "weft",
        .run = work,
        .ctx = slot,
        .priority = slot->priority,
        .core = ((unsigned)(slot - slots) + 1u) % WEFT__CORES,
    };

    weft__kernel_task_create(&task, slot->stack, &slot->task);
}

int weft_port_thread_start(weft_port_thread_t *thread, weft_port_thread_fn *run,
                           void *ctx)
{
    struct slot *slot;

    WEFT_ASSERT(!weft__kernel_in_interrupt(), "thread start in an interrupt");
    if (thread->stack_size > sizeof(slot->stack)) {
        return WEFT_ERR_MEMORY;
    }
    slot = take();
    if (slot == NULL) {
        return WEFT_ERR_UNSUPPORTED;
    }
    thread->run = slot->run = run;
    thread->ctx = slot->ctx = ctx;
    thread->handle[0] = (uintptr_t)(slot - slots);
    prepare(slot, thread);
    set(slot, RUNNING);
    if (!slot->created) {
        slot->created = true;
        create(slot, thread->name);
    }
    return WEFT_OK;
}

void weft_port_thread_join(weft_port_thread_t *thread)
{
    struct slot *slot = &slots[thread->handle[0]];

    WEFT_ASSERT(thread->handle[0] < WEFT_FREERTOS_THREADS &&
                    weft_atomic_load_relaxed_word(&slot->state) >= RUNNING,
                "join of a thread that is not there");
    wait_while(slot, true, RUNNING);
    weft_atomic_store_release_word(&slot->state, FREE);
}
