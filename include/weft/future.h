/* future.h - a result that arrives once, and what happens when it does
 * SPDX-License-Identifier: MIT
 *
 * When to use it: where one side asks and another answers later, in its own
 * time: a request to a service (weft/service.h), a job for a pool
 * (weft/job.h), a transfer that an interrupt ends. Values go in a struct of
 * the user's own, around the future.
 *
 * Example:
 *
 *     struct reading { weft_future_t future; int celsius; };
 *
 *     static struct reading reading;
 *
 *     void adc_interrupt(void)
 *     {
 *         reading.celsius = adc_value();
 *         weft_future_resolve(&reading.future);
 *     }
 *
 *     int measure(void)
 *     {
 *         weft_future_init(&reading.future);
 *         adc_start();
 *         return weft_future_await(&reading.future);
 *     }
 *
 * A future is pending until it is settled, once: resolved, failed with an
 * error, or cancelled. What happens then is chosen by who asks, before the
 * future is shown to who answers, and who answers cannot tell:
 *
 *   nothing said       it can be awaited, by any number of tasks, fibers and
 *                      threads, before or after it settles
 *   weft_future_then   a function is called, once
 *   weft_future_on     the same, on an executor of one's own
 *   weft_reply_init    it comes to a service as a message (weft/service.h)
 *   weft_future_forget its memory goes back by itself
 *
 * This stays until something else is said, also when it is used again.
 *
 * When it is settled the future is out of Weft's hands, before its function is
 * called: that may use it again, or free it. Who has awaited it may free it
 * when the await has returned, if nobody else awaits it. An await that ends by
 * its own cancel or limit ends that wait only: the future is still pending, and
 * its memory must live until it settles (ask weft_future_state).
 *
 * Cancel: of a plain future settles it at once, unless it was settled; who
 * answers later is told that it had no effect, so the memory must outlive that
 * answer. Of a request that was sent it only asks: see weft/service.h.
 *
 * Context: settle, cancel, state and result from any thread, core and
 * interrupt; await from a task, a fiber or a thread. The function of
 * weft_future_then runs where the future is settled, maybe in an interrupt.
 * Settling ends all awaits, WEFT_STEP in one hold of the lock; in an interrupt
 * it takes as long as there are any.
 * Memory: the caller's; 16 bytes on 32 bits.
 */
#ifndef WEFT_FUTURE_H
#define WEFT_FUTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/allocator.h"
#include "weft/base/atomic.h"
#include "weft/base/link.h"
#include "weft/executor.h"
#include "weft/select.h"
#include "weft/wait.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_future weft_future_t;
typedef void weft_future_fn(weft_future_t *future);

enum weft_future_state {
    WEFT_FUTURE_PENDING = 0,
    WEFT_FUTURE_RESOLVED = 1,
    WEFT_FUTURE_FAILED = 2,
    WEFT_FUTURE_CANCELLED = 3,
};

/* A result or error of a future lies between these two. */
#define WEFT_FUTURE_RESULT_MIN (-32768)
#define WEFT_FUTURE_RESULT_MAX 32767

/* All zero is a pending future that can be awaited. The word has a lock's bit,
 * the state, and the code of a request or the result: src/futures/future.c. */
struct weft_future {
    /* private */
    const weft_object_ops_t *ops;
    uint32_t word;    /* atomic */
    weft_link_t link; /* of a request: in a mailbox */
    uintptr_t then;   /* who waits, a function, or a completion */
};
WEFT_SIZE_ASSERT(weft_future_t, 16, 32);

extern const weft_object_ops_t weft__future_ops;

#define WEFT_FUTURE_INIT                                                       \
    {                                                                          \
        &weft__future_ops, 0, {0}, 0                                           \
    }

enum {
    WEFT__FUTURE_STATE_SHIFT = 1,
    WEFT__FUTURE_STATE = 6,
    WEFT__FUTURE_SENT = 8,
    WEFT__FUTURE_CANCEL = 16,
    WEFT__FUTURE_POSTED = 1024,
};

/* Makes it pending, to be awaited. It must not be pending with somebody. */
void weft_future_init(weft_future_t *future);

