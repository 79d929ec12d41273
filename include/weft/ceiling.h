/* ceiling.h - what tasks of several interrupt priorities share, locked briefly
 * SPDX-License-Identifier: MIT
 *
 * When to use it: for a few words that tasks of different priorities of one
 * core, or an interrupt, change. The lock keeps out the highest of its users,
 * and with it all others: a few instructions, no waiting, no inversion; who is
 * above the ceiling is not delayed, but on chips with one mask for all. What is
 * held across a wait takes a mutex, which works between priorities too
 * (weft/mutex.h).
 *
 * Example:
 *
 *     static const weft_ceiling_t totals = WEFT_CEILING(0, 1, 3);
 *     static unsigned total;
 *     ...
 *     weft_ceiling_key_t key = weft_ceiling_lock(&totals);
 *     total += 1;
 *     weft_ceiling_unlock(key);
 *
 * The declaration names the priorities of all its users, 0 for task level; the
 * ceiling is worked out from it when it is compiled. Pairs nest, and are undone
 * in reverse order. No waiting call and no await inside: whoever runs next
 * would have the ceiling still raised.
 *
 * A resource belongs to one core. What several cores share takes, for the same
 * few instructions, weft_lock_mask (weft/base/spinlock.h).
 *
 * Context: any user of it, task or interrupt, on its core. Memory: constants.
 */
#ifndef WEFT_CEILING_H
#define WEFT_CEILING_H

#include <stdint.h>

#include "weft/base/hooks.h"
#include "weft/port.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_ceiling {
    uint32_t users;    /* bit p: there is one of priority p */
    uint16_t priority; /* the highest of them */
    uint16_t core;     /* whose it is */
} weft_ceiling_t;

/* A resource of core 0, or of a core, with one to eight users of these
 * priorities, 0 to 31. More, or higher ones, do not compile. */
#define WEFT_CEILING(...) WEFT_CEILING_ON(0, __VA_ARGS__)
#define WEFT_CEILING_ON(core, ...)                                             \
    WEFT__CEILING(core, __VA_ARGS__, 63, 63, 63, 63, 63, 63, 63, 63, 63)

/* private: bit 63 stands for "no user", and the ninth must be none. */
#define WEFT__CEILING(core, a, b, c, d, e, f, g, h, ninth, ...)                \
    WEFT__CEILING_OF(core,                                                     \
                     (UINT64_C(1) << (a) | UINT64_C(1) << (b) |                \
                      UINT64_C(1) << (c) | UINT64_C(1) << (d) |                \
                      UINT64_C(1) << (e) | UINT64_C(1) << (f) |                \
                      UINT64_C(1) << (g) | UINT64_C(1) << (h)),                \
                     ninth)
#define WEFT__CEILING_OF(core, bits, ninth)                                    \
    {                                                                          \
        (uint32_t)((bits) + 0 * sizeof(char[WEFT__CEILING_OK(bits, ninth)])),  \
            (uint16_t)(31 - __builtin_clz((uint32_t)(bits) | 1u)),             \
            (uint16_t)(core)                                                   \
    }
#define WEFT__CEILING_OK(bits, ninth)                                          \
    ((ninth) == 63 && ((bits) >> 32 & 0x7fffffffu) == 0 ? 1 : -1)

/* For the start of a program: WEFT_ERR_INVALID where the port has no such
 * priority or core. */
int weft_ceiling_check(const weft_ceiling_t *ceiling);

/* What was kept out before. Given back by value: no memory to share. */
typedef struct weft_ceiling_key {
    unsigned raised;
} weft_ceiling_key_t;

/* private */
#if WEFT_PORT_INLINE
static inline unsigned weft__ceiling_raise(unsigned priority)
{
    return weft__inline_ceiling_raise(priority);
}

static inline void weft__ceiling_restore(unsigned key)
{
    weft__inline_ceiling_restore(key);
}

static inline unsigned weft__ceiling_caller(void)
{
    return weft__inline_priority();
}
#else
static inline unsigned weft__ceiling_raise(unsigned priority)
{
    return weft_port_ceiling_raise(priority);
}

static inline void weft__ceiling_restore(unsigned key)
{
    weft_port_ceiling_restore(key);
}

static inline unsigned weft__ceiling_caller(void)
{
    return weft_port_priority();
}
#endif

/* Keeps out all users but the caller until the unlock. From above the ceiling,
 * or on another core, it is an assertion: the declaration lacks this user. */
static inline weft_ceiling_key_t weft_ceiling_lock(
    const weft_ceiling_t *ceiling)
{
    weft_ceiling_key_t key;

    WEFT_ASSERT(weft__ceiling_caller() <= ceiling->priority,
                "a ceiling lock taken from above its ceiling");
    WEFT_ASSERT(weft_port_core() == ceiling->core,
                "a ceiling lock taken on another core than its own");
    key.raised = weft__ceiling_raise(ceiling->priority);
    return key;
}

static inline void weft_ceiling_unlock(weft_ceiling_key_t key)
{
    weft__ceiling_restore(key.raised);
}

#ifdef __cplusplus
}
#endif

#endif
