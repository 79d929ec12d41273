/* codec.c - C's channels for scripts: numbers to and from elements
 * SPDX-License-Identifier: MIT
 */
#include <limits.h>

#include "bindings/lua/channel.h"
#include "bindings/lua/core.h"

static void int_to_lua(lua_State *L, const void *element)
{
    lua_pushinteger(L, *(const int *)element);
}

static void int_from_lua(lua_State *L, int index, void *element)
{
    lua_Integer value = luaL_checkinteger(L, index);

    luaL_argcheck(L, value >= INT_MIN && value <= INT_MAX, index,
                  "out of the range of an int");
    *(int *)element = (int)value;
}

static void integer_to_lua(lua_State *L, const void *element)
{
    lua_pushinteger(L, (lua_Integer) * (const int64_t *)element);
}

static void integer_from_lua(lua_State *L, int index, void *element)
{
    *(int64_t *)element = luaL_checkinteger(L, index);
}

static void number_to_lua(lua_State *L, const void *element)
{
    lua_pushnumber(L, (lua_Number) * (const double *)element);
}

static void number_from_lua(lua_State *L, int index, void *element)
{
    *(double *)element = (double)luaL_checknumber(L, index);
}

const weft_lua_codec_t weft_lua_codec_int = {sizeof(int), int_to_lua,
                                             int_from_lua};
const weft_lua_codec_t weft_lua_codec_integer = {
    sizeof(int64_t), integer_to_lua, integer_from_lua};
const weft_lua_codec_t weft_lua_codec_number = {sizeof(double), number_to_lua,
                                                number_from_lua};
