/* fiber.c - coroutines that an executor runs
 * SPDX-License-Identifier: MIT
 *
 * To its home a fiber is a task: its run function resumes the coroutine, and
 * gives WEFT_PENDING when that has suspended itself. It suspends only inside a
 * waiting call, which has armed what brings it back.
 */
#include "weft/fiber.h"

#include "coro/block.h"
#include "coro/switching.h"
#include "core/wait.h"

enum { FRESH = 0, STARTED = 1 }; /* waiter.label; a spawn makes it FRESH */

/* --- the caller's stack: paint and canary, where they are wanted ---------- */

static inline bool is_painted(const weft_fiber_t *fiber)
{
    return WEFT_STACK_CANARY && fiber->stacks == NULL;
}

/* The lowest word that lies in it whole: its canary. */
static inline uintptr_t *lowest_word(const weft_fiber_t *fiber)
{
    uintptr_t low = (uintptr_t)fiber->coroutine.stack;

    return (uintptr_t *)((low + sizeof(low) - 1) & ~(sizeof(low) - 1));
}

static size_t size_in_words(const weft_fiber_t *fiber)
{
    const char *end =
        (char *)fiber->coroutine.stack + fiber->coroutine.stack_size;

    return (size_t)(end - (const char *)lowest_word(fiber));
}

static inline void look_at_canary(const weft_fiber_t *fiber)
{
    if (is_painted(fiber) && *lowest_word(fiber) != WEFT__STACK_PAINT) {
        weft__stack_overflowed(weft_fiber_name(fiber));
    }
}

static weft_fiber_t *of(weft_waiter_t *waiter)
{
    return WEFT_CONTAINER_OF(waiter, weft_fiber_t, task);
}

static void body(weft_coroutine_t *coroutine, void *ctx)
{
    weft_fiber_t *fiber = WEFT_CONTAINER_OF(coroutine, weft_fiber_t, coroutine);

    coroutine->result = fiber->fn(ctx);
    WEFT_ASSERT(coroutine->result != WEFT_PENDING,
                "a fiber's result is WEFT_PENDING");
}

/* A pooled stack is taken at the first run and given back at the end: those
 * that run one after another share a warm one. */
static int start(weft_fiber_t *fiber)
{
    weft_coroutine_t *coroutine = &fiber->coroutine;
    weft_stack_t *stack;
    int rc;

    fiber->task.waiter.label = STARTED;
    if (fiber->stacks == NULL) {
        if (is_painted(fiber)) {
            /* Who joined it may have used the memory. */
            *lowest_word(fiber) = WEFT__STACK_PAINT;
        }
        weft_coroutine_init(coroutine, coroutine->stack, coroutine->stack_size,
                            body, coroutine->ctx);
        weft__coroutine_name(coroutine, weft_fiber_name(fiber));
        return WEFT_OK;
    }
    rc = weft_stack_acquire(fiber->stacks, fiber->name, &stack);
    if (rc == WEFT_OK) {
        weft_coroutine_init_on(coroutine, stack, body, coroutine->ctx);
    }
    return rc;
}

/* A pooled stack's record lies on top of it. */
static weft_stack_t *stack_of(const weft_fiber_t *fiber)
{
    return (weft_stack_t *)(void *)((char *)fiber->coroutine.stack +
                                    fiber->coroutine.stack_size);
}

static __attribute__((noinline)) int run_first(weft_fiber_t *fiber);

/* Where nobody watches the switch is right here, so that a home's call of this
 * returns as every call does, and the processor foresees it. */
static int run(weft_runnable_t *runnable)
{
    weft_fiber_t *fiber = of((weft_waiter_t *)(void *)runnable);
    int rc;

    if (fiber->task.waiter.label == FRESH) {
        return run_first(fiber);
    }
    rc = weft__coroutine_enter(&fiber->coroutine);
    look_at_canary(fiber);
    if (rc != WEFT_PENDING && fiber->stacks != NULL) {
        weft_stack_release(stack_of(fiber));
    }
    return rc;
}

static int run_first(weft_fiber_t *fiber)
{
    int rc = start(fiber);

    return rc < 0 ? rc : run(&fiber->task.waiter.runnable);
}

static void init(weft_fiber_t *fiber, const char *name)
{
    *fiber = (weft_fiber_t){.name = name};
    fiber->task.waiter.runnable.run = run;
    fiber->task.waiter.attributes = WEFT_WAITER_FIBER << WEFT__KIND_SHIFT;
}

