/* lua_values.c - values of a script to and from those of a request
 * SPDX-License-Identifier: MIT
 */
#include <lauxlib.h>
#include <limits.h>

#include "bindings/lua/service.h"
#include "bindings/lua/values.h"

/* --- whether it passes ---------------------------------------------------- */

/* How many bytes a value of no table takes; 0: it does not pass. */
static size_t size_of(lua_State *L, int index)
{
    switch (lua_type(L, index)) {
    case LUA_TNIL:
    case LUA_TBOOLEAN: return WEFT__LUA_TAG;
    case LUA_TNUMBER: return WEFT__LUA_TAG + WEFT__LUA_WORD;
    case LUA_TSTRING:
        return WEFT__LUA_TAG + WEFT__LUA_SIZE + (size_t)lua_rawlen(L, index) +
               WEFT__LUA_ZERO;
    default: return 0;
    }
}

/* Pushes 'the key "speed"', or "a key of the table". */
static void push_key(lua_State *L, int index)
{
    if (lua_type(L, index) == LUA_TSTRING) {
        lua_pushfstring(L, "the key \"%s\"", lua_tostring(L, index));
    } else if (lua_isinteger(L, index)) {
        lua_pushfstring(L, "the key %I", (LUAI_UACINT)lua_tointeger(L, index));
    } else if (lua_type(L, index) == LUA_TNUMBER) {
        lua_pushfstring(L, "the key %f",
                        (LUAI_UACNUMBER)lua_tonumber(L, index));
    } else {
        lua_pushfstring(L, "a key, a %s,", luaL_typename(L, index));
    }
}

/* Key and value are on top. False: why is pushed. */
static bool pair_passes(lua_State *L, size_t *size)
{
    bool good = lua_type(L, -2) == LUA_TSTRING || lua_isinteger(L, -2);
    size_t value = size_of(L, -1);

    *size += size_of(L, -2) + value;
    if (!good) {
        push_key(L, -2);
        lua_pushfstring(L, "%s is neither a string nor an integer",
                        lua_tostring(L, -1));
    } else if (value == 0) {
        push_key(L, -2);
        lua_pushfstring(L, "%s has a %s, which cannot be passed",
                        lua_tostring(L, -1), luaL_typename(L, -2));
    }
    return good && value > 0;
}

static bool table_passes(lua_State *L, int index, size_t *size)
{
    int top = lua_gettop(L);

    *size = WEFT__LUA_TAG + WEFT__LUA_SIZE;
    for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
        if (!pair_passes(L, size)) {
            lua_replace(L, top + 1);
            lua_settop(L, top + 1);
            return false;
        }
    }
    return true;
}

bool weft__lua_value_passes(lua_State *L, int index, size_t *size)
{
    luaL_checkstack(L, 6, NULL);
    index = lua_absindex(L, index);
    if (lua_type(L, index) == LUA_TTABLE) {
        if (!table_passes(L, index, size)) {
            return false;
        }
    } else {
        *size = size_of(L, index);
        if (*size == 0) {
            lua_pushfstring(L, "a %s cannot be passed",
                            luaL_typename(L, index));
            return false;
        }
    }
    if (*size > WEFT_LUA_VALUES_MAX) {
        lua_pushfstring(L, "too large, %d bytes at most", WEFT_LUA_VALUES_MAX);
        return false;
    }
    return true;
}

/* --- out of Lua ----------------------------------------------------------- */

/* One that is no table, and passes. */
static int put(lua_State *L, int index, weft_lua_values_t *values)
{
    size_t size = 0;
    const char *data;

    switch (lua_type(L, index)) {
    case LUA_TBOOLEAN:
        return weft_lua_put_boolean(values, lua_toboolean(L, index));
    case LUA_TNUMBER:
        return lua_isinteger(L, index)
                   ? weft_lua_put_integer(values, lua_tointeger(L, index))
                   : weft_lua_put_number(values,
                                         (double)lua_tonumber(L, index));
    case LUA_TSTRING:
        data = lua_tolstring(L, index, &size);
        return weft_lua_put_string(values, data, size);
    default: return weft_lua_put_nil(values);
    }
}

int weft__lua_value_put(lua_State *L, int index, weft_lua_values_t *values)
{
    index = lua_absindex(L, index);
    if (lua_type(L, index) != LUA_TTABLE) {
        return put(L, index, values);
    }
    (void)weft_lua_put_table(values);
    for (lua_pushnil(L); lua_next(L, index) != 0; lua_pop(L, 1)) {
        (void)put(L, -2, values);
        (void)put(L, -1, values);
    }
    return weft_lua_put_end(values);
}

/* --- into Lua ------------------------------------------------------------- */

/* Where Lua has integers of 32 bits a larger one becomes a number. */
static void push_integer(lua_State *L, int64_t integer)
{
    if (integer >= LUA_MININTEGER && integer <= LUA_MAXINTEGER) {
        lua_pushinteger(L, (lua_Integer)integer);
    } else {
        lua_pushnumber(L, (lua_Number)integer);
    }
}

static void push(lua_State *L, const weft_lua_value_t *value)
{
    switch (value->type) {
    case WEFT_LUA_NIL:
    case WEFT_LUA_TABLE: lua_pushnil(L); break;
    case WEFT_LUA_BOOLEAN: lua_pushboolean(L, value->as.boolean); break;
    case WEFT_LUA_INTEGER: push_integer(L, value->as.integer); break;
    case WEFT_LUA_NUMBER:
        lua_pushnumber(L, (lua_Number)value->as.number);
        break;
    case WEFT_LUA_STRING:
        lua_pushlstring(L, value->as.string.data, value->as.string.size);
        break;
    }
}

static void push_table(lua_State *L, const weft_lua_value_t *table)
{
    weft_lua_reader_t reader = weft_lua_read_table(table);
    weft_lua_value_t value;

    lua_newtable(L);
    while (weft_lua_next(&reader, &value)) {
        push(L, &value);
        (void)weft_lua_next(&reader, &value);
        push(L, &value);
        lua_rawset(L, -3);
    }
}

int weft__lua_values_push(lua_State *L, const weft_lua_values_t *values)
{
    weft_lua_reader_t reader = weft_lua_read(values);
    weft_lua_value_t value;
    int count = 0;

    luaL_checkstack(L, (int)values->count + 6, "too many results");
    while (weft_lua_next(&reader, &value)) {
        if (value.type == WEFT_LUA_TABLE) {
            push_table(L, &value);
        } else {
            push(L, &value);
        }
        count++;
    }
    return count;
}
