/* rtos.c - rtos: receive and timers below sys, memory, reboot
 * SPDX-License-Identifier: MIT
 *
 * LuatOS's own sys.lua runs on these: a timer that fires becomes a message
 * that the main chunk gets from rtos.receive. Each timer counts its own, so
 * that no queue can be full.
 */
#include <string.h>

#include "bindings/lua/core.h"
#include "bindings/lua/sys.h"
#include "weft/weft.h"

enum { MSG_TIMER = 1 };

static void fired(weft_timer_t *timer, void *ctx);

static void init(struct weft_lua *m, void *record, uint32_t index)
{
    struct weft__lua_rtos_timer *timer = record;

    weft_timer_init(&timer->timer, m->config.loop, fired, m);
    timer->index = index;
}

static void receive_late(weft_timer_t *timer, void *ctx)
{
    struct weft_lua *m = ctx;

    (void)timer;
    m->core->armed--;
    m->core->receive_late = true;
    if (m->core->ending == WEFT_LUA_RUNNING) {
        weft__lua_main_go(m);
        weft__lua_settle(m);
    }
}

static uint32_t hash_id(lua_Integer id)
{
    return weft__lua_mix(4, (uint64_t)id);
}

static struct weft__lua_rtos_timer *find(struct weft__lua_core *core,
                                         lua_Integer id)
{
    struct weft__lua_link *link =
        weft__lua_hash_first(&core->rtos_by_id, hash_id(id));

    for (; link != NULL; link = weft__lua_hash_next(link)) {
        struct weft__lua_rtos_timer *timer =
            WEFT_CONTAINER_OF(link, struct weft__lua_rtos_timer, by_id);
        if (timer->id == id) {
            return timer;
        }
    }
    return NULL;
}

/* --- the queue of those that fired --------------------------------------- */

static void queue(struct weft__lua_core *core,
                  struct weft__lua_rtos_timer *timer)
{
    timer->next_fired = NULL;
    if (core->fired_first == NULL) {
        core->fired_first = timer;
    } else {
        core->fired_last->next_fired = timer;
    }
    core->fired_last = timer;
}

static void unqueue(struct weft__lua_core *core,
                    struct weft__lua_rtos_timer *timer)
{
    struct weft__lua_rtos_timer **at = &core->fired_first;
    struct weft__lua_rtos_timer *last = NULL;

    while (*at != NULL && *at != timer) {
        last = *at;
        at = &last->next_fired;
    }
    if (*at == timer) {
        *at = timer->next_fired;
        core->fired_last = core->fired_last == timer ? last : core->fired_last;
    }
}

static void stop(struct weft_lua *m, struct weft__lua_rtos_timer *timer)
{
    struct weft__lua_core *core = m->core;

    weft__lua_disarm(m, &timer->timer);
    if (timer->fired > 0) {
        unqueue(core, timer);
    }
    weft__lua_hash_remove(&core->rtos_by_id, &timer->by_id);
    timer->used = false;
    weft__lua_pool_give(&core->rtos_timers, timer);
}

/* Nobody will call rtos.receive again: sys.run was ours. */
static bool nobody_receives(const struct weft__lua_core *core)
{
    return core->main_state == WEFT__LUA_MAIN_DONE ||
           (core->embedded && core->running && !core->once);
}

static void fired(weft_timer_t *ended, void *ctx)
{
    struct weft__lua_rtos_timer *timer =
        WEFT_CONTAINER_OF(ended, struct weft__lua_rtos_timer, timer);
    struct weft_lua *m = ctx;
    struct weft__lua_core *core = m->core;

    if (timer->left == 0) {
        (void)weft_timer_stop(&timer->timer);
        core->armed--;
    } else {
        timer->left -= timer->left > 0;
        weft__lua_retire(m, &timer->timer);
    }
    if (core->ending != WEFT_LUA_RUNNING) {
        return;
    }
    weft__lua_trace(m, WEFT_TRACE_TIMER_FIRE, (uint32_t)timer->id, NULL, 0);
    if (nobody_receives(core)) {
        if (timer->repeat == 0) {
            stop(m, timer);
        }
    } else {
        if (timer->fired++ == 0) {
            queue(core, timer);
        }
        if (core->main_state == WEFT__LUA_MAIN_RECEIVES) {
            weft__lua_main_go(m);
        }
    }
    weft__lua_settle(m);
}

/* --- rtos.receive -------------------------------------------------------- */

