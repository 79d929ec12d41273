/* post.c - from any thread and interrupt into a machine
 * SPDX-License-Identifier: MIT
 *
 * An inbox of the machine's own, a stack of entries: what is still in it when
 * the machine ends is run with weft__lua_alive false, so that memory comes
 * back, and a loop never holds an entry of a machine that is gone.
 */
#include <string.h>

#include "bindings/lua/core.h"
#include "bindings/lua/memory.h"
#include "weft/base/atomic.h"

void weft__lua_submit(struct weft_lua *m, weft_runnable_t *entry)
{
    uintptr_t *inbox = &m->core->inbox;
    uintptr_t old = weft_atomic_load_relaxed_word(inbox);

    do {
        entry->link.next = (weft_link_t *)old;
    } while (!weft_atomic_cas_release_word(inbox, &old, (uintptr_t)entry));
    weft_event_set(&m->wake);
}

static weft_runnable_t *next_entry(struct weft__lua_core *core)
{
    if (weft_queue_empty(&core->todo) &&
        weft_atomic_load_relaxed_word(&core->inbox) != 0) {
        weft_queue_push_stack(
            &core->todo,
            (weft_link_t *)weft_atomic_exchange_acquire_word(&core->inbox, 0));
    }
    return (weft_runnable_t *)(void *)weft_queue_pop(&core->todo);
}

void weft__lua_inbox_run(struct weft_lua *m)
{
    weft_runnable_t *entry;

    while ((entry = next_entry(m->core)) != NULL) {
        weft__lua_group_active(m);
        (void)entry->run(entry);
        if (weft__lua_alive(m)) {
            weft__lua_settle(m);
        }
    }
}

bool weft__lua_inbox_empty(struct weft_lua *m)
{
    return weft_queue_empty(&m->core->todo) &&
           weft_atomic_load_acquire_word(&m->core->inbox) == 0;
}

/* --- messages ------------------------------------------------------------ */

/* A message in memory of its own: values and their strings behind it. */
struct post {
    weft_runnable_t entry;
    struct weft_lua *m;
    size_t size;
    const char *topic;
    size_t count;
    weft_lua_value_t values[];
};

/* What is published, for a function in protected mode. */
struct words {
    struct weft_lua *m;
    const char *topic;
    const weft_lua_value_t *values;
    size_t count;
};

static void push_value(lua_State *L, const weft_lua_value_t *value)
{
    switch (value->type) {
    case WEFT_LUA_NIL: lua_pushnil(L); break;
    case WEFT_LUA_BOOLEAN: lua_pushboolean(L, value->as.boolean); break;
    case WEFT_LUA_INTEGER:
        lua_pushinteger(L, (lua_Integer)value->as.integer);
        break;
    case WEFT_LUA_NUMBER:
        lua_pushnumber(L, (lua_Number)value->as.number);
        break;
    case WEFT_LUA_STRING:
        lua_pushlstring(L, value->as.string.data, value->as.string.size);
        break;
    case WEFT_LUA_TABLE: break; /* refused by flat */
    }
}

/* Argument 1: struct words. */
static int publish(lua_State *L)
{
    const struct words *words = lua_touserdata(L, 1);

    luaL_checkstack(L, (int)words->count + 2, NULL);
    lua_pushstring(L, words->topic);
    for (size_t i = 0; i < words->count; i++) {
        push_value(L, &words->values[i]);
    }
    weft__lua_publish(words->m, L, (int)words->count + 1);
    return 0;
}

static void arrive(const struct words *words)
{
    struct weft__lua_core *core = words->m->core;

    (void)weft_atomic_fetch_sub_relaxed_u32(&core->posted, 1);
    if (weft__lua_alive(words->m)) {
        core->unbounded = true;
        (void)weft__lua_protect(words->m, publish, (void *)(uintptr_t)words,
                                "message from C");
        core->unbounded = false;
    }
}

