/* stack.h - pools of stacks for coroutines and fibers
 * SPDX-License-Identifier: MIT
 *
 * When to use it: wherever stacks come and go. A pooled stack costs some
 * nanoseconds and the pages that were touched; the one released last is warm
 * and is given first. Stacks start at different offsets of a page, so that
 * thousands of them do not share a few sets of the cache.
 *
 * Example:
 *
 *     static weft_stack_pool_t stacks;
 *
 *     static void work(weft_coroutine_t *self, void *ctx)
 *     {
 *         weft_coroutine_suspend(self);
 *     }
 *     ...
 *     weft_stack_t *stack;
 *     weft_coroutine_t worker;
 *
 *     weft_stack_pool_init(&stacks, NULL);
 *     if (weft_stack_acquire(&stacks, "worker", &stack) == 0) {
 *         weft_coroutine_init_on(&worker, stack, work, NULL);
 *         while (weft_coroutine_resume(&worker)) { report("%s", stack->name); }
 *         weft_stack_release(stack);
 *     }
 *     weft_stack_pool_deinit(&stacks);
 *
 * Overflow: a guard below each stack stops it, if the kernel can (Linux 6.13
 * and later: any number; older: 24 000, then a canary), and the line that is
 * printed before the end names the stack. For that a pool handles SIGSEGV and
 * SIGBUS, unless no_fault_handler: it says who it was where the address is in
 * one of its guards, and in any case goes on to the handler that was there
 * before. It works on the thread that makes the first pool and on those that
 * Weft starts; one of the host that has a sigaltstack is as good, without one
 * an overflow there is a bare fault. Unguarded stacks, and those in the
 * caller's memory, have a canary that is looked at when they are released and,
 * if `checked`, after each run.
 *
 * Small stacks: the first call of a function of a shared library, where it is
 * bound lazily, takes up to 3 KB by itself; below 8 KB link with -z now.
 *
 * Context: task level, any thread. init, deinit and trim: one at a time.
 * Memory: the port's, in slabs, which hold the bookkeeping too; or the
 * caller's. What was committed stays so until trim or deinit.
 */
#ifndef WEFT_STACK_H
#define WEFT_STACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "weft/base/list.h"
#include "weft/base/spinlock.h"
#include "weft/config.h"
#include "weft/coroutine.h"
#include "weft/port.h"

#ifdef __cplusplus
extern "C" {
#endif

/* What a stack has where the config does not say. */
#define WEFT_STACK_SIZE_DEFAULT 65536

struct weft__stack_slab;

/* A stack that was acquired; it lies on top of its memory. */
typedef struct weft_stack {
    void *base;  /* the lowest byte of what may be used */
    size_t size; /* how much */
    const char *name;
    /* private */
    struct weft_stack *next;
    struct weft__stack_slab *slab;
    uint8_t guarded;
} weft_stack_t;

/* Zero is the default. */
typedef struct weft_stack_config {
    /* What a stack takes. Of this up to a quarter, and 48 bytes, are lost to
     * different starts (guarded), or to 64 bytes more each (unguarded). */
    size_t size;
    size_t count_max;      /* so many stacks at most; 0: no limit */
    bool unguarded;        /* packed: 2048 take 2112 bytes; only a canary */
    bool measured;         /* painted, so that weft_stack_high_water works */
    bool checked;          /* the canary is looked at after each run */
    bool no_fault_handler; /* the host's signals stay as they are: an overflow
                              into a guard is a bare fault */
    void *memory;          /* the caller's; unguarded, checked and measured */
    size_t memory_size;
} weft_stack_config_t;

typedef struct weft_stack_pool {
    /* private */
    weft_spinlock_t lock;
    weft_list_t partial; /* slabs by what they have to give: some, all, none */
    weft_list_t whole;
    weft_list_t full;
    weft_stack_config_t config;
    size_t page;   /* 0: unguarded */
    size_t stride; /* from stack to stack */
    size_t slab_stacks;
    size_t slab_size;
    size_t reserved; /* stacks of all slabs, whether given yet or not */
    size_t in_use;
    unsigned growing; /* who reserves a slab now */
    weft_port_overflow_t overflow;
} weft_stack_pool_t;

/* config: copied; NULL is all zero. A size below WEFT_STACK_SIZE_MIN is an
 * assertion. Reserves nothing yet. The pool's memory stays until deinit. */
#define WEFT_STACK_SIZE_MIN (WEFT_COROUTINE_STACK_MIN + 512)
void weft_stack_pool_init(weft_stack_pool_t *pool,
                          const weft_stack_config_t *config);

/* Gives all memory back. A stack still in use is an assertion. */
void weft_stack_pool_deinit(weft_stack_pool_t *pool);

/* Gives slabs with no stack in use back to the system: how many bytes. */
size_t weft_stack_pool_trim(weft_stack_pool_t *pool);

/* Stacks that are acquired now. */
size_t weft_stack_pool_in_use(weft_stack_pool_t *pool);

/* Puts a stack in *out. name is borrowed until the release; NULL: none.
 * WEFT_ERR_MEMORY: count_max is reached, or there is no more memory. */
int weft_stack_acquire(weft_stack_pool_t *pool, const char *name,
                       weft_stack_t **out);

/* Nothing may run on it any more. Looks at the canary: a stack that has
 * overflowed is an assertion that names it. Twice: an assertion, as long as
 * nobody else has acquired it. */
void weft_stack_release(weft_stack_t *stack);

/* Bytes that were ever in use at the same time since it was acquired, from a
 * pool that is `measured`; of another one all of it. */
size_t weft_stack_high_water(const weft_stack_t *stack);

/* False when something was written at its lower end. Of a guarded one always
 * true. */
bool weft_stack_intact(const weft_stack_t *stack);

/* weft_coroutine_init on a pooled stack; with the canary looked at after each
 * run where the pool is `checked`. */
void weft_coroutine_init_on(weft_coroutine_t *self, weft_stack_t *stack,
                            weft_coroutine_fn *fn, void *ctx);

/* private: whether the canary is to be looked at after each run. */
bool weft__stack_checked(const weft_stack_t *stack);

/* private: what fills a stack that is measured, and lies in a canary. */
#define WEFT__STACK_PAINT ((uintptr_t)0xa5c3965au)

/* private: paints a stack of so many bytes from a word's boundary up, and says
 * how many are still as this has left them. */
void weft__stack_paint(void *base, size_t size);
size_t weft__stack_untouched(const void *base, size_t size);

#ifdef __cplusplus
}
#endif

#endif
