/* left.h - internal: who lives on after the limit of a stop
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_SRC_EXECUTORS_LEFT_H
#define WEFT_SRC_EXECUTORS_LEFT_H

#include "weft/loop.h"

struct weft__left {
    weft_loop_left_fn *fn;
    void *ctx;
    bool elsewhere; /* they run on other threads meanwhile */
};

/* Calls fn(ctx, task) for each task that the root scope lists; of those that
 * run elsewhere not for one that is just about to. Nothing where root or fn is
 * NULL. */
void weft__tell_left(weft_scope_t *root, const struct weft__left *left);

#endif
