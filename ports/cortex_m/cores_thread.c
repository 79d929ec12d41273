/* cores_thread.c - cortex_m: a thread is a core
 * SPDX-License-Identifier: MIT
 *
 * A core that was started stays: between threads it sleeps on its job.
 *
 *     OFF  -> BUSY  1  claim; release_core starts it
 *     IDLE -> BUSY  2  claim; it sleeps, and is woken
 *     BUSY -> IDLE  3  run_job, before it says that the thread has ended
 *     BUSY -> OFF   4  await_core: it did not take the job in time
 */
#include "ports/cortex_m/cortex_m.h"

#if WEFT_CORES > 1

#include <stddef.h>
#include <string.h>

#include "ports/cortex_m/stacks.h"
#include "ports/cortex_m/start.h"
#include "weft/base/atomic.h"
#include "weft/error.h"

/* Microseconds that a core has to come up. */
#ifndef WEFT_CORE_START_US
#define WEFT_CORE_START_US 100000
#endif

enum state { OFF, IDLE, BUSY };

struct other_core {
    bool counts;     /* it has taken the time over */
    uintptr_t state; /* atomic */
    uintptr_t job;   /* atomic: the thread to run; 0: none, or taken */
};

struct weft__core_stacks weft__core_stacks[WEFT_CORES - 1]
    __attribute__((aligned(8)));

/* Of core 1 and those after it. A table needs a place of a power of two. */
static struct other_core others[WEFT_CORES - 1];
static struct weft__vectors vectors[WEFT_CORES - 1]
    __attribute__((aligned(WEFT_IRQS > 48 ? 512 : 256)));

WEFT_STATIC_ASSERT(WEFT_CORES == 2, "more than two cores were not tried");

extern char weft__tls_1[];
extern const char weft__tls_load[];
extern const char weft__tls_load_size[];

enum { ENDED = 1 }; /* of thread->handle: 1 when it has */

static int claim(unsigned *core)
{
    for (unsigned i = 0; i < WEFT_CORES - 1; i++) {
        uintptr_t was = weft_atomic_load_acquire_word(&others[i].state);

        if (was != BUSY &&
            weft_atomic_cas_acq_rel_word(&others[i].state, &was, BUSY)) {
            *core = i + 1;
            return (int)was;
        }
    }
    return WEFT_ERR_UNSUPPORTED;
}

static void core_reset(void);

static void release_core(unsigned core)
{
    struct weft__vectors *table = &vectors[core - 1];

    memcpy(table, &weft__vectors, sizeof(*table));
    table->stack = &weft__core_stacks[core - 1].interrupts[WEFT__CORE_WORDS];
    table->handlers[0] = core_reset;
    weft__core_stacks[core - 1].main[0] = WEFT__CANARY;
    weft__core_stacks[core - 1].interrupts[0] = WEFT__CANARY;
    /* Thread-local storage: its first values, as core 0 got them; the zeros
     * after them are there. */
    memcpy(weft__tls_1, weft__tls_load, (size_t)weft__tls_load_size);
    weft__barrier();
    weft_cortex_m_core_start(core, table);
}

/* Has it not taken the job by then, it is taken back: a core that comes up
 * later finds none, and sleeps. */
static int await_core(struct other_core *other, uintptr_t job)
{
    uint64_t limit_us = weft_port_now_us() + WEFT_CORE_START_US;

    while (weft_atomic_load_acquire_word(&other->job) != 0) {
        if (weft_port_now_us() >= limit_us &&
            weft_atomic_cas_acq_rel_word(&other->job, &job, 0)) {
            weft_atomic_store_release_word(&other->state, OFF);
            return WEFT_ERR_TIMEOUT;
        }
        weft__clock_hand_over();
        weft_hook_spin();
    }
    return WEFT_OK;
}

int weft_port_thread_start(weft_port_thread_t *thread, weft_port_thread_fn *run,
                           void *ctx)
{
    unsigned core = 0;
    int was = claim(&core);
    struct other_core *other;

    if (was < 0) {
        return was;
    }
    other = &others[core - 1];
    thread->run = run;
    thread->ctx = ctx;
    thread->handle[ENDED] = 0;
    weft_atomic_store_release_word(&other->job, (uintptr_t)thread);
    if (was == OFF) {
        release_core(core);
    }
    weft_port_wake(&other->job); /* also where it came up too late before */
    return was == IDLE ? WEFT_OK : await_core(other, (uintptr_t)thread);
}

void weft_port_thread_join(weft_port_thread_t *thread)
{
    uintptr_t *ended = &thread->handle[ENDED];

    WEFT_ASSERT(thread->run != NULL, "join of a thread that is not there");
    while (weft_atomic_load_acquire_word(ended) == 0) {
        weft_port_sleep(ended, 0, UINT64_MAX);
    }
    thread->run = NULL;
}

/* The thread's memory is gone when it has ended. */
static void run_job(struct other_core *other, weft_port_thread_t *thread)
{
    uintptr_t *ended = &thread->handle[ENDED];

    memset(weft_port_local(), 0, sizeof(weft_local_t));
    weft__room_clear();
    thread->run(thread->ctx);
    weft_atomic_store_release_word(&other->state, IDLE);
    weft_atomic_store_release_word(ended, 1);
    weft_port_wake(ended);
}

__attribute__((noreturn)) static void core_main(void)
{
    struct other_core *other = &others[WEFT__THIS_CORE() - 1];

    weft__core_init();
    for (;;) {
        uintptr_t job = weft_atomic_load_acquire_word(&other->job);

        if (job == 0) {
            weft_port_sleep(&other->job, 0, UINT64_MAX);
        } else if (!other->counts) {
            other->counts = weft__clock_take_over();
        } else if (weft_atomic_cas_acq_rel_word(&other->job, &job, 0)) {
            run_job(other, (weft_port_thread_t *)job);
        }
    }
}

/* Where it starts, on its stack of interrupts. */
static void core_reset(void)
{
    uint32_t *top = weft__core_stacks[WEFT__THIS_CORE() - 1].main;

    weft__enter_thread_mode(top + WEFT__CORE_WORDS, core_main);
}

#endif
