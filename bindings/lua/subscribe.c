/* subscribe.c - sys.subscribe: functions and threads that listen to topics
 * SPDX-License-Identifier: MIT
 *
 * A function listens once to a topic, however often it subscribed: found by
 * the hash of both. One that unsubscribes while its topic is dispatched stays
 * in the list, dead, until that is over: it still gets that message.
 */
#include "bindings/lua/core.h"
#include "bindings/lua/sys.h"

static void init(struct weft_lua *m, void *record, uint32_t index)
{
    (void)m;
    ((struct weft__lua_callback *)record)->index = index;
}

void weft__lua_open_callbacks(struct weft_lua *m, lua_State *L)
{
    weft__lua_pool_open(m, &m->core->callbacks,
                        sizeof(struct weft__lua_callback), L, init);
}

static uint32_t hash_of(const struct weft__lua_topic *topic,
                        const void *function)
{
    return weft__lua_mix(weft__lua_mix(1, (uintptr_t)topic),
                         (uintptr_t)function);
}

static struct weft__lua_callback *find(struct weft__lua_core *core,
                                       const struct weft__lua_topic *topic,
                                       const void *function)
{
    struct weft__lua_link *link =
        weft__lua_hash_first(&core->callback_hash, hash_of(topic, function));

    for (; link != NULL; link = weft__lua_hash_next(link)) {
        struct weft__lua_callback *callback =
            WEFT_CONTAINER_OF(link, struct weft__lua_callback, link);
        if (callback->sub.topic == topic && callback->function == function) {
            return callback;
        }
    }
    return NULL;
}

void weft__lua_subscribe(struct weft_lua *m, lua_State *L, int topic_index,
                         int function_index)
{
    struct weft__lua_core *core = m->core;
    const void *function = lua_topointer(L, function_index);
    struct weft__lua_topic *topic = weft__lua_topic(m, L, topic_index, true);
    struct weft__lua_callback *callback = find(core, topic, function);

    if (callback != NULL) {
        return;
    }
    if (!weft__lua_hash_reserve(m, &core->callback_hash) ||
        !weft__lua_pool_fill(m, &core->callbacks, 1)) {
        luaL_error(L, "not enough memory");
    }
    callback = weft__lua_pool_peek(&core->callbacks);
    lua_pushvalue(L, function_index);
    weft__lua_pool_set(&core->callbacks, L, callback->index);
    (void)weft__lua_pool_take(&core->callbacks);
    callback->used = true;
    callback->dead = false;
    callback->function = function;
    callback->sub.wait = NULL;
    weft__lua_sub_link(core, &callback->sub, topic);
    weft__lua_hash_add(&core->callback_hash, &callback->link,
                       hash_of(topic, function));
}

/* Out of the list and free; the hash has forgotten it already. */
static void let_go(struct weft_lua *m, lua_State *L,
                   struct weft__lua_callback *callback)
{
    weft__lua_sub_unlink(m->core, &callback->sub);
    callback->used = false;
    weft__lua_pool_clear(&m->core->callbacks, L, callback->index);
    weft__lua_pool_give(&m->core->callbacks, callback);
}

static void remove_callback(struct weft_lua *m, lua_State *L,
                            struct weft__lua_callback *callback)
{
    struct weft__lua_core *core = m->core;

    weft__lua_hash_remove(&core->callback_hash, &callback->link);
    if (core->dispatched == callback->sub.topic) {
        callback->dead = true;
        core->dispatched_dead = true;
    } else {
        let_go(m, L, callback);
    }
}

void weft__lua_callbacks_sweep(struct weft_lua *m)
{
    struct weft__lua_callback *callback;

    m->core->dispatched_dead = false;
    for (uint32_t i = 1;
         (callback = weft__lua_pool_at(&m->core->callbacks, i)) != NULL; i++) {
        if (callback->used && callback->dead) {
            let_go(m, weft__lua_base(m), callback);
        }
    }
}

