/* look.h - internal: what an executor is at, for who looks from outside
 * SPDX-License-Identifier: MIT
 *
 * Written by the executor's own thread, read at any moment by any other. No
 * scheduling points: nobody decides anything by it.
 */
#ifndef WEFT_SRC_EXECUTORS_LOOK_H
#define WEFT_SRC_EXECUTORS_LOOK_H

#include "core/home.h"

/* It begins one more run. */
static inline void weft__look_run(uint32_t *runs, uint32_t count)
{
    WEFT__STORE(u32, runs, count, __ATOMIC_RELAXED);
}

/* Its thread's record says from now on who runs; NULL: nobody. */
static inline void weft__look_at(weft_local_t **at, weft_local_t *local)
{
    __atomic_store_n(at, local, __ATOMIC_RELAXED);
}

weft_look_t weft__look(const weft_home_t *home, weft_local_t *const *at,
                       const uint32_t *runs);

#endif
