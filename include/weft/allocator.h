/* allocator.h - where the parts that allocate get their memory
 * SPDX-License-Identifier: MIT
 *
 * When to use it: calls named create take one; NULL means the C library's.
 * The core, tasks and synchronisation never allocate.
 *
 * Example:
 *
 *     void *block = allocator->resize(allocator->ctx, NULL, 0, 64);
 *
 * resize(ctx, NULL, 0, n) allocates n bytes, resize(ctx, p, old, n) resizes
 * (p stays valid when it fails), resize(ctx, p, old, 0) frees and returns
 * NULL.
 * Context: that of the call it was given to. Memory: borrows it.
 */
#ifndef WEFT_ALLOCATOR_H
#define WEFT_ALLOCATOR_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct weft_allocator {
    void *(*resize)(void *ctx, void *pointer, size_t old_size, size_t new_size);
    void *ctx;
} weft_allocator_t;

/* The C library's malloc, realloc and free. */
const weft_allocator_t *weft_allocator_default(void);

#ifdef __cplusplus
}
#endif

#endif
