/* sys_wait.c - sys.wait, waitUntil, waitUntilExt, waitUntilMsg
 * SPDX-License-Identifier: MIT
 *
 * Each parks and yields; its continuation, entered when the coroutine is
 * resumed by whomever, finds on its stack what it was resumed with.
 */
#include "bindings/lua/core.h"
#include "bindings/lua/sys.h"

/* More than that is no time in microseconds. */
#define MS_MAX (UINT64_MAX / 2000)

bool weft__lua_to_ms(lua_State *L, int index, uint64_t *ms)
{
    int whole = 0;
    lua_Integer value = lua_tointegerx(L, index, &whole);

    if (!whole || value < 0) {
        return false;
    }
    *ms = (uint64_t)value;
    return *ms <= MS_MAX;
}

uint64_t weft__lua_check_deadline(lua_State *L, int index)
{
    uint64_t ms = 0;

    if (!weft__lua_to_ms(L, index, &ms)) {
        luaL_argerror(L, index,
                      lua_isnumber(L, index)
                          ? "milliseconds must be a whole number from 0 on"
                          : "number of milliseconds expected");
    }
    return weft_deadline(WEFT_MS(ms));
}

static int wait_over(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)weft__lua_unpark(L, (struct weft__lua_wait *)ctx);
    return lua_gettop(L);
}

int weft__lua_l_wait(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    uint64_t deadline_us;
    struct weft__lua_wait *wait;

    weft__lua_check_task(m, L, "sys.wait");
    deadline_us = weft__lua_check_deadline(L, 1);
    wait = weft__lua_park(m, L, deadline_us, "sys.wait");
    lua_settop(L, 0);
    return lua_yieldk(L, 0, (lua_KContext)wait, wait_over);
}

/* The topic is in argument 1, the limit, if any, in argument 2. */
static struct weft__lua_wait *park_until(lua_State *L, bool limited,
                                         const char *who)
{
    struct weft_lua *m = weft__lua_machine(L);
    uint64_t deadline_us = WEFT_FOREVER;
    struct weft__lua_wait *wait;

    weft__lua_check_task(m, L, who);
    luaL_checkany(L, 1);
    if (limited && !lua_isnoneornil(L, 2)) {
        deadline_us = weft__lua_check_deadline(L, 2);
    }
    wait = weft__lua_park_until(m, L, 1, deadline_us, who);
    lua_settop(L, 0);
    return wait;
}

/* What it was resumed with: the topic and its arguments; nothing, or a nil
 * first, counts as a time-out. */
static int until_over(lua_State *L, int status, lua_KContext ctx)
{
    bool came;

    (void)status;
    (void)weft__lua_unpark(L, (struct weft__lua_wait *)ctx);
    came = !lua_isnoneornil(L, 1);
    if (lua_gettop(L) == 0) {
        lua_pushnil(L);
    }
    lua_pushboolean(L, came);
    lua_replace(L, 1);
    return lua_gettop(L);
}

int weft__lua_l_wait_until(lua_State *L)
{
    struct weft__lua_wait *wait = park_until(L, true, "sys.waitUntil");

    return lua_yieldk(L, 0, (lua_KContext)wait, until_over);
}

static int until_ext_over(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)weft__lua_unpark(L, (struct weft__lua_wait *)ctx);
    if (lua_isnoneornil(L, 1)) {
        lua_pushboolean(L, 0);
        return 1;
    }
    return lua_gettop(L);
}

int weft__lua_l_wait_until_ext(lua_State *L)
{
    struct weft__lua_wait *wait = park_until(L, true, "sys.waitUntilExt");

    return lua_yieldk(L, 0, (lua_KContext)wait, until_ext_over);
}

static int until_msg_over(lua_State *L, int status, lua_KContext ctx)
{
    (void)status;
    (void)weft__lua_unpark(L, (struct weft__lua_wait *)ctx);
    if (lua_gettop(L) > 0) {
        lua_remove(L, 1);
    }
    return lua_gettop(L);
}

int weft__lua_l_wait_until_msg(lua_State *L)
{
    struct weft__lua_wait *wait = park_until(L, false, "sys.waitUntilMsg");

    return lua_yieldk(L, 0, (lua_KContext)wait, until_msg_over);
}
