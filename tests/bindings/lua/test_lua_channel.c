/* test_lua_channel.c - a Lua task and C's fibers, threads on one channel
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>

#include "tests/bindings/lua/host.h"
#include "tests/support/cores.h"
#include "weft/lua_channel.h"
#include "weft/weft.h"

enum { VALUES = 30 };

/* C's side: sends 1 to VALUES on `to`, gets each doubled from `from`. */
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

static void peer_init(struct peer *peer, size_t capacity)
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

static void peer_deinit(struct peer *peer)
{
    weft_channel_deinit(&peer->to);
    weft_channel_deinit(&peer->from);
}

static weft_lua_t *start_with(weft_lua_config_t config, struct peer *peer,
                              const char *text)
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

static int there_and_back(void *ctx)
{
    struct peer *peer = ctx;

    for (int i = 1; i <= VALUES; i++) {
        int back = 0;
        CHECK_EQ(weft_channel_send(&peer->to, &i), 0);
        CHECK_EQ(weft_channel_recv(&peer->from, &back), 0);
        CHECK_EQ(back, 2 * i);
    }
    CHECK_EQ(weft_channel_close(&peer->to), 0);
    return 0;
}

#define DOUBLES                                                                \
    "sys.taskInit(function()\n"                                                \
    "  for value in to do assert(from:send(2 * value)) end\n"                  \
    "  print(to:recv())\n"                                                     \
    "end)\n"

static void doubles_on_one_loop(size_t capacity)
{
    static struct peer peer;
    struct host host;
    weft_lua_t *machine;

    host_init(&host);
    peer_init(&peer, capacity);
    machine = start_with(config_of(&host), &peer, DOUBLES);
    CHECK_EQ(weft_go(&host.loop.executor, &peer.fiber, there_and_back, &peer),
             0);
    run_all(&host);
    CHECK_STR_EQ(host.err, "");
    CHECK_STR_EQ(host.out, "nil\tclosed\n");
    CHECK_EQ(weft_fiber_result(&peer.fiber), 0);
    CHECK_EQ(weft_lua_ended(machine), WEFT_LUA_FINISHED);
    peer_deinit(&peer);
    weft_lua_destroy(machine);
    host_deinit(&host);
}

CASE(a_fiber_and_a_lua_task_hand_values_to_each_other)
{
    doubles_on_one_loop(0);
    doubles_on_one_loop(1);
    doubles_on_one_loop(4);
}

static void run_there_and_back(void *ctx)
{
    struct peer *peer = ctx;

    (void)there_and_back(peer);
}

static void run_there_and_back_in_a_fiber(void *ctx)
{
    struct peer *peer = ctx;

    weft_loop_init(&peer->loop, NULL);
    CHECK_EQ(weft_go(&peer->loop.executor, &peer->fiber, there_and_back, peer),
             0);
    weft_loop_stop(&peer->loop);
    CHECK_EQ(weft_loop_run(&peer->loop), 0);
    weft_loop_deinit(&peer->loop);
}

static void doubles_across_cores(size_t capacity, weft_port_thread_fn *run)
{
    static struct peer peer;
    struct host host;
    weft_lua_t *machine;

    host_init(&host);
    peer_init(&peer, capacity);
    machine = start_with(config_of(&host), &peer, DOUBLES);
    CHECK_EQ(weft_port_thread_start(&peer.thread, run, &peer), 0);
    run_all(&host);
    CHECK_STR_EQ(host.err, "");
    CHECK_STR_EQ(host.out, "nil\tclosed\n");
    weft_lua_destroy(machine);
    weft_port_thread_join(&peer.thread);
    peer_deinit(&peer);
    host_deinit(&host);
}

CASE(a_fiber_on_another_core_and_a_lua_task)
{
    doubles_across_cores(0, run_there_and_back_in_a_fiber);
    doubles_across_cores(4, run_there_and_back_in_a_fiber);
}

CASE(a_thread_and_a_lua_task)
{
    doubles_across_cores(0, run_there_and_back);
    doubles_across_cores(1, run_there_and_back);
}