/* The oldest message: its values on the stack, how many; 0: none. */
static int take(struct weft_lua *m, lua_State *L)
{
    struct weft__lua_core *core = m->core;
    struct weft__lua_rtos_timer *timer = core->fired_first;

    if (timer == NULL) {
        return 0;
    }
    lua_pushinteger(L, MSG_TIMER);
    lua_pushinteger(L, (lua_Integer)timer->id);
    lua_pushinteger(L, timer->repeat);
    unqueue(core, timer);
    timer->fired--;
    if (timer->repeat == 0) {
        timer->fired = 0;
        stop(m, timer);
    } else {
        timer->repeat -= timer->repeat > 0;
        if (timer->fired > 0) {
            queue(core, timer);
        }
    }
    return 3;
}

static int receive_over(lua_State *L, int status, lua_KContext ctx)
{
    struct weft_lua *m = (struct weft_lua *)ctx;
    int count = take(m, L);

    (void)status;
    weft__lua_disarm(m, &m->core->receive);
    if (count == 0) {
        lua_pushinteger(L, -1);
        count = 1;
    }
    return count;
}

static int l_receive(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    lua_Number ms = luaL_optnumber(L, 1, -1);
    int count = take(m, L);

    if (count > 0) {
        return count;
    }
    m->core->receive_late = false;
    if (ms >= 0 && ms < 1e15) {
        weft__lua_arm(m, &m->core->receive,
                      weft_deadline((uint64_t)(ms * 1000)));
    }
    if (m->core->embedded) {
        m->core->main_state = WEFT__LUA_MAIN_RECEIVES;
        (void)weft__lua_run_here(m, L, true);
        m->core->main_state = WEFT__LUA_MAIN_NONE;
        if (m->core->fired_first == NULL && !m->core->receive_late) {
            return luaL_error(L, "rtos.receive: nothing can happen any more");
        }
        return receive_over(L, LUA_YIELD, (lua_KContext)m);
    }
    return weft__lua_park_main(m, L, WEFT__LUA_MAIN_RECEIVES, receive_over);
}

/* --- timers -------------------------------------------------------------- */

static struct weft__lua_rtos_timer *add(struct weft_lua *m, lua_State *L,
                                        lua_Integer id)
{
    struct weft__lua_core *core = m->core;
    struct weft__lua_rtos_timer *timer;

    if (!weft__lua_hash_reserve(m, &core->rtos_by_id) ||
        !weft__lua_pool_fill(m, &core->rtos_timers, 1)) {
        luaL_error(L, "not enough memory");
    }
    timer = weft__lua_pool_take(&core->rtos_timers);
    timer->id = id;
    timer->used = true;
    timer->fired = 0;
    weft__lua_hash_add(&core->rtos_by_id, &timer->by_id, hash_id(id));
    return timer;
}

/* 1, or 0 if it cannot be started. A running one of that id is replaced. */
static int l_timer_start(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    lua_Integer id = luaL_checkinteger(L, 1);
    lua_Number us = luaL_checknumber(L, 2) * 1000;
    lua_Integer repeat = luaL_optinteger(L, 3, 0);
    struct weft__lua_rtos_timer *timer = find(m->core, id);

    if (!(us >= 1) || us > 9e18 || repeat < -1 || repeat > INT32_MAX) {
        lua_pushinteger(L, 0);
        return 1;
    }
    if (timer != NULL) {
        stop(m, timer);
    }
    timer = add(m, L, id);
    timer->repeat = (int32_t)repeat;
    timer->left = (int32_t)repeat;
    if (repeat == 0) {
        weft__lua_arm(m, &timer->timer, weft_deadline((uint64_t)us));
    } else {
        weft__lua_arm_every(m, &timer->timer, (uint64_t)us);
    }
    weft__lua_trace(m, WEFT_TRACE_TIMER_START, (uint32_t)id, NULL,
                    us > INT32_MAX ? INT32_MAX : (int)us);
    lua_pushinteger(L, 1);
    return 1;
}

static int l_timer_stop(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    struct weft__lua_rtos_timer *timer =
        lua_isinteger(L, 1) ? find(m->core, lua_tointeger(L, 1)) : NULL;

    if (timer != NULL) {
        stop(m, timer);
    }
    return 0;
}

