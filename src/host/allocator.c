/* allocator.c - the C library's allocator as a weft_allocator_t
 * SPDX-License-Identifier: MIT
 */
#include "weft/allocator.h"

#include <stdlib.h>

static void *resize(void *ctx, void *pointer, size_t old_size, size_t new_size)
{
    (void)ctx;
    (void)old_size;
    if (new_size == 0) {
        free(pointer);
        return NULL;
    }
    return realloc(pointer, new_size);
}

const weft_allocator_t *weft_allocator_default(void)
{
    static const weft_allocator_t allocator = {resize, NULL};
    return &allocator;
}
