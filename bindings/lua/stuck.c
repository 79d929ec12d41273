/* stuck.c - a task that never waits: said with its line, stopped on request
 * SPDX-License-Identifier: MIT
 *
 * There is no hook while all is well. The watcher (host/stuck.c by a signal on
 * the thread that runs the script, firmware/stuck.c in a timer's interrupt)
 * sets one when it was in there too long. Stopping is an error in the task,
 * raised again until it is out of every pcall.
 */
#include <stdio.h>

#include "bindings/lua/core.h"
#include "bindings/lua/stuck.h"

unsigned weft__lua_stuck_ms(const struct weft_lua *m)
{
    return m->config.stuck_ms != 0 ? m->config.stuck_ms : 2000;
}

static void stop(struct weft_lua *m, lua_State *L, const char *place)
{
    lua_pushfstring(L, "%s: stopped: it ran for %d ms without a wait", place,
                    (int)weft__lua_stuck_ms(m));
    (void)lua_error(L);
}

static void tell(struct weft_lua *m, lua_State *L, const char *place)
{
    char name[LUA_IDSIZE + 16];
    char line[4 * LUA_IDSIZE];

    weft__lua_task_name(L, name, sizeof(name));
    (void)snprintf(
        line, sizeof(line), "%s%s has run for %u ms without a wait, now at %s",
        L == m->core->main ? "" : "task ", name, weft__lua_stuck_ms(m), place);
    if (m->config.kill_stuck) {
        weft__lua_report_error(m, line);
    } else {
        weft__lua_report(m, line);
    }
}

/* The innermost line of the script: the hook may be called on the way out of
 * a C function. */
static void find_place(lua_State *L, char *place, size_t size)
{
    lua_Debug at;

    (void)snprintf(place, size, "?");
    for (int level = 0; lua_getstack(L, level, &at); level++) {
        if (lua_getinfo(L, "Sl", &at) && at.currentline > 0) {
            (void)snprintf(place, size, "%s:%d", at.short_src, at.currentline);
            return;
        }
    }
}

void weft__lua_stuck_hook(lua_State *L, lua_Debug *called)
{
    struct weft_lua *m = weft__lua_find(L);
    char place[LUA_IDSIZE + 16];
    bool first = weft__lua_stuck_answer(m->core->stuck);

    (void)called;
    find_place(L, place, sizeof(place));
    if (!m->config.kill_stuck) {
        lua_sethook(L, NULL, 0, 0);
    }
    if (first) {
        tell(m, L, place);
    }
    if (m->config.kill_stuck) {
        stop(m, L, place);
    }
}
