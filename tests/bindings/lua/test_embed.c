/* test_embed.c - Lua machines in a host program: several, posts, limits, memory
 * SPDX-License-Identifier: MIT
 */
#include <stdlib.h>
#include <string.h>

#include <lauxlib.h>
#include <lua.h>
#include <lualib.h>

#include "tests/bindings/lua/host.h"
#include "weft/port.h"

/* --- driven -------------------------------------------------------------- */

CASE(two_machines_share_a_loop)
{
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *a;
    weft_lua_t *b;

    host_init(&host);
    config = config_of(&host);
    a = start(config, "sys.taskInit(function() for i = 1, 2 do sys.wait(20) "
                      "print('a', i) end end)");
    b = start(config, "sys.timerStart(function() print('b') os.exit(3) end, "
                      "30) sys.run()");
    run_all(&host);
    CHECK_STR_EQ(host.out, "a\t1\nb\na\t2\n");
    CHECK_EQ(weft_lua_ended(a), WEFT_LUA_FINISHED);
    CHECK_EQ(weft_lua_status(a), 0);
    CHECK_EQ(weft_lua_ended(b), WEFT_LUA_EXITED);
    CHECK_EQ(weft_lua_status(b), 3);
    CHECK_EQ(host.ended, 2);
    weft_lua_destroy(a);
    weft_lua_destroy(b);
    host_deinit(&host);
}

struct poster {
    weft_port_thread_t thread;
    weft_lua_t *machine;
    int64_t first;
};

enum { POSTS = 50 };

static void post_many(void *ctx)
{
    struct poster *poster = ctx;

    for (int64_t i = 0; i < POSTS; i++) {
        weft_lua_value_t values[] = {
            {.type = WEFT_LUA_INTEGER, .as.integer = poster->first + i},
            {.type = WEFT_LUA_STRING, .as.string = {"text", 4}},
            {.type = WEFT_LUA_NIL},
        };
        CHECK_EQ(weft_lua_post(poster->machine, "N", values, 3), 0);
    }
}

CASE(threads_post_messages)
{
    struct host host;
    struct poster posters[2];
    weft_lua_config_t config;

    host_init(&host);
    config = config_of(&host);
    config.allocator = NULL; /* ours is for one thread */
    config.stays = true;
    posters[0] = (struct poster){.first = 1};
    posters[1] = (struct poster){.first = 1 + POSTS};
    posters[0].machine = posters[1].machine =
        start(config, "local n, sum = 0, 0\n"
                      "sys.subscribe('N', function(i, t, more)\n"
                      "  n = n + 1 sum = sum + i\n"
                      "  assert(t == 'text' and more == nil)\n"
                      "  if n == 100 then print(sum) os.exit(0) end\n"
                      "end)");
    for (int i = 0; i < 2; i++) {
        CHECK_EQ(
            weft_port_thread_start(&posters[i].thread, post_many, &posters[i]),
            0);
    }
    run_all(&host);
    for (int i = 0; i < 2; i++) {
        weft_port_thread_join(&posters[i].thread);
    }
    CHECK_STR_EQ(host.out, "5050\n");
    CHECK_EQ(weft_lua_post(posters[0].machine, "N", NULL, 0), WEFT_ERR_STOPPED);
    weft_lua_destroy(posters[0].machine);
    weft_loop_deinit(&host.loop);
}

CASE(a_static_message_is_the_callers_until_taken)
{
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;
    weft_lua_message_t message = {
        .topic = "M",
        .values = {{.type = WEFT_LUA_BOOLEAN, .as.boolean = true},
                   {.type = WEFT_LUA_NUMBER, .as.number = 1.5}},
        .count = 2,
    };

    host_init(&host);
    config = config_of(&host);
    machine = start(config, "sys.subscribe('M', print) sys.timerStart(print, "
                            "10, 'end')");
    CHECK_EQ(weft_lua_post_static(machine, &message), 0);
    CHECK_EQ(weft_lua_post_static(machine, &message), WEFT_ERR_BUSY);
    run_all(&host);
    CHECK_EQ(weft_lua_post_static(machine, &message), WEFT_ERR_STOPPED);
    CHECK_STR_EQ(host.out, "true\t1.5\nend\n");
    weft_lua_destroy(machine);
    host_deinit(&host);
}

static void on_message(void *ctx, lua_State *L, int top)
{
    *(int64_t *)ctx += top * 100 + (int64_t)lua_tointeger(L, 1);
}