/* The machine that doubles is on a core of its own. */
static void run_machine(void *ctx)
{
    struct peer *peer = ctx;
    struct host host;
    weft_lua_t *machine;

    host_init(&host);
    machine = start_with(config_of(&host), peer, DOUBLES);
    run_all(&host);
    CHECK_STR_EQ(host.err, "");
    CHECK_STR_EQ(host.out, "nil\tclosed\n");
    weft_lua_destroy(machine);
    host_deinit(&host);
}

CASE(two_machines_on_two_cores_share_a_channel)
{
    static struct peer peer;
    struct host host;
    weft_lua_t *machine;

    host_init(&host);
    peer_init(&peer, some(3));
    CHECK_EQ(weft_port_thread_start(&peer.thread, run_machine, &peer), 0);
    machine = start_with(config_of(&host), &peer,
                         "sys.taskInit(function()\n"
                         "  for i = 1, 20 do\n"
                         "    assert(to:send(i))\n"
                         "    assert(from:recv() == 2 * i)\n"
                         "  end\n"
                         "  print(to:close(), to:close())\n"
                         "end)\n");
    run_all(&host);
    CHECK_STR_EQ(host.err, "");
    CHECK_STR_EQ(host.out, "true\tnil\tclosed\n");
    weft_lua_destroy(machine);
    weft_port_thread_join(&peer.thread);
    peer_deinit(&peer);
    host_deinit(&host);
}

static void run_select(void *ctx)
{
    struct peer *peer = ctx;
    struct host host;
    weft_lua_t *machine;

    host_init(&host);
    machine = start_with(config_of(&host), peer, peer->script);
    run_all(&host);
    CHECK_STR_EQ(host.err, "");
    CHECK_STR_EQ(host.out, "12\t12\n");
    weft_lua_destroy(machine);
    host_deinit(&host);
}

/* --- values are not lost ------------------------------------------------- */

/* To a time at which the scripts' timers are due, or a bit later. */
static void meet(void)
{
    stand_until((weft_now_us() / 1000 + 1 + some(2)) * 1000 + some(2));
}

static void send_all(void *ctx)
{
    struct peer *peer = ctx;

    for (int i = 1; i <= VALUES; i++) {
        meet();
        CHECK_EQ(weft_channel_send(&peer->to, &i), 0);
    }
    CHECK_EQ(weft_channel_close(&peer->to), 0);
}

/* A thread sends, and closes; the script gets each in order. */
static void gets_all(const char *text)
{
    static struct peer peer;
    struct host host;
    weft_lua_t *machine;

    host_init(&host);
    peer_init(&peer, 0);
    machine = start_with(config_of(&host), &peer, text);
    CHECK_EQ(weft_port_thread_start(&peer.thread, send_all, &peer), 0);
    run_all(&host);
    CHECK_STR_EQ(host.err, "");
    CHECK_STR_EQ(host.out, "30\n");
    weft_lua_destroy(machine);
    weft_port_thread_join(&peer.thread);
    peer_deinit(&peer);
    host_deinit(&host);
}

CASE(a_limit_loses_no_value)
{
    gets_all("sys.taskInit(function()\n"
             "  local last = 0\n"
             "  while true do\n"
             "    local value, why = to:recv(1)\n"
             "    if why == 'closed' then break end\n"
             "    if value then assert(value == last + 1) last = value end\n"
             "  end\n"
             "  print(last)\n"
             "end)\n");
}

CASE(a_resume_by_hand_loses_no_value)
{
    gets_all("local done\n"
             "local co = sys.taskInit(function()\n"
             "  local last = 0\n"
             "  while true do\n"
             "    local value, why = to:recv()\n"
             "    if why == 'closed' then break end\n"
             "    assert(value == last + 1 or value == 'by hand')\n"
             "    if value ~= 'by hand' then last = value end\n"
             "  end\n"
             "  done = true\n"
             "  print(last)\n"
             "end)\n"
             "sys.timerLoopStart(function()\n"
             "  if done then os.exit(0) end\n"
             "  coroutine.resume(co, 'by hand')\n"
             "end, 1)\n");
}

