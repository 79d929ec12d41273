/* threads.h - threads that are used again, for many rounds
 * SPDX-License-Identifier: MIT
 *
 * With the thread sanitizer a new thread costs a millisecond, a thousand times
 * what a round is about. In the long form (WEFT_ROUNDS is set, real port) a
 * thread that was joined waits for the next one to be started.
 */
#ifndef WEFT_TEST_THREADS_H
#define WEFT_TEST_THREADS_H

#include <stdlib.h>

#include "tests/support/test.h"
#include "weft/base/atomic.h"
#include "weft/base/spinlock.h"
#include "weft/port.h"
#include "weft/thread.h"

struct reused_thread {
    weft_port_thread_t thread;
    struct reused_thread *next; /* of those that wait */
    weft_port_thread_fn *run;
    void *ctx;
    uintptr_t state; /* atomic */
};

enum { REUSED_IDLE, REUSED_BUSY, REUSED_DONE };

static struct reused_thread *reused_first;
static weft_spinlock_t reused_lock;

static inline void reused__wait_while(uintptr_t *state, uintptr_t value)
{
    for (int i = 0; i < 2000; i++) {
        if (weft_atomic_load_acquire_word(state) != value) {
            return;
        }
        weft_hook_spin();
    }
    while (weft_atomic_load_acquire_word(state) == value) {
        weft_port_sleep(state, value, UINT64_MAX);
    }
}

static inline void reused__set(struct reused_thread *reused, uintptr_t state)
{
    weft_atomic_store_release_word(&reused->state, state);
    weft_port_wake(&reused->state);
}

static inline void reused__body(void *ctx)
{
    struct reused_thread *reused = (struct reused_thread *)ctx;

    for (;;) {
        reused__wait_while(&reused->state, REUSED_IDLE);
        reused->run(reused->ctx);
        weft_thread_leave();
        reused__set(reused, REUSED_DONE);
        reused__wait_while(&reused->state, REUSED_DONE);
    }
}

static inline struct reused_thread *reused__take(void)
{
    struct reused_thread *reused;
    unsigned key = weft_lock_mask(&reused_lock);

    reused = reused_first;
    if (reused != NULL) {
        reused_first = reused->next;
    }
    weft_unlock_mask(&reused_lock, key);
    return reused;
}

static inline void reused__give(struct reused_thread *reused)
{
    unsigned key = weft_lock_mask(&reused_lock);

    reused->next = reused_first;
    reused_first = reused;
    weft_unlock_mask(&reused_lock, key);
}

static inline int reused_start(weft_port_thread_t *thread,
                               weft_port_thread_fn *run, void *ctx)
{
    struct reused_thread *reused;

    if (getenv("WEFT_ROUNDS") == NULL) {
        return weft_port_thread_start(thread, run, ctx);
    }
    reused = reused__take();
    if (reused == NULL) {
        int rc;
        reused = (struct reused_thread *)calloc(1, sizeof(*reused));
        CHECK(reused != NULL);
        rc = weft_port_thread_start(&reused->thread, reused__body, reused);
        if (rc < 0) {
            free(reused);
            return rc;
        }
    }
    reused->run = run;
    reused->ctx = ctx;
    thread->ctx = reused;
    reused__set(reused, REUSED_BUSY);
    return 0;
}

static inline void reused_join(weft_port_thread_t *thread)
{
    struct reused_thread *reused = (struct reused_thread *)thread->ctx;

    if (getenv("WEFT_ROUNDS") == NULL) {
        weft_port_thread_join(thread);
        return;
    }
    reused__wait_while(&reused->state, REUSED_BUSY);
    reused__set(reused, REUSED_IDLE);
    reused__give(reused);
}

#define weft_port_thread_start reused_start
#define weft_port_thread_join reused_join

#endif
