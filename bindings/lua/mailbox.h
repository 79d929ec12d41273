/* mailbox.h - the box of a task, as waitMsg needs it
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_LUA_MAILBOX_H
#define WEFT_LUA_MAILBOX_H

#include <lua.h>
#include <stdbool.h>

struct weft_lua;

struct weft__lua_box {
    lua_Integer head; /* taken */
    lua_Integer tail; /* put in */
    bool deleted;
};

/* Pushes the box of the name at an index, or nil (then NULL). */
struct weft__lua_box *weft__lua_box_push(struct weft_lua *m, lua_State *L,
                                         int name);

/* Takes the oldest message of the box at index onto the stack; false: none. */
bool weft__lua_box_take(lua_State *L, int index);

/* Pushes the callback; false: it has none. */
bool weft__lua_box_callback(lua_State *L, int index);

#endif
