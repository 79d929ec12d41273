/* main.c - firmware that runs the Lua script which it was linked with
 * SPDX-License-Identifier: MIT
 *
 * One loop, one machine, its memory an array. When the script has ended its
 * status is main's result.
 */
#include <stdio.h>

#include "boards/lua/pins.h"
#include "boards/lua/run.h"
#include "boards/lua/watch.h"
#include "weft/arena.h"
#include "weft/lua.h"

#ifndef BOARD_LUA_MEMORY
#define BOARD_LUA_MEMORY (24 * 1024 * sizeof(void *))
#endif
/* The script begins a little later than its run is planned, and what is due at
 * the very end of it still happens. */
#define SLACK_US 200u
#define END_US WEFT_MS(100)

static weft_loop_t loop;
static weft_lua_t *machine;
static _Alignas(16) unsigned char memory[BOARD_LUA_MEMORY];
static weft_arena_t arena;

/* --- the run ------------------------------------------------------------- */

static weft_timer_t end;
static weft_timer_t finger;
static const board_lua_press_t *press;
static uint64_t began_us;

static void on_end(weft_timer_t *timer, void *ctx)
{
    (void)timer;
    (void)ctx;
    weft_lua_stop(machine);
}

static void on_finger(weft_timer_t *timer, void *ctx)
{
    (void)ctx;
    board_lua_press(press->for_us);
    press++;
    if (press->for_us != 0) {
        weft_timer_start(timer, began_us + press->at_us);
    }
}

static void plan_run(void)
{
    began_us = weft_deadline(SLACK_US);
    press = board_lua_run.presses;
    weft_timer_init(&end, &loop, on_end, NULL);
    weft_timer_init(&finger, &loop, on_finger, NULL);
    if (board_lua_run.for_us != 0) {
        weft_timer_start(&end, began_us + board_lua_run.for_us + END_US);
    }
    if (press->for_us != 0) {
        weft_timer_start(&finger, began_us + press->at_us);
    }
}

/* --- the program --------------------------------------------------------- */

static void bite(void)
{
    weft_lua_reboot(machine);
}

static int fail(const char *what)
{
    (void)fprintf(stderr, "%s\n", what);
    return 1;
}

int main(void)
{
    weft_lua_config_t config = {
        .loop = &loop,
        .allocator = &arena.allocator,
        .scripts = board_lua_scripts,
        .kill_stuck = true,
    };

    (void)weft_loop_init(&loop, NULL);
    weft_arena_init(&arena, memory, sizeof(memory));
    config.board = board_lua_pins(&loop, bite);
    machine = weft_lua_create(&config);
    if (machine == NULL) {
        return fail("Lua: not enough memory for a machine");
    }
    if (weft_lua_load_script(machine, board_lua_scripts[0].name) != 0) {
        return fail(weft_lua_error(machine));
    }
    board_lua_watch(machine);
    plan_run();
    (void)weft_lua_start(machine);
    weft_loop_stop(&loop); /* it returns when the machine has ended */
    (void)weft_loop_run(&loop);
    return weft_lua_status(machine);
}
