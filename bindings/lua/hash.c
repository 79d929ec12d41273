/* hash.c - a hash table of links in their owners' memory
 * SPDX-License-Identifier: MIT
 */
#include "bindings/lua/hash.h"

#include <string.h>

#include "bindings/lua/machine.h"
#include "bindings/lua/memory.h"

static struct weft__lua_link **bucket(const struct weft__lua_hash *table,
                                      uint32_t hash)
{
    return &table->buckets[hash & (table->size - 1)];
}

static struct weft__lua_link *match(struct weft__lua_link *link, uint32_t hash)
{
    while (link != NULL && link->hash != hash) {
        link = link->next;
    }
    return link;
}

struct weft__lua_link *weft__lua_hash_first(const struct weft__lua_hash *table,
                                            uint32_t hash)
{
    return table->size == 0 ? NULL : match(*bucket(table, hash), hash);
}

struct weft__lua_link *weft__lua_hash_next(const struct weft__lua_link *link)
{
    return match(link->next, link->hash);
}

static void move_all(struct weft__lua_hash *from, struct weft__lua_hash *to)
{
    for (uint32_t i = 0; i < from->size; i++) {
        while (from->buckets[i] != NULL) {
            struct weft__lua_link *link = from->buckets[i];
            from->buckets[i] = link->next;
            weft__lua_hash_add(to, link, link->hash);
        }
    }
}

bool weft__lua_hash_reserve(struct weft_lua *m, struct weft__lua_hash *table)
{
    struct weft__lua_hash grown = {NULL, table->size * 2, 0};
    size_t bytes;

    if (table->count < table->size || table->size >= 1u << 30) {
        return true;
    }
    grown.size = grown.size == 0 ? 8 : grown.size;
    bytes = grown.size * sizeof(*grown.buckets);
    grown.buckets = weft__lua_alloc_new(m, bytes);
    if (grown.buckets == NULL) {
        return table->size != 0;
    }
    if (table->size >= grown.size) { /* a finalizer had it grow */
        (void)weft__lua_alloc(m, grown.buckets, bytes, 0);
        return true;
    }
    memset(grown.buckets, 0, bytes);
    move_all(table, &grown);
    weft__lua_hash_free(m, table);
    *table = grown;
    return true;
}

void weft__lua_hash_add(struct weft__lua_hash *table,
                        struct weft__lua_link *link, uint32_t hash)
{
    struct weft__lua_link **at = bucket(table, hash);

    link->hash = hash;
    link->next = *at;
    *at = link;
    table->count++;
}

void weft__lua_hash_remove(struct weft__lua_hash *table,
                           struct weft__lua_link *link)
{
    struct weft__lua_link **at = bucket(table, link->hash);

    while (*at != link) {
        at = &(*at)->next;
    }
    *at = link->next;
    table->count--;
}

void weft__lua_hash_free(struct weft_lua *m, struct weft__lua_hash *table)
{
    (void)weft__lua_alloc(m, table->buckets,
                          table->size * sizeof(*table->buckets), 0);
    *table = (struct weft__lua_hash){NULL, 0, 0};
}
