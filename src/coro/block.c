/* block.c - waiting calls of fibers and threads
 * SPDX-License-Identifier: MIT
 */
#include "coro/block.h"

#include "coro/switching.h"
#include "core/thread.h"
#include "core/timers.h"
#include "core/wait.h"
#include "weft/fiber.h"
#include "weft/scope.h"
#include "weft/time.h"

/* Never inlined: a fiber may come back in another thread, and who calls this
 * looks at that thread's own record before and after. */
__attribute__((noinline)) void weft__block_once(weft_waiter_t *waiter,
                                                uint64_t deadline_us)
{
    switch (weft__kind(waiter)) {
    case WEFT_WAITER_FIBER:
        weft__coroutine_leave(
            &WEFT_CONTAINER_OF(waiter, weft_fiber_t, task.waiter)->coroutine);
        break;
    case WEFT_WAITER_THREAD:
        weft__thread_wait(WEFT_CONTAINER_OF(waiter, weft_thread_t, waiter),
                          deadline_us);
        break;
    case WEFT_WAITER_TASK:
    case WEFT_WAITER_POOL_TASK:
        WEFT_ASSERT(false, "a blocking call in a task: use WEFT_AWAIT");
        break;
    }
}

int weft__block_pending(weft_await_t *await)
{
    int rc;

    do {
        weft__block_once(await->wait.waiter, WEFT_FOREVER);
        rc = weft_await_poll(await);
    } while (rc == WEFT_PENDING);
    return rc;
}

/* A thread keeps the time itself. It is stopped first also where the deadline
 * has passed: that is when it looks at its scopes' deadlines. Once a peer has
 * claimed the wait the deadline says nothing any more. */
static int thread_until(weft_await_t *await, uint64_t deadline_us)
{
    bool late;
    int rc;

    do {
        weft__block_once(await->wait.waiter, deadline_us);
        late = deadline_us <= weft_port_now_us();
        rc = weft__await_poll_timed(await, late);
    } while (rc == WEFT_PENDING && !late);
    return weft__block(await, rc);
}

int weft__block_pending_until(weft_await_t *await, uint64_t deadline_us)
{
    weft_timer_node_t timer = {0};
    int rc;

    if (weft__kind(await->wait.waiter) == WEFT_WAITER_THREAD) {
        return thread_until(await, deadline_us);
    }
    rc = weft__await_limit(await, &timer, deadline_us, WEFT_PENDING);
    while (rc == WEFT_PENDING) {
        weft__block_once(await->wait.waiter, deadline_us);
        rc = weft__await_poll_limit(await, &timer);
    }
    return rc;
}

/* --- the parts of the inlined forms that are not ------------------------- */

static weft_coroutine_t *leaves(weft_waiter_t *waiter)
{
    if (weft__kind(waiter) == WEFT_WAITER_FIBER) {
        return &WEFT_CONTAINER_OF(waiter, weft_fiber_t, task.waiter)->coroutine;
    }
    weft__block_once(waiter, WEFT_FOREVER);
    return NULL;
}

weft_coroutine_t *weft__wait_leaves(weft_await_t *await)
{
    return leaves(await->wait.waiter);
}

weft_coroutine_t *weft__yield_leaves(int *rc)
{
    weft_coroutine_t *self = NULL;

    *rc = weft__yield_begin();
    if (*rc == WEFT_PENDING) {
        self = leaves(weft__waiter_running());
        *rc = self == NULL ? weft__yield_poll() : *rc;
    }
    return self;
}

/* --- pauses -------------------------------------------------------------- */

int weft_yield(void)
{
    int rc = weft__yield_begin();

    if (rc == WEFT_PENDING) {
        weft__block_once(weft__waiter_running(), WEFT_FOREVER);
        rc = weft__yield_poll();
    }
    return rc;
}

static int thread_sleep(weft_waiter_t *waiter, uint64_t deadline_us)
{
    while (!weft__cancelled(waiter)) {
        weft__block_once(waiter, deadline_us);
        if (deadline_us <= weft_port_now_us()) {
            return WEFT_OK;
        }
    }
    return WEFT_ERR_CANCELLED;
}

int weft_sleep_until(uint64_t deadline_us)
{
    weft_waiter_t *waiter = weft__waiter_running();
    weft_timer_node_t timer = {0};
    int rc;

    if (weft__kind(waiter) == WEFT_WAITER_THREAD) {
        return thread_sleep(waiter, deadline_us);
    }
    rc = weft__sleep_begin(&timer, deadline_us);
    while (rc == WEFT_PENDING) {
        weft__block_once(waiter, deadline_us);
        rc = weft__sleep_poll(&timer);
    }
    return rc;
}

int weft_sleep(uint64_t us)
{
    return weft_sleep_until(weft_deadline(us));
}

/* --- blocking forms of what the core lets wait for ----------------------- */

int weft_task_join(weft_task_t *task)
{
    weft_await_t await;

    return weft__block(&await, weft_task_join_begin(&await, task));
}

int weft_task_join_until(weft_task_t *task, uint64_t deadline_us)
{
    weft_await_t await;

    return weft__block_until(&await, deadline_us,
                             weft_task_join_begin(&await, task));
}

int weft_scope_join(weft_scope_t *scope)
{
    weft_await_t await;

    return weft__block(&await, weft_scope_join_begin(&await, scope));
}
