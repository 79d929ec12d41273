/* coroutine.c - resume, wrap, close, yield and running, aware of the machine
 * SPDX-License-Identifier: MIT
 *
 * What a script's own resumes change: who runs now (for the stuck detection),
 * and that nothing goes on once the machine is ending. In a driven machine
 * the main chunk is a coroutine of ours; scripts see it as the main program.
 */
#include "bindings/lua/core.h"

/* Resumes co with nargs values from the top of L. How many results came onto
 * L; -1: an error value came. */
static int resume(lua_State *L, lua_State *co, int nargs)
{
    struct weft_lua *m = weft__lua_machine(L);
    lua_State *outer;
    int results = 0;
    int status;

    if (weft__lua_is_main(m, co)) {
        lua_pushliteral(L, "cannot resume the main program");
        return -1;
    }
    if (!lua_checkstack(co, nargs + 1)) {
        lua_pushliteral(L, "too many arguments to resume");
        return -1;
    }
    lua_xmove(L, co, nargs);
    outer = weft__lua_enter(m->core, co);
    status = lua_resume(co, L, nargs, &results);
    weft__lua_leave(m->core, outer);
    if (m->core->ending != WEFT_LUA_RUNNING) {
        return weft__lua_unwind(L);
    }
    if (status != LUA_OK && status != LUA_YIELD) {
        lua_xmove(co, L, 1);
        (void)weft__lua_scope_ended(m, L, co, status);
        return -1;
    }
    if (status == LUA_OK) {
        (void)weft__lua_scope_ended(m, L, co, status);
    }
    if (!lua_checkstack(L, results + 4)) {
        lua_pop(co, results);
        lua_pushliteral(L, "too many results to resume");
        return -1;
    }
    lua_xmove(co, L, results);
    return results;
}

static int l_resume(lua_State *L)
{
    lua_State *co = lua_tothread(L, 1);
    int results;

    luaL_argexpected(L, co != NULL, 1, "coroutine");
    results = resume(L, co, lua_gettop(L) - 1);
    lua_pushboolean(L, results >= 0);
    if (results < 0) {
        lua_insert(L, -2);
        return 2;
    }
    lua_insert(L, -(results + 1));
    return results + 1;
}

/* An error goes on in the caller, with its place in front of a text. */
static int wrapped(lua_State *L)
{
    lua_State *co = lua_tothread(L, lua_upvalueindex(2));
    int results = resume(L, co, lua_gettop(L));
    int status = lua_status(co);

    if (results >= 0) {
        return results;
    }
    if (status != LUA_OK && status != LUA_YIELD) {
        if (lua_resetthread(co) != LUA_OK) {
            lua_xmove(co, L, 1);
        }
    }
    if (status != LUA_ERRMEM && lua_type(L, -1) == LUA_TSTRING) {
        luaL_where(L, 1);
        lua_insert(L, -2);
        lua_concat(L, 2);
    }
    return lua_error(L);
}

static int l_wrap(lua_State *L)
{
    lua_State *co;

    luaL_checktype(L, 1, LUA_TFUNCTION);
    lua_pushvalue(L, lua_upvalueindex(1));
    co = lua_newthread(L);
    lua_pushvalue(L, 1);
    lua_xmove(L, co, 1);
    lua_pushcclosure(L, wrapped, 2);
    return 1;
}

/* A coroutine that waits in Weft and is closed waits no more. Upvalue 2: the
 * library's own close. */
static int l_close(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    lua_State *co = lua_tothread(L, 1);
    struct weft__lua_wait *wait;

    if (weft__lua_is_main(m, co)) {
        return luaL_error(L, "cannot close the main program");
    }
    lua_settop(L, 1);
    wait = co == NULL ? NULL : weft__lua_wait_of(m, co);
    if (wait != NULL && wait->state == WEFT__LUA_PARKED) {
        weft__lua_abandon(m, L, wait);
    }
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_insert(L, 1);
    lua_call(L, 1, LUA_MULTRET);
    (void)weft__lua_scope_ended(m, L, co, LUA_OK);
    weft__lua_serve_ended(m, L, co, LUA_OK);
    return lua_gettop(L);
}

static int l_yield(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);

    if (L == m->core->main) {
        return luaL_error(L, "attempt to yield from outside a coroutine");
    }
    return lua_yield(L, lua_gettop(L));
}

static int l_running(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    int is_main = lua_pushthread(L);

    lua_pushboolean(L, is_main || L == m->core->main);
    return 2;
}

static int l_is_yieldable(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    lua_State *co = lua_isthread(L, 1) ? lua_tothread(L, 1) : L;

    lua_pushboolean(L, co != m->core->main && lua_isyieldable(co));
    return 1;
}

static const luaL_Reg always[] = {
    {"resume", l_resume},
    {"wrap", l_wrap},
    {NULL, NULL},
};

static const luaL_Reg driven[] = {
    {"yield", l_yield},
    {"running", l_running},
    {"isyieldable", l_is_yieldable},
    {NULL, NULL},
};

void weft__lua_open_coroutine(struct weft_lua *m, lua_State *L)
{
    if (lua_getglobal(L, LUA_COLIBNAME) != LUA_TTABLE) {
        lua_pop(L, 1);
        luaL_requiref(L, LUA_COLIBNAME, luaopen_coroutine, 1);
    }
    weft__lua_setfuncs(L, m, always);
    if (!m->core->embedded) {
        weft__lua_setfuncs(L, m, driven);
    }
    lua_pushlightuserdata(L, m);
    lua_getfield(L, -2, "close");
    lua_pushcclosure(L, l_close, 2);
    lua_setfield(L, -2, "close");
    lua_getfield(L, -1, "resume");
    lua_setfield(L, LUA_REGISTRYINDEX, "weft.resume");
    lua_pop(L, 1);
}
