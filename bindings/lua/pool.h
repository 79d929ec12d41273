/* pool.h - records of one size in slabs, each with a slot in a Lua table
 * SPDX-License-Identifier: MIT
 *
 * A record never moves and its memory lasts as long as the pool. The table
 * (in the registry) keeps what a record refers to from the collector, at the
 * record's index, so no reference has to be looked for.
 */
#ifndef WEFT_LUA_POOL_H
#define WEFT_LUA_POOL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lua.h>

struct weft_lua;

struct weft__lua_pool {
    void **slabs;
    uint32_t slab_count;
    uint32_t slab_room;
    size_t size; /* of a record */
    void *free;  /* records not in use, by their first word */
    uint32_t free_count;
    int table; /* registry; 0: none */
    void (*init)(struct weft_lua *m, void *record, uint32_t index);
};

/* Prepares a pool; init is called once for each record when it is made, with
 * its index from 1 on. table: whether records refer to Lua values; throws. */
void weft__lua_pool_open(struct weft_lua *m, struct weft__lua_pool *pool,
                         size_t size, lua_State *L,
                         void (*init)(struct weft_lua *, void *, uint32_t));

/* Gives back all memory; the table goes with the state. */
void weft__lua_pool_close(struct weft_lua *m, struct weft__lua_pool *pool);

/* Makes sure that there are so many free records: weft__lua_pool_take cannot
 * fail then. May run finalizers, so look at nothing before. False: no
 * memory. */
bool weft__lua_pool_fill(struct weft_lua *m, struct weft__lua_pool *pool,
                         uint32_t count);

/* The record that take would give, and taking it. While it is free its first
 * word is the pool's; take makes it zero. */
static inline void *weft__lua_pool_peek(const struct weft__lua_pool *pool)
{
    return pool->free;
}

static inline void *weft__lua_pool_take(struct weft__lua_pool *pool)
{
    void *record = pool->free;

    pool->free = *(void **)record;
    *(void **)record = NULL;
    pool->free_count--;
    return record;
}

static inline void weft__lua_pool_give(struct weft__lua_pool *pool,
                                       void *record)
{
    *(void **)record = pool->free;
    pool->free = record;
    pool->free_count++;
}

/* All records, used or not: from index 1 on; NULL: no more. */
void *weft__lua_pool_at(const struct weft__lua_pool *pool, uint32_t index);

/* The value of a slot. set takes it from the top of L and throws if the slot
 * is new; clear and get never do. */
void weft__lua_pool_set(const struct weft__lua_pool *pool, lua_State *L,
                        uint32_t index);
void weft__lua_pool_get(const struct weft__lua_pool *pool, lua_State *L,
                        uint32_t index);
void weft__lua_pool_clear(const struct weft__lua_pool *pool, lua_State *L,
                          uint32_t index);

#endif
