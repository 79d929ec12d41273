/* flags.h - 32 flags of one task, fiber or thread
 * SPDX-License-Identifier: MIT
 *
 * When to use it: one task, fiber or thread serves several sources (the end of
 * a transfer, a key, a tick) and waits for any, or for all of some of them.
 * The flags are a member of its frame, or beside it. For one source a
 * weft/event.h is enough; for values take a weft/channel.h.
 *
 * Example:
 *
 *     enum { SENT = 1, RECEIVED = 2, KEY = 4 };
 *     static weft_flags_t work = WEFT_FLAGS_INIT;
 *
 *     struct server { weft_task_t task; weft_await_t await; uint32_t got; };
 *     WEFT_TASK(server)
 *     {
 *         WEFT_BEGIN;
 *         WEFT_AWAIT(weft_flags_wait_all, &work, SENT | RECEIVED);
 *         for (;;) {
 *             WEFT_AWAIT(weft_flags_wait_any, &work, RECEIVED | KEY,
 *                        &self->got);
 *             if ((self->got & KEY) != 0) { toggle_led(); }
 *         }
 *         WEFT_END;
 *     }
 *     void key_interrupt(void) { weft_flags_set(&work, KEY); }
 *
 * A wait clears the flags that it was for and that it found, and no others, in
 * the same step that ends it: a set is lost only on a flag that is set. A wait
 * that was cancelled or timed out has cleared nothing.
 *
 * Context: set, clear, get and the try forms from any thread, core and
 * interrupt; wait from one task, fiber or thread at a time. Memory: the
 * caller's; who has waited may free it if nobody else sets a flag.
 */
#ifndef WEFT_FLAGS_H
#define WEFT_FLAGS_H

#include <stdint.h>

#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_flags {
    const weft_object_ops_t *ops;
    /* private */
    weft_node_t *waiter;
    uint32_t word;  /* atomic: LOCK */
    uint32_t flags; /* under the lock */
} weft_flags_t;
WEFT_SIZE_ASSERT(weft_flags_t, 16, 24);

extern const weft_object_ops_t weft__flags_ops;

#define WEFT_FLAGS_INIT                                                        \
    {                                                                          \
        &weft__flags_ops, 0, 0, 0                                              \
    }

/* No flag is set. */
void weft_flags_init(weft_flags_t *flags);

/* Sets these, and ends the wait that is for them. */
void weft_flags_set(weft_flags_t *flags, uint32_t mask);

/* Clears these; which of them were set. */
uint32_t weft_flags_clear(weft_flags_t *flags, uint32_t mask);

/* Those that are set, at this moment. */
uint32_t weft_flags_get(weft_flags_t *flags);

/* 0: at least one of these was set; those that were are cleared and, where
 * got is not NULL, in *got. WEFT_ERR_EMPTY. A mask of 0: an assertion. */
int weft_flags_try_wait_any(weft_flags_t *flags, uint32_t mask, uint32_t *got);

/* 0: all of these were set, and are cleared; WEFT_ERR_EMPTY: not all were,
 * none is cleared. A mask of 0: an assertion. */
int weft_flags_try_wait_all(weft_flags_t *flags, uint32_t mask);

/* WEFT_AWAIT(weft_flags_wait_any, &flags, mask, &got): 0; WEFT_ERR_BUSY:
 * another waits; WEFT_ERR_CANCELLED; with a limit WEFT_ERR_TIMEOUT. got is not
 * NULL, stays in place until then, and is used meanwhile. */
int weft_flags_wait_any_begin(weft_await_t *await, weft_flags_t *flags,
                              uint32_t mask, uint32_t *got);

/* WEFT_AWAIT(weft_flags_wait_all, &flags, mask): the same for all of them. */
int weft_flags_wait_all_begin(weft_await_t *await, weft_flags_t *flags,
                              uint32_t mask);

/* The same in a fiber or a thread, which it blocks. */
int weft_flags_wait_any(weft_flags_t *flags, uint32_t mask, uint32_t *got);
int weft_flags_wait_any_until(weft_flags_t *flags, uint32_t mask, uint32_t *got,
                              uint64_t deadline_us);
int weft_flags_wait_all(weft_flags_t *flags, uint32_t mask);
int weft_flags_wait_all_until(weft_flags_t *flags, uint32_t mask,
                              uint64_t deadline_us);

#ifdef __cplusplus
}
#endif

#endif
