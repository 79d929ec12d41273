/* text.h - what prelude.c, text.c and base_n.c share
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_LUA_TEXT_H
#define WEFT_LUA_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct lua_State;

/* Adds LuatOS's functions to the string library. */
void weft__lua_add_text(struct lua_State *L);

/* string.toBase64 and its kin, as functions that scripts call. */
int weft__lua_to_base64(struct lua_State *L);
int weft__lua_from_base64(struct lua_State *L);
int weft__lua_to_base32(struct lua_State *L);
int weft__lua_from_base32(struct lua_State *L);

#endif
