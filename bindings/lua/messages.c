/* messages.c - sys.publish: the queue of messages, and who gets them
 * SPDX-License-Identifier: MIT
 *
 * The queue is a ring of values in a Lua table; a message is its count, its
 * topic and its arguments. It is drained after every timer and every other
 * thing that ran a script; a drain that finds no end lets due timers go
 * first after DRAIN_MAX messages, by a timer of its own that is due now.
 *
 * A dispatch goes through the topic's subscribers in the order in which they
 * came, up to those that were there when it began. core->cursor is the next
 * one; who leaves the list moves it.
 */
#include <limits.h>

#include "bindings/lua/core.h"
#include "bindings/lua/sys.h"
#include "weft/base/atomic.h"

enum { DRAIN_MAX = 1000, RING_MIN = 64, RING_KEEP = 4096 };

/* What the smallest stack carries twice at a dispatch, whatever else is on
 * it: more is refused at the call. */
enum { ARGUMENTS_MAX = 250 };

static void turn_fired(weft_timer_t *timer, void *ctx)
{
    (void)timer;
    weft__lua_settle(ctx);
}

static void new_ring(struct weft__lua_core *core, lua_State *L, uint32_t size)
{
    lua_createtable(L, (int)size, 0);
    lua_rawseti(L, LUA_REGISTRYINDEX, core->ring);
    core->ring_size = size;
    core->ring_head = 0;
}

void weft__lua_messages_open(struct weft_lua *m, lua_State *L)
{
    struct weft__lua_core *core = m->core;

    weft_timer_init(&core->turn, m->config.loop, turn_fired, m);
    lua_newtable(L);
    core->ring = luaL_ref(L, LUA_REGISTRYINDEX);
    core->ring_used = 0;
    core->messages = 0;
    new_ring(core, L, RING_MIN);
    lua_newtable(L);
    core->topics = luaL_ref(L, LUA_REGISTRYINDEX);
    core->topic_sweep = 128;
}

static void set_messages(struct weft__lua_core *core, uint32_t count)
{
    weft_atomic_store_relaxed_u32(&core->messages, count);
}

static lua_Integer place(const struct weft__lua_core *core, uint32_t offset)
{
    return (lua_Integer)((core->ring_head + offset) & (core->ring_size - 1)) +
           1;
}

/* Makes room for so many values more. */
static void reserve(struct weft__lua_core *core, lua_State *L, uint32_t count)
{
    uint32_t size = core->ring_size;

    if (core->ring_used == 0 && size > RING_KEEP) {
        new_ring(core, L, RING_MIN);
        size = RING_MIN;
    }
    while (size - core->ring_used < count) {
        size *= 2;
        if (size > INT_MAX / 2) {
            luaL_error(L, "too many messages are queued");
        }
    }
    if (size == core->ring_size) {
        return;
    }
    lua_rawgeti(L, LUA_REGISTRYINDEX, core->ring);
    lua_createtable(L, (int)size, 0);
    for (uint32_t i = 0; i < core->ring_used; i++) {
        lua_rawgeti(L, -2, place(core, i));
        lua_rawseti(L, -2, (lua_Integer)i + 1);
    }
    lua_rawseti(L, LUA_REGISTRYINDEX, core->ring);
    lua_pop(L, 1);
    core->ring_size = size;
    core->ring_head = 0;
}

static void trace_message(struct weft_lua *m, lua_State *L, int topic,
                          enum weft_trace_kind kind, uint32_t number)
{
    if (m->config.trace != NULL) {
        weft__lua_trace(m, kind, number, weft__lua_value_name(m, L, topic), 0);
    }
}

void weft__lua_publish(struct weft_lua *m, lua_State *L, int nargs)
{
    struct weft__lua_core *core = m->core;
    int first = lua_gettop(L) - nargs + 1;

    while (nargs > 1 && lua_isnil(L, -1)) {
        lua_pop(L, 1);
        nargs--;
    }
    if (nargs - 1 > ARGUMENTS_MAX) {
        luaL_error(L, "sys.publish: a message with %d values, the limit is %d",
                   nargs - 1, ARGUMENTS_MAX);
    }
    if (m->config.messages_max != 0 && !core->unbounded &&
        core->messages >= m->config.messages_max) {
        luaL_error(L, "sys.publish: %d messages are queued, the limit",
                   (int)core->messages);
    }
    luaL_checkstack(L, 4, NULL);
    reserve(core, L, (uint32_t)nargs + 1);
    trace_message(m, L, first, WEFT_TRACE_MESSAGE_POST, core->published + 1);
    lua_rawgeti(L, LUA_REGISTRYINDEX, core->ring);
    lua_pushinteger(L, nargs);
    lua_rawseti(L, -2, place(core, core->ring_used));
    for (int i = 0; i < nargs; i++) {
        lua_pushvalue(L, first + i);
        lua_rawseti(L, -2, place(core, core->ring_used + 1 + (uint32_t)i));
    }
    core->ring_used += (uint32_t)nargs + 1;
    core->published++;
    set_messages(core, core->messages + 1);
    lua_pop(L, nargs + 1);
    if (core->depth == 0 && !core->draining) {
        weft_event_set(&m->wake); /* a host published, outside of a script */
    }
}

