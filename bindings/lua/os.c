/* os.c - os.time, os.date, os.clock and os.exit as a machine needs them
 * SPDX-License-Identifier: MIT
 *
 * os.exit ends the machine, not the process. os.clock counts from the
 * machine's start. On a host os.time and os.date are the C library's. Where
 * config.epoch_s is given, as in a simulation, and on a chip, they count from
 * there by the machine's clock, and local time is UTC: the same run gives the
 * same dates.
 *
 * Context: the machine's loop, inside a call from a script.
 */
#include <lualib.h>

#include "bindings/lua/load.h"
#include "bindings/lua/machine.h"

/* exit(n): n, or true (0), or false (1) */
static int l_exit(lua_State *L)
{
    lua_Integer status = 0;

    if (lua_isboolean(L, 1)) {
        status = lua_toboolean(L, 1) ? 0 : 1;
    } else {
        status = luaL_optinteger(L, 1, 0);
    }
    luaL_argcheck(L, status >= 0 && status <= 255, 1, "status is 0 to 255");
    return weft__lua_exit(L, weft__lua_machine(L), (int)status);
}

static int l_clock(lua_State *L)
{
    uint64_t us = weft__lua_elapsed_us(weft__lua_machine(L));

    lua_pushnumber(L, (lua_Number)((double)us / 1e6));
    return 1;
}

/* --- simulated time ------------------------------------------------------ */

/* Reboots do not set it back, as a board's own clock goes on. */
static lua_Integer now_s(const struct weft_lua *m)
{
    return (lua_Integer)(m->config.epoch_s + weft_now_us() / 1000000u);
}

static lua_Integer check_field(lua_State *L, const char *name,
                               lua_Integer missing)
{
    enum { FIELD_MAX = 1000000000 };
    int is_integer = 0;
    int type = lua_getfield(L, 1, name);
    lua_Integer value = lua_tointegerx(L, -1, &is_integer);

    lua_pop(L, 1);
    if (type == LUA_TNIL) {
        if (missing < 0) {
            luaL_error(L, "field '%s' missing in date table", name);
        }
        return missing;
    }
    if (!is_integer) {
        luaL_error(L, "field '%s' is not an integer", name);
    }
    if (value < -FIELD_MAX || value > FIELD_MAX) {
        luaL_error(L, "field '%s' is out-of-bound", name);
    }
    return value;
}

/* Days from 1970-01-01 to the first of a month, counted from March so that
 * the leap day comes last: the usual way through eras of 400 years. */
static lua_Integer days_until(lua_Integer year, lua_Integer month)
{
    lua_Integer months = year * 12 + month - 3; /* from March of year 0 */
    lua_Integer y = months >= 0 ? months / 12 : (months - 11) / 12;
    lua_Integer m = months - y * 12;
    lua_Integer era = (y >= 0 ? y : y - 399) / 400;
    lua_Integer of_era = y - era * 400;

    return era * 146097 + of_era * 365 + of_era / 4 - of_era / 100 +
           (m * 153 + 2) / 5 - 719468;
}

static lua_Integer check_time(lua_State *L)
{
    lua_Integer days =
        days_until(check_field(L, "year", -1), check_field(L, "month", -1)) +
        check_field(L, "day", -1) - 1;

    return days * 86400 + check_field(L, "hour", 12) * 3600 +
           check_field(L, "min", 0) * 60 + check_field(L, "sec", 0);
}

/* date(format, time): the C library's, told to use UTC */
static int l_date(lua_State *L)
{
    const char *format = luaL_optstring(L, 1, "%c");

    lua_settop(L, 2);
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_pushfstring(L, *format == '!' ? "%s" : "!%s", format);
    if (lua_isnil(L, 2)) {
        lua_pushinteger(L, now_s(weft__lua_machine(L)));
    } else {
        lua_pushvalue(L, 2);
    }
    lua_call(L, 2, 1);
    return 1;
}

/* time(), or time(table), which also puts the table's fields right */
static int l_time(lua_State *L)
{
    if (lua_isnoneornil(L, 1)) {
        lua_pushinteger(L, now_s(weft__lua_machine(L)));
        return 1;
    }
    luaL_checktype(L, 1, LUA_TTABLE);
    lua_settop(L, 1);
    lua_Integer seconds = check_time(L);
    lua_pushvalue(L, lua_upvalueindex(2));
    lua_pushliteral(L, "!*t");
    lua_pushinteger(L, seconds);
    lua_call(L, 2, 1);
    lua_pushnil(L);
    while (lua_next(L, 2)) {
        lua_pushvalue(L, -2);
        lua_insert(L, -2);
        lua_settable(L, 1);
    }
    lua_pushinteger(L, seconds);
    return 1;
}

/* Replaces a function of the os table on top by one that knows the machine
 * and, as its upvalue 2, os.date as it was (at index 2). */
static void replace(lua_State *L, const char *name, lua_CFunction function)
{
    lua_pushvalue(L, 1);
    lua_pushvalue(L, 2);
    lua_pushcclosure(L, function, 2);
    lua_setfield(L, -2, name);
}

int weft__lua_open_os(lua_State *L)
{
    const struct weft_lua *m = lua_touserdata(L, 1);

    lua_settop(L, 1);
    luaL_getsubtable(L, LUA_REGISTRYINDEX, LUA_LOADED_TABLE);
    if (lua_getfield(L, -1, LUA_OSLIBNAME) != LUA_TTABLE) {
        return 0;
    }
    lua_getfield(L, -1, "date");
    lua_replace(L, 2);
    replace(L, "exit", l_exit);
    replace(L, "clock", l_clock);
    if ((m->config.epoch_s != 0 || !weft__lua_has_clock) &&
        lua_isfunction(L, 2)) {
        replace(L, "date", l_date);
        replace(L, "time", l_time);
    }
    return 0;
}
