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

/* As weft__lua_alloc for new memory; where there is none it collects Lua's
 * garbage, which may run finalizers, and tries again. */
void *weft__lua_alloc_new(struct weft_lua *m, size_t size);

/* A lua_Alloc; ud is the machine. */
void *weft__lua_allocate(void *ud, void *pointer, size_t old_size,
                         size_t new_size);

#endif
