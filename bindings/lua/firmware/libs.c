/* libs.c - the standard library of a machine on a chip
 * SPDX-License-Identifier: MIT
 *
 * Base, coroutine, table, string, math and utf8 are Lua's own. There is no io
 * and no debug; of os only date here, the rest is os.c's. package has what
 * require needs, without files and shared libraries.
 */
#include <time.h>

#include <lauxlib.h>
#include <lualib.h>

#include "bindings/lua/load.h"
#include "weft/base/hooks.h"
#include "weft/time.h"

const bool weft__lua_has_clock = false;

/* Lua is compiled to call these in the place of abort, and of time, which is
 * math.random's seed. */
void weft__lua_abort(void);
time_t weft__lua_time(time_t *at);

void weft__lua_abort(void)
{
    weft_hook_panic(__FILE__, __LINE__, "an error outside of all protection");
}

time_t weft__lua_time(time_t *at)
{
    (void)at;
    return (time_t)weft_now_us();
}

/* --- os.date ------------------------------------------------------------- */

static void set_field(lua_State *L, const char *name, int value)
{
    lua_pushinteger(L, value);
    lua_setfield(L, -2, name);
}

static int push_fields(lua_State *L, const struct tm *at)
{
    lua_createtable(L, 0, 9);
    set_field(L, "year", at->tm_year + 1900);
    set_field(L, "month", at->tm_mon + 1);
    set_field(L, "day", at->tm_mday);
    set_field(L, "hour", at->tm_hour);
    set_field(L, "min", at->tm_min);
    set_field(L, "sec", at->tm_sec);
    set_field(L, "yday", at->tm_yday + 1);
    set_field(L, "wday", at->tm_wday + 1);
    lua_pushboolean(L, 0);
    lua_setfield(L, -2, "isdst");
    return 1;
}

/* date(format, seconds), always in UTC: os.c gives both. */
static int l_date(lua_State *L)
{
    const char *format = luaL_checkstring(L, 1);
    time_t seconds = (time_t)luaL_checkinteger(L, 2);
    struct tm at;
    char text[128];

    if (gmtime_r(&seconds, &at) == NULL) {
        return luaL_error(L, "date result cannot be represented");
    }
    format += *format == '!';
    if (format[0] == '*' && format[1] == 't') {
        return push_fields(L, &at);
    }
    lua_pushlstring(L, text, strftime(text, sizeof(text), format, &at));
    return 1;
}

static int open_os(lua_State *L)
{
    static const luaL_Reg functions[] = {{"date", l_date}, {NULL, NULL}};

    luaL_newlib(L, functions);
    return 1;
}

/* --- package ------------------------------------------------------------- */

static int search_preload(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);

    lua_getfield(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    if (lua_getfield(L, -1, name) == LUA_TNIL) {
        lua_pushfstring(L, "no field package.preload['%s']", name);
        return 1;
    }
    lua_pushliteral(L, ":preload:");
    return 2;
}

static int open_package(lua_State *L)
{
    lua_createtable(L, 0, 3);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    lua_setfield(L, -2, "loaded");
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_PRELOAD_TABLE);
    lua_setfield(L, -2, "preload");
    lua_createtable(L, 2, 0);
    lua_pushcfunction(L, search_preload);
    lua_rawseti(L, -2, 1);
    lua_setfield(L, -2, "searchers");
    return 1;
}

static const luaL_Reg libraries[] = {
    {LUA_GNAME, luaopen_base},
    {LUA_LOADLIBNAME, open_package},
    {LUA_COLIBNAME, luaopen_coroutine},
    {LUA_TABLIBNAME, luaopen_table},
    {LUA_STRLIBNAME, luaopen_string},
    {LUA_MATHLIBNAME, luaopen_math},
    {LUA_UTF8LIBNAME, luaopen_utf8},
    {LUA_OSLIBNAME, open_os},
    {NULL, NULL},
};

void weft__lua_open_libs(lua_State *L)
{
    for (const luaL_Reg *library = libraries; library->name != NULL;
         library++) {
        luaL_requiref(L, library->name, library->func, 1);
        lua_pop(L, 1);
    }
}
