/* weft/base/hooks.h - what base needs from the port, and assertions
 * SPDX-License-Identifier: MIT
 *
 * Base knows no platform. It declares six functions here, and whoever links
 * base defines them: a port of Weft does, and so does a program that uses a
 * list or a heap alone.
 *
 *     void weft_hook_spin(void) { __builtin_ia32_pause(); }
 *
 *     WEFT_ASSERT(count > 0, "release of a semaphore nobody holds");
 *
 * Context: the hooks are called anywhere, interrupts included. They call
 * nothing of Weft.
 */
#ifndef WEFT_BASE_HOOKS_H
#define WEFT_BASE_HOOKS_H

#include <stdbool.h>
#include <stdint.h>

#include "weft/config.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Scheduling point: the simulator may run another core or raise an interrupt
 * here. Called only with WEFT_POINTS. */
void weft_hook_point(void);

/* The same before an atomic operation on size bytes at `at`: one of enum
 * weft__operation. value: what is stored, added, or expected by a compare and
 * swap. What changes nothing is no more than a look to those who compare
 * schedules. */
void weft_hook_access(const void *at, unsigned size, unsigned access,
                      uintptr_t value);

enum weft__operation {
    WEFT__ACCESS_LOAD,
    WEFT__ACCESS_STORE, /* or an exchange */
    WEFT__ACCESS_CAS,
    WEFT__ACCESS_ADD,
};

/* Called in each round of a loop that waits for another core, which must be
 * able to go on: pause the pipeline; in the simulator, run another core. */
void weft_hook_spin(void);

/* Turns this core's interrupts off, up to the port's ceiling, and gives the
 * key that weft_hook_unmask needs to bring the former state back. Pairs nest.
 * Called only with WEFT_INTERRUPTS. */
unsigned weft_hook_mask(void);
void weft_hook_unmask(unsigned key);

/* Ends the program, or the core, after saying what was wrong. */
__attribute__((noreturn)) void weft_hook_panic(const char *file, int line,
                                               const char *what);

/* The mask as Weft itself calls it. With WEFT_PORT_INLINE the port's header
 * weft/port_inline.h has the functions that are called most, as static
 * inline ones; it includes nothing of Weft but weft/config.h:
 *
 *     unsigned weft__inline_mask(void);             weft_hook_mask
 *     void weft__inline_unmask(unsigned key);       weft_hook_unmask
 *     struct weft_local *weft__inline_local(void);  weft_port_local
 *     bool weft__inline_in_interrupt(void);         weft_port_in_interrupt
 *     unsigned weft__inline_priority(void);         weft_port_priority
 *     unsigned weft__inline_ceiling_raise(unsigned priority);
 *     void weft__inline_ceiling_restore(unsigned key);
 */
#if WEFT_PORT_INLINE
#include "weft/port_inline.h"
#else
WEFT__INLINE unsigned weft__inline_mask(void)
{
    return weft_hook_mask();
}

WEFT__INLINE void weft__inline_unmask(unsigned key)
{
    weft_hook_unmask(key);
}
#endif

/* Nothing where there are no interrupts. */
WEFT__INLINE unsigned weft__mask(void)
{
    return WEFT_INTERRUPTS ? weft__inline_mask() : 0;
}

WEFT__INLINE void weft__unmask(unsigned key)
{
    if (WEFT_INTERRUPTS) {
        weft__inline_unmask(key);
    }
}

/* The scheduling point as base itself calls it: nothing in a plain build. */
WEFT__INLINE void weft__point(void)
{
    if (WEFT_POINTS) {
        weft_hook_point();
    }
}

WEFT__INLINE void weft__point_at(const void *at, unsigned size, unsigned access,
                                 uintptr_t value)
{
    if (WEFT_POINTS) {
        weft_hook_access(at, size, access, value);
    }
}

/* WEFT_ASSERT(cond, "what was wrong"): panics when a program is wrong. Without
 * WEFT_ASSERTIONS `cond` is compiled but never evaluated: no side effects. */
#if WEFT_ASSERTIONS
#define WEFT_ASSERT(cond, what)                                                \
    ((cond) ? (void)0 : weft_hook_panic(__FILE__, __LINE__, (what)))
#else
#define WEFT_ASSERT(cond, what) ((void)sizeof((cond) ? (what) : (what)))
#endif

/* The struct of `type` whose `member` is at `ptr`. */
#ifndef WEFT_CONTAINER_OF
#define WEFT_CONTAINER_OF(ptr, type, member)                                   \
    ((type *)(void *)((char *)(ptr) - __builtin_offsetof(type, member)))
#endif

#ifdef __cplusplus
}
#endif

#endif
