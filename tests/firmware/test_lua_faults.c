/* test_lua_faults.c - what goes wrong in a script on a board is named, and the
 * board goes on
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"

#include <string.h>

#include "boards/lua/watch.h"
#include "weft/arena.h"
#include "weft/lua.h"
#include "weft/port.h"

enum { ROOM = 24 * 1024 * sizeof(void *) };

static _Alignas(16) unsigned char room[ROOM];
static weft_arena_t arena;
static weft_loop_t loop;
static char out[256];
static char err[2048];

static void append(char *to, size_t size, const char *text, size_t length)
{
    size_t used = strlen(to);

    length = length < size - used - 1 ? length : size - used - 1;
    memcpy(to + used, text, length);
    to[used + length] = '\0';
}

static void on_print(void *ctx, const char *text, size_t size)
{
    (void)ctx;
    append(out, sizeof(out), text, size);
}

static void on_report(void *ctx, const char *text, size_t size)
{
    (void)ctx;
    append(err, sizeof(err), text, size);
}

/* Runs a script to its end; what it printed is in out, reports are in err. */
static void run(const char *text)
{
    weft_lua_config_t config = {
        .loop = &loop,
        .allocator = &arena.allocator,
        .stuck_ms = 500,
        .kill_stuck = true,
        .print = on_print,
        .report = on_report,
    };
    weft_lua_t *machine;

    out[0] = err[0] = '\0';
    weft_arena_init(&arena, room, sizeof(room));
    CHECK_EQ(weft_loop_init(&loop, NULL), 0);
    machine = weft_lua_create(&config);
    CHECK(machine != NULL);
    CHECK_EQ(weft_lua_load_static(machine, "a.lua", text, strlen(text)), 0);
    board_lua_watch(machine);
    CHECK_EQ(weft_lua_start(machine), 0);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    board_lua_watch(NULL);
    weft_lua_destroy(machine);
    weft_loop_deinit(&loop);
    CHECK_EQ(arena.used, 0);
}

CASE(a_task_that_fills_the_memory_is_named_and_the_others_go_on)
{
    run("sys.taskInit(function()\n"
        "  local kept = {}\n"
        "  while true do kept[#kept + 1] = string.rep('x', 1000) end\n"
        "end)\n"
        "sys.timerStart(function() print('lives') end, 10)");
    CHECK(strstr(err, "error in task a.lua:1: not enough memory") != NULL);
    CHECK_STR_EQ(out, "lives\n");
    CHECK(arena.refused > 0);
}

CASE(a_script_catches_that_memory_is_short)
{
    run("print(pcall(string.rep, 'x', 10000000))");
    CHECK_STR_EQ(out, "false\tnot enough memory\n");
    CHECK_STR_EQ(err, "");
}

CASE(too_little_memory_gives_no_machine)
{
    weft_lua_config_t config = {.loop = &loop, .allocator = &arena.allocator};

    CHECK_EQ(weft_loop_init(&loop, NULL), 0);
    weft_arena_init(&arena, room, 4096);
    CHECK(weft_lua_create(&config) == NULL);
    CHECK_EQ(arena.used, 0);
    weft_loop_deinit(&loop);
}

CASE(calls_that_nest_in_c_end_before_the_stack_does)
{
    run("local function deep(n)\n"
        "  return (string.gsub('x', 'x', function() return deep(n + 1) end))\n"
        "end\n"
        "print(pcall(deep, 1))\n"
        "print(load('return ' .. ('('):rep(100) .. '1' .. (')'):rep(100)))");
    CHECK(strstr(out, "C stack overflow") != NULL);
    CHECK(strstr(strstr(out, "C stack overflow") + 1, "C stack overflow") !=
          NULL);
}

CASE(a_script_that_never_waits_is_named_and_stopped)
{
    if (weft_port_levels() == 0) {
        SKIP("this port has no interrupt levels");
    }
    run("sys.timerStart(function() print('lives') end, 10)\n"
        "sys.taskInit(function()\n"
        "  while true do end\n"
        "end)");
    CHECK(strstr(err, "task a.lua:2 has run for 500 ms without a wait, now at "
                      "a.lua:3") != NULL);
    CHECK_STR_EQ(out, "lives\n");
}

/* Its watch sleeps by then. */
CASE(a_script_that_stops_waiting_later_is_named_and_stopped)
{
    if (weft_port_levels() == 0) {
        SKIP("this port has no interrupt levels");
    }
    run("sys.taskInit(function()\n"
        "  for _ = 1, 3 do sys.wait(700) end\n"
        "  while true do end\n"
        "end)");
    CHECK(strstr(err, "task a.lua:1 has run for 500 ms without a wait, now at "
                      "a.lua:3") != NULL);
}
