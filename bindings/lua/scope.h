/* scope.h - weft.scope: what waits and coroutines know of it
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_LUA_SCOPE_INTERNAL_H
#define WEFT_LUA_SCOPE_INTERNAL_H

#include <stdbool.h>
#include <stdint.h>

#include <lua.h>

#include "bindings/lua/pool.h"
#include "weft/base/list.h"
#include "weft/timer.h"

struct weft_lua;
struct weft__lua_op;

/* Why a scope is to end. */
enum weft__lua_scope_level {
    WEFT__LUA_SCOPE_ALIVE,
    WEFT__LUA_SCOPE_CANCELLED,
    WEFT__LUA_SCOPE_LATE,   /* its limit has passed */
    WEFT__LUA_SCOPE_FAILED, /* one of its tasks did */
};

/* An open scope. Its slot is a table: ERROR is the first error. It opens in
 * weft.scope, and is over when that has nothing to wait for any more, or, if
 * its coroutine was closed, when its last task has ended. */
struct weft__lua_scope {
    weft_list_node_t in_parent; /* first word: the pool's while free */
    weft_list_t inner;          /* scopes that its coroutines opened */
    weft_list_t ops;            /* waits of its coroutines */
    weft_timer_t limit;         /* ctx: the machine */
    struct weft__lua_scope *parent;
    struct weft__lua_scope **handle; /* the userdata that scripts hold */
    struct weft__lua_op *joiner;
    lua_State *opener;
    uint32_t index;
    unsigned live; /* coroutines that have not ended, the opener's too */
    int results;   /* of the function, on the opener's stack */
    uint8_t level;
    uint8_t failed; /* there is an error */
    uint8_t orphan; /* nobody will join it */
    uint8_t inside; /* the function runs */
    uint8_t body;   /* it returned */
};

struct weft__lua_scopes {
    struct weft__lua_pool pool;
    int of;         /* registry: coroutine -> its innermost scope; weak keys */
    unsigned count; /* of open ones */
};

static inline bool weft__lua_scope_cancelled(
    const struct weft__lua_scope *scope)
{
    return scope->level != WEFT__LUA_SCOPE_ALIVE;
}

/* The innermost scope of coroutine co, or NULL. Allocates nothing on L. */
struct weft__lua_scope *weft__lua_scope_find(struct weft_lua *m, lua_State *L,
                                             lua_State *co);

/* A coroutine has ended: status, the error on its top. Whether a scope has
 * taken it: then nobody reports it. The value stays. */
bool weft__lua_scope_ended(struct weft_lua *m, lua_State *L, lua_State *co,
                           int status);

/* Raises what the waits of a cancelled scope do. */
int weft__lua_throw_cancelled(lua_State *L);

int weft__lua_l_scope(lua_State *L);
void weft__lua_open_scope(lua_State *L, struct weft_lua *m);
void weft__lua_scopes_open(struct weft_lua *m, lua_State *L);
void weft__lua_scopes_stop(struct weft_lua *m);
void weft__lua_scopes_close(struct weft_lua *m);

#endif