void weft_fiber_init(weft_fiber_t *fiber, const char *name, void *stack,
                     size_t size)
{
    WEFT_ASSERT(size >= WEFT_COROUTINE_STACK_MIN,
                "a fiber's stack is too small");
    init(fiber, name);
    fiber->coroutine.stack = stack;
    fiber->coroutine.stack_size = size;
    if (is_painted(fiber)) {
        weft__stack_paint(lowest_word(fiber), size_in_words(fiber));
    }
}

void weft_fiber_init_pooled(weft_fiber_t *fiber, const char *name,
                            weft_stack_pool_t *stacks)
{
    WEFT_ASSERT(stacks != NULL, "a fiber without a pool of stacks");
    init(fiber, name);
    fiber->stacks = stacks;
}

weft_task_t *weft_fiber_task(weft_fiber_t *fiber, weft_fiber_fn *fn, void *ctx)
{
    WEFT_ASSERT(fiber->task.waiter.runnable.run == run,
                "a fiber that weft_fiber_init() has not made");
    WEFT_ASSERT(!weft_task_live(weft__fiber_as_task(fiber)),
                "a fiber that lives");
    fiber->fn = fn;
    fiber->coroutine.ctx = ctx;
    return weft__fiber_as_task(fiber);
}

int weft_go(weft_executor_t *executor, weft_fiber_t *fiber, weft_fiber_fn *fn,
            void *ctx)
{
    if (weft_task_live(weft__fiber_as_task(fiber))) {
        return WEFT_ERR_BUSY;
    }
    return weft_spawn(executor, weft_fiber_task(fiber, fn, ctx));
}

const char *weft_fiber_name(const weft_fiber_t *fiber)
{
    return fiber->name != NULL ? fiber->name : "";
}

size_t weft_fiber_stack_high_water(const weft_fiber_t *fiber)
{
    if (is_painted(fiber)) {
        size_t size = size_in_words(fiber);

        return size - weft__stack_untouched(lowest_word(fiber), size);
    }
    if (fiber->stacks == NULL) {
        return fiber->coroutine.stack_size;
    }
    return fiber->task.waiter.label == FRESH || weft_fiber_finished(fiber)
               ? 0
               : weft_stack_high_water(stack_of(fiber));
}

/* One look at the end: it may come between two. */
enum weft_fiber_state weft_fiber_state(const weft_fiber_t *fiber)
{
    const weft_waiter_t *waiter = &fiber->task.waiter;

    if ((weft_atomic_load_acquire_word(&waiter->end) & 1u) != 0) {
        return WEFT_FIBER_FINISHED;
    }
    if (weft_atomic_load_acquire_ptr(&waiter->home) == NULL) {
        return WEFT_FIBER_IDLE;
    }
    return weft_fiber_current() == fiber ? WEFT_FIBER_RUNNING : WEFT_FIBER_LIVE;
}

weft_fiber_t *weft_fiber_of(const weft_waiter_t *waiter)
{
    return waiter == NULL || weft__kind(waiter) != WEFT_WAITER_FIBER
               ? NULL
               : of((weft_waiter_t *)(uintptr_t)waiter);
}

weft_fiber_t *weft_fiber_current(void)
{
    return weft_fiber_of(weft__in_interrupt() ? NULL : weft__local()->waiter);
}

int weft_switch_to(weft_executor_t *executor)
{
    weft_await_t await;

    return weft__block(&await, weft_switch_to_begin(&await, executor));
}

/* --- as of tasks --------------------------------------------------------- */

int weft_fiber_join_begin(weft_await_t *await, weft_fiber_t *fiber)
{
    return weft_task_join_begin(await, weft__fiber_as_task(fiber));
}

int weft_fiber_join(weft_fiber_t *fiber)
{
    return weft_task_join(weft__fiber_as_task(fiber));
}

int weft_fiber_join_until(weft_fiber_t *fiber, uint64_t deadline_us)
{
    return weft_task_join_until(weft__fiber_as_task(fiber), deadline_us);
}

void weft_fiber_cancel(weft_fiber_t *fiber)
{
    weft_task_cancel(weft__fiber_as_task(fiber));
}

bool weft_fiber_finished(const weft_fiber_t *fiber)
{
    return weft_task_finished((const weft_task_t *)(const void *)fiber);
}

int weft_fiber_result(const weft_fiber_t *fiber)
{
    return weft_task_result((const weft_task_t *)(const void *)fiber);
}
