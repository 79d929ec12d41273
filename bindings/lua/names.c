/* names.c - what the trace calls things: numbers of tasks, lasting names
 * SPDX-License-Identifier: MIT
 *
 * Only machines with a trace have any. Task numbers are in a table with weak
 * keys, names in memory of the machine's that lasts over reboots.
 */
#include <stdio.h>
#include <string.h>

#include "bindings/lua/core.h"
#include "bindings/lua/memory.h"

struct name {
    struct weft__lua_link link;
    char text[];
};

const char *weft__lua_name(struct weft_lua *m, const char *text)
{
    struct weft__lua_hash *names = &m->core->names;
    size_t size = strlen(text) + 1;
    uint32_t hash = 5;
    struct weft__lua_link *link;
    struct name *name;

    for (const char *at = text; *at != '\0'; at++) {
        hash = weft__lua_mix(hash, (unsigned char)*at);
    }
    for (link = weft__lua_hash_first(names, hash); link != NULL;
         link = weft__lua_hash_next(link)) {
        name = WEFT_CONTAINER_OF(link, struct name, link);
        if (strcmp(name->text, text) == 0) {
            return name->text;
        }
    }
    if (!weft__lua_hash_reserve(m, names)) {
        return NULL;
    }
    name = weft__lua_raw(m, NULL, 0, sizeof(*name) + size);
    if (name == NULL) {
        return NULL;
    }
    memcpy(name->text, text, size);
    weft__lua_hash_add(names, &name->link, hash);
    return name->text;
}

/* Numbers are written into a buffer: lua_tolstring would change the value. */
const char *weft__lua_value_name(struct weft_lua *m, lua_State *L, int index)
{
    char number[32];

    switch (lua_type(L, index)) {
    case LUA_TSTRING: return weft__lua_name(m, lua_tostring(L, index));
    case LUA_TNUMBER:
        (void)snprintf(number, sizeof(number), "%.14g",
                       (double)lua_tonumber(L, index));
        return weft__lua_name(m, number);
    case LUA_TBOOLEAN: return lua_toboolean(L, index) ? "true" : "false";
    default: return luaL_typename(L, index);
    }
}

void weft__lua_names_open(struct weft_lua *m, lua_State *L)
{
    if (m->config.trace == NULL) {
        return;
    }
    lua_newtable(L);
    lua_createtable(L, 0, 1);
    lua_pushliteral(L, "k");
    lua_setfield(L, -2, "__mode");
    lua_setmetatable(L, -2);
    m->core->task_ids = luaL_ref(L, LUA_REGISTRYINDEX);
}

void weft__lua_names_free(struct weft_lua *m)
{
    struct weft__lua_hash *names = &m->core->names;

    for (uint32_t i = 0; i < names->size; i++) {
        while (names->buckets[i] != NULL) {
            struct name *name =
                WEFT_CONTAINER_OF(names->buckets[i], struct name, link);
            names->buckets[i] = name->link.next;
            (void)weft__lua_raw(m, name, sizeof(*name) + strlen(name->text) + 1,
                                0);
        }
    }
    weft__lua_hash_free(m, names);
}

/* The number of a task onto L; 0: it has none. */
static lua_Integer number_of(struct weft_lua *m, lua_State *L, lua_State *co)
{
    lua_Integer number;

    lua_rawgeti(L, LUA_REGISTRYINDEX, m->core->task_ids);
    lua_pushthread(co);
    lua_xmove(co, L, 1);
    lua_rawget(L, -2);
    number = lua_tointeger(L, -1);
    lua_pop(L, 2);
    return number;
}

static void name_of_new(lua_State *co, char *name, size_t size)
{
    lua_Debug at;

    if (lua_status(co) == LUA_OK && lua_gettop(co) > 0 &&
        lua_getstack(co, 0, &at) == 0) {
        /* Not begun: its function is the lowest value, or, of an operation of
         * a service, the third. */
        lua_pushvalue(co, lua_iscfunction(co, 1) && lua_isuserdata(co, 2) &&
                                  lua_isfunction(co, 3)
                              ? 3
                              : 1);
        if (lua_isfunction(co, -1)) {
            (void)lua_getinfo(co, ">S", &at);
            (void)snprintf(name, size, at.linedefined > 0 ? "%s:%d" : "%s",
                           at.short_src, at.linedefined);
            return;
        }
        lua_pop(co, 1);
    }
    weft__lua_task_name(co, name, size);
}

void weft__lua_trace_new(struct weft_lua *m, lua_State *L, lua_State *co)
{
    char name[LUA_IDSIZE + 16];

    if (m->config.trace == NULL || number_of(m, L, co) != 0) {
        return;
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, m->core->task_ids);
    if (co == L) {
        lua_pushthread(L);
    } else {
        lua_pushthread(co);
        lua_xmove(co, L, 1);
    }
    lua_pushinteger(L, (lua_Integer)++m->core->task_id_last);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    name_of_new(co, name, sizeof(name));
    weft__lua_trace(m, WEFT_TRACE_TASK_START, m->core->task_id_last,
                    weft__lua_name(m, name), 0);
}

void weft__lua_trace_task(struct weft_lua *m, enum weft_trace_kind kind,
                          lua_State *co, const char *name, int value)
{
    if (m->config.trace != NULL) {
        lua_Integer number = number_of(m, weft__lua_base(m), co);
        weft__lua_trace(m, kind, (uint32_t)number, name, value);
    }
}
