/* channel.h - channels of scripts: what selects and waits know of them
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_LUA_CHANNEL_INTERNAL_H
#define WEFT_LUA_CHANNEL_INTERNAL_H

#include <lua.h>

#include "bindings/lua/ops.h"
#include "weft/lua_channel.h"

/* A channel as a script holds it: a userdata. One that a script made has its
 * own, whose elements are references into the userdata's table (luaL_ref), so
 * that values in a channel live as long as it does and no longer. */
struct weft__lua_channel {
    weft_channel_t *channel;       /* NULL: collected */
    const weft_lua_codec_t *codec; /* NULL: made by a script */
    unsigned waiting;              /* ops that are live */
    weft_channel_t own;
    int refs[]; /* its slots */
};

/* Room for an element on the C stack; larger ones are in a userdata. */
typedef union {
    uint64_t aligned;
    unsigned char bytes[64];
} weft__lua_element_t;

/* The channel at index. Throws. */
struct weft__lua_channel *weft__lua_check_channel(lua_State *L, int index);

static inline size_t weft__lua_element_size(
    const struct weft__lua_channel *channel)
{
    return channel->codec == NULL ? sizeof(int) : channel->codec->size;
}

/* The value at index becomes an element, an element becomes a value on top.
 * The channel is at `self`. Throw. */
void weft__lua_encode(lua_State *L, int self, int index, void *element);
void weft__lua_decode(lua_State *L, int self, const void *element);

/* An element that was encoded and not sent. */
void weft__lua_unsent(lua_State *L, int self, const void *element);

/* The element of an op that is over without anybody to have it. */
void weft__lua_channel_drop(const struct weft__lua_op *op, lua_State *L);

/* Pushes nil and why: "closed", "timeout" and so on; 2. */
int weft__lua_push_why(lua_State *L, int rc);

/* The functions of the table `weft`, and what opens the metatable. */
int weft__lua_l_channel(lua_State *L);
void weft__lua_open_channel(lua_State *L, struct weft_lua *m);

#endif
