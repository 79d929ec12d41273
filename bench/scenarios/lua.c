/* lua.c - what scripts cost: runs script.lua, and posts to a sleeping machine
 * SPDX-License-Identifier: MIT
 *
 *     lua [FILE]    FILE: bench/scenarios/script.lua, from the top folder
 */
#define _POSIX_C_SOURCE 200809L

#include <lauxlib.h>
#include <lua.h>
#include <pthread.h>
#include <string.h>

#include "bench/bench.h"
#include "weft/lua.h"

enum { SAMPLES_MAX = 100000 };

static weft_loop_t loop;
static weft_lua_t *machine;
static double samples[SAMPLES_MAX];
static int status;

/* --- what script.lua is given -------------------------------------------- */

static int l_cpu(lua_State *L)
{
    lua_pushnumber(L, bench_now() / 1e9);
    return 1;
}

/* All that the machine has, Weft's part too. */
static int l_memory(lua_State *L)
{
    (void)lua_gc(L, LUA_GCCOLLECT);
    (void)lua_gc(L, LUA_GCCOLLECT);
    lua_pushnumber(L, (double)weft_lua_stats(machine).memory);
    return 1;
}

static int l_report(lua_State *L)
{
    const char *name = luaL_checkstring(L, 1);
    size_t count = lua_rawlen(L, 2);

    luaL_argcheck(L, count > 0 && count <= BENCH_ROUNDS, 2, "how many?");
    for (size_t i = 0; i < count; i++) {
        (void)lua_rawgeti(L, 2, (lua_Integer)i + 1);
        samples[i] = lua_tonumber(L, -1);
        lua_pop(L, 1);
    }
    bench_report(name, samples, count);
    return 0;
}

static void open_bench(lua_State *L, const char *what)
{
    static const luaL_Reg functions[] = {{"cpu", l_cpu},
                                         {"memory", l_memory},
                                         {"report", l_report},
                                         {NULL, NULL}};

    luaL_newlib(L, functions);
    (void)lua_pushstring(L, what);
    lua_setfield(L, -2, "what");
    lua_pushboolean(L, bench_short());
    lua_setfield(L, -2, "short");
    lua_pushinteger(L, 1000000);
    lua_setfield(L, -2, "most_timers");
    lua_setglobal(L, "bench");
}

/* --- from a thread to a handler: wall clock, the loop asleep ------------- */

static double posted_ns;
static size_t arrived_count;
static size_t arrived_max;

static int l_arrived(lua_State *L)
{
    samples[arrived_count++] = bench_clock(CLOCK_MONOTONIC) - posted_ns;
    lua_pushboolean(L, arrived_count == arrived_max);
    return 1;
}

static const char handler[] = "sys.subscribe('POSTED', function()\n"
                              "    if arrived() then os.exit(0) end\n"
                              "end)\n"
                              "sys.timerLoopStart(function() end, 3600000)\n"
                              "sys.run()\n";

/* One each millisecond: meanwhile it has been handled and all is asleep. */
static void *post(void *ctx)
{
    const struct timespec pause = {.tv_nsec = 1000000};

    for (size_t i = 0; i < arrived_max; i++) {
        (void)nanosleep(&pause, NULL);
        posted_ns = bench_clock(CLOCK_MONOTONIC);
        (void)weft_lua_post(ctx, "POSTED", NULL, 0);
    }
    return NULL;
}

/* --- machines ------------------------------------------------------------ */

static void stop_loop(weft_lua_t *ended, enum weft_lua_end how, void *ctx)
{
    (void)ended;
    (void)how;
    (void)ctx;
    weft_loop_stop(&loop);
}

static void create(void)
{
    weft_lua_config_t config = {
        .loop = &loop, .stuck_ms = 3600000, .ended = stop_loop};

    (void)weft_loop_init(&loop, NULL);
    machine = weft_lua_create(&config);
    if (machine == NULL) {
        (void)fprintf(stderr, "lua: out of memory\n");
        exit(1);
    }
}

static void run(int loaded)
{
    if (loaded < 0 || weft_lua_start(machine) < 0) {
        (void)fprintf(stderr, "lua: %s\n", weft_lua_error(machine));
        exit(1);
    }
    (void)weft_loop_run(&loop);
}

static void destroy(void)
{
    status |= weft_lua_status(machine);
    weft_lua_destroy(machine);
    weft_loop_deinit(&loop);
}

static void run_script(const char *path, const char *what)
{
    create();
    open_bench(weft_lua_state(machine), what);
    run(weft_lua_load_file(machine, path));
    destroy();
}

static void run_posts(void)
{
    pthread_t thread;

    arrived_max = bench_short() ? 10 : 2000;
    create();
    lua_register(weft_lua_state(machine), "arrived", l_arrived);
    if (pthread_create(&thread, NULL, post, machine) != 0) {
        exit(1);
    }
    run(weft_lua_load_text(machine, "handler", handler, strlen(handler)));
    (void)pthread_join(thread, NULL);
    destroy();
    bench_report("lua_post", samples, arrived_count);
}

int main(int argc, char **argv)
{
    const char *script = argc > 1 ? argv[1] : "bench/scenarios/script.lua";

    run_script(script, "times");
    run_script(script, "memory");
    run_posts();
    return status;
}
