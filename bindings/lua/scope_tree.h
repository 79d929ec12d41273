/* scope_tree.h - internal: what weft.scope does with the tree of scopes
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_LUA_SCOPE_TREE_INTERNAL_H
#define WEFT_LUA_SCOPE_TREE_INTERNAL_H

#include "bindings/lua/scope.h"

#define WEFT__LUA_SCOPE_NAME "weft.scope"

/* The slot of a scope: its first error or false, its handle, and each of its
 * coroutines as a key. */
enum { WEFT__LUA_SCOPE_ERROR = 1, WEFT__LUA_SCOPE_HANDLE = 2 };

struct weft_lua *weft__lua_scope_machine(const struct weft__lua_scope *scope);

/* Throws if co is new to the table. It is not new any more when it was in
 * none: a false keeps the place. */
void weft__lua_scope_belongs(struct weft_lua *m, lua_State *L, lua_State *co,
                             struct weft__lua_scope *scope);

/* All in one that is cancelled are so already. */
void weft__lua_scope_cancel(struct weft__lua_scope *scope, uint8_t level);

/* Nothing of it lives any more. */
void weft__lua_scope_give_back(struct weft__lua_scope *scope);

/* One of its coroutines has ended, or a scope that it had left behind. If that
 * was the last of an orphan, one has left the scope around it, too. */
void weft__lua_scope_left(struct weft__lua_scope *scope);

/* The error on top of L is popped. False: it is not the first. */
bool weft__lua_scope_failed(lua_State *L, struct weft__lua_scope *scope);

/* Pushes the handle of a new scope of L's. */
struct weft__lua_scope *weft__lua_scope_open(struct weft_lua *m, lua_State *L,
                                             struct weft__lua_scope *parent);
void weft__lua_scope_start(struct weft__lua_scope *scope, lua_State *L,
                           struct weft__lua_scope *parent);

/* The function has ended: its opener is in the scope around it again. */
void weft__lua_scope_leave(lua_State *L, struct weft__lua_scope *scope);

/* Pushes a new value for the waits of cancelled scopes to raise. */
void weft__lua_open_cancelled(lua_State *L);

#endif
