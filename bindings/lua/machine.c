/* machine.c - machines from the outside: create, open, destroy, numbers
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "bindings/lua/core.h"
#include "bindings/lua/memory.h"
#include "weft/base/atomic.h"

/* In one piece of memory. */
struct whole {
    struct weft_lua m;
    struct weft__lua_core core;
    weft_loop_t loop[]; /* embedded, when the host has none */
};

static size_t size_of(const struct weft_lua *m)
{
    return sizeof(struct whole) +
           (m->core->own_loop != NULL ? sizeof(weft_loop_t) : 0);
}

static struct weft_lua *make(const weft_lua_config_t *config, bool embedded)
{
    bool own_loop = embedded && config->loop == NULL;
    size_t size = sizeof(struct whole) + (own_loop ? sizeof(weft_loop_t) : 0);
    struct weft_lua like = {.config = *config};
    struct whole *whole = weft__lua_raw(&like, NULL, 0, size);

    if (whole == NULL) {
        return NULL;
    }
    memset(whole, 0, size);
    whole->m.config = *config;
    whole->m.core = &whole->core;
    whole->core.embedded = embedded;
    weft_event_init(&whole->m.wake, true);
    if (own_loop) {
        whole->core.own_loop = whole->loop;
        (void)weft_loop_init(whole->loop, NULL);
        whole->m.config.loop = whole->loop;
    }
    weft__lua_group_join(&whole->m);
    return &whole->m;
}

void weft__lua_machine_free(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;
    struct weft_lua like = {.config = m->config};

    weft__lua_stuck_stop(m);
    weft__lua_modules_close(m);
    weft__lua_disarm(m, &core->rollback);
    weft__lua_state_close(m);
    weft__lua_group_leave(m);
    weft__lua_listeners_free(m);
    weft__lua_names_free(m);
    weft__lua_load_free(m);
    if (core->own_loop != NULL) {
        weft_loop_deinit(core->own_loop);
    }
    (void)weft__lua_raw(&like, m, size_of(m), 0);
}

weft_lua_t *weft_lua_create(const weft_lua_config_t *config)
{
    struct weft_lua *m;

    WEFT_ASSERT(config->loop != NULL, "a driven machine without a loop");
    m = make(config, false);
    if (m != NULL && !weft__lua_state_open(m)) {
        weft__lua_machine_free(m);
        m = NULL;
    }
    return m;
}

void weft_lua_destroy(weft_lua_t *m)
{
    if (m == NULL) {
        return;
    }
    WEFT_ASSERT(!m->core->embedded,
                "weft_lua_destroy of a machine that goes with its lua_State");
    WEFT_ASSERT(!weft_task_live(&m->task),
                "weft_lua_destroy of a machine that has not ended");
    weft__lua_machine_free(m);
}

/* --- embedded ------------------------------------------------------------ */

/* The state is being closed. */
static int collected(lua_State *L)
{
    struct weft_lua **box = lua_touserdata(L, 1);

    if (*box != NULL) {
        weft__lua_machine_free(*box);
        *box = NULL;
    }
    return 0;
}

/* A userdata in the registry that takes the machine with it. Argument 1: the
 * machine. */
static int keep(lua_State *L)
{
    struct weft_lua **box = lua_newuserdatauv(L, sizeof(*box), 0);

    *box = NULL;
    lua_newtable(L);
    lua_pushcfunction(L, collected);
    lua_setfield(L, -2, "__gc");
    lua_setmetatable(L, -2);
    lua_rawsetp(L, LUA_REGISTRYINDEX, lua_touserdata(L, 1));
    *box = lua_touserdata(L, 1);
    return 0;
}

static bool kept(struct weft_lua *m, lua_State *L)
{
    bool done;

    lua_pushcfunction(L, keep);
    lua_pushlightuserdata(L, m);
    done = lua_pcall(L, 1, 0, 0) == LUA_OK;
    if (!done) {
        lua_pop(L, 1);
    }
    return done;
}

static lua_State *main_thread(lua_State *L)
{
    lua_State *thread;

    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_MAINTHREAD);
    thread = lua_tothread(L, -1);
    lua_pop(L, 1);
    return thread;
}

weft_lua_t *weft_lua_open(lua_State *L, const weft_lua_config_t *config)
{
    static const weft_lua_config_t defaults;
    struct weft_lua *m;

    if (!lua_checkstack(L, 8)) {
        return NULL;
    }
    m = weft__lua_find(L);
    if (m != NULL) {
        return m;
    }
    m = make(config != NULL ? config : &defaults, true);
    if (m == NULL) {
        return NULL;
    }
    if (!kept(m, L)) {
        weft__lua_machine_free(m);
        return NULL;
    }
    m->L = main_thread(L);
    m->core->base = m->L;
    return weft__lua_state_fill(m, L) ? m : NULL;
}

/* --- numbers ------------------------------------------------------------- */

enum weft_lua_end weft_lua_ended(const weft_lua_t *m)
{
    return (enum weft_lua_end)m->core->ended;
}

int weft_lua_status(const weft_lua_t *m)
{
    const struct weft__lua_core *core = m->core;

    switch ((enum weft_lua_end)core->ending) {
    case WEFT_LUA_EXITED: return core->exit_status;
    case WEFT_LUA_FAILED:
    case WEFT_LUA_REBOOTED: return 1;
    case WEFT_LUA_RUNNING:
    case WEFT_LUA_FINISHED:
    case WEFT_LUA_STOPPED: break;
    }
    return core->errors > 0 ? 1 : 0;
}

weft_lua_stats_t weft_lua_stats(const weft_lua_t *m)
{
    const struct weft__lua_core *core = m->core;

    return (weft_lua_stats_t){
        .tasks = core->waiting,
        .timers = core->timer_count,
        .messages = core->messages,
        .errors = core->errors,
        .reboots = core->reboots,
        .memory = core->used,
        .memory_peak = core->peak,
        .steps = core->steps,
    };
}

lua_State *weft_lua_state(weft_lua_t *m)
{
    return m->L;
}

/* --- words --------------------------------------------------------------- */

void weft__lua_print(struct weft_lua *m, const char *text, size_t size)
{
    if (m->config.print != NULL) {
        m->config.print(m->config.ctx, text, size);
    } else {
        (void)fwrite(text, 1, size, stdout);
    }
}

static void report(struct weft_lua *m, const char *text, size_t size)
{
    if (m->config.report != NULL) {
        m->config.report(m->config.ctx, text, size);
    } else {
        (void)fprintf(stderr, "%s\n", text);
    }
}

/* The name comes in front: in a copy, or, without memory, not at all. */
void weft__lua_report(struct weft_lua *m, const char *text)
{
    const char *name = m->config.name;
    size_t size = strlen(text);
    size_t room = name == NULL ? 0 : strlen(name) + size + 4;
    char *copy = name == NULL ? NULL : weft__lua_raw(m, NULL, 0, room);

    if (copy == NULL) {
        report(m, text, size);
        return;
    }
    (void)snprintf(copy, room, "[%s] %s", name, text);
    report(m, copy, strlen(copy));
    (void)weft__lua_raw(m, copy, room, 0);
}

void weft__lua_report_error(struct weft_lua *m, const char *text)
{
    m->core->errors++;
    weft__lua_report(m, text);
}