/* Makes it pending; when it is settled fn is called, once, there. */
void weft_future_then(weft_future_t *future, weft_future_fn *fn);

/* How more than a function is told, for who makes a new kind of completion:
 * complete is called once, when the future is settled and may go. */
typedef struct weft_completion weft_completion_t;
struct weft_completion {
    void (*complete)(weft_completion_t *completion, weft_future_t *future);
    bool carries; /* private: the future is in use until it has arrived */
};
void weft_future_complete(weft_future_t *future, weft_completion_t *completion);

/* Makes it pending; when it is settled fn is called on executor; where that
 * has stopped, there. `on` is memory for it, one for each future, that lives
 * as long as the future, and is free when fn is called. */
typedef struct weft_future_on {
    /* private */
    weft_completion_t completion;
    weft_runnable_t runnable;
    weft_executor_t *executor;
    weft_future_t *future;
    weft_future_fn *fn;
} weft_future_on_t;
void weft_future_on(weft_future_t *future, weft_future_on_t *on,
                    weft_executor_t *executor, weft_future_fn *fn);

/* Makes it pending; when it is settled its memory, size bytes with the future
 * as the first member, goes back to the allocator. `forget` says where: one
 * for all futures of a kind, that outlives them. allocator NULL: the C
 * library's. In a build for chips allocators are not for interrupts. */
typedef struct weft_forget {
    /* private */
    weft_completion_t completion;
    const weft_allocator_t *allocator;
    size_t size;
} weft_forget_t;
void weft_forget_init(weft_forget_t *forget, const weft_allocator_t *allocator,
                      size_t size);
void weft_future_forget(weft_future_t *future, weft_forget_t *forget);

/* Settles it: rc 0 or more resolves it, an error fails it with that. False: it
 * had been cancelled, nothing has happened. A second settling is an assertion,
 * and so is an rc out of WEFT_FUTURE_RESULT_MIN to WEFT_FUTURE_RESULT_MAX, and
 * one of a request, which its service settles. What was written before is seen
 * by who awaits. */
bool weft_future_settle(weft_future_t *future, int rc);

static inline bool weft_future_resolve(weft_future_t *future)
{
    return weft_future_settle(future, WEFT_OK);
}

static inline bool weft_future_fail(weft_future_t *future, int error)
{
    WEFT_ASSERT(error < 0, "a future failed without an error");
    return weft_future_settle(future, error);
}

/* Settles it as cancelled; false: it was settled before. Of a request in
 * flight: true, and its service settles it; who handles it may see the wish by
 * weft_future_cancel_asked. */
bool weft_future_cancel(weft_future_t *future);

static inline enum weft_future_state weft_future_state(
    const weft_future_t *future)
{
    uint32_t word = weft_atomic_load_acquire_u32(&future->word);

    return (enum weft_future_state)((word & WEFT__FUTURE_STATE) >>
                                    WEFT__FUTURE_STATE_SHIFT);
}

static inline bool weft_future_settled(const weft_future_t *future)
{
    return weft_future_state(future) != WEFT_FUTURE_PENDING;
}

static inline bool weft_future_cancel_asked(const weft_future_t *future)
{
    return (weft_atomic_load_acquire_u32(&future->word) &
            WEFT__FUTURE_CANCEL) != 0;
}

/* What it was settled with: 0 or more, its error, WEFT_ERR_CANCELLED.
 * WEFT_PENDING: it is not. */
int weft_future_result(const weft_future_t *future);

/* WEFT_AWAIT_RC(rc, weft_future_await, &future): waits until it is settled; its
 * result. WEFT_ERR_CANCELLED, with a limit WEFT_ERR_TIMEOUT: maybe of this wait
 * only. Of one with a function: an assertion. */
int weft_future_await_begin(weft_await_t *await, weft_future_t *future);
int weft_future_await(weft_future_t *future);
int weft_future_await_until(weft_future_t *future, uint64_t deadline_us);

/* In a select: its rc is 0 when the future is settled, and then
 * weft_future_result says how. */
extern const weft_case_ops_t weft__case_future_ops;
static inline weft_case_t weft_case_future(weft_future_t *future)
{
    return weft_case(&weft__case_future_ops, future, 0);
}

#ifdef __cplusplus
}
#endif

#endif
