/* peer.h - the other side of channels that a machine has
 * SPDX-License-Identifier: MIT
 */
#ifndef WEFT_TEST_LUA_PEER_H
#define WEFT_TEST_LUA_PEER_H

#include "tests/bindings/lua/host.h"
#include "tests/support/cores.h"
#include "weft/lua_channel.h"
#include "weft/weft.h"

enum { VALUES = 30 };

/* C's side: sends 1 to VALUES on `to`; `from` is the way back. */
struct peer {
    weft_channel_t to;
    weft_channel_t from;
    int to_slots[4];
    int from_slots[4];
    weft_fiber_t fiber;
    weft_port_thread_t thread;
    weft_loop_t loop;
    char stack[32768];
    char script[1024];
};

static inline void peer_init(struct peer *peer, size_t capacity)
{
    memset(peer, 0, sizeof(*peer));
    CHECK_EQ(weft_channel_init(&peer->to, capacity > 0 ? peer->to_slots : NULL,
                               sizeof(int), capacity),
             0);
    CHECK_EQ(weft_channel_init(&peer->from,
                               capacity > 0 ? peer->from_slots : NULL,
                               sizeof(int), capacity),
             0);
    weft_fiber_init(&peer->fiber, "peer", peer->stack, sizeof(peer->stack));
}

static inline void peer_deinit(struct peer *peer)
{
    weft_channel_deinit(&peer->to);
    weft_channel_deinit(&peer->from);
}

/* A machine with the peer's channels as `to` and `from`. */
static inline weft_lua_t *start_with(weft_lua_config_t config,
                                     struct peer *peer, const char *text)
{
    weft_lua_t *machine = weft_lua_create(&config);
    lua_State *L;

    CHECK(machine != NULL);
    L = weft_lua_state(machine);
    weft_lua_push_channel(L, &peer->to, &weft_lua_codec_int);
    lua_setglobal(L, "to");
    weft_lua_push_channel(L, &peer->from, &weft_lua_codec_int);
    lua_setglobal(L, "from");
    CHECK_EQ(weft_lua_load_text(machine, "test.lua", text, strlen(text)), 0);
    CHECK_EQ(weft_lua_start(machine), 0);
    return machine;
}

/* To a time at which the scripts' timers are due, or a bit later. */
static inline void meet(void)
{
    stand_until((weft_now_us() / 1000 + 1 + some(2)) * 1000 + some(2));
}

#endif