static void unsubscribe(struct weft_lua *m, lua_State *L, int topic_index,
                        int function_index)
{
    struct weft__lua_topic *topic = weft__lua_topic(m, L, topic_index, false);
    struct weft__lua_callback *callback =
        topic == NULL ? NULL
                      : find(m->core, topic, lua_topointer(L, function_index));

    if (callback != NULL) {
        remove_callback(m, L, callback);
    }
}

static void check_callback(lua_State *L, int index)
{
    int type = lua_type(L, index);

    luaL_argexpected(L, type == LUA_TFUNCTION || type == LUA_TTHREAD, index,
                     "function or thread");
}

int weft__lua_l_subscribe(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);

    luaL_argexpected(L, !lua_isnoneornil(L, 1), 1, "topic");
    check_callback(L, 2);
    luaL_argcheck(L, !weft__lua_is_main(m, lua_tothread(L, 2)), 2,
                  "cannot resume the main program");
    lua_settop(L, 2);
    weft__lua_topics_tidy(m, L);
    if (lua_type(L, 1) != LUA_TTABLE) {
        weft__lua_subscribe(m, L, 1, 2);
        return 0;
    }
    for (lua_pushnil(L); lua_next(L, 1) != 0; lua_pop(L, 1)) {
        weft__lua_subscribe(m, L, lua_gettop(L), 2);
    }
    return 0;
}

int weft__lua_l_unsubscribe(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);

    luaL_argexpected(L, !lua_isnoneornil(L, 1), 1, "topic");
    check_callback(L, 2);
    lua_settop(L, 2);
    if (lua_type(L, 1) != LUA_TTABLE) {
        unsubscribe(m, L, 1, 2);
        return 0;
    }
    for (lua_pushnil(L); lua_next(L, 1) != 0; lua_pop(L, 1)) {
        unsubscribe(m, L, lua_gettop(L), 2);
    }
    return 0;
}

/* A dead coroutine listens no more. One that began another wait after this
 * dispatch had begun is not resumed by it. */
static bool can_resume(struct weft_lua *m, lua_State *co, uint64_t limit)
{
    struct weft__lua_wait *wait;

    if (lua_status(co) == LUA_OK) {
        lua_Debug at;
        return lua_getstack(co, 0, &at) == 0 && lua_gettop(co) > 0;
    }
    if (lua_status(co) != LUA_YIELD) {
        return false;
    }
    wait = weft__lua_wait_of(m, co);
    return wait == NULL || (int32_t)(wait->order - (uint32_t)limit) <= 0;
}

static void to_thread(struct weft_lua *m, lua_State *L,
                      struct weft__lua_callback *callback, int first, int count,
                      uint64_t limit)
{
    lua_State *co = lua_tothread(L, -1);

    if (callback->dead || !can_resume(m, co, limit)) {
        return;
    }
    if (!lua_checkstack(co, count + 2)) {
        weft__lua_report_error(m, "a message was lost: not enough memory");
        return;
    }
    for (int i = 0; i < count; i++) {
        lua_pushvalue(L, first + i);
    }
    lua_xmove(L, co, count);
    (void)weft__lua_resume(m, L, co, count);
}

void weft__lua_callback_deliver(struct weft_lua *m, struct weft__lua_sub *sub,
                                int first, int count, uint64_t limit)
{
    struct weft__lua_callback *callback =
        WEFT_CONTAINER_OF(sub, struct weft__lua_callback, sub);
    lua_State *L = weft__lua_base(m);

    weft__lua_pool_get(&m->core->callbacks, L, callback->index);
    if (lua_type(L, -1) == LUA_TTHREAD) {
        to_thread(m, L, callback, first, count, limit);
        lua_pop(L, 1);
        return;
    }
    for (int i = 1; i < count; i++) {
        lua_pushvalue(L, first + i);
    }
    (void)weft__lua_call(m, L, count - 1, "subscriber");
}
