/* stuck.c - whether a script ever comes back, looked at from an interrupt
 * SPDX-License-Identifier: MIT
 *
 * core->beat is odd while a script runs and changes with every entry. The
 * firmware calls weft_lua_watch from a timer's interrupt on the core that runs
 * the loop, where a hook may be set as in a signal handler of a host: nothing
 * else of the machine runs meanwhile.
 */
#include "bindings/lua/stuck.h"

#include "bindings/lua/core.h"
#include "bindings/lua/memory.h"
#include "weft/base/hooks.h"
#include "weft/lua_chip.h"

enum { C_CALL_MS = 1000 };

struct weft__lua_stuck {
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
    (void)stuck;
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

void weft_lua_watch(weft_lua_t *m)
{
    struct weft__lua_stuck *stuck = m->core->stuck;
    uint32_t beat = __atomic_load_n(&m->core->beat, __ATOMIC_ACQUIRE);
    uint64_t now_us = weft_now_us();
    uint64_t limit_us = WEFT_MS((uint64_t)weft__lua_stuck_ms(m));

    if (stuck == NULL) {
        return;
    }
    if ((beat & 1) == 0 || beat != stuck->beat) {
        stuck->beat = beat;
        stuck->since_us = now_us;
        stuck->asked = false;
        return;
    }
    if (now_us - stuck->since_us >= limit_us && !stuck->asked) {
        ask(stuck, m->core);
    }
    if (m->config.kill_stuck &&
        now_us - stuck->since_us >= limit_us + WEFT_MS(C_CALL_MS)) {
        weft_hook_panic(__FILE__, __LINE__,
                        "a script cannot be stopped: it is inside one C "
                        "function or finalizer, or starts again");
    }
}

/* Without memory scripts run unwatched. */
void weft__lua_stuck_start(struct weft_lua *m)
{
    struct weft__lua_stuck *stuck = m->core->stuck;

    if (stuck == NULL) {
        stuck = weft__lua_raw(m, NULL, 0, sizeof(*stuck));
    }
    if (stuck != NULL) {
        *stuck = (struct weft__lua_stuck){0};
    }
    m->core->stuck = stuck;
}

void weft__lua_stuck_stop(struct weft_lua *m)
{
    struct weft__lua_stuck *stuck = m->core->stuck;

    m->core->stuck = NULL;
    if (stuck != NULL) {
        (void)weft__lua_raw(m, stuck, sizeof(*stuck), 0);
    }
}
