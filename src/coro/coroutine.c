/* coroutine.c - suspend and resume on an own stack
 * SPDX-License-Identifier: MIT
 *
 *     STANDING -1-> RUNNING      1 resume
 *     RUNNING  -2-> STANDING     2 suspend
 *     RUNNING  -3-> FINISHED     3 enter, when fn has returned
 *     STANDING -4-> FINISHED     4 deinit
 *
 * `context` holds whoever does not run: the coroutine while it stands, its
 * resumer while it runs. A switch exchanges the two.
 */
#include "weft/coroutine.h"

#include "ports/arch/switch.h"
#include "coro/watchers.h"
#include "weft/base/hooks.h"

enum { STANDING, RUNNING, FINISHED };

static char *stack_top(const weft_coroutine_t *self)
{
    uintptr_t top = (uintptr_t)self->stack + self->stack_size;

    top = (top - WEFT__WATCH_SIZE) & ~(uintptr_t)(WEFT__STACK_ALIGN - 1);
    return (char *)self->stack + (top - (uintptr_t)self->stack);
}

static struct weft__watch *watch_of(const weft_coroutine_t *self)
{
    return (struct weft__watch *)(void *)stack_top(self);
}

static void release(weft_coroutine_t *self)
{
    self->state = FINISHED;
    weft__watch_deinit(watch_of(self));
    weft__watch_stack_end(self->stack_id, self->stack, self->stack_size);
}

static void enter(void *arg)
{
    weft_coroutine_t *self = arg;

    weft__watch_entered(watch_of(self));
    self->fn(self, self->ctx);
    self->state = FINISHED;
    weft__watch_suspend(watch_of(self), true);
    weft__context_switch(&self->context, self->context);
}

void weft_coroutine_init(weft_coroutine_t *self, void *stack, size_t size,
                         weft_coroutine_fn *fn, void *ctx)
{
    WEFT_ASSERT(size >= WEFT_COROUTINE_STACK_MIN,
                "a coroutine's stack is too small");
    *self = (weft_coroutine_t){
        .fn = fn,
        .ctx = ctx,
        .stack = stack,
        .stack_size = size,
        .state = STANDING,
        .stack_id = weft__watch_stack(stack, size),
    };
    weft__watch_init(watch_of(self), stack, size);
    self->context = weft__context_make(stack_top(self), enter, self);
}

bool weft_coroutine_resume(weft_coroutine_t *self)
{
    WEFT_ASSERT(self->state != RUNNING, "resume of a running coroutine");
    WEFT_ASSERT(self->state != FINISHED, "resume of a finished coroutine");
    self->state = RUNNING;
    weft__watch_resume(watch_of(self));
    weft__context_switch(&self->context, self->context);
    weft__watch_returned(watch_of(self));
    if (self->state == FINISHED) {
        release(self);
        return false;
    }
    return true;
}

void weft_coroutine_suspend(weft_coroutine_t *self)
{
    WEFT_ASSERT(self->state == RUNNING,
                "suspend of a coroutine that does not run");
    self->state = STANDING;
    weft__watch_suspend(watch_of(self), false);
    weft__context_switch(&self->context, self->context);
    weft__watch_entered(watch_of(self));
}

bool weft_coroutine_finished(const weft_coroutine_t *self)
{
    return self->state == FINISHED;
}

void weft_coroutine_deinit(weft_coroutine_t *self)
{
    WEFT_ASSERT(self->state != RUNNING, "deinit of a running coroutine");
    if (self->state == STANDING) {
        release(self);
    }
}
