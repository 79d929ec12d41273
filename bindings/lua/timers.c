/* timers.c - sys.timerStart and its kin: callbacks on core timers
 * SPDX-License-Identifier: MIT
 *
 * A timer is found by its id and by its call, the function and its arguments,
 * each through a hash, so that a hundred thousand of them cost no more each
 * than ten. Equal arguments: as == without metamethods says.
 */
#include <limits.h>
#include <string.h>

#include "bindings/lua/core.h"
#include "bindings/lua/sys.h"

enum { ID_FIRST = 0x200000, ID_LAST = 0x7FFFFF };

static void fired(weft_timer_t *timer, void *ctx);

static void init(struct weft_lua *m, void *record, uint32_t index)
{
    struct weft__lua_timer *timer = record;

    weft_timer_init(&timer->timer, m->config.loop, fired, m);
    timer->index = index;
}

void weft__lua_open_timers(struct weft_lua *m, lua_State *L)
{
    weft__lua_pool_open(m, &m->core->timers, sizeof(struct weft__lua_timer), L,
                        init);
    m->core->timer_id = ID_LAST;
}

/* --- finding ------------------------------------------------------------- */

static uint32_t hash_number(uint32_t hash, lua_State *L, int index)
{
    int whole = 0;
    lua_Integer integer = lua_tointegerx(L, index, &whole);
    lua_Number number = lua_tonumber(L, index);
    uint64_t bits = (uint64_t)integer;

    if (!whole) {
        bits = 0;
        memcpy(&bits, &number, sizeof(number));
    }
    return weft__lua_mix(hash, bits);
}

static uint32_t hash_string(uint32_t hash, lua_State *L, int index)
{
    size_t size = 0;
    const char *text = lua_tolstring(L, index, &size);
    size_t step = (size >> 5) + 1;

    hash = weft__lua_mix(hash, size);
    for (size_t i = 0; i < size; i += step) {
        hash = weft__lua_mix(hash, (unsigned char)text[i]);
    }
    return hash;
}

static uint32_t hash_value(uint32_t hash, lua_State *L, int index)
{
    switch (lua_type(L, index)) {
    case LUA_TNIL: return weft__lua_mix(hash, 1);
    case LUA_TBOOLEAN:
        return weft__lua_mix(hash, 2 + (uint64_t)lua_toboolean(L, index));
    case LUA_TNUMBER: return hash_number(hash, L, index);
    case LUA_TSTRING: return hash_string(hash, L, index);
    default: return weft__lua_mix(hash, (uintptr_t)lua_topointer(L, index));
    }
}

/* A call on the stack: the function at `function`, its arguments from
 * `first`, without nils at the end. */
struct call {
    int function;
    int first;
    int count;
};

static struct call get_call(lua_State *L, int function, int first)
{
    struct call call = {function, first, lua_gettop(L) - first + 1};

    while (call.count > 0 && lua_isnil(L, first + call.count - 1)) {
        call.count--;
    }
    call.count = call.count < 0 ? 0 : call.count;
    return call;
}

static uint32_t hash_call(lua_State *L, struct call call)
{
    uint32_t hash =
        weft__lua_mix(2, (uintptr_t)lua_topointer(L, call.function));

    for (int i = 0; i < call.count; i++) {
        hash = hash_value(hash, L, call.first + i);
    }
    return hash;
}

static bool same_call(struct weft__lua_core *core, lua_State *L,
                      const struct weft__lua_timer *timer, struct call call)
{
    bool same = timer->nargs == call.count &&
                timer->function == lua_topointer(L, call.function);

    if (same && call.count > 0) {
        weft__lua_pool_get(&core->timers, L, timer->index);
        for (int i = 0; same && i < call.count; i++) {
            lua_rawgeti(L, -1, i + 2);
            same = lua_rawequal(L, -1, call.first + i);
            lua_pop(L, 1);
        }
        lua_pop(L, 1);
    }
    return same;
}

static struct weft__lua_timer *find_call(struct weft__lua_core *core,
                                         lua_State *L, struct call call,
                                         uint32_t hash)
{
    struct weft__lua_link *link =
        weft__lua_hash_first(&core->timers_by_call, hash);

    for (; link != NULL; link = weft__lua_hash_next(link)) {
        struct weft__lua_timer *timer =
            WEFT_CONTAINER_OF(link, struct weft__lua_timer, by_call);
        if (same_call(core, L, timer, call)) {
            return timer;
        }
    }
    return NULL;
}

static struct weft__lua_timer *find_id(struct weft__lua_core *core,
                                       lua_Integer id)
{
    struct weft__lua_link *link;

    if (id < ID_FIRST || id > ID_LAST) {
        return NULL;
    }
    link = weft__lua_hash_first(&core->timers_by_id,
                                weft__lua_mix(3, (uint64_t)id));
    for (; link != NULL; link = weft__lua_hash_next(link)) {
        struct weft__lua_timer *timer =
            WEFT_CONTAINER_OF(link, struct weft__lua_timer, by_id);
        if (timer->id == id) {
            return timer;
        }
    }
    return NULL;
}

