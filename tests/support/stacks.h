/* stacks.h - a stack for a coroutine, wherever the port has them from
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TEST_STACKS_H
#define WEFT_TEST_STACKS_H

#include <stdlib.h>

#include "tests/support/test.h"
#include "weft/error.h"
#include "weft/port.h"

/* Of the port, or of the heap where the port has none. */
static inline void stack_take(size_t size, void **base, size_t *usable)
{
    int rc = weft_port_stack_reserve(size, base, usable);

    if (rc == WEFT_ERR_UNSUPPORTED) {
        *base = malloc(size);
        *usable = size;
        CHECK(*base != NULL);
    } else {
        CHECK_EQ(rc, 0);
    }
}

static inline void stack_drop(void *base, size_t usable)
{
    if (TEST_ON_BOARD) {
        free(base);
    } else {
        weft_port_stack_release(base, usable);
    }
}

/* Whether pools get memory from the port; else it is the caller's only. */
static inline bool slabs_are_there(void)
{
    void *base;
    int rc = weft_port_slab_reserve(1 << 16, &base);

    if (rc == 0) {
        weft_port_slab_release(base, 1 << 16);
    }
    return rc != WEFT_ERR_UNSUPPORTED;
}

/* Whether the port has stacks of its own, and whether they are guarded. */
static inline bool stacks_are_reserved(void)
{
    void *base;
    size_t usable;
    int rc = weft_port_stack_reserve(1, &base, &usable);

    if (rc == 0) {
        weft_port_stack_release(base, usable);
    }
    return rc != WEFT_ERR_UNSUPPORTED;
}

static inline bool stacks_are_guarded(void)
{
    return weft_port_stack_page() > 0;
}

#define WHY_NO_SLABS "this port has no memory for pools of stacks"
#define WHY_NO_GUARD "nothing guards stacks"

#endif
