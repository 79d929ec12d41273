/* wdt.c - the watchdog, for scripts
 * SPDX-License-Identifier: MIT
 *
 * Once started it cannot be stopped; not fed in time it restarts the machine.
 *
 * Context: the machine's loop, inside a call from a script.
 */
#include "bindings/lua/device.h"

enum { TIMEOUT_MS = 10000, TIMEOUT_MAX_MS = 24 * 60 * 60 * 1000 };

/* init(ms), setTimeout(ms) -> whether the board has one */
static int l_init(lua_State *L)
{
    weft_board_t *board = weft__lua_board(L, weft__lua_machine(L));
    lua_Integer timeout_ms = luaL_optinteger(L, 1, TIMEOUT_MS);

    luaL_argcheck(L, timeout_ms > 0 && timeout_ms <= TIMEOUT_MAX_MS, 1,
                  "time-out is 1 ms to a day");
    int rc = board->ops->watchdog_start == NULL
                 ? WEFT_ERR_UNSUPPORTED
                 : board->ops->watchdog_start(board, (unsigned)timeout_ms);
    lua_pushboolean(L, weft__lua_check_done(L, rc, 1, "watchdog of"));
    return 1;
}

static int l_feed(lua_State *L)
{
    weft_board_t *board = weft__lua_board(L, weft__lua_machine(L));
    int rc = board->ops->watchdog_feed == NULL
                 ? WEFT_ERR_UNSUPPORTED
                 : board->ops->watchdog_feed(board);

    lua_pushboolean(L, rc >= 0);
    return 1;
}

static int l_close(lua_State *L)
{
    lua_pushboolean(L, false);
    return 1;
}

static const luaL_Reg functions[] = {
    {"init", l_init},   {"setTimeout", l_init}, {"feed", l_feed},
    {"close", l_close}, {NULL, NULL},
};

int weft__lua_open_wdt(lua_State *L)
{
    lua_newtable(L);
    weft__lua_setfuncs(L, lua_touserdata(L, 1), functions);
    return 1;
}
