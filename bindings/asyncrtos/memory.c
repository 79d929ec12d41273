/* memory.c - the C library's memory
 * SPDX-License-Identifier: MIT
 */
#include "bindings/asyncrtos/memory.h"

#include <stdlib.h>

void *aos__alloc(size_t size)
{
    return calloc(1, size);
}

void aos__free(void *memory)
{
    free(memory);
}
