/* end.c - how a machine ends: asked, unwound, considered
 * SPDX-License-Identifier: MIT
 *
 * A script is left by an error that no script can hold up: its value is no
 * one's, and a count hook raises it again wherever a pcall caught it, until
 * the coroutine is gone. Nothing that resumes coroutines goes on meanwhile.
 */
#include "bindings/lua/core.h"
#include "weft/base/atomic.h"

static const char unwinding = 0;

static void raise_again(lua_State *L, lua_Debug *at)
{
    (void)at;
    lua_pushlightuserdata(L, (void *)(uintptr_t)&unwinding);
    (void)lua_error(L);
}

int weft__lua_unwind(lua_State *L)
{
    lua_sethook(L, raise_again, LUA_MASKCOUNT, 1);
    lua_pushlightuserdata(L, (void *)(uintptr_t)&unwinding);
    return lua_error(L);
}

bool weft__lua_is_unwind(lua_State *L, int index)
{
    return lua_type(L, index) == LUA_TLIGHTUSERDATA &&
           lua_touserdata(L, index) == (const void *)&unwinding;
}

/* Back where no script runs in L. */
void weft__lua_unwound(lua_State *L)
{
    lua_Hook hook = lua_gethook(L);

    if (hook == raise_again || hook == weft__lua_stuck_hook) {
        lua_sethook(L, NULL, 0, 0);
    }
}

void weft__lua_end(struct weft_lua *m, enum weft_lua_end how, int status)
{
    struct weft__lua_core *core = m->core;

    if (core->ending == WEFT_LUA_RUNNING) {
        core->exit_status = status;
        weft_atomic_store_release_u8(&core->ending, (uint8_t)how);
        weft_event_set(&m->wake);
    }
}

void weft__lua_reboot(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;

    if (core->ending == WEFT_LUA_RUNNING) {
        core->reboot = !core->embedded;
        weft__lua_end(m, WEFT_LUA_REBOOTED, core->embedded ? 1 : 0);
    }
}

int weft__lua_exit(lua_State *L, struct weft_lua *m, int status)
{
    weft__lua_end(m, WEFT_LUA_EXITED, status);
    return weft__lua_unwind(L);
}

int weft__lua_fail(lua_State *L, struct weft_lua *m, const char *line)
{
    weft__lua_report_error(m, line);
    weft__lua_end(m, WEFT_LUA_FAILED, 1);
    return weft__lua_unwind(L);
}

void weft_lua_stop(weft_lua_t *m)
{
    weft_atomic_store_release_u8(&m->core->stop, WEFT_LUA_STOPPED);
    weft_event_set(&m->wake);
}

/* A stop that was asked for before counts. */
void weft_lua_reboot(weft_lua_t *m)
{
    uint8_t none = 0;

    (void)weft_atomic_cas_acq_rel_u8(&m->core->stop, &none, WEFT_LUA_REBOOTED);
    weft_event_set(&m->wake);
}

void weft__lua_obey(struct weft_lua *m)
{
    uint8_t asked = WEFT_LUA_REBOOTED;

    if (weft_atomic_cas_acq_rel_u8(&m->core->stop, &asked, 0)) {
        weft__lua_reboot(m);
    } else if (asked == WEFT_LUA_STOPPED) {
        weft__lua_end(m, WEFT_LUA_STOPPED, 0);
    }
}

bool weft__lua_alive(const struct weft_lua *m)
{
    return m->core->ending == WEFT_LUA_RUNNING && !m->core->closing;
}

/* Whether something outside can still move what a script watches. */
static bool input_open(struct weft_lua *m)
{
    weft_board_t *board = m->config.board;

    return board != NULL && board->ops->input_open != NULL &&
           board->ops->input_open(board) > 0;
}

/* Embedded, the host's script goes on when it is not in sys.run, or is about
 * to return from a wait in it. */
static bool host_goes_on(const struct weft__lua_core *core)
{
    return core->embedded && (!core->running || (core->once && core->came));
}

void weft__lua_consider_end(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;

    if (core->armed == 0 && m->coming == 0 && core->messages == 0 &&
        core->booted && core->ending == WEFT_LUA_RUNNING && !m->config.stays &&
        core->main_state != WEFT__LUA_MAIN_RUNS && !host_goes_on(core) &&
        weft__lua_inbox_empty(m) && !weft__lua_ops_pending(m) &&
        !input_open(m) && weft__lua_group_ends(m)) {
        weft__lua_end(m, WEFT_LUA_FINISHED, 0);
    }
}

/* Those whose ops are over go on before the next message, and again where a
 * message has brought some. What they publish is for the next look. */
void weft__lua_look(struct weft_lua *m)
{
    bool went_on = weft__lua_pump(m);

    if (m->core->messages > 0) {
        weft__lua_drain(m);
        went_on |= weft__lua_pump(m);
        if (m->core->messages > 0 && !weft_timer_active(&m->core->turn)) {
            weft_event_set(&m->wake);
        }
    }
    if (went_on && m->core->main_state == WEFT__LUA_MAIN_STEPS) {
        weft__lua_main_go(m);
    }
    if (m->core->armed == 0) {
        weft__lua_consider_end(m);
    }
}

/* What a step of the main program publishes is dispatched at once too. */
void weft__lua_settle(struct weft_lua *m)
{
    if (m->core->main_state == WEFT__LUA_MAIN_STEPS) {
        if (m->core->messages > 0) {
            weft__lua_drain(m);
        }
        weft__lua_main_go(m);
    }
    weft__lua_look(m);
}
