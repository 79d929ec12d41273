/* scope_call.c - weft.scope: its function, join and results, its handle
 * SPDX-License-Identifier: MIT
 *
 * The function runs in the caller's coroutine, in protected mode. Then the
 * caller waits for what it spawned, however it ended.
 */
#include "bindings/lua/scope_tree.h"

#include "bindings/lua/channel.h"
#include "bindings/lua/core.h"

/* The stack of weft.scope; the function's results come behind. */
enum { FUNCTION = 1, SELF = 2 };

/* --- weft.scope ---------------------------------------------------------- */

/* The results of weft.scope. A cancel of its own is no error; one from outside
 * is that of this wait, too. */
static int finish(lua_State *L, struct weft__lua_scope *scope)
{
    const struct weft__lua_scope *parent = scope->parent;
    uint8_t level = scope->level;
    int results = scope->results;
    bool body = scope->body;

    if (scope->failed) {
        weft__lua_pool_get(&weft__lua_scope_machine(scope)->core->scopes.pool,
                           L, scope->index);
        lua_rawgeti(L, -1, WEFT__LUA_SCOPE_ERROR);
        weft__lua_scope_give_back(scope);
        return lua_error(L);
    }
    weft__lua_scope_give_back(scope);
    if (parent != NULL && weft__lua_scope_cancelled(parent)) {
        return weft__lua_throw_cancelled(L);
    }
    if (level == WEFT__LUA_SCOPE_LATE) {
        return weft__lua_push_why(L, WEFT_ERR_TIMEOUT);
    }
    if (!body) {
        return weft__lua_push_why(L, WEFT_ERR_CANCELLED);
    }
    return results;
}

/* Cannot be cancelled, and a resume by hand does not end it. */
static int joined(lua_State *L, int status, lua_KContext ctx)
{
    struct weft__lua_wait *wait = (struct weft__lua_wait *)ctx;
    struct weft__lua_scope **handle = lua_touserdata(L, SELF);
    struct weft__lua_op *op = weft__lua_op_look(L, wait);

    (void)status;
    lua_settop(L, SELF + (*handle)->results);
    if (op == NULL) {
        return lua_yieldk(L, 0, ctx, joined);
    }
    (void)weft__lua_op_unpark(L, op);
    return finish(L, *handle);
}

static int join(lua_State *L, struct weft__lua_scope *scope)
{
    struct weft_lua *m = weft__lua_scope_machine(scope);
    struct weft__lua_wait *wait;
    struct weft__lua_op *op;

    luaL_checkstack(L, 8, NULL);
    lua_pushvalue(L, SELF);
    op = weft__lua_op_prepare(m, L, 0, 0, "weft.scope");
    op->kind = WEFT__LUA_OP_JOIN;
    weft__lua_op_begin(op, NULL);
    scope->joiner = op;
    wait = weft__lua_op_park(op, WEFT_FOREVER, "weft.scope");
    return lua_yieldk(L, 0, (lua_KContext)wait, joined);
}

/* The function has ended: its results, or the error, are behind SELF. */
static int ran(lua_State *L, int status, lua_KContext ctx)
{
    struct weft__lua_scope *scope = (struct weft__lua_scope *)ctx;
    struct weft_lua *m = weft__lua_scope_machine(scope);

    if (m->core->ending != WEFT_LUA_RUNNING) {
        return weft__lua_unwind(L);
    }
    if (status == LUA_OK || status == LUA_YIELD) {
        scope->results = lua_gettop(L) - SELF;
        scope->body = 1;
    } else {
        lua_pushvalue(L, -1);
        if (!weft__lua_scope_failed(L, scope)) {
            weft__lua_failed(m, L, L, status, "the function of a scope");
        }
        lua_settop(L, SELF);
    }
    weft__lua_scope_leave(L, scope);
    return scope->live > 0 ? join(L, scope) : finish(L, scope);
}

/* weft.scope(function [, ms]) */
int weft__lua_l_scope(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    uint64_t deadline_us = WEFT_FOREVER;
    struct weft__lua_scope *parent;
    struct weft__lua_scope *scope;

    weft__lua_check_task(m, L, "weft.scope");
    luaL_checktype(L, FUNCTION, LUA_TFUNCTION);
    if (!lua_isnoneornil(L, 2)) {
        deadline_us = weft__lua_check_deadline(L, 2);
    }
    lua_settop(L, FUNCTION);
    parent = weft__lua_scope_find(m, L, L);
    if (parent != NULL && weft__lua_scope_cancelled(parent)) {
        return weft__lua_throw_cancelled(L);
    }
    scope = weft__lua_scope_open(m, L, parent);
    weft__lua_scope_start(scope, L, parent);
    weft__lua_arm(m, &scope->limit, deadline_us);
    lua_toclose(L, SELF);
    lua_pushvalue(L, FUNCTION);
    lua_pushvalue(L, SELF);
    return ran(L, lua_pcallk(L, 1, LUA_MULTRET, 0, (lua_KContext)scope, ran),
               (lua_KContext)scope);
}

