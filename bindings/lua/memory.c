/* memory.c - a machine's memory: counted, limited
 * SPDX-License-Identifier: MIT
 */
#include "bindings/lua/memory.h"

#include "bindings/lua/core.h"
#include "weft/allocator.h"

/* What may be taken beyond the limit while an error is being reported. */
enum { GRACE = 32 * 1024 };

void *weft__lua_raw(const struct weft_lua *m, void *pointer, size_t old_size,
                    size_t new_size)
{
    const weft_allocator_t *allocator = m->config.allocator;

    if (allocator == NULL) {
        allocator = weft_allocator_default();
    }
    return allocator->resize(allocator->ctx, pointer, old_size, new_size);
}

void *weft__lua_alloc(struct weft_lua *m, void *pointer, size_t old_size,
                      size_t new_size)
{
    struct weft__lua_core *core = m->core;
    size_t limit = m->config.memory_max;
    size_t used = core->used - old_size;
    void *result;

    if (core->grace > 0) {
        limit = limit < SIZE_MAX - GRACE ? limit + GRACE : SIZE_MAX;
    }
    if (m->config.memory_max != 0 && new_size > old_size &&
        (used > limit || new_size > limit - used)) {
        return NULL;
    }
    if (new_size == 0 && pointer == NULL) {
        return NULL;
    }
    result = weft__lua_raw(m, pointer, old_size, new_size);
    if (result != NULL || new_size == 0) {
        core->used = used + new_size;
        core->peak = core->used > core->peak ? core->used : core->peak;
    }
    return result;
}

void *weft__lua_alloc_new(struct weft_lua *m, size_t size)
{
    void *result = weft__lua_alloc(m, NULL, 0, size);
    lua_State *running = m->core->current;

    if (result == NULL && m->L != NULL) {
        (void)lua_gc(running != NULL ? running : m->L, LUA_GCCOLLECT, 0);
        result = weft__lua_alloc(m, NULL, 0, size);
    }
    return result;
}

/* For a new object old_size says what kind it is. */
void *weft__lua_allocate(void *ud, void *pointer, size_t old_size,
                         size_t new_size)
{
    return weft__lua_alloc(ud, pointer, pointer == NULL ? 0 : old_size,
                           new_size);
}