/* An id that is not in use; 0: there is none. */
static int32_t next_id(struct weft__lua_core *core)
{
    if (core->timer_count > ID_LAST - ID_FIRST) {
        return 0;
    }
    do {
        core->timer_id =
            core->timer_id >= ID_LAST ? ID_FIRST : core->timer_id + 1;
    } while (find_id(core, core->timer_id) != NULL);
    return core->timer_id;
}

/* --- stopping ------------------------------------------------------------ */

static void forget(struct weft_lua *m, lua_State *L,
                   struct weft__lua_timer *timer)
{
    struct weft__lua_core *core = m->core;

    weft__lua_hash_remove(&core->timers_by_id, &timer->by_id);
    weft__lua_hash_remove(&core->timers_by_call, &timer->by_call);
    timer->used = false;
    core->timer_count--;
    weft__lua_pool_clear(&core->timers, L, timer->index);
    weft__lua_pool_give(&core->timers, timer);
}

static void stop(struct weft_lua *m, lua_State *L,
                 struct weft__lua_timer *timer)
{
    weft__lua_disarm(m, &timer->timer);
    weft__lua_trace(m, WEFT_TRACE_TIMER_STOP, (uint32_t)timer->id, NULL, 0);
    forget(m, L, timer);
}

/* Argument 1 is an id, or a function with its arguments behind it. */
static struct weft__lua_timer *find(struct weft_lua *m, lua_State *L)
{
    struct call call;

    if (lua_type(L, 1) == LUA_TNUMBER) {
        int whole = 0;
        lua_Integer id = lua_tointegerx(L, 1, &whole);
        return whole ? find_id(m->core, id) : NULL;
    }
    luaL_checkany(L, 1);
    luaL_checkstack(L, 4, NULL);
    call = get_call(L, 1, 2);
    return find_call(m->core, L, call, hash_call(L, call));
}

int weft__lua_l_timer_stop(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    struct weft__lua_timer *timer = find(m, L);

    if (timer != NULL) {
        stop(m, L, timer);
    }
    return 0;
}

int weft__lua_l_timer_stop_all(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    const void *function = lua_topointer(L, 1);
    struct weft__lua_timer *timer;

    luaL_checkany(L, 1);
    for (uint32_t i = 1;
         (timer = weft__lua_pool_at(&m->core->timers, i)) != NULL; i++) {
        if (timer->used && timer->function == function) {
            stop(m, L, timer);
        }
    }
    return 0;
}

int weft__lua_l_timer_is_active(lua_State *L)
{
    lua_pushboolean(L, find(weft__lua_machine(L), L) != NULL);
    return 1;
}

void weft__lua_timers_stop(struct weft_lua *m)
{
    struct weft__lua_timer *timer;

    for (uint32_t i = 1;
         (timer = weft__lua_pool_at(&m->core->timers, i)) != NULL; i++) {
        if (timer->used) {
            weft__lua_disarm(m, &timer->timer);
        }
    }
}

/* --- firing -------------------------------------------------------------- */

/* The function and its arguments onto the stack; how many arguments, -1: no
 * room for them. */
static int push_call(struct weft__lua_core *core, lua_State *L,
                     const struct weft__lua_timer *timer)
{
    int nargs = timer->nargs;

    weft__lua_pool_get(&core->timers, L, timer->index);
    if (nargs == 0) {
        return 0;
    }
    if (!lua_checkstack(L, nargs + 20)) {
        lua_pop(L, 1);
        return -1;
    }
    for (int i = 1; i <= nargs + 1; i++) {
        lua_rawgeti(L, -i, i);
    }
    lua_remove(L, -nargs - 2);
    return nargs;
}

/* A one-shot is forgotten before its callback: there it is not active. */
static void fired(weft_timer_t *ended, void *ctx)
{
    struct weft__lua_timer *timer =
        WEFT_CONTAINER_OF(ended, struct weft__lua_timer, timer);
    struct weft_lua *m = ctx;
    lua_State *L = weft__lua_base(m);
    int nargs;

    if (m->core->ending != WEFT_LUA_RUNNING) {
        m->core->armed -= timer->timer.period_us == 0;
        return;
    }
    weft__lua_trace(m, WEFT_TRACE_TIMER_FIRE, (uint32_t)timer->id, NULL, 0);
    nargs = push_call(m->core, L, timer);
    if (timer->repeat == 0) {
        (void)weft_timer_stop(&timer->timer); /* the last of a period */
        m->core->armed--;
        forget(m, L, timer);
    } else {
        timer->repeat -= timer->repeat > 0;
        weft__lua_retire(m, &timer->timer);
    }
    if (nargs < 0) {
        weft__lua_report_error(m, "a timer was lost: not enough memory");
    } else {
        (void)weft__lua_call(m, L, nargs, "timer callback");
    }
    weft__lua_settle(m);
}

