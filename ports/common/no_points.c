/* no_points.c - scheduling points that nobody asks for
 * SPDX-License-Identifier: MIT
 */
#include "weft/base/hooks.h"

void weft_hook_point(void)
{
}

void weft_hook_access(const void *at, unsigned size, unsigned access,
                      uintptr_t value)
{
    (void)at;
    (void)size;
    (void)access;
    (void)value;
}
