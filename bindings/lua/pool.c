/* pool.c - records of one size in slabs, each with a slot in a Lua table
 * SPDX-License-Identifier: MIT
 */
#include "bindings/lua/pool.h"

#include <string.h>

#include "bindings/lua/machine.h"
#include "bindings/lua/memory.h"

enum { SLAB = 16 }; /* records */

void weft__lua_pool_open(struct weft_lua *m, struct weft__lua_pool *pool,
                         size_t size, lua_State *L,
                         void (*init)(struct weft_lua *, void *, uint32_t))
{
    (void)m;
    *pool = (struct weft__lua_pool){.size = size, .init = init};
    if (L != NULL) {
        lua_newtable(L);
        pool->table = luaL_ref(L, LUA_REGISTRYINDEX);
    }
}

void weft__lua_pool_close(struct weft_lua *m, struct weft__lua_pool *pool)
{
    for (uint32_t i = 0; i < pool->slab_count; i++) {
        (void)weft__lua_alloc(m, pool->slabs[i], SLAB * pool->size, 0);
    }
    (void)weft__lua_alloc(m, pool->slabs,
                          pool->slab_room * sizeof(*pool->slabs), 0);
    *pool = (struct weft__lua_pool){0};
}

static bool make_room(struct weft_lua *m, struct weft__lua_pool *pool)
{
    uint32_t room = pool->slab_room == 0 ? 4 : pool->slab_room * 2;
    void **slabs;

    if (pool->slab_count < pool->slab_room) {
        return true;
    }
    slabs = weft__lua_alloc(m, pool->slabs, pool->slab_room * sizeof(*slabs),
                            room * sizeof(*slabs));
    if (slabs == NULL) {
        return false;
    }
    pool->slabs = slabs;
    pool->slab_room = room;
    return true;
}

static bool add_slab(struct weft_lua *m, struct weft__lua_pool *pool)
{
    char *slab =
        make_room(m, pool) ? weft__lua_alloc_new(m, SLAB * pool->size) : NULL;

    /* Finalizers may have added slabs meanwhile, and used up the room. */
    if (slab != NULL && !make_room(m, pool)) {
        (void)weft__lua_alloc(m, slab, SLAB * pool->size, 0);
        slab = NULL;
    }
    if (slab == NULL) {
        return false;
    }
    memset(slab, 0, SLAB * pool->size);
    for (uint32_t i = SLAB; i > 0; i--) {
        void *record = slab + (i - 1) * pool->size;
        if (pool->init != NULL) {
            pool->init(m, record, pool->slab_count * SLAB + i);
        }
        weft__lua_pool_give(pool, record);
    }
    pool->slabs[pool->slab_count++] = slab;
    return true;
}

bool weft__lua_pool_fill(struct weft_lua *m, struct weft__lua_pool *pool,
                         uint32_t count)
{
    while (pool->free_count < count) {
        if (!add_slab(m, pool)) {
            return false;
        }
    }
    return true;
}

void *weft__lua_pool_at(const struct weft__lua_pool *pool, uint32_t index)
{
    uint32_t slab = (index - 1) / SLAB;

    if (slab >= pool->slab_count) {
        return NULL;
    }
    return (char *)pool->slabs[slab] + (index - 1) % SLAB * pool->size;
}

void weft__lua_pool_set(const struct weft__lua_pool *pool, lua_State *L,
                        uint32_t index)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, pool->table);
    lua_insert(L, -2);
    lua_rawseti(L, -2, (lua_Integer)index);
    lua_pop(L, 1);
}

void weft__lua_pool_get(const struct weft__lua_pool *pool, lua_State *L,
                        uint32_t index)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, pool->table);
    lua_rawgeti(L, -1, (lua_Integer)index);
    lua_remove(L, -2);
}

/* The slot was set before, so this allocates nothing. */
void weft__lua_pool_clear(const struct weft__lua_pool *pool, lua_State *L,
                          uint32_t index)
{
    lua_rawgeti(L, LUA_REGISTRYINDEX, pool->table);
    lua_pushboolean(L, 0);
    lua_rawseti(L, -2, (lua_Integer)index);
    lua_pop(L, 1);
}
