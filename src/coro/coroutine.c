/* coroutine.c - suspend and resume on an own stack
 * SPDX-License-Identifier: MIT
 *
 *     STANDING -1-> RUNNING      1 resume
 *     RUNNING  -2-> STANDING     2 suspend
 *     RUNNING  -3-> FINISHED     3 enter, when fn has returned
 *     STANDING -4-> FINISHED     4 deinit
 *
 * `context` holds whoever does not run: the coroutine while it stands, its
 * resumer while it runs. A switch exchanges the two. What a switch into the
 * resumer gives is what its resume returns.
 *
 * Where nobody watches, resume and suspend end in the switch, so the compiler
 * makes it a jump and the switch goes on right in the user's code: no return
 * is ever mispredicted.
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

static bool exchange(weft_coroutine_t *self, bool goes_on)
{
    return weft__context_switch(&self->context, self->context, goes_on);
}

static void release(weft_coroutine_t *self)
{
    self->state = FINISHED;
    if (self->watched) {
        weft__watch_deinit(watch_of(self));
        weft__watch_stack_end(self->stack_id, self->stack, self->stack_size);
    }
}

static void enter(void *arg)
{
    weft_coroutine_t *self = arg;

    weft__watch_entered(watch_of(self));
    self->fn(self, self->ctx);
    self->state = FINISHED;
    weft__watch_suspend(watch_of(self), true);
    (void)exchange(self, false);
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
        .watched = weft__watched(),
        .stack_id = weft__watch_stack(stack, size),
    };
    weft__watch_init(watch_of(self), stack, size);
    self->context = weft__context_make(stack_top(self), enter, self);
}

static __attribute__((noinline)) bool resume_watched(weft_coroutine_t *self)
{
    weft__watch_resume(watch_of(self));
    bool goes_on = exchange(self, true);
    weft__watch_returned(watch_of(self));
    if (!goes_on) {
        release(self);
    }
    return goes_on;
}

bool weft_coroutine_resume(weft_coroutine_t *self)
{
    WEFT_ASSERT(self->state != RUNNING, "resume of a running coroutine");
    WEFT_ASSERT(self->state != FINISHED, "resume of a finished coroutine");
    self->state = RUNNING;
    if (self->watched) {
        return resume_watched(self);
    }
    return exchange(self, true);
}

static __attribute__((noinline)) void suspend_watched(weft_coroutine_t *self)
{
    weft__watch_suspend(watch_of(self), false);
    (void)exchange(self, true);
    weft__watch_entered(watch_of(self));
}

void weft_coroutine_suspend(weft_coroutine_t *self)
{
    WEFT_ASSERT(self->state == RUNNING,
                "suspend of a coroutine that does not run");
    self->state = STANDING;
    if (self->watched) {
        suspend_watched(self);
        return;
    }
    (void)exchange(self, true);
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
