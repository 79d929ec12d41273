/* failure.c - errors of scripts: reports, the policy, calls that catch them
 * SPDX-License-Identifier: MIT
 *
 * A report is made in protected mode, with memory beyond the machine's limit,
 * and falls back to fixed words: whatever an error is, it is reported once.
 */
#include <string.h>

#include "bindings/lua/core.h"

enum { ROLL_BACK_MS = 500 };

/* What a report is made of, for the functions in protected mode. */
struct report {
    struct weft_lua *m;
    lua_State *co;    /* where it happened */
    const char *what; /* NULL: a task */
};

/* The error's own words; __tostring may fail too. */
static int to_text(lua_State *L)
{
    (void)luaL_tolstring(L, 1, NULL);
    return 1;
}

/* Reports are C strings: a NUL byte in the one on top becomes "\0". */
static void spell_nuls(lua_State *L)
{
    size_t left;
    const char *text = lua_tolstring(L, -1, &left);
    luaL_Buffer spelt;

    if (strlen(text) == left) {
        return;
    }
    luaL_buffinit(L, &spelt);
    for (; left > 0; left--, text++) {
        if (*text == '\0') {
            luaL_addstring(&spelt, "\\0");
        } else {
            luaL_addchar(&spelt, *text);
        }
    }
    luaL_pushresult(&spelt);
    lua_remove(L, -2);
}

static void push_text(lua_State *L, int index)
{
    index = lua_absindex(L, index);
    if (lua_type(L, index) == LUA_TSTRING) {
        lua_pushvalue(L, index);
    } else {
        lua_pushcfunction(L, to_text);
        lua_pushvalue(L, index);
        if (lua_pcall(L, 1, 1, 0) != LUA_OK) {
            lua_pop(L, 1);
            lua_pushfstring(L,
                            "(an error object, a %s, that cannot be printed)",
                            luaL_typename(L, index));
        }
    }
    spell_nuls(L);
}

/* Text and traceback, made where the error is raised. */
int weft__lua_traceback(lua_State *L)
{
    if (weft__lua_is_unwind(L, 1)) {
        return 1;
    }
    luaL_checkstack(L, 8, NULL);
    push_text(L, 1);
    luaL_traceback(L, L, lua_tostring(L, -1), 1);
    return 1;
}

/* Argument 1: struct report, 2: the error. Gives the whole report. */
static int make_report(lua_State *L)
{
    struct report *report = lua_touserdata(L, 1);

    if (report->what == NULL) {
        char name[LUA_IDSIZE + 16];
        weft__lua_task_name(report->co, name, sizeof(name));
        push_text(L, 2);
        lua_pushfstring(L, "error in %s%s: %s",
                        report->co == report->m->core->main ? "" : "task ",
                        name, lua_tostring(L, -1));
        luaL_traceback(L, report->co, lua_tostring(L, -1), 0);
    } else {
        push_text(L, 2);
        lua_pushfstring(L, "error in %s: %s", report->what,
                        lua_tostring(L, -1));
    }
    return 1;
}

/* The error is on top of L and is popped. */
static void tell(struct weft_lua *m, lua_State *L, lua_State *co,
                 const char *what)
{
    struct report report = {m, co, what};
    const char *text = NULL;

    lua_pushcfunction(L, make_report);
    lua_insert(L, -2);
    lua_pushlightuserdata(L, &report);
    lua_insert(L, -2);
    m->core->grace++;
    if (lua_pcall(L, 2, 1, 0) == LUA_OK || lua_type(L, -1) == LUA_TSTRING) {
        text = lua_tostring(L, -1);
    }
    weft__lua_report_error(m, text != NULL ? text
                                           : "error that cannot be described");
    m->core->grace--;
    lua_pop(L, 1);
}

static void roll_back(weft_timer_t *timer, void *ctx)
{
    struct weft_lua *m = ctx;

    (void)timer;
    m->core->armed--;
    weft__lua_end(m, WEFT_LUA_FAILED, 1);
}

static bool is_set(lua_State *L, const char *name)
{
    bool set;

    lua_rawgeti(L, LUA_REGISTRYINDEX, LUA_RIDX_GLOBALS);
    lua_pushstring(L, name);
    lua_rawget(L, -2);
    set = lua_toboolean(L, -1);
    lua_pop(L, 2);
    return set;
}

/* Argument 1: the machine. */
static int obey_policy(lua_State *L)
{
    struct weft_lua *m = lua_touserdata(L, 1);

    if (is_set(L, "COROUTINE_ERROR_ROLL_BACK")) {
        if (!weft_timer_active(&m->core->rollback)) {
            weft_timer_init(&m->core->rollback, m->config.loop, roll_back, m);
            weft__lua_arm(m, &m->core->rollback,
                          weft_deadline(WEFT_MS(ROLL_BACK_MS)));
        }
    } else if (is_set(L, "COROUTINE_ERROR_RESTART")) {
        weft__lua_reboot(m);
    }
    return 0;
}

void weft__lua_failed(struct weft_lua *m, lua_State *L, lua_State *co,
                      int status, const char *what)
{
    (void)status;
    if (m->core->ending != WEFT_LUA_RUNNING || weft__lua_is_unwind(co, -1) ||
        !lua_checkstack(L, 8)) {
        lua_pop(co, 1);
        return;
    }
    weft__lua_trace(m, WEFT_TRACE_ERROR, 0, NULL, 0);
    if (co != L) {
        lua_xmove(co, L, 1);
    }
    tell(m, L, co, what);
    m->core->grace++;
    lua_pushcfunction(L, obey_policy);
    lua_pushlightuserdata(L, m);
    if (lua_pcall(L, 1, 0, 0) != LUA_OK) {
        lua_pop(L, 1);
    }
    m->core->grace--;
}

bool weft__lua_call(struct weft_lua *m, lua_State *L, int nargs,
                    const char *what)
{
    int function = lua_gettop(L) - nargs;
    lua_State *outer;
    int status;

    if (m->core->ending != WEFT_LUA_RUNNING) {
        lua_settop(L, function - 1);
        return false;
    }
    lua_pushcfunction(L, weft__lua_traceback);
    lua_insert(L, function);
    weft__lua_step(m);
    outer = weft__lua_enter(m->core, L);
    status = lua_pcall(L, nargs, 0, function);
    weft__lua_leave(m->core, outer);
    weft__lua_unwound(L);
    if (status != LUA_OK) {
        weft__lua_failed(m, L, L, status, what);
    }
    lua_settop(L, function - 1);
    return status == LUA_OK;
}

bool weft__lua_protect(struct weft_lua *m, lua_CFunction fn, void *ud,
                       const char *what)
{
    lua_State *L = weft__lua_base(m);

    lua_pushcfunction(L, fn);
    lua_pushlightuserdata(L, ud);
    return weft__lua_call(m, L, 1, what);
}
