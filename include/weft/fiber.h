/* fiber.h - a function with its own stack that an executor runs
 * SPDX-License-Identifier: MIT
 *
 * When to use it: for code that waits in the midst of calls, loops and
 * libraries, written as ordinary blocking code. Where a few dozen bytes count
 * take a task (weft/task.h): both wait for the same objects.
 *
 * Example:
 *
 *     static int greet(void *ctx)
 *     {
 *         weft_sleep(WEFT_MS(100));
 *         return puts((const char *)ctx);
 *     }
 *     ...
 *     static weft_fiber_t fiber;
 *     static char stack[16384];
 *     weft_fiber_init(&fiber, "greeter", stack, sizeof(stack));
 *     weft_go(&loop.executor, &fiber, greet, "hello");
 *
 *     weft_fiber_join(&fiber);
 *
 * To executors and scopes a fiber is a task: weft_spawn, weft_scope_spawn and
 * spawners take what weft_fiber_task() gives. It runs on loops and on pools.
 *
 * Context: init and weft_fiber_task while it does not live; yield, switch_to
 * and every waiting call in the fiber itself. Memory: the caller's, stack
 * too, until it was joined (see weft/task.h).
 */
#ifndef WEFT_FIBER_H
#define WEFT_FIBER_H

#include "weft/coroutine.h"
#include "weft/stack.h"
#include "weft/task.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef int weft_fiber_fn(void *ctx);

typedef struct weft_fiber {
    /* private */
    weft_pool_task_t task;
    weft_coroutine_t coroutine; /* its ctx and stack are set from the start */
    weft_fiber_fn *fn;
    const char *name;
    weft_stack_pool_t *stacks; /* NULL: the stack is the caller's */
} weft_fiber_t;
WEFT_SIZE_ASSERT(weft_fiber_t, 96, 184);

enum weft_fiber_state {
    WEFT_FIBER_IDLE,     /* never spawned */
    WEFT_FIBER_LIVE,     /* ready, or waiting */
    WEFT_FIBER_RUNNING,  /* it is the one that asks */
    WEFT_FIBER_FINISHED, /* may be joined, and spawned again */
};

/* A fiber on the stack of size bytes from stack up. Keeps name, which is for
 * messages. A size below WEFT_COROUTINE_STACK_MIN is an assertion. Where
 * WEFT_STACK_CANARY is 1 it writes all of the stack, and an overflow is an
 * assertion that names the fiber, at its next wait or at its end. */
void weft_fiber_init(weft_fiber_t *fiber, const char *name, void *stack,
                     size_t size);

/* A fiber that takes a stack from a pool when it first runs and gives it back
 * at its end. Where the pool has none left the fiber ends with WEFT_ERR_MEMORY,
 * and fn never runs. */
void weft_fiber_init_pooled(weft_fiber_t *fiber, const char *name,
                            weft_stack_pool_t *stacks);

/* Makes it ready to run fn(ctx), whose result is the fiber's (any but
 * WEFT_PENDING); to be handed to weft_spawn, weft_scope_spawn or a spawner. Of
 * a live one: an assertion. */
weft_task_t *weft_fiber_task(weft_fiber_t *fiber, weft_fiber_fn *fn, void *ctx);

/* Both in one: weft_fiber_task and weft_spawn, with its errors; WEFT_ERR_BUSY:
 * the fiber lives, nothing is done. */
int weft_go(weft_executor_t *executor, weft_fiber_t *fiber, weft_fiber_fn *fn,
            void *ctx);

/* As of tasks, see weft/task.h. In a task:
 * WEFT_AWAIT_RC(rc, weft_fiber_join, &fiber). */
int weft_fiber_join(weft_fiber_t *fiber);
int weft_fiber_join_until(weft_fiber_t *fiber, uint64_t deadline_us);
int weft_fiber_join_begin(weft_await_t *await, weft_fiber_t *fiber);
void weft_fiber_cancel(weft_fiber_t *fiber);
bool weft_fiber_finished(const weft_fiber_t *fiber);
int weft_fiber_result(const weft_fiber_t *fiber);

/* Bytes of its stack that were ever in use at the same time. On the caller's
 * stack since init, where WEFT_STACK_CANARY is 1 (weft/config.h), else all of
 * it. On a pooled one, while it lives, as weft_stack_high_water says; else 0.
 * Context: the fiber itself, or where it does not run. */
size_t weft_fiber_stack_high_water(const weft_fiber_t *fiber);

const char *weft_fiber_name(const weft_fiber_t *fiber);
enum weft_fiber_state weft_fiber_state(const weft_fiber_t *fiber);

/* The running fiber, or NULL. */
weft_fiber_t *weft_fiber_current(void);

/* The fiber that a waiter is, or NULL: what weft_loop_look has found. */
weft_fiber_t *weft_fiber_of(const weft_waiter_t *waiter);

/* Lets what is ready run first. 0; WEFT_ERR_CANCELLED. In a thread that is no
 * executor's it only looks for a cancel. */
int weft_yield(void);

/* private: the same memory, seen as a task */
static inline weft_task_t *weft__fiber_as_task(weft_fiber_t *fiber)
{
    return (weft_task_t *)(void *)fiber;
}

/* Goes on, on executor: the next statement runs there. 0; WEFT_ERR_STOPPED:
 * it takes no more; WEFT_ERR_INVALID: this task cannot run there;
 * WEFT_ERR_CANCELLED. On an error it stays where it is. With a scope open it
 * is an assertion: timers and children of the scope stay at home.
 * WEFT_AWAIT(weft_switch_to, &executor) in a task. */
int weft_switch_to(weft_executor_t *executor);

/* private: for weft/fiber_inlined.h. A yield is begun: the coroutine that is
 * to leave now; NULL: *rc is what yield returns. Then the coroutine that a
 * pending wait's fiber is, or NULL after a thread has waited. */
weft_coroutine_t *weft__yield_leaves(int *rc);
weft_coroutine_t *weft__wait_leaves(weft_await_t *await);

#ifdef __cplusplus
}
#endif

#endif