CASE(c_code_listens_also_after_a_reboot)
{
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;
    const char *text = "sys.publish('M', 7, nil, 8) "
                       "sys.timerStart(rtos.reboot, 10)";
    int64_t heard = 0;

    host_init(&host);
    config = config_of(&host);
    config.reboots_max = 2;
    machine = weft_lua_create(&config);
    CHECK(machine != NULL);
    CHECK_EQ(weft_lua_subscribe(machine, "M", on_message, &heard), 0);
    CHECK_EQ(weft_lua_load_text(machine, "test.lua", text, strlen(text)), 0);
    CHECK_EQ(weft_lua_start(machine), 0);
    run_all(&host);
    CHECK_EQ(heard, 3 * 307);
    CHECK_EQ(weft_lua_ended(machine), WEFT_LUA_REBOOTED);
    CHECK_EQ(weft_lua_status(machine), 1);
    CHECK_EQ(weft_lua_stats(machine).reboots, 2);
    weft_lua_destroy(machine);
    host_deinit(&host);
}

CASE(limits_are_errors_at_the_call)
{
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;

    host_init(&host);
    config = config_of(&host);
    config.timers_max = 2;
    config.messages_max = 2;
    machine = start(
        config,
        "sys.timerStart(print, 10, 1) sys.timerStart(print, 10, 2)\n"
        "print(pcall(sys.timerStart, print, 10, 3))\n"
        "print(pcall(sys.timerStart, print, 10, 2) )\n"
        "sys.publish('M') sys.publish('M') print(pcall(sys.publish, 'M'))\n");
    run_all(&host);
    CHECK(strstr(host.out, "false\t2 timers are running, the limit\n"
                           "true\t") == host.out);
    CHECK(strstr(host.out, "false\tsys.publish: 2 messages are queued, the "
                           "limit\n1\n2\n") != NULL);
    weft_lua_destroy(machine);
    host_deinit(&host);
}

CASE(a_post_over_the_bound_is_refused)
{
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;

    host_init(&host);
    config = config_of(&host);
    config.messages_max = 2;
    machine = start(config, "sys.subscribe('M', function() print('m') end)");
    CHECK_EQ(weft_lua_post(machine, "M", NULL, 0), 0);
    CHECK_EQ(weft_lua_post(machine, "M", NULL, 0), 0);
    CHECK_EQ(weft_lua_post(machine, "M", NULL, 0), WEFT_ERR_FULL);
    run_all(&host);
    CHECK_STR_EQ(host.out, "m\nm\n");
    weft_lua_destroy(machine);
    host_deinit(&host);
}

CASE(a_machine_that_stays_ends_when_told)
{
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;

    host_init(&host);
    config = config_of(&host);
    config.stays = true;
    machine = start(config, "print('up') sys.taskInit(function() "
                            "sys.wait(1000000) end)");
    weft_lua_stop(machine);
    run_all(&host);
    CHECK_EQ(weft_lua_ended(machine), WEFT_LUA_STOPPED);
    CHECK_EQ(weft_lua_status(machine), 0);
    CHECK_STR_EQ(host.out, "up\n");
    weft_lua_destroy(machine);
    host_deinit(&host);
}

CASE(bad_programs_are_refused_with_a_line)
{
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;

    host_init(&host);
    config = config_of(&host);
    machine = weft_lua_create(&config);
    CHECK(machine != NULL);
    CHECK_EQ(weft_lua_load_file(machine, "/no/such file.lua"),
             WEFT_ERR_NOT_FOUND);
    CHECK_STR_EQ(weft_lua_error(machine),
                 "/no/such file.lua: cannot be opened: "
                 "No such file or directory");
    CHECK_EQ(weft_lua_load_file(machine, "/tmp"), WEFT_ERR_INVALID);
    CHECK_STR_EQ(weft_lua_error(machine), "/tmp: Is a directory");
    CHECK_EQ(weft_lua_load_file(machine, "/dev/zero"), WEFT_ERR_INVALID);
    CHECK_STR_EQ(weft_lua_error(machine), "/dev/zero: is larger than 64 MB");
    CHECK_EQ(weft_lua_load_text(machine, "x.lua", "a\0b", 3), WEFT_ERR_INVALID);
    CHECK_STR_EQ(weft_lua_error(machine),
                 "x.lua: is a binary file, not a Lua script");
    CHECK_EQ(weft_lua_load_text(machine, "x.lua", "x = 1\nx = = 2", 13),
             WEFT_ERR_INVALID);
    CHECK_STR_EQ(weft_lua_error(machine),
                 "x.lua:2: unexpected symbol near '='");
    CHECK_EQ(weft_lua_load_text(machine, "x.lua", "#!/bin/sh\r\nx = 1\r\n", 18),
             0);
    weft_lua_destroy(machine);
    host_deinit(&host);
}