CASE(a_select_loses_no_value)
{
    gets_all("sys.taskInit(function()\n"
             "  local last, other = 0, weft.channel()\n"
             "  while true do\n"
             "    local i, value, why = weft.select {\n"
             "      { recv = other }, { recv = to }, { recv = to },\n"
             "      { send = other, value = {} }, timeout = 1 }\n"
             "    if why == 'closed' then break end\n"
             "    if i then assert(value == last + 1) last = value\n"
             "    else assert(why == 'timeout', why) end\n"
             "  end\n"
             "  print(last)\n"
             "end)\n");
}

/* Each is in a select on both channels; each value goes one way. */
CASE(two_machines_select_against_each_other)
{
    static const char text[] =
        "sys.taskInit(function()\n"
        "  local sent, got, n = 0, 0, 12\n"
        "  while sent < n or got < n do\n"
        "    local i, value = weft.select {\n"
        "      { send = sent < n and out or nobody, value = sent + 1 },\n"
        "      { recv = got < n and into or nobody } }\n"
        "    if i == 1 then sent = sent + 1\n"
        "    else assert(value == got + 1) got = value end\n"
        "  end\n"
        "  print(sent, got)\n"
        "end)\n";
    static struct peer peer;
    static char mine[1024];
    struct host host;
    weft_lua_t *machine;

    host_init(&host);
    peer_init(&peer, 0);
    (void)snprintf(mine, sizeof(mine),
                   "out, into, nobody = to, from, weft.channel()\n%s", text);
    (void)snprintf(peer.script, sizeof(peer.script),
                   "out, into, nobody = from, to, weft.channel()\n%s", text);
    machine = start_with(config_of(&host), &peer, mine);
    CHECK_EQ(weft_port_thread_start(&peer.thread, run_select, &peer), 0);
    run_all(&host);
    CHECK_STR_EQ(host.err, "");
    CHECK_STR_EQ(host.out, "12\t12\n");
    weft_lua_destroy(machine);
    weft_port_thread_join(&peer.thread);
    peer_deinit(&peer);
    host_deinit(&host);
}

/* The last one's value may go with it: it had been handed over. */
CASE(a_coroutine_is_closed_while_a_value_is_on_its_way)
{
    static struct peer peer;
    struct host host;
    weft_lua_t *machine;

    host_init(&host);
    peer_init(&peer, 0);
    machine = start_with(config_of(&host), &peer,
                         "local got, closed = 0, 0\n"
                         "local function next()\n"
                         "  local co = sys.taskInit(function()\n"
                         "    local value, why = to:recv()\n"
                         "    assert(value or why == 'closed', why)\n"
                         "    if value then got = got + 1 end\n"
                         "  end)\n"
                         "  sys.timerStart(function()\n"
                         "    if coroutine.status(co) == 'suspended' then\n"
                         "      closed = closed + 1\n"
                         "      coroutine.close(co)\n"
                         "    end\n"
                         "    if to:isClosed() then os.exit(0) end\n"
                         "    next()\n"
                         "  end, 1)\n"
                         "end\n"
                         "next()\n");
    CHECK_EQ(weft_port_thread_start(&peer.thread, send_all, &peer), 0);
    run_all(&host);
    CHECK_STR_EQ(host.err, "");
    weft_lua_destroy(machine);
    weft_port_thread_join(&peer.thread);
    peer_deinit(&peer);
    host_deinit(&host);
}

/* --- ends ---------------------------------------------------------------- */

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

CASE(a_host_sends_from_outside_of_its_loop)
{
    lua_State *L = luaL_newstate();

    luaL_openlibs(L);
    CHECK(weft_lua_open(L, NULL) != NULL);
    CHECK_EQ(luaL_dostring(L, "c = weft.channel()\n"
                              "sys.taskInit(function() got = c:recv() end)\n"
                              "assert(got == nil)\n"
                              "assert(c:trySend(5))\n"
                              "assert(got == nil)\n"
                              "sys.run()\n"
                              "assert(got == 5)\n"),
             0);
    lua_close(L);
}

static weft_channel_t *pushed;

static int push(lua_State *L)
{
    weft_lua_push_channel(L, pushed, &weft_lua_codec_int);
    return 1;
}

