/* test_lua_scope.c - scopes of scripts in a host: storms by seed, ends
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "tests/bindings/lua/host.h"
#include "tests/support/cores.h"
#include "weft/lua_channel.h"
#include "weft/weft.h"

/* Tasks that wait, send, receive, open scopes, spawn, cancel, fail, close and
 * resume each other, as math.random says. At the end every task has left by
 * its to-be-closed variable, and no scope or channel is kept. */
static const char storm[] =
    "local random = math.random\n"
    "local channels = { weft.channel(), weft.channel(1), weft.channel(3) }\n"
    "local begun, ended, threads = 0, 0, {}\n"
    "local weak = setmetatable({}, { __mode = 'k' })\n"
    "local function guard()\n"
    "  begun = begun + 1\n"
    "  return setmetatable({}, { __close = function()\n"
    "    ended = ended + 1\n"
    "  end })\n"
    "end\n"
    "local act\n"
    "local acts = {\n"
    "  function() sys.wait(random(0, 4)) end,\n"
    "  function(_, _, c) c:send(c, random(0, 4)) end,\n"
    "  function(_, _, c) c:recv(random(0, 4)) end,\n"
    "  function(_, _, c) c:trySend({}) end,\n"
    "  function(_, _, c) c:tryRecv() end,\n"
    "  function(s, d) threads[random(4)] = s:spawn(act, s, d) end,\n"
    "  function(s, d) threads[random(4)] = s:spawn(act, s, d) end,\n"
    "  function(_, d)\n"
    "    local ms = random(2) == 1 and random(0, 8) or nil\n"
    "    return d < 4 and weft.scope(function(t) act(t, d + 1) end, ms)\n"
    "  end,\n"
    "  function(s) if random(4) == 1 then s:cancel() end end,\n"
    "  function(_, d) if random(6) == 1 then error('x' .. d, 0) end end,\n"
    "  function() sys.waitUntil('M', 3) end,\n"
    "  function() sys.publish('M') end,\n"
    "  function(_, _, c)\n"
    "    weft.select { { recv = c }, { send = channels[1], value = c },\n"
    "      { send = c, value = {} }, { recv = channels[3] },\n"
    "      timeout = random(0, 4) }\n"
    "  end,\n"
    "  function()\n"
    "    local co = threads[random(4)]\n"
    "    if co and coroutine.status(co) == 'suspended' then\n"
    "      if random(2) == 1 then coroutine.close(co)\n"
    "      elseif not coroutine.resume(co, 1) then\n"
    "        coroutine.close(co)\n"
    "      end\n"
    "    end\n"
    "  end,\n"
    "}\n"
    "function act(s, depth)\n"
    "  local g <close> = guard()\n"
    "  weak[s] = true\n"
    "  for _ = 1, random(9) do\n"
    "    acts[random(#acts)](s, depth, channels[random(#channels)])\n"
    "  end\n"
    "end\n"
    "for i = 1, 6 do\n"
    "  sys.taskInit(function()\n"
    "    for _ = 1, 4 do\n"
    "      pcall(weft.scope, function(s) act(s, 1) end, random(20))\n"
    "    end\n"
    "  end)\n"
    "end\n"
    "sys.timerStart(function()\n"
    "  for i = 1, 3 do weak[channels[i]] = true end\n"
    "  channels, threads = nil, nil\n"
    "  collectgarbage() collectgarbage()\n"
    "  print(begun > 0, begun == ended, next(weak))\n"
    "end, 10000)\n";

static void run_storm(uint64_t seed)
{
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;

    host_init(&host);
    config = config_of(&host);
    config.seeded = true;
    config.seed = seed;
    machine = start(config, storm);
    run_all(&host);
    CHECK_STR_EQ(host.out, "true\ttrue\tnil\n");
    CHECK_EQ(weft_lua_stats(machine).tasks, 0);
    weft_lua_destroy(machine);
    host_deinit(&host);
}

CASE_SIM_ONLY(a_storm_of_scopes_and_channels_leaves_nothing,
              "it takes ten seconds of time, and seeds")
{
    run_storm(some(1u << 30));
}

static weft_lua_t *start_endless(weft_lua_config_t config, const char *then)
{
    static char text[1024];

    (void)snprintf(text, sizeof(text),
                   "local function endless(s)\n"
                   "  s:spawn(function() weft.channel():recv() end)\n"
                   "  s:spawn(function() sys.waitUntil('NEVER') end)\n"
                   "  s:spawn(function() weft.scope(function(t)\n"
                   "    t:spawn(function() sys.wait(100000) end)\n"
                   "  end, 50000) end)\n"
                   "end\n"
                   "sys.taskInit(weft.scope, endless)\n"
                   "sys.taskInit(weft.scope, function(s) endless(s)\n"
                   "  sys.wait(100000) end, 90000)\n"
                   "%s",
                   then);
    return start(config, text);
}

