/* look.c - what an executor is at, for who looks from outside
 * SPDX-License-Identifier: MIT
 */
#include "executors/look.h"

/* An inbox is asleep until something has come for it, and not while its home
 * runs. */
weft_look_t weft__look(const weft_home_t *home, weft_local_t *const *at,
                       const uint32_t *runs)
{
    const weft_local_t *local = __atomic_load_n(at, __ATOMIC_RELAXED);
    uintptr_t word = __atomic_load_n(&home->inbox.word, __ATOMIC_RELAXED);

    return (weft_look_t){
        .waiter = local == NULL
                      ? NULL
                      : __atomic_load_n(&local->waiter, __ATOMIC_RELAXED),
        .runs = __atomic_load_n(runs, __ATOMIC_RELAXED),
        .busy = word != WEFT__ASLEEP && local != NULL,
    };
}
