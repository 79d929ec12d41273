/* stuck.c - whether a script ever comes back, looked at from an interrupt
 * SPDX-License-Identifier: MIT
 *
 * core->beat is odd while a script runs and changes with every entry. The
 * firmware calls weft_lua_watch from a timer's interrupt on the core that runs
 * the loop, where a hook may be set as in a signal handler of a host: nothing
 * else of the machine runs meanwhile. So no entry is missed, either: who finds
 * nothing to watch says so (watcher_sleeps) before the loop goes on.
 */
#include "bindings/lua/stuck.h"

#include "bindings/lua/core.h"
#include "bindings/lua/memory.h"
#include "weft/base/hooks.h"
#include "weft/lua_chip.h"

enum { C_CALL_MS = 1000 };

struct weft__lua_stuck {
    struct weft__lua_core *core;
    uint64_t since_us; /* when this beat was first seen */
    uint32_t beat;
    bool asked;
    bool answered;
};

bool weft__lua_stuck_answer(struct weft__lua_stuck *stuck)
{
    bool first = !stuck->answered;

    stuck->answered = true;
    return first;
}

void weft__lua_stuck_wake(struct weft__lua_stuck *stuck)
{
    struct weft__lua_core *core = stuck->core;

    __atomic_store_n(&core->watcher_sleeps, 0, __ATOMIC_RELAXED);
    core->begun(core->begun_ctx);
}

/* Where nobody asked to be told it stays 0. */
static void sleep_until_entry(struct weft__lua_core *core)
{
    __atomic_store_n(&core->watcher_sleeps, core->begun != NULL,
                     __ATOMIC_RELAXED);
}

void weft_lua_watch_with(weft_lua_t *m, void (*begun)(void *ctx), void *ctx)
{
    struct weft__lua_core *core = m->core;

    core->begun = begun;
    core->begun_ctx = ctx;
    if (core->stuck != NULL) {
        sleep_until_entry(core);
    }
}

static void ask(struct weft__lua_stuck *stuck, struct weft__lua_core *core)
{
    lua_State *L = core->current;

    stuck->asked = true;
    stuck->answered = false;
    if (L != NULL) {
        lua_sethook(L, weft__lua_stuck_hook,
                    LUA_MASKCALL | LUA_MASKRET | LUA_MASKCOUNT, 1);
    }
}

/* The same run as at the last look: false where it was another one. */
static bool goes_on(struct weft__lua_stuck *stuck, uint32_t beat)
{
    if ((beat & 1) != 0 && beat == stuck->beat) {
        return true;
    }
    stuck->beat = beat;
    stuck->since_us = weft_now_us();
    stuck->asked = false;
    return false;
}

static void judge(weft_lua_t *m, struct weft__lua_stuck *stuck)
{
    uint64_t ran_us = weft_now_us() - stuck->since_us;
    uint64_t limit_us = WEFT_MS((uint64_t)weft__lua_stuck_ms(m));

    if (ran_us >= limit_us && !stuck->asked) {
        ask(stuck, m->core);
    }
    if (m->config.kill_stuck && ran_us >= limit_us + WEFT_MS(C_CALL_MS)) {
        weft_hook_panic(__FILE__, __LINE__,
                        "a script cannot be stopped: it is inside one C "
                        "function or finalizer, or starts again");
    }
}

bool weft_lua_watch(weft_lua_t *m)
{
    struct weft__lua_stuck *stuck = m->core->stuck;
    uint32_t beat = __atomic_load_n(&m->core->beat, __ATOMIC_ACQUIRE);

    if (stuck == NULL) {
        return false;
    }
    if (goes_on(stuck, beat)) {
        judge(m, stuck);
    }
    if ((beat & 1) == 0) {
        sleep_until_entry(m->core);
        return false;
    }
    return true;
}

/* Without memory scripts run unwatched. */
void weft__lua_stuck_start(struct weft_lua *m)
{
    struct weft__lua_stuck *stuck = m->core->stuck;

    if (stuck == NULL) {
        stuck = weft__lua_raw(m, NULL, 0, sizeof(*stuck));
    }
    if (stuck != NULL) {
        *stuck = (struct weft__lua_stuck){.core = m->core};
        m->core->stuck = stuck;
        sleep_until_entry(m->core);
    }
}

void weft__lua_stuck_stop(struct weft_lua *m)
{
    struct weft__lua_stuck *stuck = m->core->stuck;

    m->core->stuck = NULL;
    m->core->watcher_sleeps = 0;
    if (stuck != NULL) {
        (void)weft__lua_raw(m, stuck, sizeof(*stuck), 0);
    }
}
