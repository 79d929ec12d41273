/* device.h - what the board modules share: arguments and results
 * SPDX-License-Identifier: MIT
 *
 * A wrong argument (no such pin, a level of 7) is a Lua error that names the
 * script's line. What a board cannot do at all is no error: the script gets
 * LuatOS's value for failure.
 */
#ifndef WEFT_LUA_DEVICE_H
#define WEFT_LUA_DEVICE_H

#include "bindings/lua/machine.h"

/* The machine's board, or a Lua error that there is none. */
weft_board_t *weft__lua_board(lua_State *L, const struct weft_lua *m);

/* An integer from 0 to max; `what` it is stands in the error. */
unsigned weft__lua_check_number(lua_State *L, int arg, lua_Integer max,
                                const char *what);

/* Looks at what a board function gave. True: success. False: the board cannot
 * do that. Else a Lua error: about argument arg, that there is no such `what`,
 * or in general. */
bool weft__lua_check_done(lua_State *L, int rc, int arg, const char *what);

/* A callback of a script, kept in the registry. */
void weft__lua_keep(lua_State *L, int *reference, int index);
void weft__lua_drop(lua_State *L, int *reference);

#endif