void weft__lua_rtos_stop(struct weft_lua *m)
{
    struct weft__lua_rtos_timer *timer;

    for (uint32_t i = 1;
         (timer = weft__lua_pool_at(&m->core->rtos_timers, i)) != NULL; i++) {
        if (timer->used) {
            weft__lua_disarm(m, &timer->timer);
        }
    }
    weft__lua_disarm(m, &m->core->receive);
    m->core->fired_first = NULL;
}

/* --- the rest ------------------------------------------------------------ */

static size_t lua_bytes(lua_State *L)
{
    return (size_t)lua_gc(L, LUA_GCCOUNT, 0) * 1024 +
           (size_t)lua_gc(L, LUA_GCCOUNTB, 0);
}

/* total, used, most ever used: of "lua", the default, or "sys", which is all
 * that the machine has. Without a limit the total is what 31 bits can say. */
static int l_meminfo(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    bool all = strcmp(luaL_optstring(L, 1, "lua"), "sys") == 0;
    size_t used = m->core->embedded || !all ? lua_bytes(L) : m->core->used;
    size_t peak = used > m->core->peak ? used : m->core->peak;

    lua_pushinteger(L, m->config.memory_max != 0
                           ? (lua_Integer)m->config.memory_max
                           : INT32_MAX);
    lua_pushinteger(L, (lua_Integer)used);
    lua_pushinteger(L, (lua_Integer)peak);
    return 3;
}

static int l_version(lua_State *L)
{
    lua_pushliteral(L, WEFT_VERSION);
    return 1;
}

static int l_bsp(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    const weft_board_t *board = m->config.board;

    lua_pushstring(L, board != NULL ? board->ops->name : "host");
    return 1;
}

static int l_build_date(lua_State *L)
{
    lua_pushliteral(L, __DATE__);
    return 1;
}

static int l_firmware(lua_State *L)
{
    (void)l_bsp(L);
    lua_pushfstring(L, "Weft_%s_%s", WEFT_VERSION, lua_tostring(L, -1));
    return 1;
}

static int l_reboot(lua_State *L)
{
    weft__lua_reboot(weft__lua_machine(L));
    return weft__lua_unwind(L);
}

/* A host has no such mode; LuatOS has it for old scripts only. */
static int l_standy(lua_State *L)
{
    (void)luaL_optinteger(L, 1, 0);
    return 0;
}

static int l_nop(lua_State *L)
{
    (void)L;
    return 0;
}

/* Up to four patterns like "/sdcard/%s.lua"; none: as at the start. */
static int l_set_paths(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);

    lua_settop(L, 4);
    lua_createtable(L, 4, 0);
    for (int i = 1, n = 0; i <= 4; i++) {
        if (lua_type(L, i) == LUA_TSTRING) {
            lua_pushvalue(L, i);
            lua_rawseti(L, -2, ++n);
        }
    }
    lua_rawseti(L, LUA_REGISTRYINDEX, m->core->paths);
    return 0;
}

/* The collector runs by itself; true and false only switch its mode. */
static int l_auto_collect(lua_State *L)
{
    (void)luaL_optinteger(L, 1, 0);
    return 0;
}

static const luaL_Reg functions[] = {
    {"receive", l_receive},
    {"timer_start", l_timer_start},
    {"timer_stop", l_timer_stop},
    {"meminfo", l_meminfo},
    {"version", l_version},
    {"bsp", l_bsp},
    {"buildDate", l_build_date},
    {"firmware", l_firmware},
    {"reboot", l_reboot},
    {"standy", l_standy},
    {"nop", l_nop},
    {"setPaths", l_set_paths},
    {"autoCollectMem", l_auto_collect},
    {NULL, NULL},
};

void weft__lua_open_rtos_timers(struct weft_lua *m, lua_State *L)
{
    struct weft__lua_core *core = m->core;

    weft__lua_pool_open(m, &core->rtos_timers,
                        sizeof(struct weft__lua_rtos_timer), NULL, init);
    weft_timer_init(&core->receive, m->config.loop, receive_late, m);
    core->fired_first = NULL;
    lua_newtable(L);
    core->paths = luaL_ref(L, LUA_REGISTRYINDEX);
}

int weft__lua_open_rtos(lua_State *L)
{
    lua_newtable(L);
    weft__lua_setfuncs(L, lua_touserdata(L, 1), functions);
    lua_pushinteger(L, -1);
    lua_setfield(L, -2, "INF_TIMEOUT");
    lua_pushinteger(L, MSG_TIMER);
    lua_setfield(L, -2, "MSG_TIMER");
    return 1;
}
