/* task.c - coroutines that Weft resumes: sys.taskInit, coresume, check_task
 * SPDX-License-Identifier: MIT
 */
#include <stdio.h>
#include <string.h>

#include "bindings/lua/core.h"
#include "bindings/lua/sys.h"

/* Whether status is that of a coroutine that ended by an error. */
static bool is_error(int status)
{
    return status != LUA_OK && status != LUA_YIELD;
}

/* The value on top of `from` comes once more on top of `to`. */
static void copy_top(lua_State *from, lua_State *to)
{
    lua_pushvalue(from, -1);
    lua_xmove(from, to, 1);
}

/* Closes its variables and lets go of all it held: its stack may be what
 * filled the memory, and who knows who still refers to it. The error it died
 * of is on top of L; one in a closing is another one, and told too. */
static void bury(struct weft_lua *m, lua_State *L, lua_State *co)
{
    char name[LUA_IDSIZE + 16];
    char what[LUA_IDSIZE + 64];
    lua_State *outer;

    weft__lua_task_name(co, name, sizeof(name));
    copy_top(L, co); /* what the closing functions get */
    outer = weft__lua_enter(m->core, co);
    (void)lua_resetthread(co);
    weft__lua_leave(m->core, outer);
    if (lua_gettop(co) > 0) {
        copy_top(co, L);
        if (!lua_rawequal(L, -1, -2)) {
            (void)snprintf(what, sizeof(what), "task %s, closing its variables",
                           name);
            weft__lua_failed(m, L, L, LUA_ERRRUN, what);
        } else {
            lua_pop(L, 1);
        }
    }
    lua_settop(co, 0);
}

/* co ended by the error on its top. */
static void died(struct weft_lua *m, lua_State *L, lua_State *co, int status)
{
    bool room = lua_checkstack(L, 12);
    bool taken = false;

    if (room) { /* moved to and fro: co's stack may be full */
        lua_xmove(co, L, 1);
        taken = weft__lua_scope_ended(m, L, co, status);
        copy_top(L, co);
    }
    if (taken) {
        lua_pop(co, 1);
    } else {
        weft__lua_failed(m, L, co, status, NULL);
    }
    weft__lua_trace_task(m, WEFT_TRACE_TASK_END, co, NULL, -1);
    if (room && m->core->ending == WEFT_LUA_RUNNING) {
        bury(m, L, co);
    } else {
        lua_settop(co, 0);
    }
    lua_pop(L, room ? 1 : 0);
}

bool weft__lua_resume(struct weft_lua *m, lua_State *L, lua_State *co,
                      int nargs)
{
    struct weft__lua_core *core = m->core;
    lua_State *outer;
    int results = 0;
    int status;

    /* While it runs nothing else may keep it from the collector. */
    lua_pushthread(co);
    lua_xmove(co, L, 1);
    weft__lua_step(m);
    weft__lua_trace_task(m, WEFT_TRACE_TASK_RUN, co, NULL, 0);
    core->parked = NULL;
    core->ops.turns = WEFT_BUDGET;
    outer = weft__lua_enter(core, co);
    status = lua_resume(co, L, nargs, &results);
    weft__lua_leave(core, outer);
    if (is_error(status)) {
        died(m, L, co, status);
    } else {
        lua_pop(co, results);
        if (status == LUA_YIELD && core->parked != co) {
            weft__lua_yielded(m, L);
        } else if (status == LUA_OK) {
            (void)weft__lua_scope_ended(m, L, co, status);
        }
        weft__lua_trace_task(
            m, status == LUA_YIELD ? WEFT_TRACE_TASK_PARK : WEFT_TRACE_TASK_END,
            co, core->park_name, 0);
        core->park_name = NULL;
    }
    lua_pop(L, 1);
    return !is_error(status);
}

void weft__lua_spawn(struct weft_lua *m, lua_State *L, int nargs)
{
    int function = lua_gettop(L) - nargs;
    lua_State *co = lua_newthread(L);

    lua_insert(L, function);
    if (!lua_checkstack(co, nargs + 2)) {
        luaL_error(L, "too many arguments for a task");
    }
    lua_xmove(L, co, nargs + 1);
    if (m->config.trace != NULL) {
        weft__lua_trace_new(m, L, co);
    }
    (void)weft__lua_resume(m, L, co, nargs);
    if (m->core->ending != WEFT_LUA_RUNNING) {
        (void)weft__lua_unwind(L);
    }
}

int weft__lua_l_task_init(lua_State *L)
{
    luaL_checktype(L, 1, LUA_TFUNCTION);
    luaL_checkstack(L, 4, NULL);
    weft__lua_spawn(weft__lua_machine(L), L, lua_gettop(L) - 1);
    return 1;
}

static lua_State *check_thread(lua_State *L, int index)
{
    lua_State *co = lua_tothread(L, index);

    luaL_argexpected(L, co != NULL, index, "coroutine");
    return co;
}

/* As coroutine.resume, and an error is also reported and obeys the policy.
 * The results, or false and the error, as coroutine.resume gives them. */
int weft__lua_l_coresume(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    lua_State *co = check_thread(L, 1);
    int nargs = lua_gettop(L) - 1;
    int status;

    lua_getfield(L, LUA_REGISTRYINDEX, "weft.resume");
    lua_insert(L, 1);
    lua_call(L, nargs + 1, LUA_MULTRET);
    status = lua_status(co);
    if (!lua_toboolean(L, 1)) {
        lua_pushvalue(L, 2);
        if (is_error(status)) {
            lua_xmove(L, co, 1); /* where its traceback is */
            weft__lua_failed(m, L, co, status, NULL);
        } else {
            weft__lua_failed(m, L, L, LUA_ERRRUN, "coroutine.resume");
        }
        if (m->core->ending != WEFT_LUA_RUNNING) {
            (void)weft__lua_unwind(L);
        }
    }
    return lua_gettop(L);
}

int weft__lua_l_check_task(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);

    if (L == m->L || L == m->core->main) {
        return luaL_error(L, "attempt to yield from outside a coroutine");
    }
    lua_pushthread(L);
    return 1;
}

/* The chunk's name is its path: what follows the last part is enough. */
void weft__lua_task_name(lua_State *co, char *name, size_t size)
{
    lua_Debug bottom;
    int level = 0;
    bool found;

    while (lua_getstack(co, level, &bottom)) {
        level++;
    }
    found =
        lua_getstack(co, level - 1, &bottom) && lua_getinfo(co, "S", &bottom);
    if (found && bottom.what[0] == 'C' && level > 1) {
        /* An operation of a service is called by C. */
        found = lua_getstack(co, level - 2, &bottom) &&
                lua_getinfo(co, "S", &bottom);
    }
    if (found && bottom.linedefined > 0) {
        (void)snprintf(name, size, "%s:%d", bottom.short_src,
                       bottom.linedefined);
    } else if (found && bottom.what[0] == 'm') {
        (void)snprintf(name, size, "%s", bottom.short_src);
    } else {
        (void)snprintf(name, size, "?");
    }
}
