/* memory.h - a machine's memory: counted and limited, or its raw allocator
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_LUA_MEMORY_H
#define WEFT_LUA_MEMORY_H

#include <stddef.h>

struct weft_lua;

/* Of the machine's allocator, not counted; from any thread if it may. */
void *weft__lua_raw(const struct weft_lua *m, void *pointer, size_t old_size,
                    size_t new_size);

/* A lua_Alloc; ud is the machine. */
void *weft__lua_allocate(void *ud, void *pointer, size_t old_size,
                         size_t new_size);

#endif