CASE(a_channel_for_a_state_without_a_machine_is_an_error)
{
    lua_State *L = luaL_newstate();
    weft_channel_t channel;

    CHECK_EQ(weft_channel_init(&channel, NULL, sizeof(int), 0), 0);
    pushed = &channel;
    lua_pushcfunction(L, push);
    CHECK(lua_pcall(L, 0, 1, 0) != LUA_OK);
    CHECK_STR_EQ(lua_tostring(L, -1), "no machine is open in this state");
    CHECK(weft_lua_open(L, NULL) != NULL);
    lua_pushcfunction(L, push);
    CHECK_EQ(lua_pcall(L, 0, 1, 0), LUA_OK);
    lua_close(L);
    weft_channel_deinit(&channel);
}

/* --- codecs -------------------------------------------------------------- */

struct big {
    char text[200];
};

static void big_to_lua(lua_State *L, const void *element)
{
    lua_pushstring(L, ((const struct big *)element)->text);
}

static void big_from_lua(lua_State *L, int index, void *element)
{
    struct big *big = element;
    const char *text = luaL_checkstring(L, index);

    luaL_argcheck(L, strlen(text) < sizeof(big->text), index, "too long");
    memcpy(big->text, text, strlen(text) + 1);
}

CASE(large_elements_and_bad_ones)
{
    static const weft_lua_codec_t both = {sizeof(struct big), big_to_lua,
                                          big_from_lua};
    static const weft_lua_codec_t in = {sizeof(struct big), big_to_lua, NULL};
    static const weft_lua_codec_t out = {sizeof(struct big), NULL,
                                         big_from_lua};
    const char *text = "sys.taskInit(function()\n"
                       "  print(ch:recv(), ch:recv())\n"
                       "  print(ch:recv(5))\n"
                       "end)\n"
                       "sys.taskInit(function()\n"
                       "  ch:send('a') ch:send(('b'):rep(199))\n"
                       "end)\n"
                       "print(pcall(ch.trySend, ch, ('c'):rep(200)))\n"
                       "print(pcall(ch.trySend, ch, {}))\n"
                       "print(pcall(ch.trySend, ch))\n"
                       "print(pcall(input.trySend, input, 'x'))\n"
                       "print(pcall(output.tryRecv, output))\n"
                       "print(ch == input, ch == weft.channel())\n";
    struct host host;
    weft_lua_config_t config;
    weft_channel_t channel;
    weft_lua_t *machine;
    lua_State *L;

    host_init(&host);
    config = config_of(&host);
    CHECK_EQ(weft_channel_init(&channel, NULL, sizeof(struct big), 0), 0);
    machine = weft_lua_create(&config);
    L = weft_lua_state(machine);
    weft_lua_push_channel(L, &channel, &both);
    lua_setglobal(L, "ch");
    weft_lua_push_channel(L, &channel, &in);
    lua_setglobal(L, "input");
    weft_lua_push_channel(L, &channel, &out);
    lua_setglobal(L, "output");
    CHECK_EQ(weft_lua_load_text(machine, "test.lua", text, strlen(text)), 0);
    CHECK_EQ(weft_lua_start(machine), 0);
    run_all(&host);
    CHECK_STR_EQ(host.err, "");
    CHECK(strstr(host.out, "too long") != NULL);
    CHECK(strstr(host.out, "string expected, got table") != NULL);
    CHECK(strstr(host.out, "value expected") != NULL);
    CHECK(strstr(host.out, "scripts cannot send on this channel") != NULL);
    CHECK(strstr(host.out, "scripts cannot receive from this") != NULL);
    CHECK(strstr(host.out, "true\tfalse\na\tbbb") != NULL);
    CHECK(strstr(host.out, "nil\ttimeout\n") != NULL);
    weft_lua_destroy(machine);
    weft_channel_deinit(&channel);
    host_deinit(&host);
}

CASE(a_codec_of_another_size_is_an_assertion)
{
    lua_State *L = luaL_newstate();
    weft_channel_t channel;

    CHECK(weft_lua_open(L, NULL) != NULL);
    CHECK_EQ(weft_channel_init(&channel, NULL, 2, 0), 0);
    CHECK_DIES(weft_lua_push_channel(L, &channel, &weft_lua_codec_int),
               "a codec for elements of another size");
    weft_channel_deinit(&channel);
    lua_close(L);
}