static int run_post(weft_runnable_t *entry)
{
    struct post *post = WEFT_CONTAINER_OF(entry, struct post, entry);

    arrive(&(struct words){post->m, post->topic, post->values, post->count});
    (void)weft__lua_raw(post->m, post, post->size, 0);
    return 0;
}

static bool flat(const weft_lua_value_t *values, size_t count)
{
    while (count > 0 && values[count - 1].type != WEFT_LUA_TABLE) {
        count--;
    }
    return count == 0;
}

/* 0, or why it cannot be posted. Counts it. */
static int admit(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;
    uint32_t posted;

    if (weft_atomic_load_acquire_u8(&core->ending) != WEFT_LUA_RUNNING) {
        return WEFT_ERR_STOPPED;
    }
    posted = weft_atomic_fetch_add_relaxed_u32(&core->posted, 1);
    if (m->config.messages_max != 0 &&
        posted + weft_atomic_load_relaxed_u32(&core->messages) >=
            m->config.messages_max) {
        (void)weft_atomic_fetch_sub_relaxed_u32(&core->posted, 1);
        return WEFT_ERR_FULL;
    }
    return WEFT_OK;
}

static size_t size_of(const char *topic, const weft_lua_value_t *values,
                      size_t count)
{
    size_t size = sizeof(struct post) + count * sizeof(*values);

    size += strlen(topic) + 1;
    for (size_t i = 0; i < count; i++) {
        if (values[i].type == WEFT_LUA_STRING) {
            size += values[i].as.string.size;
        }
    }
    return size;
}

static void fill(struct post *post, const char *topic,
                 const weft_lua_value_t *values, size_t count)
{
    char *room = (char *)&post->values[count];

    post->topic = memcpy(room, topic, strlen(topic) + 1);
    room += strlen(topic) + 1;
    for (size_t i = 0; i < count; i++) {
        post->values[i] = values[i];
        if (values[i].type == WEFT_LUA_STRING && values[i].as.string.size > 0) {
            memcpy(room, values[i].as.string.data, values[i].as.string.size);
            post->values[i].as.string.data = room;
            room += values[i].as.string.size;
        }
    }
}

int weft_lua_post(weft_lua_t *m, const char *topic,
                  const weft_lua_value_t *values, size_t count)
{
    size_t size = size_of(topic, values, count);
    struct post *post;
    int rc = count > 200 || !flat(values, count) ? WEFT_ERR_INVALID : admit(m);

    if (rc < 0) {
        return rc;
    }
    post = weft__lua_raw(m, NULL, 0, size);
    if (post == NULL) {
        (void)weft_atomic_fetch_sub_relaxed_u32(&m->core->posted, 1);
        return WEFT_ERR_MEMORY;
    }
    *post = (struct post){
        .entry = {.run = run_post}, .m = m, .size = size, .count = count};
    fill(post, topic, values, count);
    weft__lua_submit(m, &post->entry);
    return WEFT_OK;
}

static int run_static(weft_runnable_t *runnable)
{
    weft_lua_message_t *message =
        WEFT_CONTAINER_OF(runnable, weft_lua_message_t, runnable);

    arrive(&(struct words){message->machine, message->topic, message->values,
                           message->count});
    weft_atomic_store_release_u8(&message->queued, 0);
    return 0;
}

int weft_lua_post_static(weft_lua_t *m, weft_lua_message_t *message)
{
    int rc;

    if (message->count > 4 || !flat(message->values, message->count)) {
        return WEFT_ERR_INVALID;
    }
    if (weft_atomic_exchange_acq_rel_u8(&message->queued, 1) != 0) {
        return WEFT_ERR_BUSY;
    }
    rc = admit(m);
    if (rc < 0) {
        weft_atomic_store_release_u8(&message->queued, 0);
        return rc;
    }
    message->machine = m;
    message->runnable.run = run_static;
    weft__lua_submit(m, &message->runnable);
    return WEFT_OK;
}
