/* run.c - a machine's life on its loop: the task, the main chunk, sys.run
 * SPDX-License-Identifier: MIT
 *
 * The machine is one weft task. It sleeps on an event that a post, a stop, an
 * end or a host sets; timers run scripts without it. Driven, the main chunk
 * is a coroutine that parks in sys.run, rtos.receive or sys.safeRun. Embedded,
 * the host's script calls these, and they run the loop in place.
 */
#include "bindings/lua/core.h"
#include "bindings/lua/sys.h"
#include "weft/base/atomic.h"

enum { BOOT_US = 1000 }; /* between two boots, at least */

/* --- the main chunk ------------------------------------------------------ */

static void main_failed(struct weft_lua *m, int status)
{
    struct weft__lua_core *core = m->core;

    if (weft__lua_is_unwind(core->main, -1)) {
        lua_pop(core->main, 1);
        return;
    }
    weft__lua_failed(m, weft__lua_base(m), core->main, status, NULL);
    weft__lua_end(m, WEFT_LUA_FAILED, 1);
}

static void resume_main(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;
    lua_State *outer;
    int results = 0;
    int status;

    core->main_state = WEFT__LUA_MAIN_RUNS;
    weft__lua_step(m);
    weft__lua_trace_task(m, WEFT_TRACE_TASK_RUN, core->main, NULL, 0);
    outer = weft__lua_enter(core, core->main);
    status = lua_resume(core->main, weft__lua_base(m), 0, &results);
    weft__lua_leave(core, outer);
    weft__lua_trace_task(
        m, status == LUA_YIELD ? WEFT_TRACE_TASK_PARK : WEFT_TRACE_TASK_END,
        core->main, NULL, status > LUA_YIELD ? -1 : 0);
    if (status > LUA_YIELD) {
        main_failed(m, status);
    } else {
        lua_pop(core->main, results);
    }
    if (status != LUA_YIELD) {
        core->main_state = WEFT__LUA_MAIN_DONE;
    }
}

int weft__lua_park_main(struct weft_lua *m, lua_State *L,
                        enum weft__lua_main what, lua_KFunction next)
{
    if (L != m->core->main) {
        return luaL_error(L, "only the main program may call this");
    }
    if (!lua_isyieldable(L)) {
        return luaL_error(L, "cannot be called from a function that C code "
                             "called (a comparison, a gsub callback)");
    }
    m->core->main_state = (uint8_t)what;
    lua_settop(L, 0);
    return lua_yieldk(L, 0, (lua_KContext)m, next);
}

void weft__lua_main_go(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;

    if (core->embedded) {
        core->came = true;
        weft_event_set(&m->wake);
    } else if (core->ending == WEFT_LUA_RUNNING) {
        resume_main(m);
    }
}

/* --- the end ------------------------------------------------------------- */

static void stop_all(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;

    weft__lua_waits_stop(m);
    weft__lua_timers_stop(m);
    weft__lua_rtos_stop(m);
    weft__lua_ops_stop(m);
    weft__lua_scopes_stop(m);
    (void)weft_timer_stop(&core->turn);
    weft__lua_disarm(m, &core->rollback);
    weft__lua_modules_close(m);
}

/* --- booting again ------------------------------------------------------- */

static void boot_due(weft_timer_t *timer, void *ctx)
{
    struct weft_lua *m = ctx;

    (void)timer;
    weft_event_set(&m->wake);
}

/* Never in place: what is due comes first, and a script that does nothing but
 * reboot leaves time to others. False: it does not start again. */
static bool plan_boot(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;
    unsigned limit = m->config.reboots_max;
    uint64_t now_us = weft_now_us();
    uint64_t next_us = m->start_us + BOOT_US;

    if (!core->reboot) {
        return false;
    }
    core->reboot = false;
    if (limit != 0 && core->reboots >= limit) {
        weft__lua_report_error(m, "the script rebooted too often: given up");
        core->exit_status = 1;
        return false;
    }
    core->reboots++;
    core->boots = true;
    weft__lua_group_active(m);
    weft_timer_init(&core->boot, m->config.loop, boot_due, m);
    weft_timer_start(&core->boot, next_us > now_us ? next_us : now_us);
    return true;
}

static bool boot_again(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;

    weft__lua_state_close(m);
    weft_atomic_store_release_u8(&core->ending, WEFT_LUA_RUNNING);
    if (!weft__lua_state_open(m) || weft__lua_compile(m) < 0) {
        weft__lua_report_error(m, "not enough memory to boot again");
        weft__lua_end(m, WEFT_LUA_FAILED, 1);
        return false;
    }
    weft_event_set(&m->wake);
    return true;
}

