/* prelude.c - what scripts for LuatOS find beside the standard library
 * SPDX-License-Identifier: MIT
 *
 * LuatOS is Lua 5.3 with its compatibility functions on; here are those that
 * 5.4 no longer has. Nothing that is there already is replaced, but for print
 * and io.write, which go to the machine's own standard output.
 *
 * Context: the machine's loop, inside a call from a script.
 */
#include <math.h>

#include <lualib.h>

#include "bindings/lua/machine.h"
#include "bindings/lua/text.h"

/* One write a line, so that lines of several machines do not mix. */
static int l_print(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    int count = lua_gettop(L);
    size_t size = 0;
    luaL_Buffer line;

    luaL_buffinit(L, &line);
    for (int i = 1; i <= count; i++) {
        if (i > 1) {
            luaL_addchar(&line, '\t');
        }
        (void)luaL_tolstring(L, i, NULL);
        luaL_addvalue(&line);
    }
    luaL_addchar(&line, '\n');
    luaL_pushresult(&line);
    const char *text = lua_tolstring(L, -1, &size);
    weft__lua_print(m, text, size);
    return 0;
}

/* Whether io.write would write to standard output. Upvalue 2: the io table. */
static bool writes_to_stdout(lua_State *L)
{
    lua_getfield(L, lua_upvalueindex(2), "output");
    lua_call(L, 0, 1);
    lua_getfield(L, lua_upvalueindex(2), "stdout");
    bool same = lua_rawequal(L, -1, -2);
    lua_pop(L, 2);
    return same;
}

/* Upvalue 3: io.write as it was, for other files. */
static int l_write(lua_State *L)
{
    int count = lua_gettop(L);
    size_t size = 0;
    luaL_Buffer all;

    if (!writes_to_stdout(L)) {
        lua_pushvalue(L, lua_upvalueindex(3));
        lua_insert(L, 1);
        lua_call(L, count, LUA_MULTRET);
        return lua_gettop(L);
    }
    for (int i = 1; i <= count; i++) {
        (void)luaL_checkstring(L, i);
    }
    luaL_buffinit(L, &all);
    for (int i = 1; i <= count; i++) {
        lua_pushvalue(L, i);
        luaL_addvalue(&all);
    }
    luaL_pushresult(&all);
    const char *text = lua_tolstring(L, -1, &size);
    weft__lua_print(weft__lua_machine(L), text, size);
    lua_getfield(L, lua_upvalueindex(2), "stdout");
    return 1;
}

static void replace_write(lua_State *L)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    if (lua_getfield(L, -1, LUA_IOLIBNAME) == LUA_TTABLE) {
        lua_pushvalue(L, 1);
        lua_pushvalue(L, -2);
        lua_getfield(L, -1, "write");
        lua_pushcclosure(L, l_write, 3);
        lua_setfield(L, -2, "write");
    }
    lua_pop(L, 2);
}

static int math_pow(lua_State *L)
{
    lua_pushnumber(
        L, (lua_Number)pow(luaL_checknumber(L, 1), luaL_checknumber(L, 2)));
    return 1;
}

static int math_cosh(lua_State *L)
{
    lua_pushnumber(L, (lua_Number)cosh(luaL_checknumber(L, 1)));
    return 1;
}

static int math_sinh(lua_State *L)
{
    lua_pushnumber(L, (lua_Number)sinh(luaL_checknumber(L, 1)));
    return 1;
}

static int math_tanh(lua_State *L)
{
    lua_pushnumber(L, (lua_Number)tanh(luaL_checknumber(L, 1)));
    return 1;
}

static int math_log10(lua_State *L)
{
    lua_pushnumber(L, (lua_Number)log10(luaL_checknumber(L, 1)));
    return 1;
}

static int math_atan2(lua_State *L)
{
    lua_pushnumber(
        L, (lua_Number)atan2(luaL_checknumber(L, 1), luaL_optnumber(L, 2, 1)));
    return 1;
}

static int math_frexp(lua_State *L)
{
    int exponent = 0;

    lua_pushnumber(L, (lua_Number)frexp(luaL_checknumber(L, 1), &exponent));
    lua_pushinteger(L, exponent);
    return 2;
}

static int math_ldexp(lua_State *L)
{
    lua_Integer exponent = luaL_checkinteger(L, 2);

    luaL_argcheck(L, exponent >= -10000 && exponent <= 10000, 2,
                  "exponent out of range");
    lua_pushnumber(L, (lua_Number)ldexp(luaL_checknumber(L, 1), (int)exponent));
    return 1;
}

/* The greatest number among the keys, 0 without one. */
static int table_maxn(lua_State *L)
{
    lua_Number most = 0;

    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_pushnil(L);
    while (lua_next(L, 1)) {
        lua_pop(L, 1);
        if (lua_type(L, -1) == LUA_TNUMBER && lua_tonumber(L, -1) > most) {
            most = lua_tonumber(L, -1);
        }
    }
    lua_pushnumber(L, most);
    return 1;
}

static const luaL_Reg math_functions[] = {
    {"pow", math_pow},     {"cosh", math_cosh},   {"sinh", math_sinh},
    {"tanh", math_tanh},   {"log10", math_log10}, {"atan2", math_atan2},
    {"frexp", math_frexp}, {"ldexp", math_ldexp}, {NULL, NULL},
};

static const luaL_Reg table_functions[] = {
    {"maxn", table_maxn},
    {NULL, NULL},
};

/* Adds to a library those functions that it does not have. */
static void add_missing(lua_State *L, const char *library,
                        const luaL_Reg *functions)
{
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    if (lua_getfield(L, -1, library) == LUA_TTABLE) {
        for (; functions->name != NULL; functions++) {
            if (lua_getfield(L, -1, functions->name) == LUA_TNIL) {
                lua_pushcfunction(L, functions->func);
                lua_setfield(L, -3, functions->name);
            }
            lua_pop(L, 1);
        }
    }
    lua_pop(L, 2);
}

/* Makes a global a second name for a global, or for a library's function. */
static void name_again(lua_State *L, const char *name, const char *library,
                       const char *function)
{
    lua_pushglobaltable(L);
    if (library != NULL && lua_getfield(L, -1, library) != LUA_TTABLE) {
        lua_pop(L, 2);
        return;
    }
    lua_getfield(L, -1, function);
    lua_setglobal(L, name);
    lua_pop(L, library != NULL ? 2 : 1);
}

/* A seed given to the machine makes math.random repeat. */
static void seed_random(lua_State *L, const struct weft_lua *m)
{
    if (!m->config.seeded) {
        return;
    }
    if (lua_getglobal(L, LUA_MATHLIBNAME) == LUA_TTABLE &&
        lua_getfield(L, -1, "randomseed") == LUA_TFUNCTION) {
        lua_pushinteger(L, (lua_Integer)m->config.seed);
        lua_call(L, 1, 0);
        lua_pop(L, 1);
        return;
    }
    lua_settop(L, 1);
}

int weft__lua_open_prelude(lua_State *L)
{
    static const luaL_Reg print[] = {{"print", l_print}, {NULL, NULL}};
    struct weft_lua *m = lua_touserdata(L, 1);

    lua_pushglobaltable(L);
    weft__lua_setfuncs(L, m, print);
    lua_pop(L, 1);
    replace_write(L);
    name_again(L, "unpack", LUA_TABLIBNAME, "unpack");
    name_again(L, "loadstring", NULL, "load");
    add_missing(L, LUA_MATHLIBNAME, math_functions);
    add_missing(L, LUA_TABLIBNAME, table_functions);
    weft__lua_add_text(L);
    seed_random(L, m);
    return 0;
}
