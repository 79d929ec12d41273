/* libs.c - the standard library of a machine on a host: all of it
 * SPDX-License-Identifier: MIT
 */
#include <lualib.h>

#include "bindings/lua/load.h"

const bool weft__lua_has_clock = true;

void weft__lua_open_libs(lua_State *L)
{
    luaL_openlibs(L);
}