CASE(a_machine_ends_with_open_scopes)
{
    struct host host;
    weft_lua_t *machine;

    host_init(&host);
    machine =
        start_endless(config_of(&host), "sys.timerStart(os.exit, 10, 4)\n");
    run_all(&host);
    CHECK_EQ(weft_lua_status(machine), 4);
    CHECK_STR_EQ(host.err, "");
    weft_lua_destroy(machine);
    host_deinit(&host);
}

CASE(a_machine_reboots_with_open_scopes)
{
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;

    host_init(&host);
    config = config_of(&host);
    config.reboots_max = 3;
    machine = start_endless(config, "print('up')\n"
                                    "sys.timerStart(rtos.reboot, 10)\n");
    run_all(&host);
    CHECK_STR_EQ(host.out, "up\nup\nup\nup\n");
    weft_lua_destroy(machine);
    host_deinit(&host);
}

/* The exit unwinds the function of a scope, which must not take it for an
 * error. */
CASE(an_exit_inside_a_scope_ends_the_machine)
{
    struct host host;
    weft_lua_t *machine;

    host_init(&host);
    machine = start(config_of(&host),
                    "sys.taskInit(function()\n"
                    "  pcall(weft.scope, function(s)\n"
                    "    s:spawn(function() sys.wait(1000) end)\n"
                    "    s:spawn(function() sys.wait(5) os.exit(3) end)\n"
                    "    sys.wait(1000)\n"
                    "  end)\n"
                    "  print('never')\n"
                    "end)\n"
                    "sys.taskInit(function()\n"
                    "  weft.scope(function(s)\n"
                    "    sys.wait(4)\n"
                    "    print('here')\n"
                    "  end)\n"
                    "end)\n");
    run_all(&host);
    CHECK_STR_EQ(host.out, "here\n");
    CHECK_STR_EQ(host.err, "");
    CHECK_EQ(weft_lua_status(machine), 3);
    weft_lua_destroy(machine);
    host_deinit(&host);
}

CASE(a_host_closes_its_state_with_open_scopes)
{
    lua_State *L = luaL_newstate();

    luaL_openlibs(L);
    CHECK(weft_lua_open(L, NULL) != NULL);
    CHECK_EQ(luaL_dostring(L, "sys.taskInit(weft.scope, function(s)\n"
                              "  kept = s\n"
                              "  s:spawn(weft.scope, function(t)\n"
                              "    t:spawn(sys.wait, 1000)\n"
                              "    weft.channel():recv()\n"
                              "  end, 500)\n"
                              "end, 700)\n"),
             0);
    lua_close(L);
}

/* A value that is on its way when the scope is cancelled is received. */
struct sender {
    weft_channel_t channel;
    weft_port_thread_t thread;
    int taken; /* sends that succeeded */
};

static void send_until_closed(void *ctx)
{
    struct sender *sender = ctx;
    int value = 0;

    do {
        stand_until((weft_now_us() / 1000 + 1) * 1000 + some(2));
        value++;
    } while (weft_channel_send(&sender->channel, &value) == 0);
    sender->taken = value - 1;
}

CASE(a_cancel_loses_no_value)
{
    static struct sender sender;
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;
    const char *text = "sys.taskInit(function()\n"
                       "  local got = 0\n"
                       "  for i = 1, 20 do\n"
                       "    weft.scope(function()\n"
                       "      while true do\n"
                       "        assert(from:recv() == got + 1)\n"
                       "        got = got + 1\n"
                       "      end\n"
                       "    end, i % 3)\n"
                       "  end\n"
                       "  from:close()\n"
                       "  print(got)\n"
                       "end)\n";
    char taken[16];

    memset(&sender, 0, sizeof(sender));
    CHECK_EQ(weft_channel_init(&sender.channel, NULL, sizeof(int), 0), 0);
    host_init(&host);
    config = config_of(&host);
    machine = weft_lua_create(&config);
    weft_lua_push_channel(weft_lua_state(machine), &sender.channel,
                          &weft_lua_codec_int);
    lua_setglobal(weft_lua_state(machine), "from");
    CHECK_EQ(weft_lua_load_text(machine, "test.lua", text, strlen(text)), 0);
    CHECK_EQ(weft_lua_start(machine), 0);
    CHECK_EQ(weft_port_thread_start(&sender.thread, send_until_closed, &sender),
             0);
    run_all(&host);
    weft_port_thread_join(&sender.thread);
    CHECK_STR_EQ(host.err, "");
    (void)snprintf(taken, sizeof(taken), "%d\n", sender.taken);
    CHECK_STR_EQ(host.out, taken);
    weft_lua_destroy(machine);
    weft_channel_deinit(&sender.channel);
    host_deinit(&host);
}
