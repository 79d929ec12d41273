/* memory.h - internal: where the memory of futures, tasks and threads is from
 * SPDX-License-Identifier: MIT
 *
 * A source of its own: a test that counts, or runs out, defines these itself.
 */
#ifndef WEFT_ASYNCRTOS_MEMORY_H
#define WEFT_ASYNCRTOS_MEMORY_H

#include <stddef.h>

/* All zero; NULL: there is none. */
void *aos__alloc(size_t size);
void aos__free(void *memory);

#endif
