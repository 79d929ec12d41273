/* test_lua_channel_end.c - machines that end while tasks wait for a channel
 * SPDX-License-Identifier: MIT
 */
#include "tests/bindings/lua/peer.h"

CASE(a_stopped_machine_waits_for_no_channel)
{
    static struct peer peer;
    struct host host;
    weft_lua_t *machine;
    int value = 1;

    host_init(&host);
    peer_init(&peer, 0);
    machine = start_with(
        config_of(&host), &peer,
        "sys.taskInit(function() to:recv() end)\n"
        "sys.taskInit(function() from:send(1) end)\n"
        "sys.taskInit(function() to:recv(1000000) end)\n"
        "sys.taskInit(weft.select, { { recv = to }, { send = from,\n"
        "  value = 3 } })\n"
        "sys.timerStart(function() print('up') os.exit(0) end, 10)\n");
    run_all(&host);
    CHECK_STR_EQ(host.out, "up\n");
    CHECK_EQ(weft_channel_try_send(&peer.to, &value), WEFT_ERR_FULL);
    CHECK_EQ(weft_channel_try_recv(&peer.from, &value), WEFT_ERR_EMPTY);
    peer_deinit(&peer);
    weft_lua_destroy(machine);
    host_deinit(&host);
}

CASE(a_machine_reboots_with_parked_tasks)
{
    static struct peer peer;
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;

    host_init(&host);
    peer_init(&peer, 0);
    config = config_of(&host);
    config.reboots_max = 2;
    machine = start_with(config, &peer,
                         "local c = weft.channel()\n"
                         "if to then sys.taskInit(to.recv, to) end\n"
                         "sys.taskInit(c.recv, c)\n"
                         "sys.taskInit(c.recv, weft.channel())\n"
                         "print('up')\n"
                         "sys.timerStart(rtos.reboot, 10)\n");
    run_all(&host);
    CHECK_STR_EQ(host.out, "up\nup\nup\n");
    peer_deinit(&peer);
    weft_lua_destroy(machine);
    host_deinit(&host);
}

static void send_one(void *ctx)
{
    struct peer *peer = ctx;
    int value = 7;

    meet();
    CHECK_EQ(weft_channel_send(&peer->to, &value), 0);
}

/* Whoever ended the wait may still be on its way out of the machine. */
CASE(a_machine_is_destroyed_right_after_its_last_value)
{
    static struct peer peer;
    struct host host;
    weft_lua_t *machine;

    host_init(&host);
    peer_init(&peer, 0);
    machine = start_with(config_of(&host), &peer,
                         "sys.taskInit(function()\n"
                         "  print(to:recv())\n"
                         "  os.exit(0)\n"
                         "end)\n"
                         "sys.timerLoopStart(function() end, 1)\n");
    CHECK_EQ(weft_port_thread_start(&peer.thread, send_one, &peer), 0);
    run_all(&host);
    weft_lua_destroy(machine);
    host_deinit(&host);
    weft_port_thread_join(&peer.thread);
    CHECK_STR_EQ(host.err, "");
    CHECK_STR_EQ(host.out, "7\n");
    peer_deinit(&peer);
}

CASE(a_host_closes_its_state_with_parked_tasks)
{
    lua_State *L = luaL_newstate();

    luaL_openlibs(L);
    luaL_requiref(L, "weft", luaopen_weft, 1);
    CHECK_EQ(luaL_dostring(L,
                           "local c = weft.channel()\n"
                           "co = coroutine.create(function() c:recv() end)\n"
                           "coroutine.resume(co)\n"
                           "early = setmetatable({}, {__gc = function()\n"
                           "  assert(pcall(c.trySend, c, 1))\n"
                           "end})\n"
                           "other = coroutine.create(function() c:recv() end)\n"
                           "coroutine.resume(other)\n"
                           "local d = weft.channel(3)\n"
                           "d:trySend(c) d:trySend(d)\n"),
             0);
    lua_close(L);
}
