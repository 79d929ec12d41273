/* cw.c - sys_cw: results of C code that a task awaits or hands to a callback
 * SPDX-License-Identifier: MIT
 *
 * sys_cw(topic, ...) makes a table {w = topic, r = {...} or nil} with the
 * metatable sys.cwaitMt. t.wait() gives the values r, or waits for a message
 * of the topic; t.cb(f) has a task do that and calls f with them.
 */
#include "bindings/lua/core.h"
#include "bindings/lua/sys.h"

/* Pushes the values of the table at index; how many. */
static int unpack(lua_State *L, int index)
{
    int count = (int)lua_rawlen(L, index);

    luaL_checkstack(L, count, NULL);
    index = lua_absindex(L, index);
    for (int i = 1; i <= count; i++) {
        lua_rawgeti(L, index, i);
    }
    return count;
}

/* Upvalues: machine, topic, values or nil. */
static int now(lua_State *L)
{
    lua_settop(L, 0);
    if (lua_istable(L, lua_upvalueindex(3))) {
        lua_pushvalue(L, lua_upvalueindex(3));
        return unpack(L, 1);
    }
    lua_pushvalue(L, lua_upvalueindex(2));
    return weft__lua_l_wait_until_msg(L);
}

static int over(lua_State *L, int status, lua_KContext ctx)
{
    (void)L;
    (void)status;
    (void)ctx;
    return 0;
}

/* Stack: function, topic, values or nil, then what the wait gave. */
static int came(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)weft__lua_unpark(L, (struct weft__lua_wait *)ctx);
    if (lua_gettop(L) > 3) {
        lua_remove(L, 4);
    }
    lua_remove(L, 3);
    lua_remove(L, 2);
    lua_callk(L, lua_gettop(L) - 1, 0, 0, over);
    return 0;
}

/* The task of cb: the same stack. */
static int call_later(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    struct weft__lua_wait *wait;

    if (lua_istable(L, 3)) {
        lua_pushvalue(L, 1);
        lua_callk(L, unpack(L, 3), 0, 0, over);
        return 0;
    }
    wait = weft__lua_park_until(m, L, 2, WEFT_FOREVER, "sys_cw");
    return lua_yieldk(L, 0, (lua_KContext)wait, came);
}

/* Upvalues as in now; argument: the function. */
static int later(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);

    if (!lua_isfunction(L, 1)) {
        return 0;
    }
    lua_settop(L, 1);
    lua_pushlightuserdata(L, m);
    lua_pushcclosure(L, call_later, 1);
    lua_insert(L, 1);
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_pushvalue(L, lua_upvalueindex(3));
    weft__lua_spawn(m, L, 3);
    return 0;
}

/* cwaitMt.wait(topic, values), cwaitMt.cb(topic, values): functions. */
static int close_over(lua_State *L, lua_CFunction function)
{
    lua_settop(L, 2);
    lua_pushlightuserdata(L, weft__lua_machine(L));
    lua_insert(L, 1);
    lua_pushcclosure(L, function, 3);
    return 1;
}

static int l_wait(lua_State *L)
{
    return close_over(L, now);
}

static int l_cb(lua_State *L)
{
    return close_over(L, later);
}

/* Upvalue 2: cwaitMt. */
static int l_index(lua_State *L)
{
    lua_settop(L, 2);
    lua_pushvalue(L, 2);
    if (lua_rawget(L, lua_upvalueindex(2)) == LUA_TNIL) {
        return 1;
    }
    lua_pushliteral(L, "w");
    lua_rawget(L, 1);
    lua_pushliteral(L, "r");
    lua_rawget(L, 1);
    lua_call(L, 2, 1);
    return 1;
}

/* Upvalue 2: cwaitMt. */
int weft__lua_l_cw(lua_State *L)
{
    int count = lua_gettop(L) - 1;

    luaL_checkany(L, 1);
    lua_createtable(L, count, 0);
    for (int i = 1; i <= count; i++) {
        lua_pushvalue(L, 1 + i);
        lua_rawseti(L, -2, i);
    }
    lua_createtable(L, 0, 2);
    lua_pushvalue(L, 1);
    lua_setfield(L, -2, "w");
    if (count > 0) {
        lua_pushvalue(L, -2);
        lua_setfield(L, -2, "r");
    }
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_setmetatable(L, -2);
    return 1;
}

static const luaL_Reg functions[] = {
    {"wait", l_wait},
    {"cb", l_cb},
    {NULL, NULL},
};

/* Pushes a closure of the machine and the table below. */
static void push_with_table(lua_State *L, struct weft_lua *m,
                            lua_CFunction function)
{
    lua_pushlightuserdata(L, m);
    lua_pushvalue(L, -2);
    lua_pushcclosure(L, function, 2);
}

/* The table sys is on top. */
void weft__lua_open_cw(struct weft_lua *m, lua_State *L)
{
    lua_newtable(L);
    weft__lua_setfuncs(L, m, functions);
    push_with_table(L, m, l_index);
    lua_setfield(L, -2, "__index");
    push_with_table(L, m, weft__lua_l_cw);
    lua_setglobal(L, "sys_cw");
    lua_setfield(L, -2, "cwaitMt");
}
