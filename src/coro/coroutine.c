/* coroutine.c - suspend and resume on an own stack
 * SPDX-License-Identifier: MIT
 *
 *     STANDING -1-> RUNNING      1 resume, weft__coroutine_enter
 *     RUNNING  -2-> STANDING     2 suspend, weft__coroutine_leave
 *     RUNNING  -3-> FINISHED     3 enter, when fn has returned
 *     STANDING -4-> FINISHED     4 deinit
 *
 * `context` holds whoever does not run: the coroutine while it stands, its
 * resumer while it runs. Who arrives by a switch puts there who left. What a
 * switch into the resumer gives is what its resume returns: 1 for "suspended",
 * 0 for "finished"; of a fiber WEFT_PENDING or its result.
 *
 * Where nobody watches, resume and suspend end in the switch, so the compiler
 * makes it a jump and the switch goes on right in the user's code: no return
 * is ever mispredicted. weft/coroutine_inlined.h has them without any call;
 * here are the parts that it leaves out of line.
 */
#include "weft/coroutine.h"

#include "ports/arch/switch.h"
#include "coro/watchers.h"
#include "weft/base/hooks.h"
#include "weft/coroutine_inlined.h"
#include "weft/port.h"
#include "weft/stack.h"

/* Bits of `watched`. */
enum { BY_TOOLS = 1, CHECKED = 2, LIMITED = 4 };

enum {
    STANDING = WEFT__COROUTINE_STANDING,
    RUNNING = WEFT__COROUTINE_RUNNING,
    FINISHED = WEFT__COROUTINE_FINISHED
};

/* On top of the stack: what tools want kept, and above it, where the port is
 * told of limits, a name. */
enum { NAME_SIZE = WEFT_STACK_LIMIT ? sizeof(const char *) : 0 };

static char *stack_top(const weft_coroutine_t *self)
{
    uintptr_t top = (uintptr_t)self->stack + self->stack_size;

    top = (top - NAME_SIZE) & ~(uintptr_t)(sizeof(const char *) - 1);
    top = (top - WEFT__WATCH_SIZE) & ~(uintptr_t)(WEFT__STACK_ALIGN - 1);
    return (char *)self->stack + (top - (uintptr_t)self->stack);
}

static struct weft__watch *watch_of(const weft_coroutine_t *self)
{
    return (struct weft__watch *)(void *)stack_top(self);
}

/* --- the end of the stack in use, as the port is told -------------------- */

static const char **name_of(const weft_coroutine_t *self)
{
    return (const char **)(void *)(stack_top(self) + WEFT__WATCH_SIZE);
}

void weft__coroutine_name(weft_coroutine_t *self, const char *name)
{
    if (WEFT_STACK_LIMIT) {
        *name_of(self) = name;
    }
}

static inline weft_port_limit_t limit(weft_port_limit_t now)
{
    return WEFT_STACK_LIMIT ? weft_port_stack_limit(now) : now;
}

/* Before a switch: nothing is the end of both stacks. */
static inline weft_port_limit_t limit_none(void)
{
    return limit((weft_port_limit_t){.low = NULL});
}

static inline void limit_own(const weft_coroutine_t *self)
{
    if (WEFT_STACK_LIMIT) {
        (void)limit((weft_port_limit_t){self->stack, *name_of(self)});
    }
}

/* ------------------------------------------------------------------------- */

static void release(weft_coroutine_t *self)
{
    self->state = FINISHED;
    if (self->watched & BY_TOOLS) {
        weft__watch_deinit(watch_of(self));
        weft__watch_stack_end(self->stack_id, self->stack, self->stack_size);
    }
}

static void enter(void *arg, void *left)
{
    weft_coroutine_t *self = arg;

    self->context = left;
    weft__watch_entered(watch_of(self));
    limit_own(self);
    self->fn(self, self->ctx);
    (void)limit_none();
    self->state = FINISHED;
    weft__watch_suspend(watch_of(self), true);
    (void)weft__context_switch(&self->context, self->context, self->result);
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
    };
    if (WEFT_STACK_LIMIT) {
        self->watched = LIMITED;
        weft__coroutine_name(self, "without a name");
    }
    if (weft__watched()) {
        self->watched |= BY_TOOLS;
        self->stack_id = weft__watch_stack(stack, size);
        weft__watch_init(watch_of(self), stack, size);
    }
    self->context = weft__context_make(stack_top(self), enter, self);
}

void weft_coroutine_init_on(weft_coroutine_t *self, weft_stack_t *stack,
                            weft_coroutine_fn *fn, void *ctx)
{
    weft_coroutine_init(self, stack->base, stack->size, fn, ctx);
    weft__coroutine_name(self, stack->name);
    if (weft__stack_checked(stack)) {
        self->watched |= CHECKED;
    }
}

static void look_at_canary(const weft_coroutine_t *self)
{
    const weft_stack_t *stack =
        (const void *)((const char *)self->stack + self->stack_size);

    if (!weft_stack_intact(stack)) {
        weft__stack_overflowed(stack->name);
    }
}

__attribute__((noinline)) int weft__coroutine_resume_watched(
    weft_coroutine_t *self)
{
    weft_port_limit_t ours = limit_none();

    weft__watch_resume(watch_of(self));
    int value = weft__context_switch(&self->context, self->context, 0);
    weft__watch_returned(watch_of(self));
    (void)limit(ours);
    if (self->watched & CHECKED) {
        look_at_canary(self);
    }
    if (self->state == FINISHED) {
        release(self);
    }
    return value;
}

bool weft_coroutine_resume(weft_coroutine_t *self)
{
    weft__coroutine_resumed(self);
    if (self->watched) {
        return weft__coroutine_resume_watched(self) != 0;
    }
    return weft__context_switch_bool(&self->context, self->context, 0);
}

__attribute__((noinline)) void weft__coroutine_suspend_watched(
    weft_coroutine_t *self, int value)
{
    (void)limit_none();
    weft__watch_suspend(watch_of(self), false);
    (void)weft__context_switch(&self->context, self->context, value);
    weft__watch_entered(watch_of(self));
    limit_own(self);
}

void weft_coroutine_suspend(weft_coroutine_t *self)
{
    weft__coroutine_suspended(self);
    if (self->watched) {
        weft__coroutine_suspend_watched(self, 1);
        return;
    }
    (void)weft__context_switch(&self->context, self->context, 1);
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
