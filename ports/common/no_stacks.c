/* no_stacks.c - stacks are the caller's, and nothing guards them
 * SPDX-License-Identifier: MIT
 */
#include "weft/error.h"
#include "weft/port.h"

int weft_port_stack_reserve(size_t size, void **base, size_t *usable)
{
    (void)size;
    (void)base;
    (void)usable;
    return WEFT_ERR_UNSUPPORTED;
}

void weft_port_stack_release(void *base, size_t usable)
{
    (void)base;
    (void)usable;
}

size_t weft_port_stack_page(void)
{
    return 0;
}

int weft_port_slab_reserve(size_t size, void **base)
{
    (void)size;
    (void)base;
    return WEFT_ERR_UNSUPPORTED;
}

void weft_port_slab_release(void *base, size_t size)
{
    (void)base;
    (void)size;
}

int weft_port_slab_guard(void *base, size_t size)
{
    (void)base;
    (void)size;
    return WEFT_ERR_UNSUPPORTED;
}

void weft_port_overflow_watch(weft_port_overflow_t *overflow)
{
    (void)overflow;
}

void weft_port_overflow_unwatch(weft_port_overflow_t *overflow)
{
    (void)overflow;
}
