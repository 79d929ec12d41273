/* weft_module.c - the table weft: channels, scopes and selects for scripts
 * SPDX-License-Identifier: MIT
 */
#include "bindings/lua/channel.h"
#include "bindings/lua/core.h"
#include "bindings/lua/select.h"

static const luaL_Reg functions[] = {
    {"channel", weft__lua_l_channel},
    {"scope", weft__lua_l_scope},
    {"select", weft__lua_l_select},
    {NULL, NULL},
};

int weft__lua_open_weft(lua_State *L)
{
    struct weft_lua *m = lua_touserdata(L, 1);

    weft__lua_open_channel(L, m);
    lua_newtable(L);
    weft__lua_setfuncs(L, m, functions);
    weft__lua_open_scope(L, m);
    return 1;
}
