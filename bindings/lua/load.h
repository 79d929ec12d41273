/* load.h - between a machine's program and where scripts come from
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_LUA_LOAD_H
#define WEFT_LUA_LOAD_H

#include <stdbool.h>

#include <lua.h>

#include "weft/lua.h"

/* Keeps the reason, one line, for weft_lua_error; gives rc. */
int weft__lua_load_failed(struct weft_lua *m, int rc, const char *path,
                          const char *reason);

/* The script of that name in config.scripts, or NULL. */
const weft_lua_script_t *weft__lua_script_find(const struct weft_lua *m,
                                               const char *name);

/* --- host/ or firmware/ -------------------------------------------------- */

/* The path of a module is on top. 0: no such file. Else loader and path are
 * there. Throws what is wrong with its text. */
int weft__lua_load_module_file(lua_State *L);

/* The standard library that is here. Throws. */
void weft__lua_open_libs(lua_State *L);

/* Whether the C library knows the time of day. */
extern const bool weft__lua_has_clock;

#endif