int weft__lua_l_publish(lua_State *L)
{
    luaL_argexpected(L, !lua_isnoneornil(L, 1), 1, "topic");
    weft__lua_publish(weft__lua_machine(L), L, lua_gettop(L));
    return 0;
}

/* Takes the first message out of the ring onto the stack: topic, arguments.
 * 0: no stack for so many. */
static int take(struct weft__lua_core *core, lua_State *L)
{
    int count;
    bool fits;

    lua_rawgeti(L, LUA_REGISTRYINDEX, core->ring);
    lua_rawgeti(L, -1, place(core, 0));
    count = (int)lua_tointeger(L, -1);
    lua_pop(L, 1);
    core->grace++;
    fits = lua_checkstack(L, 2 * count + 20);
    core->grace--;
    for (int i = 1; i <= count; i++) {
        lua_Integer at = place(core, (uint32_t)i);
        if (fits) {
            lua_rawgeti(L, -i, at);
        }
        lua_pushnil(L);
        lua_rawseti(L, fits ? -i - 2 : -2, at);
    }
    lua_remove(L, fits ? -count - 1 : -1);
    core->ring_head =
        (core->ring_head + (uint32_t)count + 1) & (core->ring_size - 1);
    core->ring_used -= (uint32_t)count + 1;
    set_messages(core, core->messages - 1);
    return fits ? count : 0;
}

/* first: where on the stack the topic is; count: values from there. */
static void to_wait(struct weft_lua *m, lua_State *L,
                    struct weft__lua_wait *wait, int first, int count)
{
    if (lua_status(wait->co) != LUA_YIELD) {
        weft__lua_abandon(m, L, wait);
        return;
    }
    if (!lua_checkstack(wait->co, count + 2)) {
        weft__lua_report_error(m, "a message was lost: not enough memory");
        return;
    }
    for (int i = 0; i < count; i++) {
        lua_pushvalue(L, first + i);
    }
    lua_xmove(L, wait->co, count);
    weft__lua_give(m, wait, count);
}

static void to_all(struct weft_lua *m, lua_State *L,
                   struct weft__lua_topic *topic, int first, int count)
{
    struct weft__lua_core *core = m->core;
    uint64_t limit = core->order;

    core->dispatched = topic;
    core->cursor = weft_list_first(&topic->subs);
    while (core->cursor != NULL && core->ending == WEFT_LUA_RUNNING) {
        struct weft__lua_sub *sub =
            WEFT_CONTAINER_OF(core->cursor, struct weft__lua_sub, list);
        if (sub->order > limit) {
            break;
        }
        core->cursor = weft_list_next(&topic->subs, core->cursor);
        if (sub->wait != NULL) {
            to_wait(m, L, sub->wait, first, count);
        } else {
            weft__lua_callback_deliver(m, sub, first, count, limit);
        }
    }
    core->cursor = NULL;
    core->dispatched = NULL;
    if (core->dispatched_dead) {
        weft__lua_callbacks_sweep(m);
    }
}

static void dispatch(struct weft_lua *m, lua_State *L)
{
    int top = lua_gettop(L);
    int count = take(m->core, L);

    if (count == 0) {
        weft__lua_report_error(m, "a message was lost: not enough memory");
    } else {
        struct weft__lua_topic *topic = weft__lua_topic(m, L, top + 1, false);
        trace_message(m, L, top + 1, WEFT_TRACE_MESSAGE_TAKE,
                      m->core->published - m->core->messages);
        if (topic != NULL) {
            to_all(m, L, topic, top + 1, count);
        } else {
            weft__lua_step(m);
        }
    }
    lua_settop(L, top);
}

void weft__lua_drain(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;
    lua_State *L = weft__lua_base(m);

    if (core->draining) {
        return;
    }
    core->draining = true;
    for (int left = DRAIN_MAX;
         left > 0 && core->messages > 0 && core->ending == WEFT_LUA_RUNNING;
         left--) {
        dispatch(m, L);
    }
    core->draining = false;
    if (core->messages > 0 && core->ending == WEFT_LUA_RUNNING) {
        weft_timer_start(&core->turn, weft_now_us());
    }
}
