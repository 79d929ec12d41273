/* topics.c - who listens to what: topics and the order of their subscribers
 * SPDX-License-Identifier: MIT
 *
 * A topic is any Lua value; a table leads from it to its list. One that
 * nobody listens to any more is kept, since as a rule somebody will soon. When
 * topics are many, those go that nobody asked for since the last such look.
 */
#include "bindings/lua/core.h"
#include "bindings/lua/memory.h"

enum { SWEEP_FROM = 64 };

/* Removes the empty topics from the table and from memory. Assigning nil to
 * existing fields is allowed during a traversal. */
static void sweep_table(struct weft_lua *m, lua_State *L, int table)
{
    struct weft__lua_core *core = m->core;
    unsigned left = 0;

    lua_pushnil(L);
    while (lua_next(L, table) != 0) {
        struct weft__lua_topic *topic = lua_touserdata(L, -1);
        lua_pop(L, 1);
        if (!weft_list_empty(&topic->subs) || topic == core->dispatched) {
            left++;
        } else if (!topic->stale) {
            topic->stale = true;
            left++;
        } else {
            lua_pushvalue(L, -1);
            lua_pushnil(L);
            lua_rawset(L, table);
            topic->subs.head.link.next = NULL; /* to be freed */
        }
    }
    core->topic_count = left;
    core->topic_sweep = left < SWEEP_FROM ? 2 * SWEEP_FROM : 2 * left;
}

static void sweep_memory(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;

    for (struct weft__lua_topic **at = &core->all_topics; *at != NULL;) {
        struct weft__lua_topic *topic = *at;
        if (topic->subs.head.link.next == NULL) {
            *at = topic->next;
            (void)weft__lua_alloc(m, topic, sizeof(*topic), 0);
        } else {
            at = &topic->next;
        }
    }
}

void weft__lua_topics_tidy(struct weft_lua *m, lua_State *L)
{
    if (m->core->topic_count >= m->core->topic_sweep) {
        lua_rawgeti(L, LUA_REGISTRYINDEX, m->core->topics);
        sweep_table(m, L, lua_gettop(L));
        lua_pop(L, 1);
        sweep_memory(m);
    }
}

/* The table of topics is on top; the key is at index. */
static struct weft__lua_topic *make(struct weft_lua *m, lua_State *L, int index)
{
    struct weft__lua_core *core = m->core;
    struct weft__lua_topic *topic;

    if (lua_isnoneornil(L, index)) {
        luaL_error(L, "a topic must not be nil");
    }
    if (lua_type(L, index) == LUA_TNUMBER &&
        lua_tonumber(L, index) != lua_tonumber(L, index)) {
        luaL_error(L, "a topic must not be NaN");
    }
    topic = weft__lua_alloc_new(m, sizeof(*topic));
    if (topic == NULL) {
        luaL_error(L, "not enough memory");
    }
    lua_pushvalue(L, index); /* a finalizer may have made it meanwhile */
    if (lua_rawget(L, -2) == LUA_TLIGHTUSERDATA) {
        (void)weft__lua_alloc(m, topic, sizeof(*topic), 0);
        topic = lua_touserdata(L, -1);
        lua_pop(L, 1);
        return topic;
    }
    lua_pop(L, 1);
    topic->stale = false;
    weft_list_init(&topic->subs);
    topic->next = core->all_topics; /* first: what follows may throw */
    core->all_topics = topic;
    lua_pushvalue(L, index);
    lua_pushlightuserdata(L, topic);
    lua_rawset(L, -3);
    core->topic_count++;
    return topic;
}

struct weft__lua_topic *weft__lua_topic(struct weft_lua *m, lua_State *L,
                                        int index, bool wanted)
{
    struct weft__lua_core *core = m->core;
    struct weft__lua_topic *topic;

    index = lua_absindex(L, index);
    lua_rawgeti(L, LUA_REGISTRYINDEX, core->topics);
    lua_pushvalue(L, index);
    topic =
        lua_rawget(L, -2) == LUA_TLIGHTUSERDATA ? lua_touserdata(L, -1) : NULL;
    lua_pop(L, 1);
    if (topic == NULL && wanted) {
        topic = make(m, L, index);
    }
    lua_pop(L, 1);
    if (topic != NULL) {
        topic->stale = false;
    }
    return topic;
}

void weft__lua_topics_free(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;

    while (core->all_topics != NULL) {
        struct weft__lua_topic *topic = core->all_topics;
        core->all_topics = topic->next;
        (void)weft__lua_alloc(m, topic, sizeof(*topic), 0);
    }
    core->topic_count = 0;
}

void weft__lua_sub_link(struct weft__lua_core *core, struct weft__lua_sub *sub,
                        struct weft__lua_topic *topic)
{
    sub->topic = topic;
    sub->order = ++core->order;
    weft_list_push_back(&topic->subs, &sub->list);
}

void weft__lua_sub_unlink(struct weft__lua_core *core,
                          struct weft__lua_sub *sub)
{
    if (core->cursor == &sub->list) {
        core->cursor = weft_list_next(&sub->topic->subs, &sub->list);
    }
    weft_list_remove(&sub->list);
}
