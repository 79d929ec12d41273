/* test_lua_scripts.c - scripts in memory, as in firmware; a machine in an arena
 * SPDX-License-Identifier: MIT
 */
#include "tests/bindings/lua/host.h"
#include "weft/arena.h"

#define SCRIPT(name, text)                                                     \
    {                                                                          \
        name, text, sizeof(text) - 1                                           \
    }

static const weft_lua_script_t scripts[] = {
    SCRIPT("app/main.lua", "print(require('lib.colour').name, "
                           "(pcall(require, 'nowhere')), "
                           "package.loaded['lib.colour'].from)\n"
                           "print(select(2, pcall(require, 'broken')))"),
    SCRIPT("app/lib/colour.lua", "sys.taskInit(function() sys.wait(1) "
                                 "print('later') end)\n"
                                 "return {name = 'red', from = ...}"),
    SCRIPT("app/broken.lua", "this is no Lua"),
    {NULL, NULL, 0},
};

CASE(require_finds_scripts_in_memory)
{
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;

    host_init(&host);
    config = config_of(&host);
    config.scripts = scripts;
    machine = weft_lua_create(&config);
    CHECK(machine != NULL);
    CHECK_EQ(weft_lua_load_script(machine, "app/main.lua"), 0);
    CHECK_EQ(weft_lua_start(machine), 0);
    run_all(&host);
    CHECK_STR_EQ(host.err, "");
    CHECK_STR_EQ(host.out, "red\tfalse\tlib.colour\n"
                           "error loading module 'broken':\n\t"
                           "app/broken.lua:1: syntax error near 'is'\n"
                           "later\n");
    weft_lua_destroy(machine);
    host_deinit(&host);
}

CASE(a_script_that_is_not_there_is_named)
{
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;

    host_init(&host);
    config = config_of(&host);
    machine = weft_lua_create(&config);
    CHECK_EQ(weft_lua_load_script(machine, "x.lua"), WEFT_ERR_NOT_FOUND);
    CHECK_STR_EQ(weft_lua_error(machine),
                 "x.lua: is none of the machine's scripts");
    weft_lua_destroy(machine);
    host_deinit(&host);
}

CASE(a_text_that_is_not_copied_boots_again)
{
    static const char text[] = "print('boot') rtos.reboot()";
    static const char other[] = "print('other')";
    struct host host;
    weft_lua_config_t config;
    weft_lua_t *machine;

    host_init(&host);
    config = config_of(&host);
    config.reboots_max = 1;
    machine = weft_lua_create(&config);
    CHECK_EQ(weft_lua_load_static(machine, "a.lua", text, sizeof(text)),
             WEFT_ERR_INVALID); /* with its NUL byte it is no script */
    CHECK_EQ(weft_lua_load_text(machine, "b.lua", other, strlen(other)), 0);
    CHECK_EQ(weft_lua_load_static(machine, "a.lua", text, strlen(text)), 0);
    CHECK_EQ(weft_lua_start(machine), 0);
    run_all(&host);
    CHECK_STR_EQ(host.out, "boot\nboot\n");
    weft_lua_destroy(machine);
    host_deinit(&host);
}

/* --- in an arena --------------------------------------------------------- */

enum { ROOM = 128 * 1024 };
static _Alignas(16) unsigned char room[ROOM];

static const char hog[] =
    "sys.taskInit(function()\n"
    "  local kept = {}\n"
    "  while true do kept[#kept + 1] = string.rep('x', 1000) end\n"
    "end)\n"
    "sys.timerStart(function() print('lives') end, 10)\n"
    "sys.run()";

CASE(a_machine_that_has_filled_its_arena_goes_on)
{
    struct host host;
    weft_arena_t arena;
    weft_lua_config_t config;
    weft_lua_t *machine;

    host_init(&host);
    weft_arena_init(&arena, room, sizeof(room));
    config = config_of(&host);
    config.allocator = &arena.allocator;
    machine = start(config, hog);
    run_all(&host);
    CHECK(strstr(host.err, "not enough memory") != NULL);
    CHECK_STR_EQ(host.out, "lives\n");
    CHECK(arena.refused > 0);
    CHECK_EQ(weft_lua_status(machine), 1);
    weft_lua_destroy(machine);
    CHECK_EQ(arena.used, 0);
    CHECK_EQ(weft_arena_largest(&arena), ROOM);
    host_deinit(&host);
}

CASE(an_arena_too_small_gives_no_machine_and_keeps_nothing)
{
    struct host host;
    weft_arena_t arena;
    weft_lua_config_t config;

    host_init(&host);
    config = config_of(&host);
    for (size_t size = 64; size < 32 * 1024; size += 997) {
        weft_arena_init(&arena, room, size);
        config.allocator = &arena.allocator;
        weft_lua_t *machine = weft_lua_create(&config);
        weft_lua_destroy(machine);
        CHECK_EQ(arena.used, 0);
        CHECK_EQ(weft_arena_largest(&arena), arena.size);
    }
    host_deinit(&host);
}
