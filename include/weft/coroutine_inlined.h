/* coroutine_inlined.h - resume and suspend with the switch in the caller's code
 * SPDX-License-Identifier: MIT
 *
 * When to use it: where a switch is a large part of the work, as in a generator
 * of small things; a call of weft_coroutine_resume or _suspend costs about
 * three times as much. weft/inlined.h gives these to the plain names. The two
 * forms mix freely, also on one coroutine.
 *
 * Example:
 *
 *     struct squares { weft_coroutine_t coroutine; int value; };
 *
 *     static void squares(weft_coroutine_t *self, void *ctx)
 *     {
 *         struct squares *out = ctx;
 *
 *         for (int i = 1; i <= 100; i++) {
 *             out->value = i * i;
 *             weft_coroutine_suspend_inlined(self);
 *         }
 *     }
 *     ...
 *     struct squares s;
 *     static char stack[4096];
 *     int sum = 0;
 *     weft_coroutine_init(&s.coroutine, stack, sizeof(stack), squares, &s);
 *     while (weft_coroutine_resume_inlined(&s.coroutine)) { sum += s.value; }
 *
 * Context: as weft/coroutine.h, with one exception: a function that inlines
 * them must not look at errno or its thread's own variables both before and
 * after, where another thread may be the one that resumes. What a switch keeps
 * of the floating point modes stands in weft/arch_switch.h.
 */
#ifndef WEFT_COROUTINE_INLINED_H
#define WEFT_COROUTINE_INLINED_H

#include "weft/arch_switch.h"
#include "weft/base/hooks.h"
#include "weft/coroutine.h"
#include "weft/error.h"

#ifdef __cplusplus
extern "C" {
#endif

/* private: the same with a sanitizer or Valgrind told. */
int weft__coroutine_resume_watched(weft_coroutine_t *self);
void weft__coroutine_suspend_watched(weft_coroutine_t *self, int value);

/* private: what all forms do before the switch. */
static inline void weft__coroutine_resumed(weft_coroutine_t *self)
{
    WEFT_ASSERT(self->state != WEFT__COROUTINE_RUNNING,
                "resume of a running coroutine");
    WEFT_ASSERT(self->state != WEFT__COROUTINE_FINISHED,
                "resume of a finished coroutine");
    self->state = WEFT__COROUTINE_RUNNING;
}

static inline void weft__coroutine_suspended(weft_coroutine_t *self)
{
    WEFT_ASSERT(self->state == WEFT__COROUTINE_RUNNING,
                "suspend of a coroutine that does not run");
    self->state = WEFT__COROUTINE_STANDING;
}

/* private: resume of a fiber by its home. WEFT_PENDING: it suspended by
 * weft__coroutine_leave; else it has finished with this, self->result. */
static inline __attribute__((always_inline)) int weft__coroutine_enter(
    weft_coroutine_t *self)
{
    weft__coroutine_resumed(self);
    if (__builtin_expect(self->watched, 0)) {
        return weft__coroutine_resume_watched(self);
    }
    return weft__context_switch_inline(&self->context, self->context, 0);
}

static inline __attribute__((always_inline)) void weft__coroutine_suspend_with(
    weft_coroutine_t *self, int value)
{
    weft__coroutine_suspended(self);
    if (__builtin_expect(self->watched, 0)) {
        weft__coroutine_suspend_watched(self, value);
        return;
    }
    (void)weft__context_switch_inline(&self->context, self->context, value);
}

/* private: suspend of a fiber, back to weft__coroutine_enter. */
static inline __attribute__((always_inline)) void weft__coroutine_leave(
    weft_coroutine_t *self)
{
    weft__coroutine_suspend_with(self, WEFT_PENDING);
}

/* weft_coroutine_resume, inlined. */
static inline __attribute__((always_inline)) bool weft_coroutine_resume_inlined(
    weft_coroutine_t *self)
{
    return weft__coroutine_enter(self) != 0;
}

/* weft_coroutine_suspend, inlined. */
static inline __attribute__((always_inline)) void
weft_coroutine_suspend_inlined(weft_coroutine_t *self)
{
    weft__coroutine_suspend_with(self, 1);
}

#ifdef __cplusplus
}
#endif

#endif
