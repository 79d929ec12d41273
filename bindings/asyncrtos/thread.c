/* thread.c - threads that end when they like
 * SPDX-License-Identifier: MIT
 */
#include "bindings/asyncrtos/thread.h"

#include <stdio.h>

#include "bindings/asyncrtos/config.h"
#include "bindings/asyncrtos/memory.h"
#include "weft/base/atomic.h"

static void *ended;      /* atomic: a stack of blocks */
static uint32_t count;   /* atomic: of blocks that are there */
static uint32_t running; /* atomic: of threads that have work to do */

static void work(void *ctx)
{
    aos__thread_t *thread = ctx;

    weft_atomic_store_release_ptr(&thread->local, weft_port_local());
    thread->run(thread);
    weft_atomic_store_release_ptr(&thread->local, NULL);
    (void)weft_atomic_fetch_sub_release_u32(&running, 1);
    if (thread->left) {
        void *first = weft_atomic_load_relaxed_ptr(&ended);

        do {
            thread->next = first;
        } while (!weft_atomic_cas_acq_rel_ptr(&ended, &first, thread));
    }
}

static size_t stack_size(unsigned asked)
{
    size_t size = asked != 0 ? asked : CONFIG_AOS_TASK_STACKSIZEDEFAULT;

    return size != 0 && size < AOS__STACK_MIN ? AOS__STACK_MIN : size;
}

aos__thread_t *aos__thread_new(size_t size,
                               const struct aos__thread_hints *hints)
{
    aos__thread_t *thread = aos__alloc(size);

    if (thread == NULL) {
        return NULL;
    }
    (void)weft_atomic_fetch_add_relaxed_u32(&count, 1);
    thread->port.stack_size = stack_size(hints->stack_size);
    thread->port.priority = hints->priority != 0
                                ? hints->priority
                                : CONFIG_AOS_TASK_PRIORITYDEFAULT;
    if (hints->name != NULL) {
        (void)snprintf(thread->name, sizeof(thread->name), "%s", hints->name);
        thread->port.name = thread->name;
    }
    return thread;
}

static void discard(aos__thread_t *thread)
{
    (void)weft_atomic_fetch_sub_relaxed_u32(&count, 1);
    aos__free(thread);
}

bool aos__thread_start(aos__thread_t *thread,
                       void (*run)(aos__thread_t *thread))
{
    thread->run = run;
    (void)weft_atomic_fetch_add_relaxed_u32(&running, 1);
    if (weft_port_thread_start(&thread->port, work, thread) < 0) {
        (void)weft_atomic_fetch_sub_relaxed_u32(&running, 1);
        discard(thread);
        return false;
    }
    return true;
}

void aos__thread_join(aos__thread_t *thread)
{
    if (thread != NULL) {
        weft_port_thread_join(&thread->port);
        discard(thread);
    }
}

bool aos__thread_here(aos__thread_t *thread)
{
    return thread != NULL &&
           weft_atomic_load_acquire_ptr(&thread->local) == weft_port_local();
}

unsigned aos__threads_join(void)
{
    aos__thread_t *thread = weft_atomic_exchange_acq_rel_ptr(&ended, NULL);

    while (thread != NULL) {
        aos__thread_t *next = thread->next;

        aos__thread_join(thread);
        thread = next;
    }
    return weft_atomic_load_relaxed_u32(&count);
}

unsigned aos__threads_running(void)
{
    return weft_atomic_load_acquire_u32(&running);
}
