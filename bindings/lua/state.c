/* state.c - one life of a machine's Lua state: opened, filled, closed
 * SPDX-License-Identifier: MIT
 */
#include "bindings/lua/core.h"
#include "bindings/lua/load.h"
#include "bindings/lua/memory.h"

static const char registry_key = 0;

struct weft_lua *weft__lua_find(lua_State *L)
{
    struct weft_lua *m;

    lua_rawgetp(L, LUA_REGISTRYINDEX, &registry_key);
    m = lua_touserdata(L, -1);
    lua_pop(L, 1);
    return m;
}

lua_State *weft__lua_base(struct weft_lua *m)
{
    lua_State *L = m->core->base;

    /* The frame was given this room when it began: it is still there. */
    (void)lua_checkstack(L, 20);
    return L;
}

void weft__lua_setfuncs(lua_State *L, struct weft_lua *m,
                        const luaL_Reg *functions)
{
    lua_pushlightuserdata(L, m);
    luaL_setfuncs(L, functions, 1);
}

/* math.random from the seed; without one Lua has seeded itself. */
static void seed_random(struct weft_lua *m, lua_State *L)
{
    if (!m->config.seeded) {
        return;
    }
    lua_getglobal(L, "math");
    lua_getfield(L, -1, "randomseed");
    lua_pushinteger(L, (lua_Integer)m->config.seed);
    lua_call(L, 1, 0);
    lua_pop(L, 1);
}

static void set_flag(lua_State *L, const char *name)
{
    lua_getglobal(L, name);
    if (lua_isnil(L, -1)) {
        lua_pushboolean(L, 0);
        lua_setglobal(L, name);
    }
    lua_pop(L, 1);
}

/* Argument 1: the machine. */
static int fill(lua_State *L)
{
    struct weft_lua *m = lua_touserdata(L, 1);

    if (!m->core->embedded) {
        weft__lua_open_libs(L);
        seed_random(m, L);
    }
    lua_pushlightuserdata(L, m);
    lua_rawsetp(L, LUA_REGISTRYINDEX, &registry_key);
    weft__lua_open_waits(m, L);
    weft__lua_ops_open(m, L);
    weft__lua_scopes_open(m, L);
    weft__lua_serving_open(m, L);
    weft__lua_messages_open(m, L);
    weft__lua_open_callbacks(m, L);
    weft__lua_open_timers(m, L);
    weft__lua_open_rtos_timers(m, L);
    weft__lua_names_open(m, L);
    weft__lua_open_coroutine(m, L);
    weft__lua_open_require(m, L);
    weft__lua_modules_open(m, L);
    set_flag(L, "COROUTINE_ERROR_ROLL_BACK");
    set_flag(L, "COROUTINE_ERROR_RESTART");
    weft__lua_listeners_open(m, L);
    return 0;
}

bool weft__lua_state_fill(struct weft_lua *m, lua_State *L)
{
    int status;

    m->core->closing = false;
    m->start_us = weft_now_us();
    if (!lua_checkstack(L, 64)) {
        return false;
    }
    lua_pushcfunction(L, fill);
    lua_pushlightuserdata(L, m);
    status = lua_pcall(L, 1, 0, 0);
    if (status != LUA_OK) {
        lua_pop(L, 1);
    }
    return status == LUA_OK;
}

bool weft__lua_state_open(struct weft_lua *m)
{
    lua_State *L = lua_newstate(weft__lua_allocate, m);

    m->L = L;
    m->core->base = L;
    return L != NULL && weft__lua_state_fill(m, L);
}

static void free_pools(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;

    weft__lua_pool_close(m, &core->waits);
    weft__lua_pool_close(m, &core->subs);
    weft__lua_pool_close(m, &core->callbacks);
    weft__lua_pool_close(m, &core->timers);
    weft__lua_pool_close(m, &core->rtos_timers);
    weft__lua_hash_free(m, &core->callback_hash);
    weft__lua_hash_free(m, &core->timers_by_id);
    weft__lua_hash_free(m, &core->timers_by_call);
    weft__lua_hash_free(m, &core->rtos_by_id);
    weft__lua_topics_free(m);
}

static void reset(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;

    core->main = NULL;
    core->main_state = WEFT__LUA_MAIN_NONE;
    core->booted = false;
    core->waiting = 0;
    core->armed = 0;
    core->messages = 0;
    core->ring_used = 0;
    core->timer_count = 0;
    core->draining = false;
    core->current = NULL;
}

/* Watched, as a finalizer may loop. Hooks are not called in there. */
static void close_watched(struct weft_lua *m)
{
    bool unwatched = m->core->stuck == NULL;
    lua_State *outer;

    weft__lua_stuck_start(m);
    outer = weft__lua_enter(m->core, NULL);
    lua_close(m->L);
    weft__lua_leave(m->core, outer);
    if (unwatched) {
        weft__lua_stuck_stop(m);
    }
}

/* Finalizers still run here: they may call anything and get nothing done. */
void weft__lua_state_close(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;
    const weft_board_t *board = m->config.board;

    core->closing = true;
    weft__lua_inbox_run(m);
    weft__lua_ops_stop(m);
    if (m->L != NULL && !core->embedded) {
        close_watched(m);
    }
    m->L = NULL;
    core->base = NULL;
    weft__lua_waits_stop(m);
    weft__lua_timers_stop(m);
    weft__lua_rtos_stop(m);
    (void)weft_timer_stop(&core->turn);
    weft__lua_ops_close(m);
    weft__lua_serving_close(m);
    weft__lua_scopes_close(m);
    weft__lua_modules_free(m);
    free_pools(m);
    reset(m);
    if (board != NULL && board->ops->reset != NULL) {
        board->ops->reset(m->config.board);
    }
}