static void count_line(void *ctx, const char *text)
{
    struct host *host = ctx;

    append(host->err, sizeof(host->err), text, strlen(text));
    append(host->err, sizeof(host->err), "\n", 1);
}

CASE(who_waits_for_ever_is_listed)
{
    struct host host;
    weft_lua_t *machine;

    host_init(&host);
    machine = start(config_of(&host), "sys.taskInit(function()\n"
                                      "  sys.waitUntil('NEVER')\n"
                                      "end)");
    run_all(&host);
    weft_lua_waiters(machine, count_line, &host);
    CHECK_STR_EQ(host.err, "task test.lua:1 waits for message \"NEVER\" at "
                           "test.lua:2\n");
    weft_lua_destroy(machine);
    host_deinit(&host);
}

/* --- memory -------------------------------------------------------------- */

/* Bytes of the machine after the script has run, tasks still parked. */
static size_t bytes_with(const char *text)
{
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;
    size_t bytes;

    host_init(&host);
    config = config_of(&host);
    config.stays = true;
    machine = start(config, text);
    for (int i = 0; i < 4; i++) {
        (void)weft_loop_step(&host.loop);
    }
    (void)lua_gc(weft_lua_state(machine), LUA_GCCOLLECT, 0);
    bytes = weft_lua_stats(machine).memory;
    weft_lua_stop(machine);
    run_all(&host);
    weft_lua_destroy(machine);
    host_deinit(&host);
    return bytes;
}

#define TASKS "local keep = {} for i = 1, 2048 do keep[i] = 0 end "

CASE_REAL_ONLY(a_waiting_task_costs_160_bytes_of_ours,
               "sizes are the same in the simulator, only slower")
{
    size_t parked = bytes_with(
        TASKS "local function f() coroutine.yield() end "
              "for i = 1, 2048 do keep[i] = sys.taskInit(f) end _G.k = keep");
    size_t waiting = bytes_with(
        TASKS "local function f() sys.wait(100000) end "
              "for i = 1, 2048 do keep[i] = sys.taskInit(f) end _G.k = keep");
    size_t until = bytes_with(
        TASKS "local function f() sys.waitUntil('X') end "
              "for i = 1, 2048 do keep[i] = sys.taskInit(f) end _G.k = keep");

    CHECK(waiting - parked <= 2048 * 160);
    CHECK(until - waiting <= 2048 * 49);
}

#define EVERYTHING                                                             \
    "local ok, n = 0, 0\n"                                                     \
    "sys.subscribe('M', function(x) n = n + x end)\n"                          \
    "sys.taskInit(function() for i = 1, 3 do sys.wait(1) end end)\n"           \
    "sys.taskInit(function() sys.waitUntil({'M', 'N'}, 50) end)\n"             \
    "sys.timerStart(sys.publish, 2, 'M', 1)\n"                                 \
    "sys.timerLoopStart(function(x) n = n + 1 if n > 3 then "                  \
    "sys.timerStopAll(loop) end end, 1, {})\n"                                 \
    "sys.taskInitEx(function() sys.waitMsg('b', 'x', 10) end, 'b', print)\n"   \
    "sys.sendMsg('b', 'y') sys.sendMsg('b', 'x')\n"                            \
    "sys_cw('W').cb(function() end) sys.publish('W', {}, 'long')\n"            \
    "local c, d = weft.channel(), weft.channel(2)\n"                           \
    "sys.taskInit(function() for v in c do d:send({v}) end end)\n"             \
    "sys.taskInit(function() c:send('x') d:recv(3) c:send({}) c:recv(1)\n"     \
    "c:close() end)\n"                                                         \
    "sys.taskInit(function() local e <close> = weft.channel(1) e:send(e)\n"    \
    "e:send(2, 2) d:recv() end)\n"                                             \
    "sys.taskInit(function() pcall(weft.scope, function(s)\n"                  \
    "s:spawn(sys.wait, 2) s:spawn(c.recv, c) s:spawn(error, 'x')\n"            \
    "end, 9) end)\n"                                                           \
    "sys.taskInit(weft.select, { {recv = c}, {send = d, value = {}},\n"        \
    "{recv = d}, timeout = 7 })\n"                                             \
    "service.define('s', {echo = function(v) return v, {v} end,\n"             \
    "slow = function(v) sys.wait(3) error(v) end})\n"                          \
    "for _, op in ipairs {'echo', 'slow', 'none'} do sys.taskInit(\n"          \
    "function() service.call('s', op, 'x', 9) service.call('s', op,\n"         \
    "{x = 'y'}, 1) end) end\n"                                                 \
    "sys.timerStart(function() os.exit(0) end, 20)\n"

