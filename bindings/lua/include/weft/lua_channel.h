/* lua_channel.h - C's channels in scripts: a fiber and a Lua task on one
 * SPDX-License-Identifier: MIT
 *
 * When to use it: to hand values between scripts and tasks, fibers or threads
 * of C, in either direction, with all that channels have: waiting for room,
 * close, select. To tell a script that something happened, weft_lua_post is
 * enough.
 *
 * Example:
 *
 *     WEFT_CHANNEL_DEFINE(readings, double, 8);
 *
 *     void open_channels(struct lua_State *L)
 *     {
 *         weft_lua_push_channel(L, &readings, &weft_lua_codec_number);
 *         lua_setglobal(L, "readings");
 *     }
 *
 * and in the script
 *
 *     sys.taskInit(function()
 *         for value in readings do print(value) end
 *     end)
 *
 * One channel may be given to several machines, also on several loops, and the
 * same functions of weft/channel.h work beside them. A machine does not end by
 * itself while one of its tasks waits for such a channel. Close the channel,
 * or stop the machine, to end it.
 *
 * Context: the loop's own thread. Memory: the channel and the codec are the
 * caller's, until the machine was destroyed (embedded: its lua_State closed).
 */
#ifndef WEFT_LUA_CHANNEL_H
#define WEFT_LUA_CHANNEL_H

#include <stddef.h>

#include "weft/channel.h"
#include "weft/lua.h"

#ifdef __cplusplus
extern "C" {
#endif

/* How an element becomes a Lua value, and back. */
typedef struct weft_lua_codec {
    size_t size; /* of an element: that of the channel */
    /* Pushes one value that is not nil. It should not raise an error: the
     * element would be lost. NULL: scripts cannot receive. */
    void (*to_lua)(struct lua_State *L, const void *element);
    /* Fills in the element from the value at index, or raises an error, as
     * luaL_checkinteger and its kin do. NULL: scripts cannot send. */
    void (*from_lua)(struct lua_State *L, int index, void *element);
} weft_lua_codec_t;

extern const weft_lua_codec_t weft_lua_codec_int;     /* int */
extern const weft_lua_codec_t weft_lua_codec_integer; /* int64_t */
extern const weft_lua_codec_t weft_lua_codec_number;  /* double */

/* Pushes a channel of C's onto the stack of a state that has a machine, for
 * scripts to use as one of weft.channel. A Lua error: no machine, no memory.
 * An assertion: the codec's size is not that of the channel's elements. */
void weft_lua_push_channel(struct lua_State *L, weft_channel_t *channel,
                           const weft_lua_codec_t *codec);

#ifdef __cplusplus
}
#endif

#endif
