/* watch.h - looks a few times a second whether a script ever waits
 * SPDX-License-Identifier: MIT
 */
#ifndef BOARDS_LUA_WATCH_H
#define BOARDS_LUA_WATCH_H

#include "weft/lua.h"

/* From now on, on the core that calls; nothing where the port has no interrupt
 * levels. NULL: no more, before the machine is destroyed. */
void board_lua_watch(weft_lua_t *machine);

#endif
