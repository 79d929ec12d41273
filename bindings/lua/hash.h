/* hash.h - a hash table of links in their owners' memory
 * SPDX-License-Identifier: MIT
 *
 * The owner compares: walk the links of a hash and look at each container.
 * Memory: buckets from the machine; where they cannot grow it goes on with
 * those it has.
 */
#ifndef WEFT_LUA_HASH_H
#define WEFT_LUA_HASH_H

#include <stdbool.h>
#include <stdint.h>

struct weft_lua;

struct weft__lua_link {
    struct weft__lua_link *next;
    uint32_t hash;
};

struct weft__lua_hash {
    struct weft__lua_link **buckets;
    uint32_t size; /* a power of two, or 0 */
    uint32_t count;
};

/* Mixes a word into a hash. */
static inline uint32_t weft__lua_mix(uint32_t hash, uint64_t word)
{
    word = (word ^ hash) * 0x9E3779B97F4A7C15u;
    return (uint32_t)(word >> 32) ^ (uint32_t)word;
}

/* The first link with that hash, and the next after one; NULL: no more. */
struct weft__lua_link *weft__lua_hash_first(const struct weft__lua_hash *table,
                                            uint32_t hash);
struct weft__lua_link *weft__lua_hash_next(const struct weft__lua_link *link);

/* Makes sure that one more can be added; false: no memory. */
bool weft__lua_hash_reserve(struct weft_lua *m, struct weft__lua_hash *table);
void weft__lua_hash_add(struct weft__lua_hash *table,
                        struct weft__lua_link *link, uint32_t hash);
void weft__lua_hash_remove(struct weft__lua_hash *table,
                           struct weft__lua_link *link);
void weft__lua_hash_free(struct weft_lua *m, struct weft__lua_hash *table);

#endif
