/* coroutine.h - suspend and resume on an own stack, with no scheduler
 * SPDX-License-Identifier: MIT
 *
 * When to use it: for a generator or a state machine that reads as straight
 * code. It is only a control flow: for something that waits take a task.
 *
 * Example:
 *
 *     struct count { weft_coroutine_t coroutine; int value; };
 *
 *     static void count_up(weft_coroutine_t *self, void *ctx)
 *     {
 *         for (struct count *count = ctx; count->value < 3; count->value++) {
 *             weft_coroutine_suspend(self);
 *         }
 *     }
 *     ...
 *     static char stack[16384];
 *     struct count c = {.value = 0};
 *     weft_coroutine_init(&c.coroutine, stack, sizeof(stack), count_up, &c);
 *     while (weft_coroutine_resume(&c.coroutine)) { use(c.value); }
 *
 * Where a switch must cost next to nothing, weft/inlined.h does it without a
 * call.
 *
 * Context: task level. A coroutine may be resumed from different threads, one
 * after another, and coroutines nest to any depth.
 * Memory: the caller's, stack too; both are kept until it has finished or
 * weft_coroutine_deinit was called.
 */
#ifndef WEFT_COROUTINE_H
#define WEFT_COROUTINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weft/config.h"

#ifdef __cplusplus
extern "C" {
#endif

/* The least size of a stack that init takes. What the function itself needs
 * comes on top: a host's printf wants 8 KB. */
#define WEFT_COROUTINE_STACK_MIN 1024

typedef struct weft_coroutine weft_coroutine_t;
typedef void weft_coroutine_fn(weft_coroutine_t *self, void *ctx);

struct weft_coroutine {
    /* private */
    void *context; /* its own while it stands, its resumer's while it runs */
    weft_coroutine_fn *fn;
    void *ctx;
    void *stack;
    size_t stack_size;
    int result; /* of a fiber: what its last switch gives to its home */
    uint8_t state;
    uint8_t watched;   /* somebody wants to know of switches */
    uint32_t stack_id; /* what Valgrind calls the stack */
};
WEFT_SIZE_ASSERT(weft_coroutine_t, 32, 56);

/* Of `state`: src/coro/coroutine.c has the diagram. */
enum weft__coroutine_state {
    WEFT__COROUTINE_STANDING,
    WEFT__COROUTINE_RUNNING,
    WEFT__COROUTINE_FINISHED
};

/* Prepares fn(self, ctx) to run on the stack of size bytes from stack up; it
 * starts at the first resume. */
void weft_coroutine_init(weft_coroutine_t *self, void *stack, size_t size,
                         weft_coroutine_fn *fn, void *ctx);

/* Runs it until it suspends (true) or returns (false). Of a running or a
 * finished one: an assertion. */
bool weft_coroutine_resume(weft_coroutine_t *self);

/* Goes back to whoever resumed it, until the next resume. Called from inside:
 * of one that does not run it is an assertion. */
void weft_coroutine_suspend(weft_coroutine_t *self);

bool weft_coroutine_finished(const weft_coroutine_t *self);

/* Ends the use of the memory. One that stands suspended is dropped: its frames
 * never go on, what they hold is the caller's concern. Of a running one: an
 * assertion. Not needed after it has finished. */
void weft_coroutine_deinit(weft_coroutine_t *self);

/* private: what its overflow is called, with WEFT_STACK_LIMIT. Kept. After
 * init, while it stands. */
void weft__coroutine_name(weft_coroutine_t *self, const char *name);

#ifdef __cplusplus
}
#endif

#endif
