/* test_lua_idle.c - a machine that waits costs a board no interrupt
 * SPDX-License-Identifier: MIT
 */
#include "tests/support/test.h"

#include <string.h>

#include "boards/lua/watch.h"
#include "weft/arena.h"
#include "weft/lua.h"
#include "weft/port.h"

/* The interrupts that this core took. The port of Cortex-M counts those of its
 * alarm, which a look begins with as the end of a sleep does. */
#if __has_include("weft/riscv.h")
#include "weft/riscv.h"
enum { END_OF_A_SLEEP = 0 };
static uint32_t taken(void)
{
    return weft_riscv_interrupts(0);
}
#else
#include "weft/cortex_m.h"
enum { END_OF_A_SLEEP = 1 };
static uint32_t taken(void)
{
    return weft_cortex_m_alarms(0);
}
#endif

static _Alignas(16) unsigned char room[24 * 1024 * sizeof(void *)];
static weft_arena_t arena;
static weft_loop_t loop;
static uint32_t before;
static uint32_t after;
static bool waited;

static void on_before(weft_timer_t *timer, void *ctx)
{
    (void)timer;
    (void)ctx;
    before = taken();
}

static void on_after(weft_timer_t *timer, void *ctx)
{
    (void)timer;
    after = taken();
    waited = true;
    weft_lua_stop(ctx);
}

/* The script runs twice before that, and waits in between. Where the clock is
 * one of instructions idle seconds cost nothing. */
CASE(ten_idle_seconds_of_a_script_take_no_interrupt)
{
    static const char text[] = "sys.taskInit(function()\n"
                               "  sys.wait(300)\n"
                               "  sys.wait(100000)\n"
                               "end)";
    const uint64_t idle_us =
        weft_port_core_count() == 1 ? WEFT_S(10) : WEFT_S(1);
    weft_lua_config_t config = {.loop = &loop, .allocator = &arena.allocator};
    weft_timer_t first;
    weft_timer_t last;
    weft_lua_t *machine;

    weft_arena_init(&arena, room, sizeof(room));
    CHECK_EQ(weft_loop_init(&loop, NULL), 0);
    machine = weft_lua_create(&config);
    CHECK(machine != NULL);
    CHECK_EQ(weft_lua_load_static(machine, "a.lua", text, strlen(text)), 0);
    board_lua_watch(machine);
    weft_timer_init(&first, &loop, on_before, NULL);
    weft_timer_init(&last, &loop, on_after, machine);
    weft_timer_start(&first, weft_deadline(WEFT_S(1)));
    weft_timer_start(&last, weft_deadline(WEFT_S(1) + idle_us));
    uint32_t begin = taken();
    CHECK_EQ(weft_lua_start(machine), 0);
    weft_loop_stop(&loop);
    CHECK_EQ(weft_loop_run(&loop), 0);
    board_lua_watch(NULL);
    CHECK(waited);
    CHECK_EQ(after - before, END_OF_A_SLEEP);
    CHECK(before - begin >= 2 + END_OF_A_SLEEP); /* it was watched */
    weft_lua_destroy(machine);
    weft_loop_deinit(&loop);
    CHECK_EQ(arena.used, 0);
}