/* Between two boots. A stop that came meanwhile counts, a reboot is one. */
static bool boot_waits(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;

    if (weft_atomic_load_acquire_u8(&core->stop) == WEFT_LUA_STOPPED) {
        (void)weft_timer_stop(&core->boot);
        core->boots = false;
        weft_atomic_store_release_u8(&core->ending, WEFT_LUA_STOPPED);
        return false;
    }
    if (weft_timer_active(&core->boot)) {
        return true;
    }
    core->boots = false;
    return boot_again(m);
}

/* --- the task ------------------------------------------------------------ */

/* Until it has ended, or is to boot again. */
static void look_around(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;

    if (!core->booted) {
        core->booted = true;
        if (core->main != NULL) {
            m->start_us = weft_now_us(); /* compiling took its time */
            resume_main(m);
            weft__lua_look(m);
        }
    }
    weft__lua_inbox_run(m);
    weft__lua_obey(m);
    if (core->ending == WEFT_LUA_RUNNING) {
        weft__lua_look(m);
    }
}

/* One look at everything. False: the machine has ended. */
static bool work(struct weft_lua *m)
{
    struct weft__lua_core *core = m->core;
    bool goes_on;

    if (core->boots) {
        goes_on = boot_waits(m);
    } else {
        look_around(m);
        if (core->ending == WEFT_LUA_RUNNING) {
            return true;
        }
        stop_all(m);
        goes_on = plan_boot(m);
    }
    if (!goes_on) {
        core->ended = core->ending;
        weft__lua_group_leave(m);
    }
    return goes_on;
}

static void tell_ended(struct weft_lua *m)
{
    weft__lua_stuck_stop(m);
    if (m->config.ended != NULL) {
        m->config.ended(m, (enum weft_lua_end)m->core->ended, m->config.ctx);
    }
}

WEFT_TASK(weft_lua)
{
    int rc = 0;

    WEFT_BEGIN;
    weft__lua_stuck_start(self);
    while (work(self)) {
        if (self->core->once && self->core->came) {
            return 0;
        }
        WEFT_AWAIT_RC(rc, weft_event_wait, &self->wake);
        if (rc < 0) {
            weft__lua_end(self, WEFT_LUA_STOPPED, 0);
        }
    }
    tell_ended(self);
    WEFT_END;
}

int weft_lua_start(weft_lua_t *m)
{
    if (m->core->main == NULL || m->core->ended != WEFT_LUA_RUNNING) {
        return WEFT_ERR_INVALID;
    }
    return weft_spawn(&m->config.loop->executor, weft_lua_task(m));
}

/* --- sys.run and sys.safeRun --------------------------------------------- */

int weft__lua_run_here(struct weft_lua *m, lua_State *L, bool once)
{
    struct weft__lua_core *core = m->core;
    lua_State *outer = core->base;
    unsigned depth = core->depth;
    int rc;

    if (core->running || core->ended != WEFT_LUA_RUNNING) {
        return luaL_error(L, core->running ? "it is running already"
                                           : "the machine has ended");
    }
    core->running = true;
    core->once = once;
    core->came = false;
    core->base = L;
    core->depth = 0; /* the script that waits here is not busy */
    rc = weft_loop_run_task(m->config.loop, weft_lua_task(m));
    core->depth = depth;
    core->base = outer;
    core->running = false;
    return rc < 0
               ? luaL_error(L, "the loop does not run: %s", weft_error_text(rc))
               : 0;
}

static bool host_drives(lua_State *L)
{
    bool set;

    lua_getglobal(L, "SYSP");
    set = lua_toboolean(L, -1);
    lua_pop(L, 1);
    return set;
}

static int never(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)ctx;
    return lua_yieldk(L, 0, 0, never);
}

/* Driven: parks for ever, or, where C code is in between, unwinds the main
 * chunk, which then counts as over. */
int weft__lua_l_run(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);

    if (host_drives(L)) {
        return 0;
    }
    if (m->core->embedded) {
        (void)weft__lua_run_here(m, L, false);
        lua_pushinteger(L, weft_lua_status(m));
        return 1;
    }
    if (L == m->core->main && !lua_isyieldable(L)) {
        return weft__lua_unwind(L);
    }
    return weft__lua_park_main(m, L, WEFT__LUA_MAIN_DONE, never);
}

static int nothing(lua_State *L, int status, lua_KContext ctx)
{
    (void)L;
    (void)status;
    (void)ctx;
    return 0;
}

int weft__lua_l_safe_run(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    struct weft__lua_core *core = m->core;

    if (!core->embedded) {
        return weft__lua_park_main(m, L, WEFT__LUA_MAIN_STEPS, nothing);
    }
    if (core->ended == WEFT_LUA_RUNNING) {
        core->main_state = WEFT__LUA_MAIN_STEPS;
        (void)weft__lua_run_here(m, L, true);
        core->main_state = WEFT__LUA_MAIN_NONE;
    }
    return 0;
}
