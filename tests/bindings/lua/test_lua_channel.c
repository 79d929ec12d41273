/* test_lua_channel.c - a Lua task and C's fibers, threads on one channel
 * SPDX-License-Identifier: MIT
 */
#include "tests/bindings/lua/peer.h"

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