/* --- starting ------------------------------------------------------------ */

static int refuse(struct weft_lua *m, lua_State *L, const char *why)
{
    luaL_where(L, 1);
    lua_pushstring(L, why);
    lua_concat(L, 2);
    weft__lua_log(m, 'E', "sys", lua_tostring(L, -1));
    lua_pushnil(L);
    return 1;
}

/* What keeps the function and its arguments alive, on top of the stack. */
static void push_kept(lua_State *L, struct call call)
{
    if (call.count == 0) {
        lua_pushvalue(L, call.function);
        return;
    }
    lua_createtable(L, call.count + 1, 0);
    lua_pushvalue(L, call.function);
    lua_rawseti(L, -2, 1);
    for (int i = 0; i < call.count; i++) {
        lua_pushvalue(L, call.first + i);
        lua_rawseti(L, -2, i + 2);
    }
}

/* A new record in both hashes. Throws before anything is changed. */
static struct weft__lua_timer *add(struct weft_lua *m, lua_State *L,
                                   struct call call, uint32_t hash)
{
    struct weft__lua_core *core = m->core;
    struct weft__lua_timer *timer;

    push_kept(L, call);
    if (!weft__lua_hash_reserve(m, &core->timers_by_id) ||
        !weft__lua_hash_reserve(m, &core->timers_by_call) ||
        !weft__lua_pool_fill(m, &core->timers, 1)) {
        luaL_error(L, "not enough memory");
    }
    timer = weft__lua_pool_peek(&core->timers);
    weft__lua_pool_set(&core->timers, L, timer->index);
    timer->id = next_id(core);
    if (timer->id == 0) {
        return NULL;
    }
    (void)weft__lua_pool_take(&core->timers);
    timer->function = lua_topointer(L, call.function);
    timer->nargs = call.count;
    timer->used = true;
    core->timer_count++;
    weft__lua_hash_add(&core->timers_by_id, &timer->by_id,
                       weft__lua_mix(3, (uint64_t)timer->id));
    weft__lua_hash_add(&core->timers_by_call, &timer->by_call, hash);
    return timer;
}

static void begin(struct weft_lua *m, struct weft__lua_timer *timer,
                  uint64_t ms, int32_t repeat)
{
    timer->repeat = repeat;
    if (repeat == 0) {
        weft__lua_arm(m, &timer->timer, weft_deadline(WEFT_MS(ms)));
    } else {
        weft__lua_arm_every(m, &timer->timer, WEFT_MS(ms));
    }
    weft__lua_trace(m, WEFT_TRACE_TIMER_START, (uint32_t)timer->id, NULL,
                    ms > INT_MAX / 1000 ? INT_MAX : (int)(ms * 1000));
}

static int start(lua_State *L, int first, int32_t repeat)
{
    struct weft_lua *m = weft__lua_machine(L);
    struct call call = get_call(L, 1, first);
    struct weft__lua_timer *timer;
    uint64_t ms = 0;
    uint32_t hash;

    luaL_checkstack(L, 8, NULL);
    if (!lua_isfunction(L, 1)) {
        return refuse(m, L, "timer not started: no function");
    }
    if (!weft__lua_to_ms(L, 2, &ms) || ms == 0) {
        return refuse(m, L,
                      "timer not started: milliseconds must be a whole "
                      "number from 1 on");
    }
    hash = hash_call(L, call);
    timer = find_call(m->core, L, call, hash);
    if (timer != NULL) {
        stop(m, L, timer);
    }
    if (m->config.timers_max != 0 &&
        m->core->timer_count >= m->config.timers_max) {
        return luaL_error(L, "%d timers are running, the limit",
                          (int)m->core->timer_count);
    }
    timer = add(m, L, call, hash);
    if (timer == NULL) {
        return refuse(m, L, "timer not started: no id is left");
    }
    begin(m, timer, ms, repeat);
    lua_pushinteger(L, timer->id);
    return 1;
}

int weft__lua_l_timer_start(lua_State *L)
{
    return start(L, 3, 0);
}

int weft__lua_l_timer_loop_start(lua_State *L)
{
    return start(L, 3, -1);
}

int weft__lua_l_timer_adv_start(lua_State *L)
{
    int whole = 0;
    lua_Integer repeat = lua_tointegerx(L, 3, &whole);

    if (!whole || repeat < -1 || repeat > INT32_MAX) {
        return refuse(weft__lua_machine(L), L,
                      "timer not started: repeat must be -1 or a whole number "
                      "from 0 on");
    }
    return start(L, 4, (int32_t)repeat);
}
