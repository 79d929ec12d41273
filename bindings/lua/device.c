/* device.c - arguments and results of the board modules
 * SPDX-License-Identifier: MIT
 */
#include "bindings/lua/device.h"

weft_board_t *weft__lua_board(lua_State *L, const struct weft_lua *m)
{
    if (m->config.board == NULL) {
        luaL_error(L, "this machine has no board");
    }
    return m->config.board;
}

unsigned weft__lua_check_number(lua_State *L, int arg, lua_Integer max,
                                const char *what)
{
    lua_Integer number = luaL_checkinteger(L, arg);

    if (number < 0 || number > max) {
        lua_pushfstring(L, "%s is 0 to %I, not %I", what, (LUAI_UACINT)max,
                        (LUAI_UACINT)number);
        luaL_argerror(L, arg, lua_tostring(L, -1));
    }
    return (unsigned)number;
}

bool weft__lua_check_done(lua_State *L, int rc, int arg, const char *what)
{
    if (rc >= 0 || rc == WEFT_ERR_UNSUPPORTED) {
        return rc >= 0;
    }
    if (rc == WEFT_ERR_INVALID || rc == WEFT_ERR_NOT_FOUND) {
        lua_pushfstring(L, "the board has no %s %s", what,
                        luaL_tolstring(L, arg, NULL));
        luaL_argerror(L, arg, lua_tostring(L, -1));
    }
    luaL_error(L, "%s: %s", what, weft_error_text(rc));
    return false;
}

void weft__lua_keep(lua_State *L, int *reference, int index)
{
    weft__lua_drop(L, reference);
    lua_pushvalue(L, index);
    *reference = luaL_ref(L, LUA_REGISTRYINDEX);
}

void weft__lua_drop(lua_State *L, int *reference)
{
    luaL_unref(L, LUA_REGISTRYINDEX, *reference);
    *reference = LUA_NOREF;
}