/* --- the handle ---------------------------------------------------------- */

static struct weft__lua_scope *check(lua_State *L)
{
    return *(struct weft__lua_scope **)luaL_checkudata(L, 1,
                                                       WEFT__LUA_SCOPE_NAME);
}

/* The opener goes while it is open: its coroutine was closed, or memory is
 * short. What lives in it is cancelled, and counts for the scope around it. */
static int l_leave(lua_State *L)
{
    struct weft__lua_scope *scope = check(L);

    if (scope == NULL) {
        return 0;
    }
    scope->orphan = 1;
    scope->joiner = NULL;
    if (scope->parent != NULL) {
        scope->parent->live++;
    }
    scope->live++;
    if (scope->inside) {
        weft__lua_scope_leave(L, scope);
    }
    weft__lua_scope_cancel(scope, WEFT__LUA_SCOPE_CANCELLED);
    /* What was counted above: it may be the last. */
    weft__lua_scope_left(scope);
    return 0;
}

/* The coroutine is its: kept, and counted. Throws before. Pushes it. */
static lua_State *adopt(struct weft_lua *m, lua_State *L,
                        struct weft__lua_scope *scope)
{
    lua_State *co = lua_newthread(L);

    weft__lua_pool_get(&m->core->scopes.pool, L, scope->index);
    lua_pushvalue(L, -2);
    lua_pushboolean(L, 1);
    lua_rawset(L, -3);
    lua_pop(L, 1);
    weft__lua_scope_belongs(m, L, co, scope);
    scope->live++;
    return co;
}

/* scope:spawn(function, ...): runs it up to its first wait; its coroutine, or
 * nil and "cancelled". */
static int l_spawn(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    struct weft__lua_scope *scope = check(L);
    int nargs = lua_gettop(L) - 2;
    lua_State *co;

    luaL_checktype(L, 2, LUA_TFUNCTION);
    luaL_argcheck(L, scope != NULL, 1, "the scope is over");
    if (weft__lua_scope_cancelled(scope)) {
        return weft__lua_push_why(L, WEFT_ERR_CANCELLED);
    }
    luaL_checkstack(L, 8, NULL);
    co = adopt(m, L, scope);
    lua_insert(L, 2);
    if (!lua_checkstack(co, nargs + 2)) {
        (void)weft__lua_scope_ended(m, L, co, LUA_OK);
        return luaL_error(L, "too many arguments for a task");
    }
    lua_xmove(L, co, nargs + 1);
    if (m->config.trace != NULL) {
        weft__lua_trace_new(m, L, co);
    }
    (void)weft__lua_resume(m, L, co, nargs);
    if (m->core->ending != WEFT_LUA_RUNNING) {
        return weft__lua_unwind(L);
    }
    return 1;
}

static int l_cancel(lua_State *L)
{
    struct weft__lua_scope *scope = check(L);

    if (scope != NULL) {
        weft__lua_scope_cancel(scope, WEFT__LUA_SCOPE_CANCELLED);
    }
    return 0;
}

/* true, too, when it is over. */
static int l_is_cancelled(lua_State *L)
{
    const struct weft__lua_scope *scope = check(L);

    lua_pushboolean(L, scope == NULL || weft__lua_scope_cancelled(scope));
    return 1;
}

static const luaL_Reg methods[] = {
    {"spawn", l_spawn},
    {"cancel", l_cancel},
    {"isCancelled", l_is_cancelled},
    {NULL, NULL},
};

static const luaL_Reg events[] = {
    {"__close", l_leave},
    {NULL, NULL},
};

/* The table weft is on top: gets what cancelled waits raise. */
void weft__lua_open_scope(lua_State *L, struct weft_lua *m)
{
    (void)luaL_newmetatable(L, WEFT__LUA_SCOPE_NAME);
    weft__lua_setfuncs(L, m, events);
    lua_newtable(L);
    weft__lua_setfuncs(L, m, methods);
    lua_setfield(L, -2, "__index");
    lua_pushliteral(L, "scope");
    lua_setfield(L, -2, "__metatable");
    lua_pop(L, 1);
    weft__lua_open_cancelled(L);
    lua_setfield(L, -2, "cancelled");
}