/* True: it came to its end although the allocation failed. */
static bool survives(unsigned fail_at)
{
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;
    bool reached;

    host_init(&host);
    config = config_of(&host);
    host.fail_at = fail_at;
    machine = weft_lua_create(&config);
    if (machine != NULL &&
        weft_lua_load_text(machine, "all.lua", EVERYTHING,
                           strlen(EVERYTHING)) == 0 &&
        weft_lua_start(machine) == 0) {
        run_all(&host);
        CHECK(weft_lua_ended(machine) != WEFT_LUA_RUNNING);
        CHECK(weft_lua_status(machine) == 0 || host.err[0] != '\0');
    }
    weft_lua_destroy(machine);
    reached = host.calls < fail_at;
    host_deinit(&host);
    return reached;
}

CASE_REAL_ONLY(every_allocation_fails_once,
               "a thousand machines: the same code, too slow a hundred times")
{
    unsigned fail_at = 1;

    while (!survives(fail_at)) {
        fail_at++;
    }
    CHECK(fail_at > 100);
}

/* From arm(n) to disarm() the nth allocation fails and all behind it, so that a
 * collection is of no help. */
static struct host *armed;

static int l_arm(lua_State *L)
{
    armed->calls = 0;
    armed->fail_at = (unsigned)luaL_checkinteger(L, 1);
    armed->for_good = true;
    return 0;
}

static int l_disarm(lua_State *L)
{
    lua_pushboolean(L, armed->calls >= armed->fail_at);
    armed->fail_at = 0;
    return 1;
}

/* What is under way when memory runs out is undone: nobody keeps its value, and
 * afterwards all goes on. */
#define SHORT_OF_MEMORY                                                        \
    "local c, d = weft.channel(), weft.channel()\n"                            \
    "local calls = {\n"                                                        \
    "  function(v, o) o:send(v, 5) end,\n"                                     \
    "  function(v) c:trySend(v) end,\n"                                        \
    "  function(v) c:recv(5, v) end,\n"                                        \
    "  function(v, o) weft.select { { send = o, value = v },\n"                \
    "    timeout = 5 } end,\n"                                                 \
    "  function(v) weft.select { { send = c, value = v }, { recv = d },\n"     \
    "    { send = d, value = v }, timeout = 5 } end,\n"                        \
    "  function(v) weft.scope(function() sys.wait(1, v) end) end,\n"           \
    "  function(v) weft.scope(function(s) s:spawn(sys.wait, 1, v)\n"           \
    "    s:spawn(function() c:send(v) end) end, 9) end,\n"                     \
    "  function(v) service.call('s', 'echo', { x = tostring(v) }, 5) end,\n"   \
    "  function(v) service.call('s', 'echo', ('x'):rep(999), 5) end,\n"        \
    "  function() service.define('t', { f = print, g = print }) end,\n"        \
    "}\n"                                                                      \
    "service.define('s', { echo = function(v) return v, { v } end })\n"        \
    "local kept = setmetatable({}, { __mode = 'k' })\n"                        \
    "local function failed()\n"                                                \
    "  local v, own = {}, weft.channel()\n"                                    \
    "  kept[v], kept[own] = true, true\n"                                      \
    "  arm(FAIL)\n"                                                            \
    "  pcall(calls[CALL], v, own)\n"                                           \
    "  return disarm()\n"                                                      \
    "end\n"                                                                    \
    "sys.taskInit(function()\n"                                                \
    "  FAILED = failed()\n"                                                    \
    "  sys.wait(20)\n"                                                         \
    "  collectgarbage() collectgarbage()\n"                                    \
    "  if next(kept) then print(CALL, FAIL, 'is kept') end\n"                  \
    "  print(weft.scope(function(s)\n"                                         \
    "    s:spawn(function() c:send(7) end)\n"                                  \
    "    return c:recv() + 1\n"                                                \
    "  end))\n"                                                                \
    "end)\n"

