/* listen.c - C code that listens to topics: weft_lua_subscribe
 * SPDX-License-Identifier: MIT
 *
 * A listener is a C closure that subscribes like any function; the list of
 * them outlives the Lua state, so that a reboot finds them again.
 */
#include <string.h>

#include "bindings/lua/core.h"
#include "bindings/lua/memory.h"

/* Upvalue 1: the listener. */
static int heard(lua_State *L)
{
    struct weft__lua_c_listener *listener =
        lua_touserdata(L, lua_upvalueindex(1));

    if (listener->fn != NULL) {
        listener->fn(listener->ctx, L, lua_gettop(L));
    }
    return 0;
}

static void open_one(struct weft_lua *m, lua_State *L,
                     struct weft__lua_c_listener *listener)
{
    int top = lua_gettop(L);

    lua_pushstring(L, listener->topic);
    lua_pushlightuserdata(L, listener);
    lua_pushcclosure(L, heard, 1);
    weft__lua_subscribe(m, L, top + 1, top + 2);
    lua_settop(L, top);
}

void weft__lua_listeners_open(struct weft_lua *m, lua_State *L)
{
    for (struct weft__lua_c_listener *listener = m->core->listeners;
         listener != NULL; listener = listener->next) {
        open_one(m, L, listener);
    }
}

/* Arguments: machine, listener. */
static int open_new(lua_State *L)
{
    open_one(lua_touserdata(L, 1), L, lua_touserdata(L, 2));
    return 0;
}

static struct weft__lua_c_listener *find(struct weft_lua *m, const char *topic)
{
    struct weft__lua_c_listener *listener = m->core->listeners;

    while (listener != NULL && strcmp(listener->topic, topic) != 0) {
        listener = listener->next;
    }
    return listener;
}

static void free_one(struct weft_lua *m, struct weft__lua_c_listener *listener)
{
    size_t size = strlen(listener->topic) + 1;

    (void)weft__lua_raw(m, listener, sizeof(*listener) + size, 0);
}

static int add(struct weft_lua *m, struct weft__lua_c_listener *listener)
{
    lua_State *L = m->L;

    if (!lua_checkstack(L, 8)) {
        return WEFT_ERR_MEMORY;
    }
    lua_pushcfunction(L, open_new);
    lua_pushlightuserdata(L, m);
    lua_pushlightuserdata(L, listener);
    if (lua_pcall(L, 2, 0, 0) != LUA_OK) {
        lua_pop(L, 1);
        return WEFT_ERR_MEMORY;
    }
    listener->next = m->core->listeners;
    m->core->listeners = listener;
    return WEFT_OK;
}

int weft_lua_subscribe(weft_lua_t *m, const char *topic,
                       weft_lua_subscriber_fn *fn, void *ctx)
{
    struct weft__lua_c_listener *listener = find(m, topic);
    size_t size = strlen(topic) + 1;
    int rc;

    if (listener == NULL && fn == NULL) {
        return WEFT_ERR_NOT_FOUND;
    }
    if (listener != NULL) {
        listener->fn = fn;
        listener->ctx = ctx;
        return WEFT_OK;
    }
    listener = weft__lua_raw(m, NULL, 0, sizeof(*listener) + size);
    if (listener == NULL) {
        return WEFT_ERR_MEMORY;
    }
    listener->fn = fn;
    listener->ctx = ctx;
    listener->topic = (char *)(listener + 1);
    memcpy(listener->topic, topic, size);
    rc = add(m, listener);
    if (rc < 0) {
        free_one(m, listener);
    }
    return rc;
}

void weft__lua_listeners_free(struct weft_lua *m)
{
    while (m->core->listeners != NULL) {
        struct weft__lua_c_listener *listener = m->core->listeners;
        m->core->listeners = listener->next;
        free_one(m, listener);
    }
}
