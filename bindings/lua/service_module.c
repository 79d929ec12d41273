/* service_module.c - the table service: what scripts call
 * SPDX-License-Identifier: MIT
 */
#include "bindings/lua/core.h"
#include "bindings/lua/service.h"

static const luaL_Reg functions[] = {
    {"call", weft__lua_l_service_call},
    {"define", weft__lua_l_service_define},
    {NULL, NULL},
};

int weft__lua_open_service(lua_State *L)
{
    struct weft_lua *m = lua_touserdata(L, 1);

    weft__lua_call_open(L, m);
    weft__lua_serve_open(L, m);
    lua_newtable(L);
    weft__lua_setfuncs(L, m, functions);
    return 1;
}
