/* waiters.c - who waits, and for what: weft_lua_waiters
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "bindings/lua/core.h"

/* registry: a task that once yielded by itself -> its number. Weak. */
#define YIELDED "weft.yielded"

struct listing {
    struct weft_lua *m;
    void (*line)(void *ctx, const char *text);
    void *ctx;
};

/* Pushes what a topic is called: its key in the table of topics. */
static void push_topic(struct weft_lua *m, lua_State *L,
                       const struct weft__lua_topic *topic)
{
    int top = lua_gettop(L);

    lua_rawgeti(L, LUA_REGISTRYINDEX, m->core->topics);
    for (lua_pushnil(L); lua_next(L, top + 1) != 0; lua_pop(L, 1)) {
        if (lua_touserdata(L, -1) == topic) {
            lua_pop(L, 1);
            if (lua_type(L, -1) == LUA_TSTRING) {
                lua_pushfstring(L, "\"%s\"", lua_tostring(L, -1));
            } else {
                (void)luaL_tolstring(L, -1, NULL);
            }
            lua_replace(L, top + 1);
            lua_settop(L, top + 1);
            return;
        }
    }
    lua_settop(L, top);
    lua_pushliteral(L, "?");
}

/* Pushes "message "A" or "B"" or "a time". */
static void push_reason(struct weft_lua *m, lua_State *L,
                        const struct weft__lua_wait *wait)
{
    const char *reason = weft__lua_op_reason(m, wait->op);

    if (reason != NULL) {
        lua_pushstring(L, reason);
        return;
    }
    if (wait->subs == NULL) {
        lua_pushstring(L, wait->forever ? "a message of no topic" : "a time");
        return;
    }
    lua_pushliteral(L, "message ");
    for (struct weft__lua_sub *sub = wait->subs; sub != NULL; sub = sub->next) {
        push_topic(m, L, sub->topic);
        lua_pushstring(L, sub->next != NULL ? " or " : "");
        lua_concat(L, 3);
    }
}

/* Pushes " at main.lua:7": the innermost line of the script. */
static void push_place(lua_State *L, lua_State *co)
{
    lua_Debug at;

    for (int level = 0; lua_getstack(co, level, &at); level++) {
        if (lua_getinfo(co, "Sl", &at) && at.currentline > 0) {
            lua_pushfstring(L, " at %s:%d", at.short_src, at.currentline);
            return;
        }
    }
    lua_pushliteral(L, "");
}

/* What it waits for is on top, and is popped. */
static void tell(struct listing *listing, lua_State *L, lua_State *co)
{
    char name[LUA_IDSIZE + 16];

    weft__lua_task_name(co, name, sizeof(name));
    push_place(L, co);
    lua_pushfstring(L, "task %s waits for %s%s", name, lua_tostring(L, -2),
                    lua_tostring(L, -1));
    listing->line(listing->ctx, lua_tostring(L, -1));
    lua_pop(L, 3);
}

/* Those that still wait for a resume, in the order of their numbers. */
static void list_yielded(struct listing *listing, lua_State *L)
{
    lua_Integer count = listing->m->core->raw_count;
    int top = lua_gettop(L);

    if (lua_getfield(L, LUA_REGISTRYINDEX, YIELDED) != LUA_TTABLE) {
        lua_settop(L, top);
        return;
    }
    lua_newtable(L);
    for (lua_pushnil(L); lua_next(L, top + 1) != 0;) {
        lua_pushvalue(L, -2);
        lua_rawseti(L, top + 2, lua_tointeger(L, -2));
        lua_pop(L, 1);
    }
    for (lua_Integer i = 1; i <= count; i++) {
        lua_State *co;
        lua_rawgeti(L, top + 2, i);
        co = lua_tothread(L, -1);
        if (co != NULL && lua_status(co) == LUA_YIELD &&
            weft__lua_wait_of(listing->m, co) == NULL) {
            lua_pushliteral(L, "a coroutine.resume");
            tell(listing, L, co);
        }
        lua_pop(L, 1);
    }
    lua_settop(L, top);
}

/* Argument 1: struct listing. */
static int list(lua_State *L)
{
    struct listing *listing = lua_touserdata(L, 1);
    struct weft_lua *m = listing->m;
    struct weft__lua_wait *wait;

    luaL_checkstack(L, 16, NULL);
    for (uint32_t i = 1; (wait = weft__lua_pool_at(&m->core->waits, i)) != NULL;
         i++) {
        if (wait->state != WEFT__LUA_PARKED) {
            continue;
        }
        push_reason(m, L, wait);
        tell(listing, L, wait->co);
    }
    list_yielded(listing, L);
    return 0;
}

/* Argument 1: the machine, 2: the task. */
static int keep(lua_State *L)
{
    struct weft_lua *m = lua_touserdata(L, 1);

    if (!luaL_getsubtable(L, LUA_REGISTRYINDEX, YIELDED)) {
        lua_createtable(L, 0, 1);
        lua_pushliteral(L, "k");
        lua_setfield(L, -2, "__mode");
        lua_setmetatable(L, -2);
    }
    lua_pushvalue(L, 2);
    if (lua_rawget(L, 3) == LUA_TNIL) {
        lua_pushvalue(L, 2);
        lua_pushinteger(L, ++m->core->raw_count);
        lua_rawset(L, 3);
    }
    return 0;
}

void weft__lua_yielded(struct weft_lua *m, lua_State *L)
{
    if (!lua_checkstack(L, 4)) {
        return;
    }
    lua_pushcfunction(L, keep);
    lua_pushlightuserdata(L, m);
    lua_pushvalue(L, -3);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK) {
        lua_pop(L, 1);
    }
}

void weft_lua_waiters(weft_lua_t *m, void (*line)(void *ctx, const char *text),
                      void *ctx)
{
    struct listing listing = {m, line, ctx};
    lua_State *L = m->L;

    if (L == NULL || !lua_checkstack(L, 8)) {
        return;
    }
    m->core->grace++;
    lua_pushcfunction(L, list);
    lua_pushlightuserdata(L, &listing);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        lua_pop(L, 1);
        line(ctx, "(the list is cut short: not enough memory)");
    }
    m->core->grace--;
}