/* Whether the nth allocation of that call was asked for. */
static bool runs_out(int call, int n)
{
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;
    lua_State *L;
    bool failed;

    host_init(&host);
    armed = &host;
    config = config_of(&host);
    machine = weft_lua_create(&config);
    L = weft_lua_state(machine);
    lua_register(L, "arm", l_arm);
    lua_register(L, "disarm", l_disarm);
    lua_pushinteger(L, call);
    lua_setglobal(L, "CALL");
    lua_pushinteger(L, n);
    lua_setglobal(L, "FAIL");
    CHECK_EQ(weft_lua_load_text(machine, "short.lua", SHORT_OF_MEMORY,
                                strlen(SHORT_OF_MEMORY)),
             0);
    CHECK_EQ(weft_lua_start(machine), 0);
    run_all(&host);
    CHECK_STR_EQ(host.out, "8\n");
    lua_getglobal(L, "FAILED");
    failed = lua_toboolean(L, -1);
    weft_lua_destroy(machine);
    host_deinit(&host);
    return failed;
}

CASE_REAL_ONLY(a_call_that_runs_out_of_memory_keeps_nothing,
               "hundreds of machines: the same code, too slow a hundred times")
{
    for (int call = 1; call <= 10; call++) {
        int n = 1;

        while (runs_out(call, n)) {
            n++;
        }
        CHECK(n > 2);
    }
}

/* --- embedded ------------------------------------------------------------ */

CASE(a_host_runs_its_own_state)
{
    struct host host;
    weft_lua_config_t config;
    lua_State *L = luaL_newstate();

    host_init(&host);
    config = config_of(&host);
    config.loop = NULL;
    luaL_openlibs(L);
    CHECK(weft_lua_open(L, &config) != NULL);
    CHECK(weft_lua_open(L, NULL) == weft_lua_open(L, &config));
    CHECK_EQ(luaL_dostring(L, "sys.taskInit(function() sys.wait(20) "
                              "n = (n or 0) + 1 end)\n"
                              "status = sys.run()\n"
                              "after = pcall(sys.run)"),
             0);
    lua_getglobal(L, "n");
    CHECK_EQ(lua_tointeger(L, -1), 1);
    lua_getglobal(L, "status");
    CHECK_EQ(lua_tointeger(L, -1), 0);
    lua_getglobal(L, "after");
    CHECK(lua_isboolean(L, -1) && !lua_toboolean(L, -1));
    lua_close(L);
    CHECK_EQ(host.bytes, 0);
    weft_loop_deinit(&host.loop);
}

CASE(a_host_opens_the_modules_by_require)
{
    lua_State *L = luaL_newstate();

    luaL_openlibs(L);
    luaL_requiref(L, "sys", luaopen_sys, 1);
    luaL_requiref(L, "rtos", luaopen_rtos, 1);
    luaL_requiref(L, "sysplus", luaopen_sysplus, 1);
    luaL_requiref(L, "log", luaopen_log, 1);
    CHECK_EQ(luaL_dostring(
                 L, "rtos.timer_start(7, 10, 1)\n"
                    "local m, id, again = rtos.receive(-1)\n"
                    "assert(m == rtos.MSG_TIMER and id == 7 and again == 1)\n"
                    "m, id, again = rtos.receive(-1)\n"
                    "assert(again == 0)\n"
                    "assert(rtos.receive(5) == -1)\n"
                    "assert(sysplus == sys)\n"),
             0);
    lua_close(L);
}

CASE(a_host_drives_step_by_step)
{
    lua_State *L = luaL_newstate();

    luaL_openlibs(L);
    CHECK(weft_lua_open(L, NULL) != NULL);
    CHECK_EQ(luaL_dostring(L, "local n = 0\n"
                              "_G.SYSP = true\n"
                              "sys.run()\n"
                              "sys.timerLoopStart(function() n = n + 1 end, "
                              "5)\n"
                              "while n < 3 do sys.safeRun() end\n"),
             0);
    lua_close(L);
}

CASE(a_wait_outside_of_tasks_is_an_error_there_too)
{
    lua_State *L = luaL_newstate();

    luaL_openlibs(L);
    CHECK(weft_lua_open(L, NULL) != NULL);
    CHECK(luaL_dostring(L, "sys.wait(10)") != 0);
    CHECK(strstr(lua_tostring(L, -1), "outside of a coroutine") != NULL);
    lua_close(L);
}
