/* mailbox_wait.c - sys.waitMsg
 * SPDX-License-Identifier: MIT
 *
 * It goes round: take messages until one is wanted, sleep, look again. Each
 * place where it may yield has its continuation, which goes round again.
 */
#include "bindings/lua/core.h"
#include "bindings/lua/mailbox.h"
#include "bindings/lua/sys.h"

/* The stack throughout. The limit is microseconds, or nil: none. */
enum { NAME = 1, TARGET = 2, LIMIT = 3, BOX = 4, MESSAGE = 5 };

/* What a continuation has to know, as a context that is no pointer. */
enum { IN_TIME = 0, LATE = 1 };

static int look(lua_State *L, int status, lua_KContext late);

static bool is_wanted(lua_State *L)
{
    bool wanted;

    if (lua_isnil(L, TARGET)) {
        return true;
    }
    lua_rawgeti(L, MESSAGE, 1);
    wanted = lua_rawequal(L, -1, TARGET);
    lua_pop(L, 1);
    return wanted;
}

static int woken(lua_State *L, int status, lua_KContext ctx)
{
    enum weft__lua_wait_state how =
        weft__lua_unpark(L, (struct weft__lua_wait *)ctx);

    lua_settop(L, BOX);
    return look(L, status, how == WEFT__LUA_TIMED ? LATE : IN_TIME);
}

static int sleep_more(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);
    uint64_t deadline_us =
        lua_isnil(L, LIMIT) ? WEFT_FOREVER : (uint64_t)lua_tointeger(L, LIMIT);
    struct weft__lua_wait *wait;

    lua_pushvalue(L, NAME);
    if (lua_istable(L, NAME)) { /* one topic, not a list of them */
        lua_createtable(L, 1, 0);
        lua_insert(L, -2);
        lua_rawseti(L, -2, 1);
    }
    wait =
        weft__lua_park_until(m, L, lua_gettop(L), deadline_us, "sys.waitMsg");
    return lua_yieldk(L, 0, (lua_KContext)wait, woken);
}

/* Also after a time-out: a message that is there is never lost to it. */
static int look(lua_State *L, int status, lua_KContext late)
{
    const struct weft__lua_box *box = lua_touserdata(L, BOX);

    (void)status;
    lua_settop(L, BOX);
    while (weft__lua_box_take(L, BOX)) {
        if (is_wanted(L)) {
            return 1;
        }
        if (weft__lua_box_callback(L, BOX)) {
            lua_insert(L, MESSAGE);
            lua_callk(L, 1, 0, late, look);
        }
        lua_settop(L, BOX);
    }
    if (box->deleted) {
        lua_pushboolean(L, 0);
        return 1;
    }
    if (late == LATE) {
        lua_pushnil(L);
        return 1;
    }
    return sleep_more(L);
}

/* waitMsg(name, target, ms) */
int weft__lua_l_wait_msg(lua_State *L)
{
    struct weft_lua *m = weft__lua_machine(L);

    luaL_checkany(L, NAME);
    lua_settop(L, LIMIT);
    if (lua_isnil(L, LIMIT) ||
        (lua_isnumber(L, LIMIT) && lua_tonumber(L, LIMIT) == 0)) {
        lua_pushnil(L);
    } else {
        uint64_t deadline_us = weft__lua_check_deadline(L, LIMIT);
        lua_pushinteger(L, (lua_Integer)deadline_us);
    }
    lua_replace(L, LIMIT);
    if (weft__lua_box_push(m, L, NAME) == NULL) {
        weft__lua_log(m, 'E', "sys",
                      "waitMsg: no such mailbox, start the task with "
                      "sys.taskInitEx");
        lua_pushboolean(L, 0);
        return 1;
    }
    return look(L, LUA_OK, IN_TIME);
}
